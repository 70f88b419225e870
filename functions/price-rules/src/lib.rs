//! Price rules: shows everybody what prices are made of, and says whether a thing may travel.
//!
//! Trigger: HTTP. It moves nothing. Every sentence is made from the rows that quotes are made of, so the two cannot differ.

mod check_item;
mod routes;
#[cfg(test)]
mod tests;
mod views;

use axum::{
    Router,
    routing::{get, post},
};
use domain::{Failure, address::Country};
use runtime::Clock;
use store::{Clients, RuleBooks};

runtime::config! {
    /// What these pages are told.
    pub struct Config {
        /// Region, keys and endpoints of AWS.
        aws: store::AwsSettings = group,
        /// The table of rules.
        rules_table: String = "RULES_TABLE",
        /// The country of our warehouse, from which parcels leave.
        warehouse_country: String = "WAREHOUSE_COUNTRY",
        /// Where the shop lives and where its pictures come from.
        edge: web::EdgeSettings = group,
    }
}

/// What these pages use.
#[derive(Clone)]
pub struct Deps {
    rules: RuleBooks,
    warehouse: Country,
    clock: Clock,
    edge: web::Edge,
}

impl Deps {
    /// Clients made and warmed before the first event.
    ///
    /// # Errors
    /// When TLS cannot be set up or the country of the warehouse is none.
    pub async fn connect(config: Config) -> Result<Self, Failure> {
        let clients = Clients::new(config.aws.clone())?;
        Self::over(config, &clients, Clock::system()).await
    }

    /// The same over any storage and clock.
    ///
    /// # Errors
    /// When the country of the warehouse is none.
    pub async fn over(config: Config, clients: &Clients, clock: Clock) -> Result<Self, Failure> {
        let country = config.warehouse_country.parse();
        let wrong = |_| Failure::internal("WAREHOUSE_COUNTRY must be two capital letters");
        Ok(Self {
            warehouse: country.map_err(wrong)?,
            rules: RuleBooks::connect(clients, &config.rules_table).await,
            clock,
            edge: web::Edge::new(&config.edge),
        })
    }
}

/// The routes.
pub fn router(deps: Deps) -> Router {
    let edge = deps.edge.clone();
    let routes = Router::new()
        .route("/help/fees", get(routes::fees))
        .route("/help/countries", get(routes::countries))
        .route("/help/countries/{country}", get(routes::country))
        .route("/help/restricted-items", get(routes::restricted_items))
        .route("/restriction-checks", post(routes::check_item))
        .with_state(deps);
    web::app(routes, edge)
}
