//! A buyer looked in the store's account and is sure that nothing was made. The reason stays in the timeline.

use domain::{
    Failure, RequestKey,
    audit::Hand,
    id::SupplierOrderId,
    order::Draft,
    text::{Needs, TextRule},
};
use serde::Deserialize;
use store::{OnRecord, Once, Request};

use crate::Deps;

/// Where somebody looked and what they saw takes a sentence.
const NOTE: TextRule = TextRule {
    field: "note",
    least: 10,
    most: 500,
    needs: Needs::Letter,
};

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
    by: &Hand,
    key: &RequestKey,
    typed: &Absence,
) -> Result<Once, Failure> {
    let note = NOTE.note(&typed.note).map_err(|wrong| Failure::Invalid(vec![wrong]))?;
    let order = id.order();
    let request = Request {
        id: &order,
        actor: by.actor.clone(),
        key,
        now: deps.clock.now(),
    };
    let decide = |draft: &mut Draft| draft.staff_found_nothing(id, &note).map(|()| "absent".to_owned());
    let entry = by
        .did(
            String::new(),
            request.now,
            "supplier_order.absence_recorded",
            order.as_str(),
        )
        .because(&note);
    let record = OnRecord::of(entry);
    deps.orders
        .decide_on_record(&deps.queues, request, &record, decide)
        .await
}
