//! Load, decide, commit, send, as the shared walk does it. The decision may be made several times, so it calls nobody.

use domain::{
    Failure, Refusal,
    id::OrderId,
    order::{Actor, Draft},
};

use crate::Deps;

/// Writes what `decide` decides on the order as it is now.
pub(crate) async fn commit<T>(
    deps: &Deps,
    order: &OrderId,
    actor: Actor,
    decide: impl Fn(&mut Draft) -> Result<T, Failure>,
) -> Result<T, Failure> {
    let now = deps.clock.now();
    deps.orders
        .decide(&deps.queues, order, actor, now, decide)
        .await
        .map(|(decided, _)| decided)
}

/// Says whether a move was made now; one that was made before, or that has no place any more, is none.
pub(crate) fn if_wanted(moved: Result<(), Failure>) -> Result<bool, Failure> {
    match moved {
        Ok(()) => Ok(true),
        Err(Failure::Refused(Refusal::AlreadyApplied | Refusal::NotAllowed { .. })) => Ok(false),
        Err(failure) => Err(failure),
    }
}
