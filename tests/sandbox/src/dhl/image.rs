//! GET /shipments/{awb}/get-image: the commercial invoice and the archive copy of the waybill once more. The label is not among them.

use serde_json::{Value, json};

use super::lane::area_of;
use super::papers;
use super::problem::Problem;
use super::waybill::Waybill;
use crate::calls::Turn;
use crate::clock;
use crate::json::Fields;

/// What can be asked for, and its name in a booking's answer; the others are made by customs, which this sandbox does not play.
const KINDS: [(&str, &str); 6] = [
    ("commercial-invoice", "invoice"),
    ("waybill", "waybillDoc"),
    ("customs-entry", ""),
    ("transport-accompanying-document", ""),
    ("generic-entry-summary", ""),
    ("dhl-issued-proforma-invoice", ""),
];

pub(super) fn answer(turn: &mut Turn<'_>, awb: &str, query: &Value) -> Result<Value, Problem> {
    let text = |name: &str| query.at(name).as_str().filter(|text| !text.is_empty());
    let names = ["shipperAccountNumber", "typeCode", "pickupYearAndMonth"];
    let missing: Vec<&str> = names.into_iter().filter(|name| text(name).is_none()).collect();
    if !missing.is_empty() {
        return Err(Problem::missing(&missing.join(", ")));
    }
    let asked = text("typeCode").unwrap_or_default();
    let Some((asked, made)) = KINDS.iter().find(|(kind, _)| *kind == asked) else {
        return Err(Problem::one("Parameters not having correct format: typeCode"));
    };
    if text("encodingFormat").is_some_and(|format| !["pdf", "tiff"].contains(&format)) {
        return Err(Problem::one("Parameters not having correct format: encodingFormat"));
    }
    let none = || Problem::not_found("1504: No document images found for the provided search criteria.");
    let waybill = turn.books.get::<Waybill>(awb).ok_or_else(none)?;
    let month = clock::write(
        waybill.planned_at,
        area_of(&waybill.from).map_or(0, |area| area.offset_minutes),
        "%Y-%m",
    );
    if text("shipperAccountNumber") != Some(&waybill.account) || text("pickupYearAndMonth") != Some(&month) {
        return Err(none());
    }
    let papers = papers::documents(&waybill, &waybill.request, &waybill.product);
    let shown = papers.into_iter().filter(|paper| paper.at("typeCode") == *made);
    let documents: Vec<Value> = shown
        .map(|paper| {
            json!({
                "shipmentTrackingNumber": waybill.awb,
                "typeCode": asked,
                "encodingFormat": "PDF",
                "content": paper.at("content"),
            })
        })
        .collect();
    if documents.is_empty() {
        return Err(none());
    }
    Ok(json!({ "documents": documents }))
}
