//! Orders: shows a customer their orders, each with its timeline and money, and takes a cancellation or an answer.
//! Trigger: HTTP. Samples: events/orders/. Logic: lib.rs.

use std::sync::Arc;

use orders::{Config, Deps, router};

#[tokio::main(flavor = "current_thread")]
async fn main() -> runtime::Outcome {
    let config = Config::from_env()?;
    let deps = Arc::new(Deps::connect(config).await?);
    runtime::serve_http(router(deps)).await
}
