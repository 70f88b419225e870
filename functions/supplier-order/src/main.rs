//! Supplier order: buys what a paid order needs at its store, never twice.
//! Trigger: supplier-order-queue and HTTP. Samples: events/supplier-order/. Logic: lib.rs.

use supplier_order::{Config, Deps, handle, router};

#[tokio::main(flavor = "current_thread")]
async fn main() -> runtime::Outcome {
    let config = Config::from_env()?;
    let deps = Deps::connect(config).await?;
    runtime::serve_http_and_queue(router(deps.clone()), |message| handle(&deps, message)).await
}
