//! Deadlines: finds everything whose time has come and sends it on its way again.
//!
//! Trigger: schedule, every minute. Moves: whatever a deadline moves by itself (life-cycle table, deadlines). This is why no message that
//! is lost, no process that is killed and no provider that is silent ever loses an order: it is late at most.

#[cfg(test)]
mod tests;
mod wake_notices;
mod wake_orders;
mod wake_webhooks;

use domain::Failure;
use runtime::{Clock, Tick};
use store::{Clients, Db, Inbox, Notices, Orders, Queues};

runtime::config! {
    /// What the deadlines are told.
    pub struct Config {
        /// Region, keys and endpoints of AWS.
        aws: store::AwsSettings = group,
        /// The table of orders and webhooks.
        orders_table: String = "ORDERS_TABLE",
        /// The table of notices.
        accounts_table: String = "ACCOUNTS_TABLE",
        /// Where purchases are asked for.
        supplier_order_queue_url: String = "SUPPLIER_ORDER_QUEUE_URL",
        /// Where payments and refunds are asked for.
        payment_settlement_queue_url: String = "PAYMENT_SETTLEMENT_QUEUE_URL",
        /// Where labels are asked for.
        shipping_queue_url: String = "SHIPPING_QUEUE_URL",
        /// Where parcels are asked about.
        tracking_queue_url: String = "TRACKING_QUEUE_URL",
        /// Where notices are asked for.
        notifications_queue_url: String = "NOTIFICATIONS_QUEUE_URL",
    }
}

/// What the deadlines use.
pub struct Deps {
    orders: Orders,
    inbox: Inbox,
    notices: Notices,
    queues: Queues,
    clock: Clock,
}

impl Deps {
    /// Clients made and warmed before the first tick.
    ///
    /// # Errors
    /// When TLS cannot be set up.
    pub async fn connect(config: Config) -> Result<Self, Failure> {
        let clients = Clients::new(config.aws.clone())?;
        Self::over(config, &clients, Clock::system()).await
    }

    /// The same over any storage, outside world and clock.
    ///
    /// # Errors
    /// When TLS cannot be set up.
    pub async fn over(config: Config, clients: &Clients, clock: Clock) -> Result<Self, Failure> {
        let db = Db::connect_to_query(clients, &config.orders_table, "O#").await;
        let urls = [
            ("supplier-order", config.supplier_order_queue_url),
            ("payment-settlement", config.payment_settlement_queue_url),
            ("shipping", config.shipping_queue_url),
            ("tracking", config.tracking_queue_url),
            ("notifications", config.notifications_queue_url),
        ];
        Ok(Self {
            orders: Orders::new(db.clone()),
            inbox: Inbox::new(db),
            notices: Notices::new(clients.table(&config.accounts_table)),
            queues: clients.queues(urls),
            clock,
        })
    }
}

/// One tick: first the notices and webhooks that wait, then every order with a fallen deadline, as far as the time allows.
///
/// # Errors
/// When the index does not answer; one order that fails does not stop the others.
pub async fn handle(deps: &Deps, tick: Tick) -> Result<(), Failure> {
    // Boxed: the futures of a commit are deep and large, and those above them need not be.
    let notices = Box::pin(wake_notices::run(deps)).await?;
    let webhooks = Box::pin(wake_webhooks::run(deps)).await?;
    let woken = Box::pin(wake_orders::run(deps, tick.time_to_start)).await?;
    let wake_orders::Woken { orders, failed, left } = woken;
    tracing::info!(
        orders,
        failed,
        left,
        webhooks,
        notices,
        "Woke {orders} orders, {webhooks} webhooks and {notices} notices"
    );
    if failed > 0 || left > 0 {
        tracing::warn!(
            alarm = "overdue",
            failed,
            left,
            "{failed} orders could not be woken and {left} had to be left"
        );
    }
    Ok(())
}
