//! Tracking: asks the carrier where a parcel is and moves the order along.
//!
//! Trigger: tracking-queue (`ask_carrier`). Moves: shipment to delivered, returned, carrier exception and back, and with it units and order.

mod ask_carrier;
#[cfg(test)]
mod tests;

use domain::{Failure, lifecycle::Task, order::Part};
use providers::{Http, carriers::Carriers};
use runtime::Clock;
use store::{Clients, Db, MessageRecord, Orders, Queues};

runtime::config! {
    /// What tracking is told.
    pub struct Config {
        /// Region, keys and endpoints of AWS.
        aws: store::AwsSettings = group,
        /// The table of orders.
        orders_table: String = "ORDERS_TABLE",
        /// The carriers to ask.
        carriers: Carriers = group,
    }
}

/// What tracking uses.
pub struct Deps {
    orders: Orders,
    queues: Queues,
    carriers: Carriers,
    http: Http,
    clock: Clock,
}

impl Deps {
    /// Clients made and warmed before the first message.
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
        let db = Db::connect_to_query(clients, &config.orders_table, "O#").await;
        Ok(Self {
            orders: Orders::new(db),
            // A carrier's report sends nothing on: what follows from it happens in the same commit.
            queues: clients.queues([]),
            carriers: config.carriers,
            http,
            clock,
        })
    }
}

/// Does what a message asks for; what is not meant for this function or about no shipment is left alone.
///
/// # Errors
/// When the carrier or the table does not answer: the message comes again, and after it the deadline.
pub async fn handle(deps: &Deps, message: MessageRecord) -> Result<(), Failure> {
    // Boxed: the future of a call and its commit is deep and large, and those above it need not be.
    match (message.task, message.part()) {
        (Task::AskCarrier, Some(Part::Shipment(id))) => Box::pin(ask_carrier::run(deps, &id)).await,
        (task, _) => {
            tracing::warn!(%task, about = message.about, "Left alone: nothing here does {task}");
            Ok(())
        }
    }
}
