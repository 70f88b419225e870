//! Product: shows one product of one store.
//! Trigger: HTTP. Samples: events/product/. Logic: lib.rs.

use product::{Config, Deps, router};

#[tokio::main(flavor = "current_thread")]
async fn main() -> runtime::Outcome {
    let config = Config::from_env()?;
    runtime::serve_http(router(Deps::connect(config).await?)).await
}
