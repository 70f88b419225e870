//! Ends the links of all messages about an order so far. Those of later messages work.

use domain::{
    Failure,
    id::{CustomerId, OrderId},
    order::{Actor, Draft},
};

use crate::Deps;

pub(crate) async fn run(deps: &Deps, customer: &CustomerId, order: &OrderId) -> Result<(), Failure> {
    let now = deps.clock.now();
    let end = |draft: &mut Draft| {
        if draft.order().customer != *customer {
            return Err(Failure::NotFound("order"));
        }
        draft.end_message_links();
        Ok(())
    };
    deps.orders
        .decide(&deps.queues, order, Actor::Customer, now, end)
        .await?;
    tracing::info!(order.id = %order, "Ended the message links of {order}");
    Ok(())
}
