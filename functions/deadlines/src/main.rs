//! Deadlines: finds everything whose time has come and sends it on its way again.
//! Trigger: schedule, every minute. Samples: events/deadlines/. Logic: lib.rs.

use deadlines::{Config, Deps, handle};

#[tokio::main(flavor = "current_thread")]
async fn main() -> runtime::Outcome {
    let config = Config::from_env()?;
    let deps = Deps::connect(config).await?;
    runtime::serve_schedule(|tick| handle(&deps, tick)).await
}
