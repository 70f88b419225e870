//! What happened to a shipment, in our words and once.

use std::collections::BTreeSet;

use domain::tracking::{TrackingEvent, TrackingStatus};

use super::{absent, moment, refusal, settings::DhlSettings, status, wire::tracking as wire};
use crate::{
    carriers::TrackingReport,
    error::Error,
    plain_text::{plain_name, plain_note},
    request::Request,
    response::Response,
};

pub(super) const CALL: &str = "dhl track";

pub(super) fn request(carrier_number: &str, settings: &DhlSettings) -> Result<Request, Error> {
    let plain = (1..=35).contains(&carrier_number.len()) && carrier_number.bytes().all(|b| b.is_ascii_alphanumeric());
    if !plain {
        return Err(Error::Invalid {
            call: CALL,
            problem: "this is no number of DHL's",
        });
    }
    let mut url = settings.base_url.join(&format!("/shipments/{carrier_number}/tracking"));
    url.query_pairs_mut()
        .append_pair("trackingView", "all-checkpoints")
        .append_pair("levelOfDetail", "all")
        .append_pair("requestGMTOffsetPerEvent", "true");
    Ok(Request::get(url))
}

pub(super) fn parse(response: &Response) -> Result<TrackingReport, Error> {
    match response.status {
        200 => response
            .json::<wire::Answer>(CALL)?
            .shipments
            .into_iter()
            .next()
            .map_or_else(|| Ok(TrackingReport::default()), report),
        // Minutes to hours pass between the booking and DHL's first word of it.
        404 => absent(refusal(CALL, response)),
        _ => Err(refusal(CALL, response)),
    }
}

fn report(shipment: wire::Shipment) -> Result<TrackingReport, Error> {
    let is_partly_open = is_partly_open(&shipment.pieces);
    let estimated_delivery = shipment.estimated_delivery_date.as_deref().and_then(moment);
    let of_pieces = shipment.pieces.into_iter().flat_map(|piece| piece.events);
    let mut seen = BTreeSet::new();
    let mut events = Vec::new();
    // The same event stands at the shipment and at each of its pieces.
    for told in shipment.events.into_iter().chain(of_pieces) {
        let mut event = event(told)?;
        if is_partly_open && event.status == TrackingStatus::Delivered {
            event.status = TrackingStatus::OutForDelivery;
        }
        if seen.insert(event.fingerprint()) {
            events.push(event);
        }
    }
    events.sort_by_key(|event| event.at);
    Ok(TrackingReport {
        events,
        estimated_delivery,
    })
}

/// True while some pieces are known to be delivered and others are not: the customer still waits.
fn is_partly_open(pieces: &[wire::Piece]) -> bool {
    let is_delivered = |piece: &wire::Piece| {
        piece
            .events
            .iter()
            .any(|event| status::meaning(&event.type_code) == TrackingStatus::Delivered)
    };
    let are_told = pieces.iter().any(|piece| !piece.events.is_empty());
    are_told && pieces.len() > 1 && !pieces.iter().all(is_delivered)
}

fn event(told: wire::Event) -> Result<TrackingEvent, Error> {
    let offset = told.offset.as_deref().map(str::trim).unwrap_or_default();
    let at = moment(&format!("{}T{}{offset}", told.date, told.time));
    let place = told.service_area.into_iter().next();
    Ok(TrackingEvent {
        status: status::meaning(&told.type_code),
        code: told.type_code,
        text: plain_note(&told.description),
        at: at.ok_or_else(|| Error::malformed(CALL, "an event without a time"))?,
        place: place
            .map(|area| {
                if area.description.is_empty() {
                    area.code
                } else {
                    area.description
                }
            })
            .map(|place| plain_name(&place))
            .unwrap_or_default(),
        signed_by: told
            .signed_by
            .as_deref()
            .map(plain_name)
            .filter(|name| !name.is_empty()),
    })
}
