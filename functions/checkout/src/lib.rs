//! Checkout: makes an order of a quote and starts its payment.
//!
//! Trigger: HTTP. Makes orders (awaiting payment) and payments (pending; failed when the provider refuses to open a page). It never
//! settles: what became of a payment is found out by `payment-settlement`, and the pages here only show it.

#[cfg(test)]
#[path = "../tests/unit/shop.rs"]
mod fixture;
mod open_page;
mod order_form;
mod pay_links;
mod pay_view;
mod payment_view;
mod place_order;
mod routes;
mod start_payment;
mod views;

use std::sync::Arc;

use axum::{
    Router,
    routing::{delete, get, post},
};
use domain::{Failure, Secret};
use providers::{Http, payments::Payments};
use runtime::{Clock, Ids, Seal};
use store::{Carts, Clients, Db, Orders, People, Queues, Quotes, Sessions};
use web::Edge;

runtime::config! {
    /// What the checkout is told.
    pub struct Config {
        /// The table of carts, quotes and orders.
        orders_table: String = "ORDERS_TABLE",
        /// The table of sessions.
        sessions_table: String = "SESSIONS_TABLE",
        /// The table of people: whoever has an account has an address book.
        accounts_table: String = "ACCOUNTS_TABLE",
        /// The queue that closes payment pages.
        payment_settlement_queue: String = "PAYMENT_SETTLEMENT_QUEUE_URL",
        /// What numbers of identity papers are sealed with.
        sealing_key: Secret = "SEALING_KEY",
        /// A payment provider that is not on the internet has its pages beside its interface, so forms may lead there.
        payment_pages: String = "STRIPE_BASE_URL",
        /// Where the shop lives and where its pictures come from.
        edge: web::EdgeSettings = group,
        /// The payment providers.
        payments: providers::payments::Payments = group,
        /// AWS.
        aws: store::AwsSettings = group,
    }
}

/// What the checkout uses.
#[derive(Clone)]
pub struct Deps {
    edge: Edge,
    shop_origin: Arc<str>,
    people: People,
    carts: Carts,
    quotes: Quotes,
    orders: Orders,
    queues: Queues,
    http: Http,
    payments: Arc<Payments>,
    seal: Arc<Seal>,
    clock: Clock,
    ids: Ids,
}

impl Deps {
    /// Makes the clients.
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
        let orders = Db::connect(clients, &config.orders_table, "Q#").await;
        let sessions = Sessions::new(clients.table(&config.sessions_table));
        Ok(Self {
            edge: Edge::new(&config.edge)
                .with_sessions(sessions.finder(clock.reader()))
                .with_forms_to(&[&config.payment_pages]),
            shop_origin: config.edge.shop_origin.trim_end_matches('/').into(),
            people: People::new(clients.table(&config.accounts_table)),
            carts: Carts::new(orders.clone()),
            quotes: Quotes::new(orders.clone()),
            orders: Orders::new(orders),
            queues: clients.queues([("payment-settlement", config.payment_settlement_queue)]),
            http,
            payments: Arc::new(config.payments),
            seal: Arc::new(Seal::new(&config.sealing_key)?),
            ids,
            clock,
        })
    }
}

/// What a request made, and whether an earlier sending of the same request made it.
pub(crate) struct Made<T> {
    thing: T,
    is_repeated: bool,
}

/// The routes.
pub fn router(deps: Deps) -> Router {
    let edge = deps.edge.clone();
    let routes = Router::new()
        .route("/checkout/{quote}", get(routes::order_form))
        .route("/orders", post(routes::place_order))
        .route("/orders/{id}/payments", post(routes::start_payment))
        .route("/orders/{id}/pay-links", post(routes::make_link))
        .route("/orders/{id}/pay-links/{link}", delete(routes::end_link))
        .route("/orders/{id}/pay-links/{link}/deletion", post(routes::end_link))
        .route("/pay/{token}", get(routes::pay_page))
        .route("/pay/{token}/payments", post(routes::pay))
        .route("/payments/{id}/thanks", get(routes::thanks))
        .route("/payments/{id}", get(routes::payment))
        .route("/payments/{id}/return", get(routes::payment_return))
        .with_state(deps);
    web::app(routes, edge)
}
