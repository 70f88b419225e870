//! One handler per route: extract, call, answer.

use std::sync::Arc;

use axum::extract::State;
use domain::{Failure, audit::Hand, id::ShipmentId};
use runtime::SourceIp;
use web::{Answer, JsonOnly, Keyed, MaybeSession, NoView, Nothing, Path, Reply, Worker};

use crate::{
    Deps, record_handover, show_document,
    views::{HandedOver, ShipmentView},
};

type Shared = State<Arc<Deps>>;

pub(crate) async fn shipment(State(deps): Shared, Path(id): Path<ShipmentId>) -> Answer<ShipmentView> {
    let order = deps.orders.load(&id.order()).await?;
    Ok(Reply::ok(ShipmentView::find(&order, &id, deps.ids.form_key()?)?))
}

pub(crate) async fn document(
    State(deps): Shared,
    Path((id, kind)): Path<(ShipmentId, String)>,
    MaybeSession(session): MaybeSession,
    SourceIp(source): SourceIp,
) -> Answer<NoView> {
    let session = session.ok_or(Failure::Unauthenticated)?;
    Ok(Reply::see_other(
        show_document::run(&deps, &id, &kind, (&session, source)).await?,
    ))
}

pub(crate) async fn handover(
    State(deps): Shared,
    Path(id): Path<ShipmentId>,
    worker: Worker,
    SourceIp(source): SourceIp,
    Keyed { key, .. }: Keyed<Nothing>,
) -> Answer<JsonOnly<HandedOver>> {
    let hand = Hand {
        actor: worker.actor,
        source,
    };
    let once = record_handover::run(&deps, &id, &hand, &key).await?;
    let view = JsonOnly(HandedOver {
        shipment: id.to_string(),
    });
    let reply = Reply::changed(view, format!("/shipments/{id}"));
    Ok(if once.is_repeat { reply.replayed() } else { reply })
}
