//! Profile: whose account it is, what they are called and like, and where their parcels go.
//!
//! Trigger: HTTP. It moves no order. Getting in and out is what `accounts` does.

mod address_form;
mod change_address;
mod edit_profile;
mod keep_address;
mod routes;
mod show_person;
#[cfg(test)]
mod tests;
mod views;

use std::sync::Arc;

use axum::{
    Router,
    routing::{get, post, put},
};
use domain::Failure;
use runtime::{Clock, Ids};
use store::{Clients, Db, People, RuleBooks, Sessions};

runtime::config! {
    /// What the profile is told.
    pub struct Config {
        /// Region, keys and endpoints of AWS.
        aws: store::AwsSettings = group,
        /// The table of people and their addresses.
        accounts_table: String = "ACCOUNTS_TABLE",
        /// The table of sessions.
        sessions_table: String = "SESSIONS_TABLE",
        /// The table of rules, for the countries we deliver to.
        rules_table: String = "RULES_TABLE",
        /// Where the shop lives.
        edge: web::EdgeSettings = group,
    }
}

/// What the profile uses.
pub struct Deps {
    people: People,
    rules: RuleBooks,
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
        let sessions = Sessions::new(clients.table(&config.sessions_table));
        Ok(Self {
            people: People::new(Db::connect(clients, &config.accounts_table).await),
            rules: RuleBooks::new(clients.table(&config.rules_table)),
            edge: web::Edge::new(&config.edge).with_sessions(sessions.renewing_finder(clock.reader())),
            clock,
            ids,
        })
    }

    /// Codes and names of the countries we deliver to, and in front of them the word that asks for a choice.
    async fn countries(&self) -> Result<Vec<(String, String)>, Failure> {
        let now = self.clock.now();
        let rules = self.rules.current(now).await?;
        let served = rules.destinations(now.date());
        let mut countries: Vec<_> = served
            .iter()
            .map(|row| (row.dest.to_string(), row.name.clone()))
            .collect();
        countries.sort_by(|one, other| one.1.cmp(&other.1));
        countries.insert(0, (String::new(), "Choose a country".to_owned()));
        Ok(countries)
    }
}

/// The routes.
pub fn router(deps: Arc<Deps>) -> Router {
    let edge = deps.edge.clone();
    let address = put(routes::change_address)
        .delete(routes::remove_address)
        .post(routes::change_address);
    let routes = Router::new()
        .route("/me", get(routes::me))
        .route("/me/profile", get(routes::profile).put(routes::edit).post(routes::edit))
        .route("/me/addresses", get(routes::addresses).post(routes::keep_address))
        .route("/me/addresses/{id}", address)
        .route("/me/addresses/{id}/deletion", post(routes::remove_address))
        .with_state(deps);
    web::app(routes, edge)
}
