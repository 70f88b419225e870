//! Profile: whose account it is, what they are called, like and are reached by, and where their parcels go.
//!
//! Trigger: HTTP. It moves no order. Getting in and out is what `accounts` does.

mod address_form;
mod ask_contact_change;
mod change_address;
mod change_contact;
mod contact_views;
mod delete_account;
mod edit_profile;
mod export_account;
mod keep_address;
mod routes;
mod show_person;
mod tax_number;
#[cfg(test)]
mod tests;
mod views;

use std::sync::Arc;

use axum::{
    Router,
    routing::{get, post, put},
};
use domain::{Failure, Secret};
use runtime::{Clock, Ids, Seal};
use store::{
    Carts, Clients, ContactChanges, Credentials, Db, Orders, People, Queues, RuleBooks, SealedNumbers, Sessions,
};

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
        /// The table of carts and orders.
        orders_table: String = "ORDERS_TABLE",
        /// Where notices are asked for.
        notifications_queue_url: String = "NOTIFICATIONS_QUEUE_URL",
        /// What the keys of people are sealed with.
        sealing_key: Secret = "SEALING_KEY",
        /// Where the shop lives.
        edge: web::EdgeSettings = group,
    }
}

/// What the profile uses.
pub struct Deps {
    people: People,
    credentials: Credentials,
    contact_changes: ContactChanges,
    numbers: SealedNumbers,
    sessions: Sessions,
    carts: Carts,
    orders: Orders,
    queues: Queues,
    seal: Seal,
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
    /// When TLS cannot be set up, or the sealing key is none.
    pub async fn over(config: Config, clients: &Clients, clock: Clock, ids: Ids) -> Result<Self, Failure> {
        let sessions = Sessions::new(clients.table(&config.sessions_table));
        let accounts = Db::connect(clients, &config.accounts_table, "N#").await;
        let orders = clients.table(&config.orders_table);
        Ok(Self {
            people: People::new(accounts.clone()),
            credentials: Credentials::new(accounts.clone()),
            contact_changes: ContactChanges::new(accounts.clone()),
            numbers: SealedNumbers::new(accounts),
            carts: Carts::new(orders.clone()),
            orders: Orders::new(orders),
            queues: clients.queues([("notifications", config.notifications_queue_url)]),
            seal: Seal::new(&config.sealing_key)?,
            rules: RuleBooks::new(clients.table(&config.rules_table)),
            edge: web::Edge::new(&config.edge).with_sessions(sessions.renewing_finder(clock.reader())),
            sessions,
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
        .route(
            "/me/tax-number",
            get(routes::tax_number)
                .put(routes::keep_tax_number)
                .post(routes::keep_tax_number)
                .delete(routes::forget_tax_number),
        )
        .route("/me/contact", get(routes::contact_page))
        .route("/me/contact-changes", post(routes::ask_contact_change))
        .route(
            "/me/contact-changes/{ticket}",
            get(routes::contact_codes).post(routes::change_contact),
        )
        .route("/me/tax-number/deletion", post(routes::forget_tax_number))
        .route("/me/export", get(routes::export))
        .route("/me/deletion", get(routes::deletion_page).post(routes::delete_account))
        .route("/me/addresses", get(routes::addresses).post(routes::keep_address))
        .route("/me/addresses/{id}", address)
        .route("/me/addresses/{id}/deletion", post(routes::remove_address))
        .with_state(deps);
    web::app(routes, edge)
}
