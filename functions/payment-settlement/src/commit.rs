//! Load, decide, commit, send, as the shared walk does it. The decision may be made several times, so it calls nobody.

use domain::{
    Failure, Refusal,
    order::{Actor, Draft, Order},
};

use crate::Deps;

/// Writes what `decide` decides on an order that was just read or written; the order as it is then comes with it.
pub(crate) async fn commit<T>(
    deps: &Deps,
    order: Order,
    actor: Actor,
    decide: impl Fn(&mut Draft) -> Result<T, Failure>,
) -> Result<(T, Order), Failure> {
    let now = deps.clock.now();
    // Boxed: the futures of a commit are deep and large, and those above them need not be.
    Box::pin(deps.orders.decide_from(&deps.queues, order, actor, now, decide)).await
}

/// Says whether a move was made now; one that was made before, or that has no place any more, is none.
pub(crate) fn if_wanted(moved: Result<(), Failure>) -> Result<bool, Failure> {
    match moved {
        Ok(()) => Ok(true),
        Err(Failure::Refused(Refusal::AlreadyApplied | Refusal::NotAllowed { .. })) => Ok(false),
        Err(failure) => Err(failure),
    }
}
