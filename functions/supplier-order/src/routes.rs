//! One handler per route: extract, call, answer.

use axum::extract::State;
use domain::{audit::Hand, id::SupplierOrderId, order::Actor};
use runtime::SourceIp;
use serde::Serialize;
use web::{Answer, JsonOnly, Keyed, Path, Reply, StaffMember};

use crate::{
    Deps,
    record_absence::{self, Absence},
    record_placement::{self, Placement},
};

/// What the desk is answered: facts that a repeat of the request finds again.
#[derive(Serialize)]
pub(crate) struct Recorded {
    supplier_order: String,
    recorded: String,
}

pub(crate) async fn placement(
    State(deps): State<Deps>,
    Path(id): Path<SupplierOrderId>,
    member: StaffMember,
    SourceIp(source): SourceIp,
    Keyed { key, input }: Keyed<Placement>,
) -> Answer<JsonOnly<Recorded>> {
    let once = record_placement::run(&deps, &id, &hand(member, source), &key, &input).await?;
    Ok(answer(&id, once))
}

pub(crate) async fn absence(
    State(deps): State<Deps>,
    Path(id): Path<SupplierOrderId>,
    member: StaffMember,
    SourceIp(source): SourceIp,
    Keyed { key, input }: Keyed<Absence>,
) -> Answer<JsonOnly<Recorded>> {
    let once = record_absence::run(&deps, &id, &hand(member, source), &key, &input).await?;
    Ok(answer(&id, once))
}

fn hand(member: StaffMember, source: String) -> Hand {
    Hand {
        actor: Actor::Staff(member.staff),
        source,
    }
}

fn answer(id: &SupplierOrderId, once: store::Once) -> Reply<JsonOnly<Recorded>> {
    let view = Recorded {
        supplier_order: id.to_string(),
        recorded: once.result,
    };
    let reply = Reply::changed(JsonOnly(view), format!("/desk/orders/{}", id.order()));
    if once.is_repeat { reply.replayed() } else { reply }
}
