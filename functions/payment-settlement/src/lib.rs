//! Payment settlement: asks the payment provider what really happened and books it on the order.
//!
//! Trigger: queue payment-settlement-queue. Moves payments (captured, failed, unknown, mismatch) and refunds (sending, done, refused,
//! unknown). Nobody's word counts but the provider's own answer to our question: a webhook only says that it is worth asking.

mod apply_webhook;
mod ask_provider;
mod commit;
#[cfg(test)]
#[path = "../tests/unit/shop.rs"]
mod fixture;
mod refund_case;
mod send_refund;
mod void_payment;

use domain::{Failure, Settings, lifecycle::Task, order::Part};
use providers::{
    Http,
    payments::{PaymentProvider, Payments, Webhooks},
};
use runtime::Clock;
use store::{Clients, Db, Inbox, MessageRecord, Orders, Queues};

runtime::config! {
    /// What the settlement is told.
    pub struct Config {
        /// The table of orders and of the webhook inbox.
        orders_table: String = "ORDERS_TABLE",
        /// The queue that buys what was paid for.
        supplier_order_queue: String = "SUPPLIER_ORDER_QUEUE_URL",
        /// Its own queue: a covered order closes its other payment pages, and money paid twice goes back.
        payment_settlement_queue: String = "PAYMENT_SETTLEMENT_QUEUE_URL",
        /// The payment providers.
        payments: providers::payments::Payments = group,
        /// AWS.
        aws: store::AwsSettings = group,
    }
}

/// What the settlement uses.
pub struct Deps {
    orders: Orders,
    inbox: Inbox,
    queues: Queues,
    payments: Payments,
    /// They only read here and prove nothing: the secrets belong to the function that receives events.
    webhooks: Webhooks,
    http: Http,
    clock: Clock,
}

impl Deps {
    /// Makes the clients.
    ///
    /// # Errors
    /// When TLS cannot be set up.
    pub async fn connect(config: Config) -> Result<Self, Failure> {
        let clients = Clients::new(config.aws.clone())?;
        Self::over(config, &clients, Http::new()?, Clock::system()).await
    }

    /// The same over any storage, outside world and clock.
    ///
    /// # Errors
    /// When TLS cannot be set up.
    pub async fn over(config: Config, clients: &Clients, http: Http, clock: Clock) -> Result<Self, Failure> {
        let db = Db::connect(clients, &config.orders_table, "O#").await;
        let queues = [
            ("supplier-order", config.supplier_order_queue),
            ("payment-settlement", config.payment_settlement_queue),
        ];
        Ok(Self {
            orders: Orders::new(db.clone()),
            inbox: Inbox::new(db),
            queues: clients.queues(queues),
            payments: config.payments,
            webhooks: Webhooks::read(&mut Settings::new([])),
            http,
            clock,
        })
    }

    fn provider(&self, payment: &domain::order::Payment) -> Result<&dyn PaymentProvider, Failure> {
        let missing = || Failure::internal(format!("no payment provider is called {}", payment.provider));
        self.payments.get(&payment.provider).ok_or_else(missing)
    }
}

/// Does what a message asks for. What is not wanted any more is left alone.
///
/// # Errors
/// When it should be delivered again.
pub async fn handle(deps: &Deps, message: MessageRecord) -> Result<(), Failure> {
    match (message.task, message.part()) {
        (Task::ApplyWebhook, _) => Box::pin(apply_webhook::run(deps, &message.about, message.payment.as_ref())).await,
        (Task::AskProvider, Some(Part::Payment(id))) => Box::pin(ask_provider::run(deps, &id)).await,
        (Task::VoidAtProvider, Some(Part::Payment(id))) => Box::pin(void_payment::run(deps, &id)).await,
        (Task::RefundAtProvider, Some(Part::Refund(id))) => Box::pin(send_refund::run(deps, &id)).await,
        (task, _) => {
            tracing::error!(message.task = %task, message.about, "This message is not for the settlement");
            Ok(())
        }
    }
}
