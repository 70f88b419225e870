//! Staff: lets members of the staff in with their second factor, and keeps who they are, what they may do and which devices work.
//! Trigger: HTTP. Samples: events/staff/. Logic: lib.rs.

use std::sync::Arc;

use staff::{Config, Deps, router};

#[tokio::main(flavor = "current_thread")]
async fn main() -> runtime::Outcome {
    let config = Config::from_env()?;
    let deps = Arc::new(Deps::connect(config).await?);
    runtime::serve_http(router(deps)).await
}
