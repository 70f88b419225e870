//! How a parcel travels: the scans in their order, with the time between them, pushed on by the clock or by hand.

use serde_json::Value;

use super::lane::area_of;
use super::waybill::{Scan, Waybill};
use crate::calls::Turn;
use crate::json::Fields;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Origin,
    Destination,
}

struct Stage {
    code: &'static str,
    text: &'static str,
    place: Place,
    minutes_after_last: i64,
}

const fn stage(code: &'static str, text: &'static str, place: Place, minutes: i64) -> Stage {
    Stage {
        code,
        text,
        place,
        minutes_after_last: minutes,
    }
}

/// The usual way across a border. Words of the codes: reference data of MyDHL API 3.1.1.
const STAGES: [Stage; 8] = [
    stage("PU", "Shipment picked up", Place::Origin, 0),
    stage("PL", "Processed at", Place::Origin, 180),
    stage("DF", "Shipment has departed from a DHL facility", Place::Origin, 240),
    stage("AR", "Arrived at DHL Delivery Facility", Place::Destination, 2160),
    stage("RR", "Customs clearance status updated", Place::Destination, 120),
    stage("CR", "Clearance processing complete at", Place::Destination, 480),
    stage(
        "WC",
        "Shipment is out with courier for delivery",
        Place::Destination,
        900,
    ),
    stage("OK", "Delivered", Place::Destination, 240),
];

/// Scans outside the usual way that a person can order, and what they are called.
const DETOURS: [(&str, &str); 9] = [
    ("NH", "Customer not home"),
    ("BA", "Bad address"),
    ("OH", "Shipment on hold"),
    ("UD", "Uncontrollable clearance delay"),
    ("HP", "Held for payment"),
    ("CC", "Awaiting collection by the recipient"),
    ("RT", "Returned to shipper"),
    ("DD", "Delivered damaged"),
    ("RD", "Refused delivery"),
];

/// The courier has it.
pub(crate) fn hand_over(turn: &Turn<'_>, waybill: &mut Waybill) -> Result<(), &'static str> {
    if !waybill.events.is_empty() {
        return Err("the courier has it already");
    }
    step(waybill, turn.now);
    Ok(())
}

/// The next scan, every scan up to a given one, or a detour.
pub(crate) fn advance(turn: &Turn<'_>, waybill: &mut Waybill, to: Option<&str>) -> Result<(), &'static str> {
    if waybill.is_over() {
        return Err("the journey is over");
    }
    let Some(code) = to else {
        step(waybill, turn.now);
        return Ok(());
    };
    if let Some((code, text)) = DETOURS.iter().find(|(known, _)| *known == code) {
        let country = waybill.to.clone();
        let scan = Scan {
            at: turn.now,
            code: (*code).to_owned(),
            text: (*text).to_owned(),
            country,
            signed_by: None,
        };
        waybill.events.push(scan);
        return Ok(());
    }
    let target = STAGES
        .iter()
        .position(|stage| stage.code == code)
        .ok_or("no such scan")?;
    if target < next_stage(waybill) {
        return Err("that scan has been made");
    }
    while next_stage(waybill) <= target {
        step(waybill, turn.now);
    }
    Ok(())
}

/// Lets time pass for every parcel on its way, also over a long jump of the clock.
pub(crate) fn pass_time(turn: &mut Turn<'_>) {
    let is_open = |waybill: &Value| {
        let last = waybill.at("events").as_array().and_then(|events| events.last());
        !last.is_some_and(|scan| scan.at("code") == "OK" || scan.at("code") == "RT" || scan.at("code") == "DS")
    };
    for mut waybill in turn.books.find::<Waybill>(is_open) {
        let before = waybill.events.len();
        while let Some(due) = next_due(&waybill).filter(|due| *due <= turn.now) {
            step(&mut waybill, due);
        }
        if waybill.events.len() > before {
            turn.books.put(&waybill);
        }
    }
}

fn next_due(waybill: &Waybill) -> Option<i64> {
    if waybill.is_over() {
        return None;
    }
    let stage = STAGES.get(next_stage(waybill))?;
    let last = waybill.events.last().map_or(waybill.hand_over_due, |scan| scan.at);
    Some(last.saturating_add(stage.minutes_after_last.saturating_mul(60_000)))
}

/// How many scans of the usual way have been made; detours do not count.
fn next_stage(waybill: &Waybill) -> usize {
    let made = |stage: &&Stage| waybill.events.iter().any(|scan| scan.code == stage.code);
    STAGES.iter().take_while(made).count()
}

fn step(waybill: &mut Waybill, at: i64) {
    let Some(stage) = STAGES.get(next_stage(waybill)) else {
        return;
    };
    // Two scans ordered at once must still differ in their second.
    let last = waybill.events.last().map(|scan| scan.at.saturating_add(1000));
    let country = if stage.place == Place::Origin {
        &waybill.from
    } else {
        &waybill.to
    };
    let mut text = stage.text.to_owned();
    if let Some(area) = area_of(country).filter(|_| matches!(stage.code, "PL" | "DF" | "AR" | "CR")) {
        text = format!("{text} {}-{}", area.city, area.country);
    }
    let signed_by = (stage.code == "OK").then(|| signature(&waybill.receiver));
    let (code, country) = (stage.code.to_owned(), country.clone());
    waybill.events.push(Scan {
        at: last.map_or(at, |last| last.max(at)),
        code,
        text,
        country,
        signed_by,
    });
}

/// `Asha Mwangi` signs as `A MWANGI`.
fn signature(name: &str) -> String {
    let words: Vec<&str> = name.split_whitespace().collect();
    match words.as_slice() {
        [first, .., last] => format!("{} {}", first.chars().take(1).collect::<String>(), last).to_uppercase(),
        _ => name.to_uppercase(),
    }
}
