//! Supplier order: buys what a paid order needs at its store, never twice.
//!
//! Trigger: supplier-order-queue (`place_at_store`, `look_up_at_store`, `ask_store`) and, for the buyer's desk, HTTP.
//! Moves: supplier order through its whole life; with it the order's money held for stores.

mod ask_store;
mod check;
mod keep_answer;
mod look_up_at_store;
mod place_at_store;
mod record_absence;
mod record_placement;
mod routes;
#[cfg(test)]
mod tests;

use axum::{Router, routing::post};
use domain::{Failure, lifecycle::Task, order::Part};
use providers::{Http, WarehouseAddress, suppliers::Suppliers};
use runtime::Clock;
use store::{Clients, Db, MessageRecord, Orders, Queues, Sessions};

runtime::config! {
    /// What the supplier order is told.
    pub struct Config {
        /// Region, keys and endpoints of AWS.
        aws: store::AwsSettings = group,
        /// The table of orders.
        orders_table: String = "ORDERS_TABLE",
        /// The table of sessions.
        sessions_table: String = "SESSIONS_TABLE",
        /// Where refunds are asked for.
        payment_settlement_queue_url: String = "PAYMENT_SETTLEMENT_QUEUE_URL",
        /// The stores to buy at.
        suppliers: Suppliers = group,
        /// Where the stores deliver.
        warehouse: WarehouseAddress = group,
        /// Where the shop lives.
        edge: web::EdgeSettings = group,
    }
}

/// What the supplier order uses.
#[derive(Clone)]
pub struct Deps {
    orders: Orders,
    queues: Queues,
    suppliers: Suppliers,
    warehouse: WarehouseAddress,
    http: Http,
    clock: Clock,
    edge: web::Edge,
}

impl Deps {
    /// Clients made and warmed before the first event.
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
        let orders = Orders::new(Db::connect(clients, &config.orders_table, "O#").await);
        let sessions = Sessions::new(clients.table(&config.sessions_table));
        let edge = web::Edge::new(&config.edge).with_sessions(sessions.renewing_finder(clock.reader()));
        Ok(Self {
            orders,
            queues: clients.queues([("payment-settlement", config.payment_settlement_queue_url)]),
            suppliers: config.suppliers,
            warehouse: config.warehouse,
            http,
            clock,
            edge,
        })
    }
}

/// Does what a message asks for; what is not meant for this function or about no supplier order is left alone.
///
/// # Errors
/// When the store or the table does not answer and nothing was sent: the message comes again, and after it the deadline.
pub async fn handle(deps: &Deps, message: MessageRecord) -> Result<(), Failure> {
    match (message.task, message.part()) {
        (Task::PlaceAtStore, Some(Part::SupplierOrder(id))) => Box::pin(place_at_store::run(deps, &id)).await,
        (Task::LookUpAtStore, Some(Part::SupplierOrder(id))) => Box::pin(look_up_at_store::run(deps, &id)).await,
        (Task::AskStore, Some(Part::SupplierOrder(id))) => Box::pin(ask_store::run(deps, &id)).await,
        (task, _) => {
            tracing::warn!(%task, about = message.about, "Left alone: nothing here does {task}");
            Ok(())
        }
    }
}

/// The buyer's routes.
pub fn router(deps: Deps) -> Router {
    let edge = deps.edge.clone();
    let routes = Router::new()
        .route("/supplier-orders/{id}/placement", post(routes::placement))
        .route("/supplier-orders/{id}/absence", post(routes::absence))
        .with_state(deps);
    web::app(routes, edge)
}
