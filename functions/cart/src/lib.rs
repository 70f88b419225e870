//! Cart: keeps what a visitor wants to buy, each line with the price that was seen.
//!
//! Trigger: HTTP. It moves no state of an order: a cart promises nothing. Whoever puts something in without a session gets a guest's.

mod add_line;
mod edit;
mod find_problems;
#[cfg(test)]
mod fixture;
mod look;
mod owner;
mod remove_line;
mod renew_line;
mod routes;
mod set_quantity;
mod show_cart;
#[cfg(test)]
mod tests;
mod views;

use axum::{
    Router,
    routing::{get, post, put},
};
use domain::{Currency, Failure, address::Country, product::ProviderCode};
use providers::{
    Http,
    suppliers::{Suppliers, Terms},
};
use runtime::{Clock, Ids};
use store::{Carts, Clients, Db, RuleBooks, Sessions};

runtime::config! {
    /// What the cart is told.
    pub struct Config {
        /// Region, keys and endpoints of AWS.
        aws: store::AwsSettings = group,
        /// The table of orders and carts.
        orders_table: String = "ORDERS_TABLE",
        /// The table of sessions.
        sessions_table: String = "SESSIONS_TABLE",
        /// The table of the rules that say what travels where.
        rules_table: String = "RULES_TABLE",
        /// The carrier this shop sends with.
        carrier: String = "PARCEL_CARRIER",
        /// The stores to ask.
        suppliers: Suppliers = group,
        /// The country of our warehouse, where the stores deliver.
        warehouse_country: String = "WAREHOUSE_COUNTRY",
        /// Where the shop lives and where its pictures come from.
        edge: web::EdgeSettings = group,
    }
}

/// What the cart uses.
#[derive(Clone)]
pub struct Deps {
    carts: Carts,
    sessions: Sessions,
    suppliers: Suppliers,
    terms: Terms,
    rules: RuleBooks,
    carrier: ProviderCode,
    http: Http,
    clock: Clock,
    ids: Ids,
    edge: web::Edge,
}

impl Deps {
    /// Clients made and warmed before the first event.
    ///
    /// # Errors
    /// When TLS cannot be set up or the country of the warehouse is none.
    pub async fn connect(config: Config) -> Result<Self, Failure> {
        let clients = Clients::new(config.aws.clone())?;
        let clock = Clock::system();
        Self::over(config, &clients, Http::new()?, clock.clone(), Ids::new(clock)).await
    }

    /// The same over any storage, outside world and clock.
    ///
    /// # Errors
    /// When TLS cannot be set up or the country of the warehouse is none.
    pub async fn over(config: Config, clients: &Clients, http: Http, clock: Clock, ids: Ids) -> Result<Self, Failure> {
        let country: Result<Country, _> = config.warehouse_country.parse();
        let ship_to = country.map_err(|_| Failure::internal("WAREHOUSE_COUNTRY must be two capital letters"))?;
        let carrier = config.carrier.parse();
        let carrier = carrier.map_err(|_| Failure::internal("PARCEL_CARRIER must be the code of a carrier"))?;
        let carts = Carts::new(Db::connect(clients, &config.orders_table, "C#").await);
        let sessions = Sessions::new(clients.table(&config.sessions_table));
        Ok(Self {
            carts,
            edge: web::Edge::new(&config.edge).with_sessions(sessions.finder(clock.reader())),
            sessions,
            suppliers: config.suppliers,
            // We pay every store in dollars.
            terms: Terms {
                ship_to,
                currency: Currency::USD,
            },
            rules: RuleBooks::connect(clients, &config.rules_table).await,
            carrier,
            http,
            ids,
            clock,
        })
    }
}

/// The routes. A form can neither PUT nor DELETE, so each has a twin for forms.
pub fn router(deps: Deps) -> Router {
    let edge = deps.edge.clone();
    let routes = Router::new()
        .route("/cart", get(routes::show))
        .route("/cart/lines", post(routes::add))
        .route(
            "/cart/lines/{id}",
            put(routes::set_quantity)
                .post(routes::set_quantity)
                .delete(routes::remove),
        )
        .route("/cart/lines/{id}/deletion", post(routes::remove))
        .route("/cart/lines/{id}/renewal", post(routes::renew))
        .with_state(deps);
    web::app(routes, edge)
}
