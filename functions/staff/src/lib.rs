//! Staff: lets members of the staff in with their second factor, and keeps who they are, what they may do and which devices work.
//!
//! Trigger: HTTP. It moves no order. The password comes first and is the business of `accounts`; what comes of it is a session that can only
//! show a second factor here. Whatever happens here stands in the audit, in the same transaction.

mod add_device;
mod audit_view;
mod change_member;
mod device_views;
mod enrol_device;
mod enrol_second_factor;
mod invite_member;
mod one_answer;
mod prove_second_factor;
mod roles;
mod routes;
mod second_factor_views;
mod show_second_factor;
mod staff_views;
#[cfg(test)]
mod tests;
mod totp;

use std::sync::Arc;

use axum::{
    Router,
    routing::{get, post},
};
use domain::{
    Failure, Secret, Timestamp,
    audit::{Entry, Hand},
};
use runtime::{Clock, Ids, Seal};
use store::{Audit, Clients, Credentials, Db, Devices, Sessions, Staff};

runtime::config! {
    /// What this function is told.
    pub struct Config {
        /// Region, keys and endpoints of AWS.
        aws: store::AwsSettings = group,
        /// The table of people, the staff and its devices.
        accounts_table: String = "ACCOUNTS_TABLE",
        /// The table of sessions.
        sessions_table: String = "SESSIONS_TABLE",
        /// The table of orders, which holds the audit of what was done to them.
        orders_table: String = "ORDERS_TABLE",
        /// The table of rules, which holds the audit of what was done to them.
        rules_table: String = "RULES_TABLE",
        /// What secrets of second factors are sealed with.
        sealing_key: Secret = "SEALING_KEY",
        /// Where the shop lives.
        edge: web::EdgeSettings = group,
    }
}

/// What this function uses.
pub struct Deps {
    staff: Staff,
    devices: Devices,
    credentials: Credentials,
    sessions: Sessions,
    audit: Audit,
    seal: Seal,
    clock: Clock,
    ids: Ids,
    shop_origin: String,
    edge: web::Edge,
}

impl Deps {
    /// Clients made and warmed before the first event.
    ///
    /// # Errors
    /// When TLS cannot be set up, or the sealing key is none.
    pub async fn connect(config: Config) -> Result<Self, Failure> {
        let clients = Clients::new(config.aws.clone())?;
        let clock = Clock::system();
        Self::over(config, &clients, clock.clone(), Ids::new(clock)).await
    }

    /// The same over any storage and clock.
    ///
    /// # Errors
    /// When the sealing key is none.
    pub async fn over(config: Config, clients: &Clients, clock: Clock, ids: Ids) -> Result<Self, Failure> {
        let accounts = Db::connect(clients, &config.accounts_table, "A#staff").await;
        let sessions = Sessions::new(clients.table(&config.sessions_table));
        let (orders, rules) = (clients.table(&config.orders_table), clients.table(&config.rules_table));
        let edge = web::Edge::new(&config.edge).with_sessions(sessions.renewing_finder(clock.reader()));
        Ok(Self {
            staff: Staff::new(accounts.clone(), sessions.clone()),
            devices: Devices::new(accounts.clone(), sessions.clone()),
            credentials: Credentials::new(accounts.clone()),
            sessions,
            audit: Audit::new(vec![accounts, orders, rules]),
            seal: Seal::new(&config.sealing_key)?,
            clock,
            ids,
            shop_origin: config.edge.shop_origin.trim_end_matches('/').to_owned(),
            edge,
        })
    }

    /// A deed for the audit, at this moment.
    fn deed(&self, hand: &Hand, now: Timestamp, action: &str, about: &str) -> Result<Entry, Failure> {
        Ok(hand.did(self.ids.form_key()?, now, action, about))
    }
}

/// The routes.
pub fn router(deps: Arc<Deps>) -> Router {
    let edge = deps.edge.clone();
    let second_factor = get(routes::second_factor).post(routes::enrol_second_factor);
    let routes = Router::new()
        .route("/staff/second-factor", second_factor)
        .route("/staff/sessions", post(routes::prove_second_factor))
        .route("/staff", get(routes::members))
        .route("/staff/invitations", post(routes::invite))
        .route("/staff/{id}/roles", post(routes::give_roles))
        .route("/staff/{id}/suspension", post(routes::suspend))
        .route("/staff/{id}/suspension/deletion", post(routes::readmit))
        .route("/staff/{id}/second-factor/deletion", post(routes::lose_second_factor))
        .route("/staff/audit", get(routes::audit))
        .route("/staff/devices", get(routes::devices).post(routes::add_device))
        .route("/staff/devices/{id}/revocation", post(routes::revoke_device))
        .route("/scanner", get(routes::scanner).post(routes::enrol_device))
        .with_state(deps);
    web::app(routes, edge)
}
