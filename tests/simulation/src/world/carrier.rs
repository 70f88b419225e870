//! A carrier that speaks DHL: prices, bookings with papers, and what happens to parcels.

use std::collections::BTreeMap;

use domain::Timestamp;
use providers::{Request, Response};
use serde_json::{Value, json};

use super::{Turn, json as answer};
use crate::faults::Fault;

const HOUR_MS: i64 = 3_600_000;
/// "%PDF-1.4" in base64: what matters is that bytes come and are kept.
const PAPER: &str = "JVBERi0xLjQ=";

/// One booking in the carrier's books.
#[derive(Clone, Debug)]
pub(crate) struct Booking {
    pub(crate) reference: String,
    /// What the goods are worth by the papers, in cents, line by line.
    pub(crate) declared: i64,
    /// The same in one sum.
    pub(crate) declared_sum: i64,
    listed_at: Timestamp,
    taken_at: Option<Timestamp>,
    /// What happens after the parcel was taken: hours and code.
    course: Vec<(i64, &'static str)>,
}

/// The carrier's books.
#[derive(Default)]
pub(crate) struct Carrier {
    pub(crate) bookings: BTreeMap<String, Booking>,
    number: u64,
}

fn later(at: Timestamp, millis: i64) -> Timestamp {
    Timestamp::from_millis(at.as_millis().saturating_add(millis))
}

impl Carrier {
    pub(crate) fn answer(&mut self, turn: &Turn<'_>, request: &Request) -> Response {
        let path = request.url.path().to_owned();
        match (request.method.as_str(), path.as_str()) {
            ("POST", "/rates") => answer(200, &rates()),
            ("POST", "/shipments") => self.book(turn, request),
            ("GET", "/tracking") => self.find(turn, request),
            ("GET", path) if path.ends_with("/get-image") => self.papers(request, path),
            ("GET", path) => self.track(turn, path),
            _ => answer(405, &Value::Null),
        }
    }

    fn book(&mut self, turn: &Turn<'_>, request: &Request) -> Response {
        if turn.strikes(Fault::CarrierRefuses) {
            let more =
                json!({ "detail": "Problems found", "additionalDetails": ["7008: not on this way"], "status": "400" });
            return answer(400, &more);
        }
        let asked: Value = serde_json::from_slice(&request.body.bytes()).unwrap_or_default();
        let reference = asked
            .pointer("/customerReferences/0/value")
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_owned();
        self.number = self.number.saturating_add(1);
        let number = format!("11{:08}", self.number);
        let lines = asked
            .pointer("/content/exportDeclaration/lineItems")
            .and_then(Value::as_array);
        let worth = |line: &Value| {
            let count = line.pointer("/quantity/value").and_then(Value::as_i64).unwrap_or(0);
            cents(line.get("price")).saturating_mul(count)
        };
        let booking = Booking {
            reference,
            declared: lines.into_iter().flatten().map(worth).sum(),
            declared_sum: cents(asked.pointer("/content/declaredValue")),
            listed_at: later(
                turn.now,
                if turn.strikes(Fault::ListedLate) {
                    turn.between(0, 20 * 60_000)
                } else {
                    0
                },
            ),
            taken_at: None,
            course: course(turn),
        };
        self.bookings.insert(number.clone(), booking);
        let paper = |kind: &str| json!({ "imageFormat": "PDF", "content": PAPER, "typeCode": kind });
        answer(
            201,
            &json!({
                "shipmentTrackingNumber": number, "packages": [{ "trackingNumber": format!("JD{number}") }],
                "documents": [paper("label"), paper("waybillDoc"), paper("invoice")]
            }),
        )
    }

    fn find(&self, turn: &Turn<'_>, request: &Request) -> Response {
        let wanted = request.url.query_pairs().find(|(name, _)| name == "shipmentReference");
        let wanted = wanted.map(|(_, value)| value.into_owned()).unwrap_or_default();
        let found: Vec<Value> = self
            .bookings
            .iter()
            .filter(|(_, booking)| booking.reference == wanted && booking.listed_at <= turn.now)
            .map(|(number, booking)| json!({ "shipmentTrackingNumber": number, "shipperReferences": [{ "value": booking.reference }] }))
            .collect();
        if found.is_empty() {
            absent()
        } else {
            answer(200, &json!({ "shipments": found }))
        }
    }

    /// The invoice and the archive copy of the waybill are shown again, the label is not.
    fn papers(&self, request: &Request, path: &str) -> Response {
        let number = path.split('/').nth(2).unwrap_or_default();
        let kind = request.url.query_pairs().find(|(name, _)| name == "typeCode");
        let kind = kind.map(|(_, value)| value.into_owned()).unwrap_or_default();
        let is_shown = matches!(kind.as_str(), "commercial-invoice" | "waybill");
        if !is_shown || !self.bookings.contains_key(number) {
            return absent();
        }
        let paper =
            json!({ "shipmentTrackingNumber": number, "typeCode": kind, "encodingFormat": "PDF", "content": PAPER });
        answer(200, &json!({ "documents": [paper] }))
    }

    fn track(&self, turn: &Turn<'_>, path: &str) -> Response {
        let number = path.split('/').nth(2).unwrap_or_default();
        let Some((booking, taken_at)) = self
            .bookings
            .get(number)
            .and_then(|known| Some((known, known.taken_at?)))
        else {
            return absent();
        };
        let mut events = Vec::new();
        for (hours, code) in &booking.course {
            let at = later(taken_at, hours.saturating_mul(HOUR_MS));
            if at <= turn.now {
                let text = at.to_string();
                let (date, time) = text.split_once('T').unwrap_or((&text, "00:00:00"));
                let time: String = time.chars().take(8).collect();
                events.push(json!({ "date": date, "time": time, "GMTOffset": "+00:00", "typeCode": code, "description": code, "serviceArea": [] }));
            }
        }
        if events.is_empty() {
            return absent();
        }
        answer(
            200,
            &json!({ "shipments": [{ "shipmentTrackingNumber": number, "events": events, "pieces": [] }] }),
        )
    }

    /// The driver takes a parcel with this number.
    pub(crate) fn take(&mut self, number: &str, now: Timestamp) {
        if let Some(booking) = self.bookings.get_mut(number) {
            booking.taken_at.get_or_insert(now);
        }
    }

    pub(crate) fn of<'a>(&'a self, reference: &'a str) -> impl Iterator<Item = (&'a String, &'a Booking)> {
        self.bookings
            .iter()
            .filter(move |(_, booking)| booking.reference == reference)
    }
}

/// A number of dollars with two decimals.
fn cents(dollars: Option<&Value>) -> i64 {
    let text = dollars.map(Value::to_string).unwrap_or_default();
    let (whole, part) = text.split_once('.').unwrap_or((&text, ""));
    format!("{whole}{part:0<2}").parse().unwrap_or(0)
}

/// Picked up, then perhaps trouble, then delivered or sent back.
fn course(turn: &Turn<'_>) -> Vec<(i64, &'static str)> {
    let mut course = vec![(0, "PU")];
    let is_troubled = turn.strikes(Fault::CarrierTrouble);
    if is_troubled {
        course.push((3, "NH"));
        course.push((5, "AR"));
    }
    let hours = turn.between(2, 5).saturating_add(if is_troubled { 4 } else { 0 });
    course.push(if turn.strikes(Fault::SentBack) {
        (hours, "RT")
    } else {
        (hours, "OK")
    });
    course
}

fn absent() -> Response {
    answer(
        404,
        &json!({ "detail": "No data found", "title": "Not data found", "status": "404" }),
    )
}

fn rates() -> Value {
    let offer = |code: &str, name: &str, price: f64| {
        json!({
            "productName": name, "productCode": code, "totalPrice": [{ "currencyType": "BILLC", "priceCurrency": "USD", "price": price }],
            "detailedPriceBreakdown": [{ "currencyType": "BILLC", "breakdown": [{ "name": "DUTY TAX PAID", "serviceCode": "DD" }] }],
            "weight": { "provided": 1.5 }
        })
    };
    json!({ "products": [
        offer("P", "EXPRESS WORLDWIDE NONDOC", 118.40), offer("Y", "EXPRESS 12:00 NONDOC", 141.90)
    ] })
}
