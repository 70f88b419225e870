//! A buyer looked in the store's account and is sure that nothing was made. The reason stays in the timeline.

use domain::{
    Failure, RequestKey,
    id::{StaffId, SupplierOrderId},
    order::{Actor, Draft},
};
use serde::Deserialize;
use store::{Once, Request};

use crate::Deps;

/// What the buyer types.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Absence {
    /// Where they looked and what they saw.
    note: String,
}

pub(crate) async fn run(
    deps: &Deps,
    id: &SupplierOrderId,
    staff: &StaffId,
    key: &RequestKey,
    typed: &Absence,
) -> Result<Once, Failure> {
    let note = typed.note.trim();
    if !(10..=500).contains(&note.chars().count()) {
        return Err(Failure::field(
            "note",
            "length",
            "Say in 10 to 500 characters where you looked and what you saw.",
        ));
    }
    let order = id.order();
    let request = Request {
        id: &order,
        actor: Actor::Staff(staff.clone()),
        key,
        now: deps.clock.now(),
    };
    let record = |draft: &mut Draft| draft.staff_found_nothing(id, note).map(|()| "absent".to_owned());
    deps.orders.decide_once(&deps.queues, request, record).await
}
