//! Search: asks every store at once and shows one list with the price at each store.
//!
//! Trigger: HTTP. It reads no table, looks for no session and moves no state. A store that fails or is late is a warning, never an error.

mod ask_stores;
mod asked;
mod routes;
#[cfg(test)]
mod tests;
mod views;

use axum::{Router, routing::get};
use domain::{Currency, Failure, address::Country};
use providers::{
    Http,
    suppliers::{Suppliers, Terms},
};
use runtime::Clock;

runtime::config! {
    /// What the search is told.
    pub struct Config {
        /// The stores to ask.
        suppliers: Suppliers = group,
        /// The country of our warehouse, where the stores deliver.
        warehouse_country: String = "WAREHOUSE_COUNTRY",
        /// Where the shop lives and where its pictures come from.
        edge: web::EdgeSettings = group,
    }
}

/// What the search uses.
#[derive(Clone)]
pub struct Deps {
    suppliers: Suppliers,
    terms: Terms,
    http: Http,
    clock: Clock,
    edge: web::Edge,
}

impl Deps {
    /// Nothing is connected before the first search: any of the stores may be down.
    ///
    /// # Errors
    /// When TLS cannot be set up or the country of the warehouse is none.
    pub fn new(config: Config) -> Result<Self, Failure> {
        let country: Result<Country, _> = config.warehouse_country.parse();
        let ship_to = country.map_err(|_| Failure::internal("WAREHOUSE_COUNTRY must be two capital letters"))?;
        Ok(Self {
            suppliers: config.suppliers,
            // We pay every store in dollars.
            terms: Terms {
                ship_to,
                currency: Currency::USD,
            },
            http: Http::new()?,
            clock: Clock::system(),
            edge: web::Edge::new(&config.edge),
        })
    }
}

/// The routes.
pub fn router(deps: Deps) -> Router {
    let edge = deps.edge.clone();
    let routes = Router::new()
        .route("/search", get(routes::search))
        .route("/stores", get(routes::stores))
        .with_state(deps);
    web::app(routes, edge)
}
