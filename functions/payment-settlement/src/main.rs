//! Payment settlement: asks the payment provider what really happened and books it on the order.
//! Trigger: queue payment-settlement-queue. Samples: events/payment-settlement/. Logic: lib.rs.

use payment_settlement::{Config, Deps, handle};

#[tokio::main(flavor = "current_thread")]
async fn main() -> runtime::Outcome {
    let config = Config::from_env()?;
    let deps = Deps::connect(config).await?;
    runtime::serve_queue(|message| handle(&deps, message)).await
}
