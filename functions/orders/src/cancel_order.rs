//! The customer wants the order cancelled: free before payment, and after it as long as no store has sold us anything.

use domain::{
    Failure, RequestKey,
    id::{CustomerId, OrderId},
    order::{Actor, Draft},
    progress,
};
use serde::Serialize;
use store::{Once, Request};

use crate::Deps;

/// What the customer is answered.
#[derive(Serialize)]
pub(crate) struct Cancellation {
    order: String,
    /// How the order stood right after it: `on_hold` while the stores are still being asked.
    status: String,
}

impl Cancellation {
    pub(crate) fn of(id: &OrderId, once: &Once) -> Self {
        Self {
            order: id.to_string(),
            status: once.result.clone(),
        }
    }
}

pub(crate) async fn run(deps: &Deps, customer: &CustomerId, id: &OrderId, key: &RequestKey) -> Result<Once, Failure> {
    deps.orders.load_own(id, customer).await?;
    let request = Request {
        id,
        actor: Actor::Customer,
        key,
        now: deps.clock.now(),
    };
    let cancel = |draft: &mut Draft| {
        draft.cancel()?;
        Ok(progress::progress(draft.order()).word())
    };
    let once = deps.orders.decide_once(&deps.queues, request, cancel).await?;
    tracing::info!(order.id = %id, status = once.result, "Cancelling {id}: {}", once.result);
    Ok(once)
}
