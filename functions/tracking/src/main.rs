//! Tracking: asks the carrier where a parcel is and moves the order along.
//! Trigger: tracking-queue. Samples: events/tracking/. Logic: lib.rs.

use tracking::{Config, Deps, handle};

#[tokio::main(flavor = "current_thread")]
async fn main() -> runtime::Outcome {
    let config = Config::from_env()?;
    let deps = Deps::connect(config).await?;
    runtime::serve_queue(|message| handle(&deps, message)).await
}
