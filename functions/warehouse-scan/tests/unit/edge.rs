//! The routes of the warehouse as forms, devices and samples meet them.

use super::*;

#[tokio::test]
async fn a_parcel_goes_from_the_scanner_to_the_closed_parcel_by_forms_alone() {
    let shop = Shop::with_bought().await;
    assert!(shop.page("/warehouse").await.contains("Running shoes"));

    let found = shop
        .sends("/warehouse/scans", "code=lp00%201234%205678%209012%0D")
        .await;
    assert_eq!(found["statusCode"], 303);
    let place = found["headers"]["location"].as_str().unwrap().to_owned();
    assert_eq!(place, format!("/warehouse/orders/ord_{ULID}?code={NUMBER}"));
    assert!(shop.page(&place).await.contains("2 of 2 to come"));

    for (number, count) in [(1, 2), (2, 1)] {
        let form = format!(
            "{}&count={count}&weight_grams=&condition=good&note=",
            receipt(number, number)
        );
        let received = shop.sends("/warehouse/receipts", &form).await;
        assert_eq!(
            (
                received["statusCode"].as_i64(),
                received["headers"]["location"].as_str()
            ),
            (Some(303), Some(&*place))
        );
    }
    assert!(shop.page("/warehouse").await.contains("Everything is at our warehouse"));
    assert!(shop.page(&place).await.contains("Close the parcel"));

    let units = [1, 2, 3].map(|number| format!("&units=unit_{ULID}-{number}")).concat();
    let form = format!(
        "order=ord_{ULID}&scan_id={}{units}&weight_grams=1300&length_mm=300&width_mm=200&height_mm=100",
        scan(9)
    );
    let packed = shop.sends("/warehouse/parcels", &form).await;

    assert_eq!(packed["headers"]["location"], format!("/shipments/shp_{ULID}-1"));
    assert!(shop.page(&place).await.contains("Parcel of 3 pcs"));
    assert_eq!(shop.sent(), [Task::BuyLabel]);
}

#[tokio::test]
async fn a_device_is_answered_with_facts() {
    let shop = Shop::with_bought().await;

    let found = shop.sends_json("/warehouse/scans", json!({ "code": NUMBER })).await;
    let found: Value = serde_json::from_str(body(&found)).unwrap();
    assert_eq!(found["orders"][0]["id"], format!("ord_{ULID}"));
    assert_eq!(found["candidates"][0]["looks_like"], "AliExpress (Cainiao)");

    let order = format!("ord_{ULID}");
    let receipt = json!({
        "order": order, "line": line(1), "code": NUMBER, "count": 2, "weight_grams": 900, "condition": "good",
        "scan_id": scan(1).ulid()
    });
    for (is_repeat, replayed) in [(false, Value::Null), (true, json!("true"))] {
        let answer = shop.sends_json("/warehouse/receipts", receipt.clone()).await;
        assert_eq!(answer["statusCode"], 201, "repeat: {is_repeat}");
        assert_eq!(answer["headers"]["idempotency-replayed"], replayed);
        let facts: Value = serde_json::from_str(body(&answer)).unwrap();
        assert_eq!(facts["units"].as_array().unwrap().len(), 2);
    }

    let rest = json!({
        "order": order, "line": line(2), "code": NUMBER, "count": 1, "condition": "good", "scan_id": scan(3).ulid()
    });
    assert_eq!(shop.sends_json("/warehouse/receipts", rest).await["statusCode"], 201);
    let parcel = json!({
        "order": order, "units": "all", "weight_grams": 900, "length_mm": 1, "width_mm": 2, "height_mm": 3, "scan_id": scan(2)
    });
    let packed = shop.sends_json("/warehouse/parcels", parcel).await;
    assert_eq!(packed["headers"]["location"], format!("/shipments/shp_{ULID}-1"));
}

#[tokio::test]
async fn a_code_that_nobody_expects_comes_back_on_the_bench_with_advice() {
    let shop = Shop::with_bought().await;

    for (code, advice) in [
        ("1Z5R89390357567128", "check digit does not fit"),
        ("4006381333931", "code of an article"),
        ("LP00999999999999", "Try another code"),
    ] {
        let answer = shop.sends("/warehouse/scans", &format!("code={code}")).await;
        assert_eq!(answer["statusCode"], 404, "{code}");
        for text in ["No expected parcel carries this code.", advice, code, "Running shoes"] {
            assert!(body(&answer).contains(text), "{text} for {code}");
        }
    }
    let blank = shop.sends("/warehouse/scans", "code=").await;
    assert_eq!(blank["statusCode"], 422);
}

#[tokio::test]
async fn a_code_of_two_orders_asks_which_one() {
    let shop = Shop::with_bought().await;
    shop.bought(OTHER, NUMBER).await;

    let answer = shop.sends("/warehouse/scans", &format!("code={NUMBER}")).await;

    assert_eq!(answer["statusCode"], 200);
    for ulid in [ULID, OTHER] {
        assert!(
            body(&answer).contains(&format!("/warehouse/orders/ord_{ulid}?code={NUMBER}")),
            "{ulid}"
        );
    }
}

#[tokio::test]
async fn a_receipt_that_cannot_be_taken_comes_back_with_what_was_typed_and_the_same_scan() {
    let shop = Shop::with_bought().await;
    let form = format!("{}&count=1&condition=bad", receipt(1, 4));

    let answer = shop.sends("/warehouse/receipts", &form).await;

    assert_eq!(answer["statusCode"], 422);
    for text in [
        "Say what is wrong",
        "value=\"bad\" checked",
        &format!("value=\"{}\"", scan(4)),
    ] {
        assert!(body(&answer).contains(text), "{text}");
    }
    let too_many = shop
        .sends(
            "/warehouse/receipts",
            &format!("{}&count=10000&condition=good", receipt(1, 4)),
        )
        .await;
    assert_eq!(too_many["statusCode"], 409);
    assert!(body(&too_many).contains("more than this order still expects"));
}

#[tokio::test]
async fn a_parcel_with_nothing_picked_is_not_packed() {
    let shop = Shop::with_received().await;
    let form = format!(
        "order=ord_{ULID}&scan_id={}&weight_grams=1300&length_mm=300&width_mm=200&height_mm=100",
        scan(9)
    );

    let answer = shop.sends("/warehouse/parcels", &form).await;

    assert_eq!(answer["statusCode"], 422);
    assert!(body(&answer).contains("look again which pieces"));
    assert!(shop.order().await.shipments.is_empty());
}

#[tokio::test]
async fn only_the_warehouse_may_look_and_act() {
    let shop = Shop::with_bought().await;
    for (method, path) in [
        ("GET", "/warehouse".to_owned()),
        ("GET", format!("/warehouse/orders/ord_{ULID}")),
        ("POST", "/warehouse/scans".to_owned()),
        ("POST", "/warehouse/receipts".to_owned()),
        ("POST", "/warehouse/parcels".to_owned()),
    ] {
        let mut event: Value = serde_json::from_str(HOME).unwrap();
        event["rawPath"] = json!(path);
        event["requestContext"]["http"]["method"] = json!(method);
        event["headers"]["accept"] = json!("application/json");
        assert_eq!(shop.plays(&event).await["statusCode"], 401, "{method} {path}");
        event["cookies"] = json!(["__Host-sid=buyer"]);
        assert_eq!(shop.plays(&event).await["statusCode"], 403, "{method} {path}");
    }
}

#[tokio::test]
async fn every_field_of_every_page_has_a_label_and_an_id_of_its_own() {
    let shop = Shop::with_bought().await;
    shop.sends(
        "/warehouse/receipts",
        &format!("{}&count=1&condition=good", receipt(1, 1)),
    )
    .await;

    for path in ["/warehouse".to_owned(), format!("/warehouse/orders/ord_{ULID}")] {
        let page = shop.page(&path).await;
        let ids: Vec<&str> = page
            .split(" id=\"")
            .skip(1)
            .filter_map(|rest| rest.split('"').next())
            .collect();
        for id in &ids {
            assert_eq!(ids.iter().filter(|other| *other == id).count(), 1, "{id} on {path}");
        }
        for label in page
            .split("<label for=\"")
            .skip(1)
            .filter_map(|rest| rest.split('"').next())
        {
            assert!(ids.contains(&label), "{label} on {path}");
        }
    }
}

#[tokio::test]
async fn one_parcel_waits_for_the_rest_and_the_bench_says_until_when() {
    let shop = Shop::with_bought().await;
    let some = format!("{}&count=2&condition=good", receipt(1, 1));
    assert_eq!(shop.sends("/warehouse/receipts", &some).await["statusCode"], 303);
    let path = format!("/warehouse/orders/ord_{ULID}");
    let parcel = json!({
        "order": format!("ord_{ULID}"), "units": "all", "weight_grams": 900, "length_mm": 200, "width_mm": 200,
        "height_mm": 200, "scan_id": scan(5)
    });

    let waiting = shop.page(&path).await;
    let refused = shop.sends_json("/warehouse/parcels", parcel.clone()).await;
    shop.clock.advance(std::time::Duration::from_secs(7 * 24 * 3600));
    let free = shop.page(&path).await;
    let packed = shop.sends_json("/warehouse/parcels", parcel).await;

    assert!(
        waiting.contains("One parcel: wait for the rest, at most until "),
        "{waiting}"
    );
    assert!(!waiting.contains("action=\"/warehouse/parcels\""));
    let problem: Value = serde_json::from_str(body(&refused)).unwrap();
    assert_eq!(
        (&refused["statusCode"], &problem["code"]),
        (&json!(409), &json!("waits_for_rest"))
    );
    assert!(free.contains("action=\"/warehouse/parcels\""));
    assert_eq!(packed["statusCode"], 201, "{packed}");
}

/// A sample and its answer with what changes from run to run replaced, as events/README.md says.
fn as_expected(body: &str) -> String {
    body.replace(ULID, "<ulid>")
}

#[tokio::test]
async fn every_sample_gets_the_answer_it_expects() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../events/warehouse-scan");
    let read = |name: &str| std::fs::read_to_string(format!("{folder}/{name}")).unwrap();
    let shop = Shop::new();
    let names = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap());
    for name in names.filter_map(|name| name.strip_suffix(".expect.json").map(str::to_owned)) {
        let event = read(&format!("{name}.json"))
            .replace("<token:warehouse>", "warehouse")
            .replace("<token:customer>", "buyer");
        let expected: Value = serde_json::from_str(&read(&format!("{name}.expect.json"))).unwrap();

        let answer = shop.plays(&serde_json::from_str(&event).unwrap()).await;

        assert_eq!(answer["statusCode"], expected["status"], "{name}");
        for (header, value) in expected["headers"].as_object().unwrap() {
            assert_eq!(&answer["headers"][header], value, "{header} of {name}");
        }
        for (list, is_there) in [("body_contains", true), ("body_lacks", false)] {
            for text in expected[list].as_array().into_iter().flatten() {
                assert_eq!(
                    body(&answer).contains(text.as_str().unwrap()),
                    is_there,
                    "{text} of {name}"
                );
            }
        }
        if !expected["json"].is_null() {
            let json: Value = serde_json::from_str(&as_expected(body(&answer))).unwrap();
            assert_eq!(json, expected["json"], "{name}");
        }
    }
}
