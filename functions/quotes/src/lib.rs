//! Quotes: makes one landed price of a cart, and shows it to its customer or to whoever got its link.
//!
//! Trigger: HTTP. It moves no state of an order: a quote is written once and never changed. Stores and carrier are asked again before
//! anything is promised.

mod ask_carrier;
mod ask_stores;
#[cfg(test)]
#[path = "../tests/unit/shop.rs"]
mod fixture;
mod gateway_town;
mod make_quote;
mod quote_facts;
mod quote_view;
mod routes;
mod show_quote;
mod views;

use std::sync::Arc;

use axum::{Router, routing::get};
use domain::Failure;
use providers::{Http, WarehouseAddress, carriers::Carriers, suppliers::Suppliers};
use runtime::{Clock, Ids};
use store::{Carts, Clients, Db, Orders, Quotes, RuleBooks, Sessions};
use web::Edge;

runtime::config! {
    /// What quotes are told.
    pub struct Config {
        /// The table of carts and quotes.
        orders_table: String = "ORDERS_TABLE",
        /// The table of sessions.
        sessions_table: String = "SESSIONS_TABLE",
        /// The table of the rules that prices are made of.
        rules_table: String = "RULES_TABLE",
        /// With whom customers pay: its fee is part of the price.
        payment_provider: String = "PAYMENT_PROVIDER",
        /// Where the shop lives and where its pictures come from.
        edge: web::EdgeSettings = group,
        /// The stores, asked again before a price is promised.
        suppliers: providers::suppliers::Suppliers = group,
        /// The carriers, asked for the price of the way.
        carriers: providers::carriers::Carriers = group,
        /// Where stores deliver to and parcels start from.
        warehouse: providers::WarehouseAddress = group,
        /// AWS.
        aws: store::AwsSettings = group,
    }
}

/// What quotes use.
#[derive(Clone)]
pub struct Deps {
    edge: Edge,
    carts: Carts,
    quotes: Quotes,
    orders: Orders,
    http: Http,
    suppliers: Suppliers,
    payment_provider: domain::product::ProviderCode,
    carriers: Arc<Carriers>,
    warehouse: Arc<WarehouseAddress>,
    rules: RuleBooks,
    clock: Clock,
    ids: Ids,
}

impl Deps {
    /// Makes the clients and warms them.
    ///
    /// # Errors
    /// When TLS cannot be set up or the payment provider is none.
    pub async fn connect(config: Config) -> Result<Self, Failure> {
        let clients = Clients::new(config.aws.clone())?;
        let clock = Clock::system();
        Self::over(config, &clients, Http::new()?, clock.clone(), Ids::new(clock)).await
    }

    /// The same over any storage, outside world and clock.
    ///
    /// # Errors
    /// When TLS cannot be set up or the payment provider is none.
    pub async fn over(config: Config, clients: &Clients, http: Http, clock: Clock, ids: Ids) -> Result<Self, Failure> {
        let orders = Db::connect(clients, &config.orders_table, "Q#").await;
        let sessions = Sessions::new(clients.table(&config.sessions_table));
        let rules = RuleBooks::connect(clients, &config.rules_table).await;
        let provider = config.payment_provider.parse();
        Ok(Self {
            edge: Edge::new(&config.edge).with_sessions(sessions.finder(clock.reader())),
            carts: Carts::new(orders.clone()),
            quotes: Quotes::new(orders.clone()),
            orders: Orders::new(orders),
            http,
            suppliers: config.suppliers,
            payment_provider: provider
                .map_err(|_| Failure::internal("PAYMENT_PROVIDER must be the code of a payment provider"))?,
            carriers: Arc::new(config.carriers),
            warehouse: Arc::new(config.warehouse),
            rules,
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
        .route("/quotes", get(routes::ask).post(routes::make_quote))
        .route("/quotes/{id}", get(routes::quote))
        .with_state(deps);
    web::app(routes, edge)
}
