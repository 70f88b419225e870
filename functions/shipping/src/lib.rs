//! Shipping: buys the label of a packed parcel, keeps its documents, and hands it to the carrier.
//!
//! Trigger: shipping-queue (`buy_label`, `look_up_at_carrier`) and, for the warehouse, HTTP. Moves: shipment from packed to in transit.

mod buy_label;
mod choose_offer;
mod look_up_at_carrier;
mod papers;
mod planned;
mod record_handover;
mod routes;
mod show_document;
#[cfg(test)]
mod tests;
mod views;

use std::sync::Arc;

use axum::{
    Router,
    routing::{get, post},
};
use domain::{Failure, Secret, lifecycle::Task, order::Part};
use providers::{Http, WarehouseAddress, WarehouseHours, carriers::Carriers};
use runtime::{Clock, Ids, Seal};
use store::{Clients, Db, Files, MessageRecord, Orders, Queues, Sessions};

runtime::config! {
    /// What shipping is told.
    pub struct Config {
        /// Region, keys and endpoints of AWS.
        aws: store::AwsSettings = group,
        /// The table of orders.
        orders_table: String = "ORDERS_TABLE",
        /// The table of sessions.
        sessions_table: String = "SESSIONS_TABLE",
        /// The bucket of labels and customs papers.
        files_bucket: String = "FILES_BUCKET",
        /// Where parcels are asked about.
        tracking_queue_url: String = "TRACKING_QUEUE_URL",
        /// The carriers to book with.
        carriers: Carriers = group,
        /// What the customs numbers of orders are sealed with.
        sealing_key: Secret = "SEALING_KEY",
        /// Where parcels are collected.
        warehouse: WarehouseAddress = group,
        /// When they can be collected there.
        hours: WarehouseHours = group,
        /// Where the shop lives.
        edge: web::EdgeSettings = group,
    }
}

/// What shipping uses.
pub struct Deps {
    orders: Orders,
    queues: Queues,
    files: Files,
    carriers: Carriers,
    warehouse: WarehouseAddress,
    hours: WarehouseHours,
    seal: Seal,
    http: Http,
    clock: Clock,
    ids: Ids,
    edge: web::Edge,
}

impl Deps {
    /// Clients made and warmed before the first event.
    ///
    /// # Errors
    /// When TLS cannot be set up.
    pub async fn connect(config: Config) -> Result<Self, Failure> {
        let clients = Clients::new(config.aws.clone())?;
        let clock = Clock::system();
        Self::over(config, &clients, Http::new()?, clock.clone(), Ids::new(clock)).await
    }

    /// The same over any storage, outside world and clock.
    ///
    /// # Errors
    /// When TLS cannot be set up.
    pub async fn over(config: Config, clients: &Clients, http: Http, clock: Clock, ids: Ids) -> Result<Self, Failure> {
        let orders = Orders::new(Db::connect(clients, &config.orders_table).await);
        let sessions = Sessions::new(clients.table(&config.sessions_table));
        let edge = web::Edge::new(&config.edge).with_sessions(sessions.renewing_finder(clock.reader()));
        Ok(Self {
            orders,
            queues: clients.queues([("tracking", config.tracking_queue_url)]),
            files: clients.files(config.files_bucket),
            carriers: config.carriers,
            warehouse: config.warehouse,
            hours: config.hours,
            seal: Seal::new(&config.sealing_key)?,
            http,
            ids,
            clock,
            edge,
        })
    }
}

/// Does what a message asks for; what is not meant for this function or about no shipment is left alone.
///
/// # Errors
/// When the carrier or the table does not answer and nothing was sent: the message comes again, and after it the deadline.
pub async fn handle(deps: &Deps, message: MessageRecord) -> Result<(), Failure> {
    // Boxed: the futures of a booking are deep and large, and those above them need not be.
    match (message.task, message.part()) {
        (Task::BuyLabel, Some(Part::Shipment(id))) => Box::pin(buy_label::run(deps, &id)).await,
        (Task::LookUpAtCarrier, Some(Part::Shipment(id))) => Box::pin(look_up_at_carrier::run(deps, &id)).await,
        (task, _) => {
            tracing::warn!(%task, about = message.about, "Left alone: nothing here does {task}");
            Ok(())
        }
    }
}

/// The warehouse's routes.
pub fn router(deps: Arc<Deps>) -> Router {
    let edge = deps.edge.clone();
    let routes = Router::new()
        .route("/shipments/{id}", get(routes::shipment))
        .route("/shipments/{id}/documents/{kind}", get(routes::document))
        .route("/shipments/{id}/handover", post(routes::handover))
        .with_state(deps);
    web::app(routes, edge)
}
