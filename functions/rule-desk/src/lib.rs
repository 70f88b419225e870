//! Rule desk: the staff read and change the rules that prices are made of, each change a version of its own.
//!
//! Trigger: HTTP. It writes editions: the rows that differ from the shipped ones, checked as a whole, shown with what they do to sample
//! prices and to the baskets of the newest quotes before they hold, and never changed afterwards. Who may change: finance and admin. A quote that was promised stays as it is.

mod edition_view;
mod newest_quotes;
mod overview;
mod preview_edition;
mod publish_edition;
mod routes;
mod rows_view;
mod sample_baskets;
#[cfg(test)]
mod tests;

use axum::{
    Router,
    routing::{get, post},
};
use domain::{Failure, address::Country};
use runtime::{Clock, Ids};
use store::{Clients, Quotes, RuleBooks, Sessions};

runtime::config! {
    /// What the rule desk is told.
    pub struct Config {
        /// Region, keys and endpoints of AWS.
        aws: store::AwsSettings = group,
        /// The table of quotes: the newest show what a change would do.
        orders_table: String = "ORDERS_TABLE",
        /// The table of rules.
        rules_table: String = "RULES_TABLE",
        /// The table of sessions.
        sessions_table: String = "SESSIONS_TABLE",
        /// The country of our warehouse, from which sample parcels leave.
        warehouse_country: String = "WAREHOUSE_COUNTRY",
        /// Where the shop lives.
        edge: web::EdgeSettings = group,
    }
}

/// What the rule desk uses.
#[derive(Clone)]
pub struct Deps {
    rules: RuleBooks,
    quotes: Quotes,
    warehouse: Country,
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
        Self::over(config, &clients, clock.clone(), Ids::new(clock)).await
    }

    /// The same over any storage and clock.
    ///
    /// # Errors
    /// When the country of the warehouse is none.
    pub async fn over(config: Config, clients: &Clients, clock: Clock, ids: Ids) -> Result<Self, Failure> {
        let country = config.warehouse_country.parse();
        let wrong = |_| Failure::internal("WAREHOUSE_COUNTRY must be two capital letters");
        let sessions = Sessions::new(clients.table(&config.sessions_table));
        Ok(Self {
            warehouse: country.map_err(wrong)?,
            quotes: Quotes::new(clients.table(&config.orders_table)),
            rules: RuleBooks::connect(clients, &config.rules_table).await,
            edge: web::Edge::new(&config.edge).with_sessions(sessions.renewing_finder(clock.reader())),
            clock,
            ids,
        })
    }
}

/// The routes.
pub fn router(deps: Deps) -> Router {
    let edge = deps.edge.clone();
    let routes = Router::new()
        .route("/desk/rules", get(routes::overview))
        .route("/desk/rules/{table}", get(routes::table))
        .route("/desk/rules/{table}/{row}", get(routes::row))
        .route("/desk/rule-previews", post(routes::preview))
        .route("/desk/rule-editions", post(routes::publish))
        .route("/desk/rule-editions/{number}", get(routes::edition))
        .with_state(deps);
    web::app(routes, edge)
}
