//! Rule desk: the staff read and change the rules that prices are made of, each change a version of its own.
//! Trigger: HTTP. Samples: events/rule-desk/. Logic: lib.rs.

use rule_desk::{Config, Deps, router};

#[tokio::main(flavor = "current_thread")]
async fn main() -> runtime::Outcome {
    let config = Config::from_env()?;
    let deps = Deps::connect(config).await?;
    runtime::serve_http(router(deps)).await
}
