//! The journey and the look-up of a booking: the request, a good answer, a refusal, a nonsense answer.

use domain::tracking::{TrackingStatus, furthest};

use super::*;

const TRACKED: &str = include_str!("../samples/tracking.delivered.json");
const ABSENT: &str = include_str!("../samples/tracking.absent.json");

#[test]
fn a_booking_is_looked_for_by_our_reference_around_its_day() {
    let exchange = look_up();
    let url = exchange.request().url.to_string();

    let found = answer(exchange, 200, TRACKED).unwrap();

    assert_eq!(
        url,
        "https://dhl.example/mydhlapi/tracking?shipmentReference=shp_01JDB7M3N8Q4R5S6T7V8W9X0YZ-1&shipmentReferenceType=CU\
         &shipperAccountNumber=123456789&dateRangeFrom=2026-11-24&dateRangeTo=2026-11-26&levelOfDetail=all"
    );
    assert_eq!(
        found,
        [FoundBooking {
            carrier_number: "1103733912".into(),
            piece_numbers: vec!["JD014600004617230770".into()]
        }]
    );
}

#[test]
fn a_look_up_tells_nothing_found_from_nothing_learned() {
    assert_eq!(answer(look_up(), 404, ABSENT).unwrap(), []);
    assert_eq!(answer(look_up(), 200, &TRACKED.replace("YZ-1", "YZ-2")).unwrap(), []);
    for (status, body, ending) in [
        (404, "<html>", "malformed"),
        (200, "{}", "malformed"),
        (400, ABSENT, "refused"),
        (401, KEY_REFUSED, "unauthorized"),
        (500, "", "unavailable"),
    ] {
        assert_eq!(word(answer(look_up(), status, body)), ending, "{status} {body}");
    }
}

#[test]
fn a_journey_is_told_once_in_the_order_of_the_clock() {
    let exchange = dhl().track("1103733912").unwrap();
    let url = exchange.request().url.to_string();

    let report = answer(exchange, 200, TRACKED).unwrap();

    assert_eq!(
        url,
        "https://dhl.example/mydhlapi/shipments/1103733912/tracking?trackingView=all-checkpoints&levelOfDetail=all&requestGMTOffsetPerEvent=true"
    );
    let told: Vec<_> = report
        .events
        .iter()
        .map(|e| (e.at.to_string(), e.status, e.place.as_str()))
        .collect();
    assert_eq!(
        told,
        [
            (
                "2026-11-25T22:12:04.000Z".to_owned(),
                TrackingStatus::PickedUp,
                "PHILADELPHIA-US"
            ),
            (
                "2026-11-28T06:01:44.000Z".to_owned(),
                TrackingStatus::Customs,
                "NAIROBI-KE"
            ),
            ("2026-11-29T06:00:00.000Z".to_owned(), TrackingStatus::Other, ""),
            (
                "2026-11-30T08:59:23.000Z".to_owned(),
                TrackingStatus::Delivered,
                "NAIROBI-KE"
            ),
        ]
    );
    assert_eq!(report.events[3].signed_by.as_deref(), Some("A MWANGI"));
    assert_eq!(report.events[2].code, "QQ");
    assert_eq!(report.estimated_delivery, Some(at("2026-11-30T23:59:00Z")));
}

#[test]
fn one_of_two_pieces_delivered_is_not_delivered() {
    let partial = include_str!("../samples/tracking.partial.json");

    let half = answer(dhl().track("1103733912").unwrap(), 200, partial).unwrap();
    let whole = answer(
        dhl().track("1103733912").unwrap(),
        200,
        &partial.replace("\"OH\"", "\"OK\""),
    )
    .unwrap();

    assert_eq!(furthest(&half.events), Some(TrackingStatus::OutForDelivery));
    assert_eq!(furthest(&whole.events), Some(TrackingStatus::Delivered));
}

#[test]
fn a_parcel_dhl_has_not_heard_of_has_no_events_yet() {
    let track = |status, body: &str| answer(dhl().track("1103733912").unwrap(), status, body);

    assert_eq!(track(404, ABSENT).unwrap().events, []);
    assert_eq!(track(200, r#"{"shipments":[]}"#).unwrap().events, []);
    assert_eq!(word(track(404, "<html>")), "malformed");
    assert_eq!(word(track(200, "{}")), "malformed");
    assert_eq!(word(track(401, KEY_REFUSED)), "unauthorized");
    assert_eq!(word(track(400, ABSENT)), "refused");
}

#[test]
fn a_number_that_is_none_of_dhls_never_becomes_part_of_a_path() {
    for number in ["", "../rates", "11037/33912", "1103733912?x"] {
        assert_eq!(word(dhl().track(number)), "invalid", "{number}");
    }
}

#[test]
fn papers_are_asked_for_again_by_kind_and_by_the_month_of_the_collection_there() {
    let booked = PapersLookUp {
        carrier_number: "1103733912".into(),
        collected_at: at("2026-12-01T02:00:00Z"),
        offset: UtcOffset::minutes(-300).unwrap(),
    };
    let asked = || dhl().papers(&booked).unwrap();

    let urls: Vec<_> = asked()
        .iter()
        .map(|exchange| exchange.request().url.to_string())
        .collect();
    let url = "https://dhl.example/mydhlapi/shipments/1103733912/get-image?shipperAccountNumber=123456789";
    let rest = "pickupYearAndMonth=2026-11&encodingFormat=pdf";
    assert_eq!(
        urls,
        [
            format!("{url}&typeCode=commercial-invoice&{rest}"),
            format!("{url}&typeCode=waybill&{rest}")
        ]
    );
    let shown = r#"{"documents":[{"shipmentTrackingNumber":"1103733912","typeCode":"commercial-invoice","encodingFormat":"PDF","content":"aW52b2ljZQ=="},
        {"typeCode":"waybill","encodingFormat":"PDF","content":7}]}"#;
    let papers = answer(asked().remove(0), 200, shown).unwrap();
    assert_eq!(papers.len(), 1);
    assert_eq!(
        (papers[0].kind, papers[0].format),
        (DocumentKind::CommercialInvoice, DocumentFormat::Pdf)
    );
    assert_eq!(answer(asked().remove(1), 404, ABSENT).unwrap(), []);
    assert_eq!(word(answer(asked().remove(1), 400, ABSENT)), "refused");
}
