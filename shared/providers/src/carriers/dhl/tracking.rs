//! What happened to a shipment, in our words and once.

use std::collections::BTreeSet;

use domain::tracking::{TrackingEvent, TrackingStatus};

use super::{absent, moment, refusal, settings::DhlSettings, status, wire::tracking as wire};
use crate::{carriers::TrackingReport, error::Error, lenient::Each, request::Request, response::Response};

pub(super) const CALL: &str = "dhl track";

pub(super) fn request(carrier_number: &str, settings: &DhlSettings) -> Result<Request, Error> {
    let number = super::plain_number(CALL, carrier_number)?;
    let mut url = settings.base_url.join(&format!("/shipments/{number}/tracking"));
    url.query_pairs_mut()
        .append_pair("trackingView", "all-checkpoints")
        .append_pair("levelOfDetail", "all")
        .append_pair("requestGMTOffsetPerEvent", "true");
    Ok(Request::get(url))
}

pub(super) fn parse(response: &Response, carrier_number: &str) -> Result<TrackingReport, Error> {
    match response.status {
        200 => {
            let shipments = response.json::<wire::Answer>(CALL)?.shipments;
            if shipments.is_unreadable() {
                return Err(Error::malformed(CALL, "no shipment that can be read"));
            }
            let is_asked = |shipment: &wire::Shipment| {
                let told = shipment.shipment_tracking_number.as_deref();
                told.is_none_or(|told| told == carrier_number)
            };
            let asked = shipments.read.into_iter().find(is_asked);
            Ok(asked.map(report).unwrap_or_default())
        }
        // Minutes to hours pass between the booking and DHL's first word of it.
        404 => absent(refusal(CALL, response)),
        _ => Err(refusal(CALL, response)),
    }
}

fn report(shipment: wire::Shipment) -> TrackingReport {
    let is_partly_open = is_partly_open(&shipment.pieces);
    let estimated_delivery = shipment.estimated_delivery_date.as_deref().and_then(moment);
    let mut unread = shipment.events.unread;
    unread.extend(shipment.pieces.unread);
    let mut told = shipment.events.read;
    // The same event stands at the shipment and at each of its pieces.
    for piece in shipment.pieces.read {
        told.extend(piece.events.read);
        unread.extend(piece.events.unread);
    }
    let mut seen = BTreeSet::new();
    let mut events = Vec::new();
    for event in told.into_iter().map(event) {
        let status = if is_partly_open && event.status == TrackingStatus::Delivered {
            TrackingStatus::OutForDelivery
        } else {
            event.status
        };
        if seen.insert(event.fingerprint()) {
            events.push(TrackingEvent { status, ..event });
        }
    }
    events.sort_by_key(|event| event.at);
    unread.sort();
    unread.dedup();
    TrackingReport {
        events,
        unread,
        estimated_delivery,
    }
}

/// True while some pieces are known to be delivered and others are not: the customer still waits. A piece that cannot be read is not known
/// to be delivered.
fn is_partly_open(pieces: &Each<wire::Piece>) -> bool {
    let is_delivered = |piece: &&wire::Piece| {
        let mut events = piece.events.read.iter();
        events.any(|event| status::meaning(&event.type_code) == TrackingStatus::Delivered)
    };
    let are_told = pieces.read.iter().any(|piece| piece.events.len() > 0);
    are_told && pieces.len() > 1 && pieces.read.iter().filter(is_delivered).count() < pieces.len()
}

fn event(told: wire::Event) -> TrackingEvent {
    TrackingEvent {
        status: status::meaning(&told.type_code),
        code: told.type_code,
        text: told.description.map(|text| text.trim().to_owned()).unwrap_or_default(),
        at: told.at,
        place: told.place,
        signed_by: told.signed_by,
    }
}
