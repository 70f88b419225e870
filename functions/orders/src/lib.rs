//! Orders: shows a customer their orders, each with its timeline and money, and takes a cancellation or an answer.
//!
//! Trigger: HTTP. Moves: order to cancelling or cancelled, when the customer asks and no store has sold anything yet; supplier order
//! from asked, by the customer's answer.

mod answer_question;
mod cancel_order;
mod history_view;
mod list_view;
mod money_view;
mod order_view;
mod pay_view;
mod refund_view;
mod routes;
mod shipment_view;
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
use store::{Clients, Db, Orders, Queues, Sessions};

runtime::config! {
    /// What orders are told.
    pub struct Config {
        /// Region, keys and endpoints of AWS.
        aws: store::AwsSettings = group,
        /// The table of orders.
        orders_table: String = "ORDERS_TABLE",
        /// The table of sessions.
        sessions_table: String = "SESSIONS_TABLE",
        /// Where payment pages are closed and refunds asked for.
        payment_settlement_queue_url: String = "PAYMENT_SETTLEMENT_QUEUE_URL",
        /// Where something is bought after all.
        supplier_order_queue_url: String = "SUPPLIER_ORDER_QUEUE_URL",
        /// A payment provider that is not on the internet has its pages beside its interface, so forms may lead there.
        payment_pages: String = "STRIPE_BASE_URL",
        /// Where the shop lives and where its pictures come from.
        edge: web::EdgeSettings = group,
    }
}

/// What orders use.
pub struct Deps {
    orders: Orders,
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
        let orders = Orders::new(Db::connect(clients, &config.orders_table, "O#").await);
        let sessions = Sessions::new(clients.table(&config.sessions_table));
        let queues = clients.queues([
            ("payment-settlement", config.payment_settlement_queue_url),
            ("supplier-order", config.supplier_order_queue_url),
        ]);
        let edge = web::Edge::new(&config.edge).with_forms_to(&[&config.payment_pages]);
        Ok(Self {
            orders,
            queues,
            ids,
            edge: edge.with_sessions(sessions.finder(clock.reader())),
            clock,
        })
    }
}

/// The routes.
pub fn router(deps: Arc<Deps>) -> Router {
    let edge = deps.edge.clone();
    let routes = Router::new()
        .route("/orders", get(routes::list))
        .route("/orders/{id}", get(routes::order))
        .route("/orders/{id}/timeline", get(routes::timeline))
        .route("/orders/{id}/money", get(routes::money))
        .route("/orders/{id}/cancellation", post(routes::cancel))
        .route("/orders/{id}/decisions/{part}", post(routes::decide))
        .with_state(deps);
    web::app(routes, edge)
}
