//! Warehouse scan: receives what the stores deliver, unit by unit, and packs parcels.
//!
//! Trigger: HTTP, for the warehouse. Moves: units from expected to received or on hold, and into a new shipment; a supplier order whose last
//! unit came in has arrived. Every scan has an id made by its device or form: sent again, it is answered as the first time.

mod bench_view;
mod match_scan;
mod order_view;
mod pack_parcel;
mod receive_units;
mod routes;
mod scan_id;
mod show_bench;
mod sign_upload;
#[cfg(test)]
mod tests;

use axum::{
    Router,
    routing::{get, post},
};
use domain::Failure;
use runtime::{Clock, Ids};
use store::{Clients, Db, Files, Orders, Queues, Quotes, Sessions};

runtime::config! {
    /// What the warehouse is told.
    pub struct Config {
        /// Region, keys and endpoints of AWS.
        aws: store::AwsSettings = group,
        /// The table of orders and quotes.
        orders_table: String = "ORDERS_TABLE",
        /// The table of sessions.
        sessions_table: String = "SESSIONS_TABLE",
        /// The bucket of photos.
        files_bucket: String = "FILES_BUCKET",
        /// Where labels are asked for.
        shipping_queue_url: String = "SHIPPING_QUEUE_URL",
        /// Where the shop lives.
        edge: web::EdgeSettings = group,
    }
}

/// What the warehouse uses.
#[derive(Clone)]
pub struct Deps {
    orders: Orders,
    quotes: Quotes,
    queues: Queues,
    files: Files,
    clock: Clock,
    ids: Ids,
    edge: web::Edge,
}

impl Deps {
    /// Clients made and warmed before the first request.
    ///
    /// # Errors
    /// When TLS cannot be set up.
    pub async fn connect(config: Config) -> Result<Self, Failure> {
        let clients = Clients::new(config.aws.clone())?;
        let clock = Clock::system();
        Self::over(config, &clients, clock.clone(), Ids::new(clock)).await
    }

    /// The same over any storage, outside world and clock.
    ///
    /// # Errors
    /// When TLS cannot be set up.
    pub async fn over(config: Config, clients: &Clients, clock: Clock, ids: Ids) -> Result<Self, Failure> {
        let orders = Db::connect(clients, &config.orders_table, "O#").await;
        let sessions = Sessions::new(clients.table(&config.sessions_table));
        let edge = web::Edge::new(&config.edge).with_sessions(sessions.renewing_finder(clock.reader()));
        Ok(Self {
            orders: Orders::new(orders.clone()),
            quotes: Quotes::new(orders),
            queues: clients.queues([("shipping", config.shipping_queue_url)]),
            files: clients.files(config.files_bucket),
            ids,
            clock,
            edge,
        })
    }
}

/// The warehouse's routes.
pub fn router(deps: Deps) -> Router {
    let edge = deps.edge.clone();
    let routes = Router::new()
        .route("/warehouse", get(routes::bench))
        .route("/warehouse/scans", post(routes::scan))
        .route("/warehouse/orders/{id}", get(routes::order))
        .route("/warehouse/receipts", post(routes::receive))
        .route("/warehouse/parcels", post(routes::pack))
        .route("/warehouse/uploads", post(routes::upload))
        .with_state(deps);
    web::app(routes, edge)
}
