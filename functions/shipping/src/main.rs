//! Shipping: buys the label of a packed parcel, keeps its documents, and hands it to the carrier.
//! Trigger: shipping-queue and HTTP. Samples: events/shipping/. Logic: lib.rs.

use std::sync::Arc;

use shipping::{Config, Deps, handle, router};

#[tokio::main(flavor = "current_thread")]
async fn main() -> runtime::Outcome {
    let config = Config::from_env()?;
    let deps = Arc::new(Deps::connect(config).await?);
    runtime::serve_http_and_queue(router(deps.clone()), |message| handle(&deps, message)).await
}
