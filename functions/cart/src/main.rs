//! Cart: keeps what a visitor wants to buy.
//! Trigger: HTTP. Samples: events/cart/. Logic: lib.rs.

use cart::{Config, Deps, router};

#[tokio::main(flavor = "current_thread")]
async fn main() -> runtime::Outcome {
    let config = Config::from_env()?;
    let deps = Deps::connect(config).await?;
    runtime::serve_http(router(deps)).await
}
