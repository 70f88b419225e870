//! What a visitor did before they logged in becomes their account's: their cart and their orders. It happens before the session is opened,
//! so that whoever is let in finds everything; where it fails, the visitor is still the visitor and tries again.

use domain::{
    Failure, Refusal,
    id::CustomerId,
    order::Actor,
    session::{Session, Who},
};

use crate::Deps;

/// Carts that change at the same moment are taken over once more.
const TRIES: u32 = 3;
/// A visitor who ordered more often than this has the rest taken over with the next log-in.
const MOST_ORDERS: i32 = 20;

pub(crate) async fn run(deps: &Deps, visitor: Option<&Session>, account: &Who) -> Result<(), Failure> {
    let (Some(Who::Guest(visitor)), Who::Customer(account)) = (visitor.map(|session| &session.who), account) else {
        return Ok(());
    };
    if visitor == account {
        return Ok(());
    }
    take_cart(deps, visitor, account).await?;
    take_orders(deps, visitor, account).await
}

async fn take_cart(deps: &Deps, visitor: &CustomerId, account: &CustomerId) -> Result<(), Failure> {
    let now = deps.clock.now();
    for _ in 0..TRIES {
        let theirs = deps.carts.load(visitor, now).await?;
        if theirs.lines.is_empty() {
            return Ok(());
        }
        let mut cart = deps.carts.load(account, now).await?;
        let before = cart.version;
        let left = cart.take_over(&theirs, now);
        match deps.carts.save_taken_over(&cart, before, &theirs).await {
            Ok(()) => {
                let lines = theirs.lines.len();
                tracing::info!(customer.id = %account, lines, left, "Took over a cart of {lines} lines");
                return Ok(());
            }
            Err(Failure::Conflict) => {}
            Err(failure) => return Err(failure),
        }
    }
    Err(Failure::Conflict)
}

async fn take_orders(deps: &Deps, visitor: &CustomerId, account: &CustomerId) -> Result<(), Failure> {
    let orders = deps.orders.of_customer(visitor, MOST_ORDERS, None).await?;
    for summary in &orders.items {
        let now = deps.clock.now();
        let hand = deps
            .orders
            .decide(&deps.queues, &summary.id, Actor::Customer, now, |draft| {
                draft.give_to_account(visitor, account)
            });
        match Box::pin(hand).await {
            // The index lags: this one was taken over before.
            Ok(_) | Err(Failure::Refused(Refusal::AlreadyApplied)) => {}
            Err(failure) => return Err(failure),
        }
        tracing::info!(order.id = %summary.id, customer.id = %account, "Took over order {}", summary.id);
    }
    Ok(())
}
