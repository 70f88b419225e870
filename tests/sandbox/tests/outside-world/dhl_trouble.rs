//! MyDHL saying no, and MyDHL with faults.

use axum::http::Method;
use serde_json::{Value, json};

use crate::dhl::{booking, get, planned, post, send};
use crate::world::World;

#[tokio::test]
async fn a_body_of_the_wrong_shape_is_told_where() {
    let world = World::start().await;
    let good = booking(&world, "SHP-3").await;
    let cases: [(&str, Value, &str); 4] = [
        (
            "/customerDetails/receiverDetails/postalAddress/addressLine1",
            "x".repeat(46).into(),
            "#/customerDetails/receiverDetails/postalAddress/addressLine1: expected maxLength: 45, actual: 46",
        ),
        (
            "/customerDetails/receiverDetails/postalAddress",
            json!({ "cityName": "Nairobi", "countryCode": "KE", "addressLine1": "x" }),
            "#/customerDetails/receiverDetails/postalAddress: required key [postalCode] not found",
        ),
        (
            "/pickup",
            json!({ "isRequested": false, "x": 1 }),
            "#/pickup: extraneous key [x] is not permitted",
        ),
        (
            "/content/declaredValue",
            json!(1.2345),
            "#/content/declaredValue: 1.2345 is not a multiple of 0.001",
        ),
    ];

    for (place, value, sentence) in cases {
        let mut body = good.clone();
        *body.pointer_mut(place).unwrap() = value;
        let said = post(&world, "/shipments", &body).await;

        assert_eq!((said.status, &said.body["status"]), (422, &json!("422")));
        assert_eq!(said.body["detail"], sentence);
    }
}

#[tokio::test]
async fn business_rules_are_told_by_their_numbers() {
    let world = World::start().await;
    let good = booking(&world, "SHP-4").await;
    let past = planned(&world, -1).await;
    let far = planned(&world, 24 * 11).await;
    let cases: [(&str, Value, &str); 8] = [
        ("/plannedShippingDateAndTime", json!("2026-11-25"), "998:"),
        ("/plannedShippingDateAndTime", json!(past), "996:"),
        ("/plannedShippingDateAndTime", json!(far), "996:"),
        ("/accounts/0/number", json!("1"), "The account number is not found"),
        ("/valueAddedServices/0/serviceCode", json!("XX"), "7008:"),
        (
            "/outputImageProperties/imageOptions",
            json!([{ "typeCode": "label" }]),
            "7120:",
        ),
        ("/content/description", json!("Antique jewelry"), "7147:"),
        ("/productCode", json!("D"), "996:"),
    ];

    for (place, value, start) in cases {
        let mut body = good.clone();
        *body.pointer_mut(place).unwrap() = value;
        let said = post(&world, "/shipments", &body).await;

        assert_eq!(said.status, 400, "{place}");
        assert!(
            said.body["detail"].as_str().unwrap().starts_with(start),
            "{place}: {}",
            said.text
        );
    }
    assert_eq!(world.books().await["dhl"]["shipments"], json!([]));
}

#[tokio::test]
async fn a_wrong_key_is_refused() {
    let world = World::start().await;

    for key in ["", "Basic c2FuZGJveDp3cm9uZw==", "Bearer sandbox"] {
        let said = world
            .send(Method::GET, "/dhl/tracking", &[("authorization", key)], "")
            .await
            .unwrap();

        assert_eq!(said.status, 401, "{key}");
    }
}

#[tokio::test]
async fn a_booking_without_an_answer_is_found_by_its_reference_after_a_while() {
    let world = World::start().await;
    world.fault("dhl", "shipments", "lose_answer").await;
    let lost = send(&world, Method::POST, "/shipments", &booking(&world, "SHP-7").await).await;
    let path = "/tracking?shipmentReference=SHP-7&shipmentReferenceType=CU";
    let whole = format!("{path}&shipperAccountNumber=123456789&dateRangeFrom=2020-01-01&dateRangeTo=2099-01-01");

    let incomplete = get(&world, path).await;
    let early = get(&world, &whole).await;
    world.ahead(301);
    let found = get(&world, &whole).await;
    let elsewhere = get(&world, &whole.replace("2020", "2098")).await;

    assert!(lost.is_err());
    assert_eq!(
        (incomplete.status, &incomplete.body["title"]),
        (400, &json!("Missing parameters"))
    );
    assert_eq!(early.status, 404);
    assert_eq!(early.body["detail"], "No Shipments Found for ReferenceID | SHP-7");
    assert_eq!(found.body["shipments"][0]["shipperReferences"][0]["value"], "SHP-7");
    assert_eq!(elsewhere.status, 404);
}

#[tokio::test]
async fn faults_strike_a_booking_before_or_after_it_is_made() {
    for (kind, status, made) in [
        ("error_500_before", 500, 0),
        ("error_500_after_effect", 500, 1),
        ("refuse", 400, 0),
        ("made_twice", 201, 2),
    ] {
        let world = World::start().await;
        world.fault("dhl", "shipments", kind).await;

        let said = post(&world, "/shipments", &booking(&world, "SHP-8").await).await;

        assert_eq!(said.status, status, "{kind}");
        assert_eq!(
            world.books().await["dhl"]["shipments"].as_array().unwrap().len(),
            made,
            "{kind}"
        );
        if status == 500 {
            assert_eq!(said.body["code"], "500");
        }
    }
}
