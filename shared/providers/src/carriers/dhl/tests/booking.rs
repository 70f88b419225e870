//! A booking: the request, a good answer, a refusal, a nonsense answer.

use domain::{Currency, Dimensions, Grams, Money};

use super::*;

const BOOKED: &str = include_str!("../samples/booking.ok.json");

#[test]
fn a_booking_is_what_dhl_documents_to_the_digit() {
    let exchange = dhl().book(&shipment()).unwrap();

    assert_eq!(body(&exchange), tight(include_str!("../samples/booking.request.json")));
    assert_eq!(
        exchange.effect(),
        &Effect::Moves {
            reference: "shp_01JDB7M3N8Q4R5S6T7V8W9X0YZ-1".into()
        }
    );
    assert_eq!(
        exchange.request().headers.get("message-reference").unwrap(),
        "shp_01JDB7M3N8Q4R5S6T7V8W9X0YZ-1"
    );
    assert_eq!(
        exchange.request().url.as_str(),
        "https://dhl.example/mydhlapi/shipments"
    );
}

#[test]
fn duties_paid_by_us_need_the_term_the_service_and_an_account() {
    let exchange = dhl()
        .book(&BookRequest {
            incoterm: Incoterm::Ddp,
            insured: None,
            ..shipment()
        })
        .unwrap();

    let sent = json(&body(&exchange));
    assert_eq!(sent["content"]["incoterm"], "DDP");
    assert_eq!(sent["valueAddedServices"], json(r#"[{"serviceCode":"DD"}]"#));
    assert_eq!(
        sent["accounts"][1],
        json(r#"{"typeCode":"duties-taxes","number":"123456789"}"#)
    );
}

#[test]
fn whatever_is_too_long_is_cut_between_words_and_an_address_keeps_its_end() {
    let mut long = shipment();
    long.customs[0].description = "waterproof ".repeat(60);
    long.to.lines = vec![
        "House 12 of the Riverside Gardens Estate off Ring Road".into(),
        "Block C".into(),
        "Floor 3".into(),
        "Gate 2".into(),
    ];

    let sent = json(&body(&dhl().book(&long).unwrap()));

    let description = sent["content"]["exportDeclaration"]["lineItems"][0]["description"]
        .as_str()
        .unwrap()
        .to_owned();
    assert!(description.len() <= 512 && description.ends_with("waterproof"));
    assert!(sent["content"]["description"].as_str().unwrap().len() <= 70);
    let address = &sent["customerDetails"]["receiverDetails"]["postalAddress"];
    assert_eq!(address["addressLine1"], "House 12 of the Riverside Gardens Estate off");
    assert_eq!(address["addressLine2"], "Ring Road, Block C, Floor 3, Gate 2");
    assert_eq!(address["postalCode"], "");
}

#[test]
fn the_number_by_which_customs_knows_the_customer_goes_along_with_them_alone() {
    for (country, number, kind) in [
        ("KE", "A123456789Z", "FTN"),
        ("GH", "GHA-123456789-0", "NID"),
        ("ZA", "8001015009087", "NID"),
        ("ZA", "12345678", "FTN"),
    ] {
        let mut asked = shipment();
        asked.to.tax_number = number.into();
        asked.to.country = country.parse().unwrap();

        let sent = json(&body(&dhl().book(&asked).unwrap()));

        let ends = &sent["customerDetails"];
        assert_eq!(
            ends["receiverDetails"]["registrationNumbers"],
            serde_json::json!([{ "typeCode": kind, "number": number, "issuerCountryCode": country }])
        );
        assert!(ends["shipperDetails"].get("registrationNumbers").is_none());
    }
}

type Spoil = fn(&mut BookRequest);

#[test]
fn what_dhl_cannot_be_told_is_not_sent() {
    let spoilings: [(&str, Spoil); 11] = [
        ("no parcel", |asked| asked.parcels.clear()),
        ("no goods", |asked| asked.customs.clear()),
        ("no weight", |asked| asked.parcels[0].weight = Grams(0)),
        ("no size", |asked| asked.parcels[0].size = Dimensions::default()),
        ("a short tariff code", |asked| {
            asked.customs[0].hs_code = "6404.1".into()
        }),
        ("goods without a name", |asked| {
            asked.customs[0].description = " ".into()
        }),
        ("none of the goods", |asked| asked.customs[0].quantity = 0),
        ("two currencies", |asked| {
            asked.customs[0].unit_value = Money::new(1, Currency::KES)
        }),
        ("foreign freight", |asked| {
            asked.charges.freight = Some(Money::new(1, Currency::KES))
        }),
        ("no phone", |asked| asked.to.phone.clear()),
        ("no street", |asked| asked.to.lines.clear()),
    ];

    for (what, spoil) in spoilings {
        let mut asked = shipment();
        spoil(&mut asked);
        assert_eq!(word(dhl().book(&asked)), "invalid", "{what}");
    }
}

#[test]
fn a_booking_brings_its_number_and_all_papers() {
    let booked = answer(dhl().book(&shipment()).unwrap(), 201, BOOKED).unwrap();

    assert_eq!(booked.carrier_number, "1103733912");
    assert_eq!(booked.piece_numbers, ["JD014600004617230770"]);
    assert_eq!(booked.estimated_delivery, Some(at("2026-11-30T23:59:00Z")));
    let label = booked.documents(DocumentKind::Label).next().unwrap();
    assert_eq!(
        (label.format, label.bytes.as_slice()),
        (DocumentFormat::Zpl, b"^XA^FO50,50^FDDEMO^FS^XZ".as_slice())
    );
    assert_eq!(booked.documents(DocumentKind::CommercialInvoice).count(), 1);
    assert_eq!(booked.documents(DocumentKind::Waybill).count(), 1);
}

#[test]
fn a_booking_with_a_broken_paper_is_still_a_booking() {
    let broken = BOOKED.replace("XlhBXkZPNTAsNTBeRkRERU1PXkZTXlha", "not base64!");

    let booked = answer(dhl().book(&shipment()).unwrap(), 201, &broken).unwrap();

    assert_eq!(booked.carrier_number, "1103733912");
    assert_eq!(booked.documents(DocumentKind::Label).count(), 0);
}

#[test]
fn a_booking_that_is_not_clearly_refused_may_have_happened() {
    let refused = include_str!("../samples/booking.refused.json");
    let schema = include_str!("../samples/booking.schema.json");
    let failed = include_str!("../samples/booking.failed.json");
    for (status, body, ending) in [
        (400, refused, "refused"),
        (422, schema, "refused"),
        (401, KEY_REFUSED, "unauthorized"),
        (500, failed, "outcome_unknown"),
        (400, "<html>", "outcome_unknown"),
        (201, "<html>", "outcome_unknown"),
        (201, "{}", "outcome_unknown"),
        (201, r#"{"shipmentTrackingNumber":""}"#, "outcome_unknown"),
        (302, "", "outcome_unknown"),
    ] {
        assert_eq!(
            word(answer(dhl().book(&shipment()).unwrap(), status, body)),
            ending,
            "{status} {body}"
        );
    }
    let Err(Error::Refused { code, text, .. }) = answer(dhl().book(&shipment()).unwrap(), 400, refused) else {
        panic!("it is refused")
    };
    assert_eq!(code, "7008");
    assert!(text.contains("'DD'"));
}

#[test]
fn a_booking_cannot_be_taken_back() {
    assert!(matches!(
        dhl().void("1103733912"),
        Ok(Void::Known(VoidOutcome::NotSupported))
    ));
}
