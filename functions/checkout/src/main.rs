//! Checkout: makes an order of a quote and starts its payment.
//! Trigger: HTTP. Samples: events/checkout/. Logic: lib.rs.

use checkout::{Config, Deps, router};

#[tokio::main(flavor = "current_thread")]
async fn main() -> runtime::Outcome {
    let config = Config::from_env()?;
    let deps = Deps::connect(config).await?;
    runtime::serve_http(router(deps)).await
}
