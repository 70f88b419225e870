//! Payment webhook: checks who sent a payment event, stores it once, and wakes the settlement.
//!
//! Trigger: HTTP. It moves no state: what an event means is decided by `payment-settlement`, which asks the provider itself. Here only
//! two things count: that nothing unproved is stored, and that nothing proved is lost.

mod receive_event;
mod routes;

use std::sync::Arc;

use axum::{Router, routing::post};
use domain::Failure;
use providers::payments::Webhooks;
use runtime::Clock;
use store::{Clients, Db, Inbox, Queues};

runtime::config! {
    /// What the webhook is told.
    pub struct Config {
        /// The table whose inbox keeps events.
        orders_table: String = "ORDERS_TABLE",
        /// The queue of the settlement.
        payment_settlement_queue: String = "PAYMENT_SETTLEMENT_QUEUE_URL",
        /// The secrets that prove an event.
        webhooks: providers::payments::Webhooks = group,
        /// AWS.
        aws: store::AwsSettings = group,
    }
}

/// What the webhook uses.
#[derive(Clone)]
pub struct Deps {
    inbox: Inbox,
    queues: Queues,
    webhooks: Arc<Webhooks>,
    clock: Clock,
}

impl Deps {
    /// Makes the clients.
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
        let db = Db::connect(clients, &config.orders_table, "W#").await;
        Ok(Self {
            inbox: Inbox::new(db),
            queues: clients.queues([("payment-settlement", config.payment_settlement_queue)]),
            webhooks: Arc::new(config.webhooks),
            clock,
        })
    }
}

/// One route for each provider, because each has its own way of signing.
pub fn router(deps: Deps) -> Router {
    let routes = Router::new()
        .route("/webhooks/stripe", post(routes::stripe))
        .with_state(deps);
    web::webhooks(routes)
}
