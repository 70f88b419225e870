//! Looks for a booking by our own reference, after a booking whose answer was lost.

use std::time::Duration;

use super::{absent, refusal, settings::DhlSettings, wire::tracking as wire};
use crate::{
    carriers::{BookingLookUp, FoundBooking},
    error::Error,
    request::Request,
    response::Response,
};

pub(super) const CALL: &str = "dhl find";

/// DHL counts days where the shipment starts, which may be one before or behind ours.
const A_DAY: Duration = Duration::from_secs(86_400);

pub(super) fn request(which: &BookingLookUp, settings: &DhlSettings) -> Request {
    let mut url = settings.base_url.join("/tracking");
    url.query_pairs_mut()
        .append_pair("shipmentReference", which.shipment.as_str())
        .append_pair("shipmentReferenceType", "CU")
        .append_pair("shipperAccountNumber", &settings.account)
        .append_pair("dateRangeFrom", &which.booked_at.minus(A_DAY).date().to_string())
        .append_pair("dateRangeTo", &which.now.plus(A_DAY).date().to_string())
        .append_pair("levelOfDetail", "all");
    Request::get(url)
}

/// What is found counts, whatever odd pieces stand beside it; that nothing is there is believed only where every piece can be read.
pub(super) fn parse(response: &Response, reference: &str) -> Result<Vec<FoundBooking>, Error> {
    match response.status {
        200 => {
            let shipments = response.json::<wire::Answer>(CALL)?.shipments;
            let ours = shipments.read.into_iter().filter_map(|found| ours(found, reference));
            let found: Vec<_> = ours.collect();
            if found.is_empty() && !shipments.unread.is_empty() {
                return Err(Error::malformed(
                    CALL,
                    "a shipment that cannot be read, which may be ours",
                ));
            }
            Ok(found)
        }
        404 => absent(refusal(CALL, response)),
        _ => Err(refusal(CALL, response)),
    }
}

/// The booking, unless it carries references and none of them is ours.
fn ours(found: wire::Shipment, reference: &str) -> Option<FoundBooking> {
    let references = &found.shipper_references;
    let is_ours = references.read.iter().any(|known| known.value == reference);
    if references.len() > 0 && !is_ours && references.unread.is_empty() {
        return None;
    }
    Some(FoundBooking {
        carrier_number: found.shipment_tracking_number.filter(|number| !number.is_empty())?,
        piece_numbers: found
            .pieces
            .read
            .into_iter()
            .filter_map(|piece| piece.tracking_number)
            .collect(),
    })
}
