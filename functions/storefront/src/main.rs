//! Storefront: the pages that belong to no capability.
//! Trigger: HTTP. Samples: events/storefront/. Logic: lib.rs.

use storefront::{Config, Deps, router};

#[tokio::main(flavor = "current_thread")]
async fn main() -> runtime::Outcome {
    let config = Config::from_env()?;
    runtime::serve_http(router(Deps::new(&config))).await
}
