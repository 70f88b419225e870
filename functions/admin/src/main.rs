//! Admin: the staff desk: every order, every open exception, and the decisions that need a person.
//! Trigger: HTTP. Samples: events/admin/. Logic: lib.rs.

use std::sync::Arc;

use admin::{Config, Deps, router};

#[tokio::main(flavor = "current_thread")]
async fn main() -> runtime::Outcome {
    let config = Config::from_env()?;
    let deps = Arc::new(Deps::connect(config).await?);
    runtime::serve_http(router(deps)).await
}
