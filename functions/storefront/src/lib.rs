//! Storefront: the pages that belong to no capability: home, help, static files and the page for a wrong address.
//!
//! Trigger: HTTP. It reads no table and moves no state, so nothing here can fail because something else does.

mod help;
mod routes;
#[cfg(test)]
mod tests;
mod views;

use axum::{Router, routing::get};

runtime::config! {
    /// What the storefront is told.
    pub struct Config {
        /// Where the shop lives and where its pictures come from.
        edge: web::EdgeSettings = group,
    }
}

/// What the storefront uses.
#[derive(Clone)]
pub struct Deps {
    edge: web::Edge,
}

impl Deps {
    /// There is nobody to connect to.
    #[must_use]
    pub fn new(config: &Config) -> Self {
        Self {
            edge: web::Edge::new(&config.edge),
        }
    }
}

/// The routes. Every address that no function has ends here too, and is answered as not found.
pub fn router(deps: Deps) -> Router {
    let routes = Router::new()
        .route("/", get(routes::home))
        .route("/help", get(routes::help))
        .route("/help/{page}", get(routes::help_page))
        .route("/static/{file}", get(routes::static_file))
        .route("/healthz", get(routes::health))
        .route("/robots.txt", get(routes::robots))
        .route("/favicon.ico", get(routes::favicon));
    web::app(routes, deps.edge)
}
