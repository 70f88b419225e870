//! Warehouse scan: receives what the stores deliver, unit by unit, and packs parcels.
//! Trigger: HTTP. Samples: events/warehouse-scan/. Logic: lib.rs.

use warehouse_scan::{Config, Deps, router};

#[tokio::main(flavor = "current_thread")]
async fn main() -> runtime::Outcome {
    let config = Config::from_env()?;
    let deps = Deps::connect(config).await?;
    runtime::serve_http(router(deps)).await
}
