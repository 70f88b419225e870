//! Price rules: shows everybody what prices are made of, and says whether a thing may travel.
//! Trigger: HTTP. Samples: events/price-rules/. Logic: lib.rs.

use price_rules::{Config, Deps, router};

#[tokio::main(flavor = "current_thread")]
async fn main() -> runtime::Outcome {
    let config = Config::from_env()?;
    let deps = Deps::connect(config).await?;
    runtime::serve_http(router(deps)).await
}
