//! Payment webhook: checks who sent a payment event, stores it once, and wakes the settlement.
//! Trigger: HTTP. Samples: events/payment-webhook/. Logic: lib.rs.

use payment_webhook::{Config, Deps, router};

#[tokio::main(flavor = "current_thread")]
async fn main() -> runtime::Outcome {
    let config = Config::from_env()?;
    let deps = Deps::connect(config).await?;
    runtime::serve_http(router(deps)).await
}
