//! Product: shows one product of one store with its choices and price.
//!
//! Trigger: HTTP. It looks for no session and moves no state; the cart asks the store again.

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
use store::{Clients, RuleBooks};

runtime::config! {
    /// What the product page is told.
    pub struct Config {
        /// Region, keys and endpoints of AWS.
        aws: store::AwsSettings = group,
        /// The table of rules, which say where a thing may go.
        rules_table: String = "RULES_TABLE",
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
    rules: RuleBooks,
    suppliers: Suppliers,
    terms: Terms,
    http: Http,
    clock: Clock,
    ids: Ids,
    edge: web::Edge,
}

impl Deps {
    /// Nothing but the rules is connected before the first request: any of the stores may be down.
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
    /// When the country of the warehouse is none.
    pub async fn over(config: Config, clients: &Clients, http: Http, clock: Clock, ids: Ids) -> Result<Self, Failure> {
        let country: Result<Country, _> = config.warehouse_country.parse();
        let ship_to = country.map_err(|_| Failure::internal("WAREHOUSE_COUNTRY must be two capital letters"))?;
        Ok(Self {
            rules: RuleBooks::connect(clients, &config.rules_table).await,
            suppliers: config.suppliers,
            // We pay every store in dollars.
            terms: Terms {
                ship_to,
                currency: Currency::USD,
            },
            http,
            ids,
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
