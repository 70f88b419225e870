//! One piece of an answer is damaged, each in turn and in many ways: the pieces beside it count as before.

use super::*;
use crate::lenient::damaged;

const TRACKED: &str = include_str!("../samples/tracking.delivered.json");
const BOOKED: &str = include_str!("../samples/booking.ok.json");

/// What is left of a list of names when the one at this place may be missing.
fn assert_beside(all: &[String], left: &[String], place: usize, body: &str) {
    for (other, name) in all.iter().enumerate() {
        assert!(other == place || left.contains(name), "{name} is lost in {body}");
    }
}

#[test]
fn an_odd_product_leaves_the_other_offers() {
    let codes = |body: &str| -> Vec<String> {
        let offers = answer(dhl().rates(&query()).unwrap(), 200, body).unwrap();
        offers.into_iter().map(|offer| offer.service_code).collect()
    };
    let products: Value = serde_json::from_str(RATES).unwrap();
    let told: Vec<&str> = products["products"]
        .as_array()
        .unwrap()
        .iter()
        .map(|product| product["productCode"].as_str().unwrap())
        .collect();
    let whole = codes(RATES);
    for (place, body) in damaged(RATES, "/products") {
        let hurt = told[place];
        let left = codes(&body);
        let beside = whole.iter().filter(|code| *code != hurt);
        for code in beside {
            assert!(left.contains(code), "{code} is lost in {body}");
        }
    }
}

#[test]
fn an_odd_event_leaves_the_other_events_and_is_kept() {
    let two = r#"{"shipments":[{"shipmentTrackingNumber":"1103733912","events":[
        {"date":"2026-11-25","time":"17:12:04","GMTOffset":"-05:00","typeCode":"PU","description":"a","serviceArea":[{"code":"PHL","description":"P"}]},
        {"date":"2026-11-30","time":"11:59:23","GMTOffset":"+03:00","typeCode":"OK","description":"b","serviceArea":[{"code":"NBO","description":"N"}],"signedBy":"A"}]}]}"#;
    let track = |body: &str| answer(dhl().track("1103733912").unwrap(), 200, body).unwrap();
    let codes = ["PU".to_owned(), "OK".to_owned()];
    for (place, body) in damaged(two, "/shipments/0/events") {
        let report = track(&body);
        let left: Vec<_> = report.events.iter().map(|event| event.code.clone()).collect();
        assert_beside(&codes, &left, place, &body);
        assert_eq!(left.len() + report.unread.len(), 2, "neither read nor kept: {body}");
    }
    for (_, body) in damaged(&TRACKED.replace("\"pieces\"", "\"other\""), "/shipments/0/events") {
        let report = track(&body);
        assert!(report.events.len() + report.unread.len() >= 3, "{body}");
    }
}

#[test]
fn an_event_needs_its_code_and_its_time_and_nothing_else() {
    let track = |event: &str| {
        let body = format!(
            r#"{{"shipments":[{{"events":[{event},{{"date":"2026-11-30","time":"11:59:23","GMTOffset":"+03:00","typeCode":"OK"}}]}}]}}"#
        );
        answer(dhl().track("1103733912").unwrap(), 200, &body).unwrap()
    };
    for (event, is_read) in [
        (
            r#"{"date":"2026-11-28","time":"","typeCode":"PL","description":"x"}"#,
            false,
        ),
        (r#"{"date":"2026-11-28","time":"noon","typeCode":"PL"}"#, false),
        (r#"{"date":"","time":"09:00:00","typeCode":"PL"}"#, false),
        (r#"{"date":"2026-11-28","time":"09:00:00"}"#, false),
        (r#"{"date":"2026-11-28","time":"09:00:00","typeCode":" "}"#, false),
        (
            r#"{"date":"2026-11-28","time":"09:00:00","typeCode":"PL","description":null}"#,
            true,
        ),
        (
            r#"{"date":"2026-11-28","time":"09:00:00","typeCode":"PL","serviceArea":null,"signedBy":{}}"#,
            true,
        ),
        (
            r#"{"date":"2026-11-28","time":"09:00:00","GMTOffset":null,"typeCode":"ZZ"}"#,
            true,
        ),
    ] {
        let report = track(event);
        assert_eq!(report.events.last().unwrap().code, "OK", "{event}");
        assert_eq!(report.events.len(), if is_read { 2 } else { 1 }, "{event}");
        assert_eq!(report.unread, if is_read { vec![] } else { vec![event.to_owned()] });
    }
}

#[test]
fn an_odd_piece_is_never_taken_for_a_delivered_one() {
    let partial = include_str!("../samples/tracking.partial.json").replace("\"OH\"", "\"OK\"");
    for (_, body) in damaged(&partial, "/shipments/0/pieces") {
        let report = answer(dhl().track("1103733912").unwrap(), 200, &body).unwrap();
        let is_whole =
            report.unread.is_empty() && !body.contains("[]") && body.contains("JD01") && body.contains("JD02");
        let furthest = domain::tracking::furthest(&report.events);
        let is_delivered = furthest == Some(domain::tracking::TrackingStatus::Delivered);
        assert!(
            !is_delivered || is_whole || body.matches("typeCode").count() == 3,
            "{body}"
        );
    }
}

#[test]
fn another_shipment_in_the_answer_is_not_ours() {
    let other = r#"{"shipments":[{"shipmentTrackingNumber":"9999999999","events":[{"date":"2026-11-30","time":"11:59:23","typeCode":"OK"}]},
        {"shipmentTrackingNumber":"1103733912","events":[{"date":"2026-11-26","time":"10:00:00","typeCode":"PU"}]}]}"#;

    let report = answer(dhl().track("1103733912").unwrap(), 200, other).unwrap();

    assert_eq!(
        report
            .events
            .iter()
            .map(|event| event.code.as_str())
            .collect::<Vec<_>>(),
        ["PU"]
    );
    for body in [r#"{"shipments":[7]}"#, r#"{"shipments":"soon"}"#] {
        assert_eq!(word(answer(dhl().track("1103733912").unwrap(), 200, body)), "malformed");
    }
}

#[test]
fn a_booking_is_found_beside_odd_ones_and_its_absence_is_not_believed_beside_them() {
    let ours =
        r#"{"shipmentTrackingNumber":"1103733912","shipperReferences":[{"value":"shp_01JDB7M3N8Q4R5S6T7V8W9X0YZ-1"}]}"#;
    let found = |list: &str| answer(look_up(), 200, &format!(r#"{{"shipments":[{list}]}}"#));
    for odd in ["null", "7", r#"["x"]"#] {
        assert_eq!(found(&format!("{odd},{ours}")).unwrap()[0].carrier_number, "1103733912");
        assert_eq!(word(found(odd)), "malformed", "{odd}");
    }
}

#[test]
fn a_booking_stands_whatever_is_odd_in_its_papers_and_pieces() {
    let kinds = |body: &str| -> Vec<String> {
        let booked = answer(dhl().book(&shipment()).unwrap(), 201, body).unwrap();
        assert_eq!(booked.carrier_number, "1103733912");
        booked
            .documents
            .iter()
            .map(|document| format!("{:?}", document.kind))
            .collect()
    };
    let whole = kinds(BOOKED);
    for (place, body) in damaged(BOOKED, "/documents") {
        assert_beside(&whole, &kinds(&body), place, &body);
    }
    for odd in ["null", "7", "{}", "\"\""] {
        let body = format!(
            r#"{{"shipmentTrackingNumber":"1103733912","packages":{odd},"documents":{odd},"estimatedDeliveryDate":{odd}}}"#
        );
        assert_eq!(kinds(&body), Vec::<String>::new(), "{odd}");
    }
}

#[test]
fn a_refusal_is_read_whatever_is_odd_beside_its_number() {
    for odd in [
        r#"{"detail":null,"additionalDetails":[7,null,"7008: not here"]}"#,
        r#"{"detail":{},"title":[],"additionalDetails":"7008: x"}"#,
    ] {
        let Err(Error::Refused { code, .. }) = answer(dhl().rates(&query()).unwrap(), 400, odd) else {
            panic!("{odd}")
        };
        assert_eq!(code, "7008", "{odd}");
    }
}
