//! Admin: the staff desk: every order, every open exception, and the decisions that need a person.
//!
//! Trigger: HTTP. Moves: whatever an exception is about, by the moves that only the staff may make. Every member of the staff may read;
//! what moves something needs the role that answers for it, and a written reason.

mod action;
mod approve_answer;
mod board_view;
mod exception_view;
mod find_orders;
mod history_view;
mod ledger_view;
mod order_view;
mod part_views;
mod proposal_view;
mod purchase_view;
mod resolve_exception;
mod routes;
#[cfg(test)]
mod tests;
mod words;

use std::sync::Arc;

use axum::{
    Router,
    routing::{get, post},
};
use domain::Failure;
use runtime::{Clock, Ids};
use store::{Clients, Db, Orders, Proposals, Queues, Sessions};

runtime::config! {
    /// What the desk is told.
    pub struct Config {
        /// Region, keys and endpoints of AWS.
        aws: store::AwsSettings = group,
        /// The table of orders.
        orders_table: String = "ORDERS_TABLE",
        /// The table of sessions.
        sessions_table: String = "SESSIONS_TABLE",
        /// Where purchases are tried again.
        supplier_order_queue_url: String = "SUPPLIER_ORDER_QUEUE_URL",
        /// Where refunds are asked for.
        payment_settlement_queue_url: String = "PAYMENT_SETTLEMENT_QUEUE_URL",
        /// Where labels are bought again.
        shipping_queue_url: String = "SHIPPING_QUEUE_URL",
        /// Where the shop lives.
        edge: web::EdgeSettings = group,
    }
}

/// What the desk uses.
pub struct Deps {
    orders: Orders,
    proposals: Proposals,
    queues: Queues,
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
        Self::over(config, &clients, clock.clone(), Ids::new(clock)).await
    }

    /// The same over any storage, outside world and clock.
    ///
    /// # Errors
    /// When TLS cannot be set up.
    pub async fn over(config: Config, clients: &Clients, clock: Clock, ids: Ids) -> Result<Self, Failure> {
        let db = Db::connect(clients, &config.orders_table, "O#").await;
        let sessions = Sessions::new(clients.table(&config.sessions_table));
        let urls = [
            ("supplier-order", config.supplier_order_queue_url),
            ("payment-settlement", config.payment_settlement_queue_url),
            ("shipping", config.shipping_queue_url),
        ];
        let edge = web::Edge::new(&config.edge).with_sessions(sessions.renewing_finder(clock.reader()));
        Ok(Self {
            orders: Orders::new(db.clone()),
            proposals: Proposals::new(db),
            queues: clients.queues(urls),
            ids,
            clock,
            edge,
        })
    }
}

/// The routes.
pub fn router(deps: Arc<Deps>) -> Router {
    let edge = deps.edge.clone();
    let routes = Router::new()
        .route("/desk", get(routes::board))
        .route("/desk/orders", get(routes::search))
        .route("/desk/orders/{id}", get(routes::order))
        .route("/desk/exceptions/{id}/resolution", post(routes::resolve))
        .route("/desk/proposals", get(routes::proposals))
        .route("/desk/proposals/{id}/approval", post(routes::approve))
        .route("/desk/proposals/{id}/deletion", post(routes::withdraw))
        .with_state(deps);
    web::app(routes, edge)
}
