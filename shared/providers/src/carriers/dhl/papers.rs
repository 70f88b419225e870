//! Papers that DHL shows again: the archive copy of the waybill and the commercial invoice. The transport label is none of them (description
//! 3.1.1 of get-image, read 2026-11-23): it is in the booking's answer and nowhere else.

use super::{absent, booking, refusal, settings::DhlSettings, wire::shipments as wire};
use crate::{
    carriers::{Document, PapersLookUp},
    error::Error,
    lenient::Each,
    request::Request,
    response::Response,
};

pub(super) const CALL: &str = "dhl papers";

/// DHL's names of them, one question each.
pub(super) const KINDS: [&str; 2] = ["commercial-invoice", "waybill"];

pub(super) fn request(booked: &PapersLookUp, kind: &str, settings: &DhlSettings) -> Result<Request, Error> {
    let number = super::plain_number(CALL, &booked.carrier_number)?;
    let month: String = booked.offset.local_time(booked.collected_at).chars().take(7).collect();
    let mut url = settings.base_url.join(&format!("/shipments/{number}/get-image"));
    url.query_pairs_mut()
        .append_pair("shipperAccountNumber", &settings.account)
        .append_pair("typeCode", kind)
        .append_pair("pickupYearAndMonth", &month)
        .append_pair("encodingFormat", "pdf");
    Ok(Request::get(url))
}

/// No paper where DHL has none.
pub(super) fn parse(response: &Response) -> Result<Vec<Document>, Error> {
    match response.status {
        200 => {
            let told: Answer = response.json(CALL)?;
            Ok(told.documents.read.into_iter().filter_map(booking::document).collect())
        }
        404 => absent(refusal(CALL, response)),
        _ => Err(refusal(CALL, response)),
    }
}

#[derive(serde::Deserialize)]
struct Answer {
    #[serde(default)]
    documents: Each<wire::Document>,
}
