//! Exchange rates: takes the rates of the day from those who publish them, and leaves out what looks wrong.
//! Trigger: schedule, every three hours. Samples: events/exchange-rates/. Logic: lib.rs.

use exchange_rates::{Config, Deps, handle};

#[tokio::main(flavor = "current_thread")]
async fn main() -> runtime::Outcome {
    let config = Config::from_env()?;
    let deps = Deps::connect(config).await?;
    runtime::serve_schedule(|_| handle(&deps)).await
}
