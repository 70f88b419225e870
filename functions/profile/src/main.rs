//! Profile: whose account it is, what they are called, like and are reached by, and where their parcels go.
//! Trigger: HTTP. Samples: events/profile/. Logic: lib.rs.

use std::sync::Arc;

use profile::{Config, Deps, router};

#[tokio::main(flavor = "current_thread")]
async fn main() -> runtime::Outcome {
    let config = Config::from_env()?;
    let deps = Arc::new(Deps::connect(config).await?);
    runtime::serve_http(router(deps)).await
}
