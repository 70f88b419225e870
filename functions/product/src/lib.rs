//! Product: shows one product of one store with its choices and price.
//!
//! Trigger: HTTP. It reads no table, looks for no session and moves no state; the cart asks the store again.

mod find_product;
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
use runtime::{Clock, Ids};

runtime::config! {
    /// What the product page is told.
    pub struct Config {
        /// The stores to ask.
        suppliers: Suppliers = group,
        /// The country of our warehouse, where the stores deliver.
        warehouse_country: String = "WAREHOUSE_COUNTRY",
        /// Where the shop lives and where its pictures come from.
        edge: web::EdgeSettings = group,
    }
}

/// What the product page uses.
#[derive(Clone)]
pub struct Deps {
    suppliers: Suppliers,
    terms: Terms,
    http: Http,
    clock: Clock,
    ids: Ids,
    edge: web::Edge,
}

impl Deps {
    /// Nothing is connected before the first request: any of the stores may be down.
    ///
    /// # Errors
    /// When TLS cannot be set up or the country of the warehouse is none.
    pub fn new(config: Config) -> Result<Self, Failure> {
        let country: Result<Country, _> = config.warehouse_country.parse();
        let ship_to = country.map_err(|_| Failure::internal("WAREHOUSE_COUNTRY must be two capital letters"))?;
        let clock = Clock::system();
        Ok(Self {
            suppliers: config.suppliers,
            // We pay every store in dollars.
            terms: Terms {
                ship_to,
                currency: Currency::USD,
            },
            http: Http::new()?,
            ids: Ids::new(clock.clone()),
            clock,
            edge: web::Edge::new(&config.edge),
        })
    }
}

/// The routes.
pub fn router(deps: Deps) -> Router {
    let edge = deps.edge.clone();
    let routes = Router::new()
        .route("/products/{store}/{id}", get(routes::product))
        .with_state(deps);
    web::app(routes, edge)
}
