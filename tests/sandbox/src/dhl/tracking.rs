//! Tracking by waybill, by piece or by the shipper's own reference. A fresh waybill is not found for a while.

use serde_json::{Value, json};

use super::lane::area_of;
use super::problem::Problem;
use super::waybill::{Piece, Scan, Waybill};
use crate::calls::Turn;
use crate::clock;
use crate::json::Fields;
use crate::money::thousandths_number;

/// Numbers one call may ask for.
const MOST_NUMBERS: usize = 200;

pub(super) fn one(turn: &mut Turn<'_>, awb: &str, query: &Value) -> Result<Value, Problem> {
    judge_query(query)?;
    let found = turn
        .books
        .get::<Waybill>(awb)
        .filter(|waybill| is_visible(turn, waybill));
    let waybill = found.ok_or_else(|| Problem::not_found("No data found"))?;
    Ok(json!({ "shipments": [view(&waybill, query)] }))
}

pub(super) fn many(turn: &mut Turn<'_>, query: &Value) -> Result<Value, Problem> {
    judge_query(query)?;
    let text = |name: &str| query.at(name).as_str().filter(|text| !text.is_empty());
    let found = if let Some(numbers) = text("shipmentTrackingNumber") {
        by_number(turn, numbers, |waybill, number| waybill.awb == number)?
    } else if let Some(numbers) = text("pieceTrackingNumber") {
        by_number(turn, numbers, |waybill, number| {
            waybill.pieces.iter().any(|piece| piece.id == number)
        })?
    } else if let Some(reference) = text("shipmentReference") {
        let found = by_reference(turn, reference, query)?;
        if found.is_empty() {
            return Err(Problem::not_found(format!(
                "No Shipments Found for ReferenceID | {reference}"
            )));
        }
        found
    } else {
        return Err(Problem::missing(
            "shipmentTrackingNumber, pieceTrackingNumber or shipmentReference",
        ));
    };
    if found.is_empty() {
        return Err(Problem::not_found("No data found"));
    }
    Ok(json!({ "shipments": found.iter().map(|waybill| view(waybill, query)).collect::<Vec<_>>() }))
}

fn by_number(turn: &Turn<'_>, numbers: &str, fits: impl Fn(&Waybill, &str) -> bool) -> Result<Vec<Waybill>, Problem> {
    let numbers: Vec<&str> = numbers.split(',').map(str::trim).collect();
    if numbers.len() > MOST_NUMBERS {
        return Err(Problem::one(format!(
            "At most {MOST_NUMBERS} numbers can be tracked at once"
        )));
    }
    let mut waybills = turn.books.all::<Waybill>();
    waybills.retain(|waybill| is_visible(turn, waybill) && numbers.iter().any(|number| fits(waybill, number)));
    Ok(waybills)
}

fn by_reference(turn: &Turn<'_>, reference: &str, query: &Value) -> Result<Vec<Waybill>, Problem> {
    let account = query
        .at("shipperAccountNumber")
        .as_str()
        .filter(|text| !text.is_empty());
    let account = account.ok_or_else(|| Problem::missing("shipperAccountNumber"))?;
    let day = |name: &str, clock_time: &str| match query.at(name).as_str() {
        None => Ok(None),
        Some(text) => match clock::read(&format!("{text}T{clock_time}"), 0) {
            Some(time) => Ok(Some(time)),
            None => Err(Problem::one(format!(
                "Parameters not having correct format: {name} (YYYY-MM-DD)"
            ))),
        },
    };
    let (from, to) = (day("dateRangeFrom", "00:00:00")?, day("dateRangeTo", "23:59:59")?);
    let kind = query.at("shipmentReferenceType").as_str().unwrap_or("CU");
    let mut waybills = turn.books.all::<Waybill>();
    waybills.retain(|waybill| {
        kind == "CU"
            && waybill.account == account
            && waybill.references.iter().any(|known| known == reference)
            && from.is_none_or(|from| waybill.booked_at >= from)
            && to.is_none_or(|to| waybill.booked_at <= to)
            && is_visible(turn, waybill)
    });
    Ok(waybills)
}

fn is_visible(turn: &Turn<'_>, waybill: &Waybill) -> bool {
    let since = waybill
        .booked_at
        .saturating_add(turn.settings.dhl.visible_seconds.saturating_mul(1000));
    !waybill.events.is_empty() || turn.now >= since
}

fn judge_query(query: &Value) -> Result<(), Problem> {
    const VIEWS: [&str; 6] = [
        "last-checkpoint",
        "all-checkpoints",
        "all-checkpoints-with-remarks",
        "bbx-children",
        "advance-shipment",
        "shipment-details-only",
    ];
    let judge = |name: &str, known: &[&str]| match query.at(name).as_str() {
        Some(word) if !known.contains(&word) => {
            let detail = format!(
                "Parameters not having correct format: {name} (valid parameters for {name} are [{}])",
                known.join(", ")
            );
            Err(Problem::one(detail))
        }
        _ => Ok(()),
    };
    judge("trackingView", &VIEWS)?;
    judge("levelOfDetail", &["shipment", "piece", "all"])
}

fn view(waybill: &Waybill, query: &Value) -> Value {
    let with_offset = query.at("requestGMTOffsetPerEvent") == "true";
    let depth = query.at("levelOfDetail").as_str().unwrap_or("shipment");
    let scans: &[Scan] = match query.at("trackingView").as_str() {
        Some("shipment-details-only") => &[],
        Some("last-checkpoint") => waybill.events.last().map(std::slice::from_ref).unwrap_or_default(),
        _ => &waybill.events,
    };
    let events: Vec<Value> = scans.iter().map(|scan| event(scan, with_offset)).collect();
    let mut shipment = json!({
        "shipmentTrackingNumber": waybill.awb,
        "status": "Success",
        "shipmentTimestamp": local(waybill.planned_at, &waybill.from, "%Y-%m-%dT%H:%M:%S"),
        "productCode": waybill.product,
        "description": waybill.description,
        "shipperDetails": party(&waybill.from),
        "receiverDetails": party(&waybill.to),
        "totalWeight": thousandths_number(waybill.weight_grams()),
        "unitOfMeasurements": "metric",
        "shipperReferences":
            waybill.references.iter().map(|value| json!({ "value": value, "typeCode": "CU" })).collect::<Vec<_>>(),
        "numberOfPieces": waybill.pieces.len(),
        "estimatedDeliveryDate": local(waybill.planned_at.saturating_add(432_000_000), &waybill.to, "%Y-%m-%dT23:59:00"),
    });
    if depth != "piece" {
        shipment.set("events", events.clone());
    }
    if depth != "shipment" {
        let piece = |(place, piece): (usize, &Piece)| {
            json!({
                "number": place.saturating_add(1),
                "typeCode": "SMF",
                "shipmentTrackingNumber": waybill.awb,
                "trackingNumber": piece.id,
                "weight": thousandths_number(piece.weight_grams),
                "actualWeight": thousandths_number(piece.weight_grams),
                "dimensions": piece.dimensions,
                "actualDimensions": piece.dimensions,
                "unitOfMeasurements": "metric",
                "events": events,
            })
        };
        shipment.set(
            "pieces",
            waybill.pieces.iter().enumerate().map(piece).collect::<Value>(),
        );
    }
    shipment
}

fn event(scan: &Scan, with_offset: bool) -> Value {
    let mut event = json!({
        "date": local(scan.at, &scan.country, "%Y-%m-%d"),
        "time": local(scan.at, &scan.country, "%H:%M:%S"),
        "typeCode": scan.code,
        "description": scan.text,
        "serviceArea": [service_area(&scan.country)],
    });
    if with_offset {
        event.set("GMTOffset", local(scan.at, &scan.country, "%:z"));
    }
    if let Some(name) = &scan.signed_by {
        event.set("signedBy", name.as_str());
    }
    event
}

/// Names and addresses stay blank: the caller would have to be entitled to them.
fn party(country: &str) -> Value {
    json!({
        "name": "",
        "postalAddress": { "cityName": "", "postalCode": "", "countryCode": country },
        "serviceArea": [service_area(country)],
    })
}

fn service_area(country: &str) -> Value {
    match area_of(country) {
        Some(area) => json!({ "code": area.code, "description": format!("{}-{}", area.city, area.country) }),
        None => json!({ "code": "", "description": "" }),
    }
}

fn local(time: i64, country: &str, format: &str) -> String {
    clock::write(time, area_of(country).map_or(0, |area| area.offset_minutes), format)
}
