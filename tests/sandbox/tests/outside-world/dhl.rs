//! MyDHL: rates, bookings, pickups and tracking, strict in what it takes.

use axum::http::Method;
use base64::Engine;
use sandbox::outgoing::OutgoingError;
use serde_json::{Value, json};

use crate::world::{Said, World};

const KEY: (&str, &str) = ("authorization", "Basic c2FuZGJveDpzYW5kYm94");

pub(crate) async fn send(world: &World, method: Method, path: &str, body: &Value) -> Result<Said, OutgoingError> {
    let body = if body.is_null() {
        String::new()
    } else {
        body.to_string()
    };
    world
        .send(method, &format!("/dhl{path}"), &[KEY, ("x-version", "3.1.0")], &body)
        .await
}

pub(crate) async fn post(world: &World, path: &str, body: &Value) -> Said {
    send(world, Method::POST, path, body).await.unwrap()
}

pub(crate) async fn get(world: &World, path: &str) -> Said {
    send(world, Method::GET, path, &Value::Null).await.unwrap()
}

/// A time `hours` from now, as the carrier wants it.
pub(crate) async fn planned(world: &World, hours: i64) -> String {
    let at = jiff::Timestamp::from_millisecond(world.now().await + hours * 3_600_000).unwrap();
    at.strftime("%Y-%m-%dT%H:%M:%S GMT+00:00").to_string()
}

async fn rates_request(world: &World) -> Value {
    json!({
        "customerDetails": {
            "shipperDetails": { "postalCode": "19720", "cityName": "New Castle", "countryCode": "US" },
            "receiverDetails": { "postalCode": "", "cityName": "Nairobi", "countryCode": "KE" },
        },
        "accounts": [{ "typeCode": "shipper", "number": "123456789" }],
        "plannedShippingDateAndTime": planned(world, 24).await,
        "unitOfMeasurement": "metric",
        "isCustomsDeclarable": true,
        "monetaryAmount": [{ "typeCode": "declaredValue", "value": 240.0, "currency": "USD" }],
        "packages": [{ "weight": 1.8, "dimensions": { "length": 40, "width": 30, "height": 15 } }],
    })
}

pub(crate) async fn booking(world: &World, reference: &str) -> Value {
    json!({
        "plannedShippingDateAndTime": planned(world, 24).await,
        "pickup": { "isRequested": false },
        "productCode": "P",
        "accounts": [{ "typeCode": "shipper", "number": "123456789" }],
        "customerReferences": [{ "value": reference, "typeCode": "CU" }],
        "valueAddedServices": [{ "serviceCode": "II", "value": 240.0, "currency": "USD" }, { "serviceCode": "WY" }],
        "outputImageProperties": { "encodingFormat": "zpl", "imageOptions": [
            { "typeCode": "label", "templateName": "ECOM26_84_001" },
            { "typeCode": "invoice", "templateName": "COMMERCIAL_INVOICE_P_10", "isRequested": true, "invoiceType": "commercial" },
        ]},
        "customerDetails": {
            "shipperDetails": {
                "postalAddress": { "postalCode": "19720", "cityName": "New Castle", "countryCode": "US", "addressLine1": "12 Depot Rd" },
                "contactInformation": { "phone": "+13025550100", "companyName": "Forwarding", "fullName": "Dispatch Desk" },
            },
            "receiverDetails": {
                "postalAddress": { "postalCode": "", "cityName": "Nairobi", "countryCode": "KE", "addressLine1": "Ngong Road 44" },
                "contactInformation": { "phone": "+254700000001", "companyName": "Asha Mwangi", "fullName": "Asha Mwangi" },
                "typeCode": "direct_consumer",
            },
        },
        "content": {
            "packages": [{ "weight": 1.8, "dimensions": { "length": 40, "width": 30, "height": 15 } }],
            "isCustomsDeclarable": true,
            "declaredValue": 240.0,
            "declaredValueCurrency": "USD",
            "description": "Running shoes",
            "incoterm": "DAP",
            "unitOfMeasurement": "metric",
            "exportDeclaration": {
                "lineItems": [{
                    "number": 1, "description": "Running shoes, new", "price": 240.0,
                    "quantity": { "value": 1, "unitOfMeasurement": "PRS" }, "manufacturerCountry": "VN",
                    "weight": { "netValue": 1.6, "grossValue": 1.8 },
                }],
                "invoice": { "number": reference, "date": "2026-11-24" },
            },
        },
    })
}

pub(crate) async fn book(world: &World, reference: &str) -> String {
    let said = post(world, "/shipments", &booking(world, reference).await).await;
    assert_eq!(said.status, 201, "{}", said.text);
    said.body["shipmentTrackingNumber"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_parcel_is_priced_by_its_chargeable_weight() {
    let world = World::start().await;

    let said = post(&world, "/rates", &rates_request(&world).await).await;

    let product = &said.body["products"][0];
    assert_eq!((said.status, &product["productCode"]), (200, &json!("P")));
    assert_eq!(
        (&product["weight"]["volumetric"], &product["weight"]["provided"]),
        (&json!(3.6), &json!(4.0))
    );
    // Eight half kilograms to East Africa by the list: 68.90 + 7 × 8.90 = 131.20. The account pays 65 per cent of it, 85.28, and fuel on
    // that, 19.61.
    assert_eq!(
        product["totalPrice"][0],
        json!({ "currencyType": "BILLC", "priceCurrency": "USD", "price": 104.89 })
    );
    assert_eq!(product["deliveryCapabilities"]["destinationServiceAreaCode"], "NBO");
}

#[tokio::test]
async fn a_booking_gives_a_checked_number_a_label_and_an_invoice() {
    let world = World::start().await;

    let said = post(&world, "/shipments", &booking(&world, "SHP-1").await).await;

    let awb = said.body["shipmentTrackingNumber"].as_str().unwrap();
    let (nine, check) = awb.split_at(9);
    assert_eq!(said.status, 201);
    assert_eq!(nine.parse::<u64>().unwrap() % 7, check.parse::<u64>().unwrap());
    let piece = said.body["packages"][0]["trackingNumber"].as_str().unwrap();
    assert!(piece.len() == 20 && piece.starts_with("JD"));
    let paper = |kind: &str| {
        let documents = said.body["documents"].as_array().unwrap();
        let document = documents.iter().find(|document| document["typeCode"] == kind).unwrap();
        let bytes = base64::engine::general_purpose::STANDARD.decode(document["content"].as_str().unwrap());
        (
            document["imageFormat"].clone(),
            String::from_utf8(bytes.unwrap()).unwrap(),
        )
    };
    let (format, label) = paper("label");
    assert!(format == "ZPL" && label.starts_with("^XA") && label.contains(awb) && label.contains("Asha Mwangi"));
    let (format, invoice) = paper("invoice");
    assert!(format == "PDF" && invoice.starts_with("%PDF") && invoice.contains("SHP-1"));
}

#[tokio::test]
async fn the_same_body_twice_is_two_bookings_and_a_trial_is_none() {
    let world = World::start().await;
    let body = booking(&world, "SHP-2").await;

    let trial = post(&world, "/shipments?validateDataOnly=true", &body).await;
    let nothing = world.books().await["dhl"]["shipments"].clone();
    let (first, second) = (
        post(&world, "/shipments", &body).await,
        post(&world, "/shipments", &body).await,
    );

    assert_eq!((trial.status, nothing), (200, json!([])));
    assert_ne!(
        first.body["shipmentTrackingNumber"],
        second.body["shipmentTrackingNumber"]
    );
    assert_eq!(world.books().await["dhl"]["shipments"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn a_parcel_is_followed_from_hand_over_to_signature() {
    let world = World::start().await;
    let awb = book(&world, "SHP-5").await;
    let path = format!("/shipments/{awb}/tracking?levelOfDetail=all&requestGMTOffsetPerEvent=true");

    let unknown = get(&world, &path).await;
    let control = format!("/control/dhl/shipments/{awb}");
    world.post(&format!("{control}/hand-over"), json!({})).await;
    let picked_up = get(&world, &path).await;
    world.ahead(4 * 24 * 3600);
    let books = world
        .wait_for(|books| books["dhl"]["shipments"][0]["last_event"] == "OK")
        .await;
    let delivered = get(&world, &path).await;
    let over = world.post(&format!("{control}/advance"), json!({})).await;

    assert_eq!(
        (unknown.status, &unknown.body["detail"]),
        (404, &json!("No data found"))
    );
    let events = |said: &Said| said.body["shipments"][0]["events"].as_array().unwrap().clone();
    assert_eq!(events(&picked_up)[0]["typeCode"], "PU");
    let codes: Vec<String> = events(&delivered)
        .iter()
        .map(|e| e["typeCode"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(codes, ["PU", "PL", "DF", "AR", "RR", "CR", "WC", "OK"]);
    let last = events(&delivered).pop().unwrap();
    assert_eq!(
        (&last["signedBy"], &last["GMTOffset"]),
        (&json!("A MWANGI"), &json!("+03:00"))
    );
    assert_eq!(
        delivered.body["shipments"][0]["pieces"][0]["events"]
            .as_array()
            .unwrap()
            .len(),
        8
    );
    assert_eq!(books["dhl"]["shipments"][0]["references"][0], "SHP-5");
    assert_eq!(over.status, 409);
}

#[tokio::test]
async fn a_person_can_push_a_parcel_on_and_off_its_way() {
    let world = World::start().await;
    let awb = book(&world, "SHP-6").await;
    let control = format!("/control/dhl/shipments/{awb}/advance");

    let first = world.post(&control, json!({})).await;
    let detour = world.post(&control, json!({ "to": "NH" })).await;
    let over = world.post(&control, json!({ "to": "OK" })).await;

    assert_eq!(
        (&first.body["last_event"], &detour.body["last_event"]),
        (&json!("PU"), &json!("NH"))
    );
    assert_eq!((over.status, &over.body["last_event"]), (200, &json!("OK")));
    let times: Vec<i64> = over.body["events"]
        .as_array()
        .unwrap()
        .iter()
        .map(|e| e["at"].as_i64().unwrap())
        .collect();
    assert!(times.is_sorted());
}

#[tokio::test]
async fn a_pickup_takes_its_parcels_along_unless_it_is_cancelled() {
    let world = World::start().await;
    let (taken, left) = (book(&world, "SHP-9").await, book(&world, "SHP-10").await);
    let request = async |awb: &str| {
        json!({
            "plannedPickupDateAndTime": planned(&world, 2).await, "closeTime": "18:00", "location": "dock 2",
            "accounts": [{ "typeCode": "shipper", "number": "123456789" }],
            "customerDetails": { "shipperDetails": {
                "postalAddress": { "postalCode": "19720", "cityName": "New Castle", "countryCode": "US", "addressLine1": "12 Depot Rd" },
                "contactInformation": { "phone": "+13025550100", "companyName": "Forwarding", "fullName": "Dispatch Desk" },
            }},
            "shipmentDetails": [{ "productCode": "P", "isCustomsDeclarable": true, "declaredValue": 240,
                "declaredValueCurrency": "USD", "unitOfMeasurement": "metric",
                "shipmentTrackingNumber": awb,
                "packages": [{ "weight": 1.8, "dimensions": { "length": 40, "width": 30, "height": 15 } }] }],
        })
    };

    let first = post(&world, "/pickups", &request(&taken).await).await;
    let second = post(&world, "/pickups", &request(&left).await).await;
    let number = second.body["dispatchConfirmationNumbers"][0].as_str().unwrap();
    let nameless = send(
        &world,
        Method::DELETE,
        &format!("/pickups/{number}?reason=late"),
        &Value::Null,
    )
    .await
    .unwrap();
    let path = format!("/pickups/{number}?requestorName=Desk&reason=late");
    let cancelled = send(&world, Method::DELETE, &path, &Value::Null).await.unwrap();
    let again = send(&world, Method::DELETE, &path, &Value::Null).await.unwrap();

    assert_eq!((first.status, second.status), (201, 201), "{}", first.text);
    assert!(number.starts_with("PRG"));
    assert_eq!(nameless.body["detail"], "Missing mandatory parameters: requestorName");
    assert_eq!((cancelled.status, again.status), (200, 404));
    let due = |books: &Value, awb: &str| {
        let shipments = books["dhl"]["shipments"].as_array().unwrap();
        shipments.iter().find(|shipment| shipment["awb"] == awb).unwrap()["hand_over_due"]
            .as_i64()
            .unwrap()
    };
    let books = world.books().await;
    assert!(
        due(&books, &taken) > due(&books, &left),
        "two hours against the usual half hour"
    );
}

#[tokio::test]
async fn whoever_has_no_account_is_told_the_list_price() {
    let world = World::start().await;
    let mut request = rates_request(&world).await;
    request.as_object_mut().unwrap().remove("accounts");
    request["payerCountryCode"] = json!("US");

    let list = post(&world, "/rates", &request).await;

    // 131.20 and 23 per cent fuel.
    assert_eq!(list.body["products"][0]["totalPrice"][0]["price"], json!(161.37));
}

#[tokio::test]
async fn the_invoice_is_shown_again_and_the_label_is_not() {
    let world = World::start().await;
    let booked = post(&world, "/shipments", &booking(&world, "SHP-IMAGE").await).await;
    let awb = booked.body["shipmentTrackingNumber"].as_str().unwrap().to_owned();
    let month = jiff::Timestamp::from_millisecond(world.now().await + 24 * 3_600_000)
        .unwrap()
        .to_zoned(jiff::tz::TimeZone::fixed(jiff::tz::offset(-5)))
        .strftime("%Y-%m")
        .to_string();
    let ask = |kind: &str, month: &str| {
        format!(
            "/shipments/{awb}/get-image?shipperAccountNumber=123456789&typeCode={kind}&pickupYearAndMonth={month}&encodingFormat=pdf"
        )
    };

    let invoice = get(&world, &ask("commercial-invoice", &month)).await;

    assert_eq!(invoice.body["documents"][0]["typeCode"], "commercial-invoice");
    assert_eq!(get(&world, &ask("label", &month)).await.status, 400);
    assert_eq!(get(&world, &ask("customs-entry", &month)).await.status, 404);
    assert_eq!(get(&world, &ask("waybill", "2020-01")).await.status, 404);
    assert_eq!(
        get(&world, &format!("/shipments/{awb}/get-image?typeCode=waybill"))
            .await
            .status,
        400
    );
}

#[tokio::test]
async fn a_parcel_s_tracking_has_every_length_the_description_requires() {
    let world = World::start().await;
    let booked = post(&world, "/shipments", &booking(&world, "SHP-LENGTHS").await).await;
    let awb = booked.body["shipmentTrackingNumber"].as_str().unwrap();
    world.ahead(3600);

    let tracked = get(&world, &format!("/shipments/{awb}/tracking?levelOfDetail=all")).await;

    for piece in tracked.body["shipments"][0]["pieces"].as_array().unwrap() {
        for side in ["length", "width", "height"] {
            assert!(piece["actualDimensions"][side].is_number(), "{side} of {piece}");
        }
    }
}

#[tokio::test]
async fn a_request_without_its_version_is_refused() {
    let world = World::start().await;
    let body = rates_request(&world).await.to_string();

    let said = world.send(Method::POST, "/dhl/rates", &[KEY], &body).await.unwrap();

    assert_eq!(said.status, 400);
}
