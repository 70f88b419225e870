//! Quotes: makes one landed price of a cart, and shows it to its customer or to whoever got its link.
//! Trigger: HTTP. Samples: events/quotes/. Logic: lib.rs.

use quotes::{Config, Deps, router};

#[tokio::main(flavor = "current_thread")]
async fn main() -> runtime::Outcome {
    let config = Config::from_env()?;
    let deps = Deps::connect(config).await?;
    runtime::serve_http(router(deps)).await
}
