//! Accounts: registers people, proves who they are, opens and closes their sessions.
//!
//! Trigger: HTTP. It moves no order. It alone checks passwords; for the staff a password is half of the way in, and `staff` is the rest.

mod accept_invitation;
mod ask_registration;
mod ask_reset;
mod caller;
mod complete_registration;
mod device;
mod end_sessions;
mod log_in;
mod open_session;
mod password;
mod reset_password;
mod routes;
mod show_person;
mod take_over;
#[cfg(test)]
mod tests;
mod views;

use std::sync::Arc;

use axum::{
    Router,
    routing::{delete, get, post},
};
use domain::Failure;
use runtime::{Clock, Ids};
use store::{Carts, Clients, Credentials, Db, Orders, People, Queues, Registrations, Resets, Sessions, Staff};

runtime::config! {
    /// What accounts are told.
    pub struct Config {
        /// Region, keys and endpoints of AWS.
        aws: store::AwsSettings = group,
        /// The table of people, what they log in with, and their tries to get in.
        accounts_table: String = "ACCOUNTS_TABLE",
        /// The table of sessions.
        sessions_table: String = "SESSIONS_TABLE",
        /// The table of carts and orders: what a visitor had goes to the account they log in to.
        orders_table: String = "ORDERS_TABLE",
        /// Where notices are asked for.
        notifications_queue_url: String = "NOTIFICATIONS_QUEUE_URL",
        /// Where the shop lives.
        edge: web::EdgeSettings = group,
    }
}

/// What accounts use.
pub struct Deps {
    people: People,
    credentials: Credentials,
    carts: Carts,
    orders: Orders,
    registrations: Registrations,
    resets: Resets,
    queues: Queues,
    sessions: Sessions,
    staff: Staff,
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
        let accounts = Db::connect(clients, &config.accounts_table, "N#").await;
        let sessions = Sessions::new(clients.table(&config.sessions_table));
        let orders = clients.table(&config.orders_table);
        let edge = web::Edge::new(&config.edge).with_sessions(sessions.renewing_finder(clock.reader()));
        Ok(Self {
            people: People::new(accounts.clone()),
            credentials: Credentials::new(accounts.clone()),
            carts: Carts::new(orders.clone()),
            orders: Orders::new(orders),
            registrations: Registrations::new(accounts.clone()),
            resets: Resets::new(accounts.clone()),
            queues: clients.queues([("notifications", config.notifications_queue_url)]),
            staff: Staff::new(accounts, sessions.clone()),
            sessions,
            clock,
            ids,
            edge,
        })
    }
}

/// The routes.
pub fn router(deps: Arc<Deps>) -> Router {
    let edge = deps.edge.clone();
    let routes = Router::new()
        .route("/register", get(routes::register_page))
        .route("/registrations", post(routes::ask_registration))
        .route("/register/code", get(routes::code_page))
        .route("/accounts", post(routes::register))
        .route("/reset", get(routes::reset_page))
        .route("/resets", post(routes::ask_reset))
        .route("/reset/sent", get(routes::reset_sent))
        .route("/reset/{token}", get(routes::password_page))
        .route("/passwords", post(routes::reset_password))
        .route("/login", get(routes::login_page))
        .route(
            "/sessions",
            get(routes::sessions)
                .post(routes::log_in)
                .delete(routes::log_out_everywhere),
        )
        .route("/sessions/deletion", post(routes::log_out_everywhere))
        .route("/sessions/{id}", delete(routes::end_session))
        .route("/sessions/{id}/deletion", post(routes::end_session))
        .route("/sessions/current", delete(routes::log_out))
        .route("/sessions/current/deletion", post(routes::log_out))
        .route(
            "/invitations/{token}",
            get(routes::invitation).post(routes::accept_invitation),
        )
        .with_state(deps);
    web::app(routes, edge)
}
