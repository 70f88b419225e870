//! Search: asks every store at once and shows one list.
//! Trigger: HTTP. Samples: events/search/. Logic: lib.rs.

use search::{Config, Deps, router};

#[tokio::main(flavor = "current_thread")]
async fn main() -> runtime::Outcome {
    let config = Config::from_env()?;
    runtime::serve_http(router(Deps::new(config)?)).await
}
