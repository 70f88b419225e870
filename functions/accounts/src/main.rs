//! Accounts: registers people, proves who they are, opens and closes their sessions.
//! Trigger: HTTP. Samples: events/accounts/. Logic: lib.rs.

use std::sync::Arc;

use accounts::{Config, Deps, router};

#[tokio::main(flavor = "current_thread")]
async fn main() -> runtime::Outcome {
    let config = Config::from_env()?;
    let deps = Arc::new(Deps::connect(config).await?);
    runtime::serve_http(router(deps)).await
}
