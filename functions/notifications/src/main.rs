//! Notifications: tells people by mail and text message what was written down to be told.
//! Trigger: notifications-queue. Samples: events/notifications/. Logic: lib.rs.

use notifications::{Config, Deps, handle};

#[tokio::main(flavor = "current_thread")]
async fn main() -> runtime::Outcome {
    let config = Config::from_env()?;
    let deps = Deps::connect(config).await?;
    runtime::serve_queue(|message| handle(&deps, message)).await
}
