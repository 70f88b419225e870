//! Every order with a fallen deadline is loaded, and whatever its deadlines ask for is done and sent.
//!
//! The index only says where to look and lags behind; the order itself, read whole, decides.

use std::time::Duration;

use domain::{
    Failure,
    id::OrderId,
    order::{Actor, Draft},
};

use crate::Deps;

/// So many of each shard in one tick.
const MOST_PER_SHARD: i32 = 50;

/// What a tick did.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Woken {
    /// Orders whose deadlines were done.
    pub(crate) orders: usize,
    /// Orders that failed; the log says why, the next tick tries again.
    pub(crate) failed: usize,
    /// Orders left for the next tick because the time was up.
    pub(crate) left: usize,
}

pub(crate) async fn run(deps: &Deps, time_to_start: Duration) -> Result<Woken, Failure> {
    let began = deps.clock.now();
    let due = deps.orders.due(began, MOST_PER_SHARD).await?;
    let mut woken = Woken::default();
    for id in &due {
        if deps.clock.now().since(began) >= time_to_start {
            woken.left += 1;
            continue;
        }
        match wake(deps, id).await {
            Ok(()) => woken.orders += 1,
            Err(failure) => {
                tracing::error!(order.id = %id, failure = ?failure, "Could not wake {id}; the next tick tries again");
                woken.failed += 1;
            }
        }
    }
    Ok(woken)
}

async fn wake(deps: &Deps, id: &OrderId) -> Result<(), Failure> {
    let now = deps.clock.now();
    deps.orders
        .decide(&deps.queues, id, Actor::System, now, Draft::fall_due)
        .await
        .map(|_| ())
}
