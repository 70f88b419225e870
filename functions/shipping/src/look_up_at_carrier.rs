//! Finds out whether the carrier booked a shipment whose answer was lost. A booking that is found is ours, with the papers that the carrier
//! shows again; where the label is not among them, a person gives the booking up for a new one.

use domain::{
    Failure,
    id::ShipmentId,
    lifecycle::State,
    order::{Actor, Booked, Draft, StoredFile},
};
use providers::carriers::{BookingLookUp, Carrier, PapersLookUp};

use crate::{
    Deps,
    buy_label::{call, decide, prepare, store},
    planned::Planned,
};

/// No carrier so far answers a repeated booking with the first one; each repeat is another label (carrier sheets, 2026-11).
const REPEATS_SAFELY: bool = false;

pub(crate) async fn run(deps: &Deps, id: &ShipmentId) -> Result<(), Failure> {
    let order = deps.orders.load(&id.order()).await?;
    let shipment = order.shipment(id).ok_or(Failure::NotFound("shipment"))?;
    if shipment.life.state() != State::LabelUnknown {
        return Ok(());
    }
    let carrier = deps
        .carriers
        .get(&shipment.carrier)
        .ok_or(Failure::NotFound("carrier"))?;
    let now = deps.clock.now();
    let which = BookingLookUp {
        shipment: id.clone(),
        booked_at: shipment.sent_at.unwrap_or(order.placed_at),
        now,
    };
    let mut found = deps.http.send(carrier.find_by_reference(&which)?).await?;
    found.retain(|booking| !shipment.given_up.contains(&booking.carrier_number));
    if let Some(first) = found.first() {
        tracing::info!(shipment.id = %id, awb = first.carrier_number, bookings = found.len(), "Found {id} at the carrier");
        let booked = Booked {
            tracking_number: first.carrier_number.clone(),
            price: None,
            documents: papers(deps, carrier, &which, &first.carrier_number).await,
        };
        let found = |draft: &mut Draft| draft.found_at_carrier(id, booked.clone());
        return decide(deps, order, found).await.map(drop);
    }
    let actor = Actor::System;
    let nothing = |draft: &mut Draft| draft.not_found_at_carrier(id, REPEATS_SAFELY);
    let (is_leased, order) = deps
        .orders
        .decide_from(&deps.queues, order, actor, now, nothing)
        .await?;
    if !is_leased {
        return Ok(());
    }
    let shipment = order.shipment(id).ok_or(Failure::NotFound("shipment"))?;
    match prepare(deps, carrier, &order, shipment).await? {
        Ok((request, offer)) => call(deps, carrier, order, (&request, &offer)).await,
        Err(words) => decide(deps, order, |draft| draft.label_refused(id, &words))
            .await
            .map(drop),
    }
}

/// What the carrier shows again. The booking stands whatever comes of the question, so its failure is told in the log only.
async fn papers(deps: &Deps, carrier: &dyn Carrier, which: &BookingLookUp, number: &str) -> Vec<StoredFile> {
    let Ok(planned) = Planned::from(&deps.hours, carrier, which.booked_at) else {
        return Vec::new();
    };
    let booking = PapersLookUp {
        carrier_number: number.to_owned(),
        collected_at: planned.at(),
        offset: planned.offset(),
    };
    let mut shown = Vec::new();
    for question in carrier.papers(&booking).unwrap_or_default() {
        match deps.http.send(question).await {
            Ok(documents) => shown.extend(documents),
            Err(error) => tracing::warn!(shipment.id = %which.shipment, error = %error, "No papers again: {error}"),
        }
    }
    store(deps, &which.shipment, &shown).await
}
