//! The cart as API Gateway sees it.

use domain::{
    id::{RootId, StaffId},
    session::{Role, Session, Who},
};
use serde_json::{Value, json};

use super::*;
use crate::fixture::{COAL, PRODUCT};

const SAMPLE: &str = include_str!("../../../events/cart/empty-json.json");

async fn play(deps: &Deps, event: &Value) -> Value {
    runtime::answer_http(router(deps.clone()), &event.to_string())
        .await
        .unwrap()
}

/// A program's request: `"PUT /cart/lines/1"` with what it sends.
async fn send(deps: &Deps, what: &str, content: &Value, headers: &[(&str, &str)]) -> Value {
    let (method, path) = what.split_once(' ').unwrap();
    let mut event: Value = serde_json::from_str(SAMPLE).unwrap();
    event["rawPath"] = json!(path);
    event["requestContext"]["http"]["method"] = json!(method);
    for (name, value) in headers.iter().chain(&[("content-type", "application/json")]) {
        event["headers"][name] = json!(value);
    }
    if !content.is_null() {
        event["body"] = json!(content.to_string());
    }
    play(deps, &event).await
}

fn body(answer: &Value) -> Value {
    serde_json::from_str(answer["body"].as_str().unwrap()).unwrap()
}

fn at<'a>(headers: &[(&'a str, &'a str)], version: &'a str) -> Vec<(&'a str, &'a str)> {
    let mut all = headers.to_vec();
    all.push(("if-match", version));
    all
}

fn kettles(quantity: u32) -> Value {
    json!({ "store": "aliexpress", "product": PRODUCT, "variant": COAL, "quantity": quantity })
}

/// A visitor who puts two kettles in, and the cookie they get.
async fn guest(deps: &Deps) -> (Value, String) {
    let answer = send(deps, "POST /cart/lines", &kettles(2), &[("idempotency-key", "k-1")]).await;
    let cookie = answer["multiValueHeaders"]["set-cookie"][0]
        .as_str()
        .or(answer["cookies"][0].as_str())
        .unwrap();
    let cookie = cookie.split(';').next().unwrap().to_owned();
    (answer, cookie)
}

#[tokio::test]
async fn a_visitor_gets_a_session_with_the_first_line_and_finds_the_cart_again() {
    let deps = fixture::deps();

    let (added, cookie) = guest(&deps).await;
    let cart = send(&deps, "GET /cart", &Value::Null, &[("cookie", &cookie)]).await;

    assert_eq!(added["statusCode"], 201);
    assert_eq!(added["headers"]["etag"], "\"1\"");
    assert!(cookie.starts_with("__Host-sid="));
    assert!(
        !added["body"]
            .as_str()
            .unwrap()
            .contains(cookie.split_once('=').unwrap().1)
    );
    assert_eq!(body(&cart)["stores"], body(&added)["stores"]);
    assert_eq!(
        body(&cart)["stores"][0]["subtotal"],
        json!({ "amount": 3348, "currency": "USD" })
    );
    assert_eq!(body(&cart)["checkout"], "/quotes");
    assert!(cart["cookies"].as_array().is_none_or(Vec::is_empty));
}

#[tokio::test]
async fn a_repeat_is_answered_as_the_first_time_and_says_so() {
    let deps = fixture::deps();
    let (_, cookie) = guest(&deps).await;
    let headers = [("idempotency-key", "k-2"), ("cookie", &*cookie)];

    let first = send(&deps, "POST /cart/lines", &kettles(1), &headers).await;
    let again = send(&deps, "POST /cart/lines", &kettles(1), &headers).await;
    let other = send(&deps, "POST /cart/lines", &kettles(2), &headers).await;

    assert_eq!(body(&first)["pieces"], 3);
    assert_eq!((&again["statusCode"], body(&again)), (&json!(201), body(&first)));
    assert_eq!(again["headers"]["idempotency-replayed"], "true");
    assert_eq!(
        (&other["statusCode"], &body(&other)["code"]),
        (&json!(422), &json!("idempotency_key_reused"))
    );
}

#[tokio::test]
async fn lines_are_changed_and_removed_and_each_change_has_its_version() {
    let deps = fixture::deps();
    let (_, cookie) = guest(&deps).await;

    for (version, status) in [(None, 428), (Some("\"7\""), 412), (Some("x"), 412)] {
        let mut headers = vec![("cookie", &*cookie)];
        headers.extend(version.map(|version| ("if-match", version)));
        let refused = send(&deps, "PUT /cart/lines/1", &json!({ "quantity": 5 }), &headers).await;
        let kept = send(&deps, "DELETE /cart/lines/1", &Value::Null, &headers).await;
        assert_eq!(
            (&refused["statusCode"], &kept["statusCode"]),
            (&json!(status), &json!(status)),
            "{version:?}"
        );
    }
    let first = [("cookie", &*cookie), ("if-match", "\"1\"")];
    let more = send(&deps, "PUT /cart/lines/1", &json!({ "quantity": 5 }), &first).await;
    // The answer got lost, and it is sent once more.
    let once_more = send(&deps, "PUT /cart/lines/1", &json!({ "quantity": 5 }), &first).await;
    assert_eq!((&once_more["statusCode"], body(&once_more)), (&json!(200), body(&more)));
    let seen = send(&deps, "GET /cart", &Value::Null, &[("cookie", &*cookie)]).await;
    let etag = seen["headers"]["etag"].as_str().unwrap();
    let headers = [("cookie", &*cookie), ("if-match", etag)];
    let same = [("cookie", &*cookie), ("if-none-match", etag)];
    let known = send(&deps, "GET /cart", &Value::Null, &same).await;
    for wrong in [json!(0), json!(10_000), json!(-1), json!("many")] {
        let refused = send(&deps, "PUT /cart/lines/1", &json!({ "quantity": wrong }), &headers).await;
        assert_eq!(refused["statusCode"], 422, "{wrong}");
    }
    let gone = send(&deps, "DELETE /cart/lines/1", &Value::Null, &headers).await;
    let again = send(&deps, "DELETE /cart/lines/1", &Value::Null, &headers).await;

    assert_eq!(
        (&more["headers"]["etag"], &body(&more)["pieces"]),
        (&json!("\"2\""), &json!(5))
    );
    assert_eq!(known["statusCode"], 304);
    assert_eq!(
        (&gone["headers"]["etag"], &body(&gone)["stores"]),
        (&json!("\"3\""), &json!([]))
    );
    assert_eq!((&again["statusCode"], body(&again)), (&json!(200), body(&gone)));
}

#[tokio::test]
async fn a_form_leads_to_the_cart_and_comes_back_with_a_sentence_when_it_cannot() {
    let deps = fixture::deps();
    let (_, cookie) = guest(&deps).await;
    let form = [
        ("cookie", &*cookie),
        ("accept", "text/html"),
        ("origin", "https://shop.example"),
        ("sec-fetch-site", "same-origin"),
    ];

    let changed = send(&deps, "POST /cart/lines/1", &json!({ "quantity": 3 }), &at(&form, "1")).await;
    let refused = send(
        &deps,
        "POST /cart/lines/1",
        &json!({ "quantity": 100 }),
        &at(&form, "2"),
    )
    .await;
    let stale = send(&deps, "POST /cart/lines/1", &json!({ "quantity": 4 }), &at(&form, "1")).await;
    assert_eq!(stale["statusCode"], 412);
    assert!(stale["body"].as_str().unwrap().contains("perhaps in another tab"));
    let page = send(&deps, "GET /cart", &Value::Null, &form).await;
    let removed = send(&deps, "POST /cart/lines/1/deletion", &Value::Null, &at(&form, "2")).await;

    assert_eq!(
        (&changed["statusCode"], &changed["headers"]["location"]),
        (&json!(303), &json!("/cart"))
    );
    assert_eq!(refused["statusCode"], 422);
    assert!(
        refused["body"]
            .as_str()
            .unwrap()
            .contains("Choose between 1 and 99 pieces.")
    );
    for text in [
        "USD 50.22",
        "name=\"version\" value=\"2\"",
        "value=\"3\"",
        "href=\"/quotes\"",
        "Coal, United States",
    ] {
        assert!(page["body"].as_str().unwrap().contains(text), "{text}");
    }
    assert_eq!(removed["statusCode"], 303);
}

#[tokio::test]
async fn staff_have_no_cart() {
    let deps = fixture::deps();
    let staff = StaffId::from_ulid("01JDB7M3N8Q4R5S6T7V8W9X0YZ").unwrap();
    let session = Session::begin(Who::Staff(staff, vec![Role::Admin]), fixture::now());
    let hash = web::token_hash("staff");
    deps.sessions.start(&hash, &session, fixture::now()).await.unwrap();
    let headers = [
        ("authorization", "Bearer staff"),
        ("idempotency-key", "k-1"),
        ("if-match", "1"),
    ];

    for (what, content) in [
        ("GET /cart", Value::Null),
        ("POST /cart/lines", kettles(1)),
        ("PUT /cart/lines/1", json!({ "quantity": 1 })),
        ("DELETE /cart/lines/1", Value::Null),
    ] {
        assert_eq!(send(&deps, what, &content, &headers).await["statusCode"], 403, "{what}");
    }
}

#[tokio::test]
async fn every_sample_gets_the_answer_it_expects() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../events/cart");
    let read =
        |path: &std::path::Path| -> Value { serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap() };
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.to_str().unwrap().ends_with(".expect.json") {
            continue;
        }
        let expected = read(&path.with_extension("expect.json"));
        // As the player of the end-to-end tests: a customer who has put nothing into the cart.
        let deps = fixture::deps();
        let session = Session::begin(Who::Customer(fixture::customer()), fixture::now());
        let token = web::token_hash("customer");
        deps.sessions.start(&token, &session, fixture::now()).await.unwrap();
        let event = read(&path).to_string().replace("<token:customer>", "customer");

        let answer = play(&deps, &serde_json::from_str(&event).unwrap()).await;

        assert_eq!(answer["statusCode"], expected["status"], "{path:?}");
        for text in expected["body_contains"].as_array().into_iter().flatten() {
            assert!(
                answer["body"].as_str().unwrap().contains(text.as_str().unwrap()),
                "{text} of {path:?}"
            );
        }
        if !expected["json"].is_null() {
            assert_eq!(body(&answer), expected["json"], "{path:?}");
        }
    }
}

#[tokio::test]
async fn who_knows_a_cart_is_told_when_its_problems_change() {
    let deps = fixture::deps();
    let (_, cookie) = guest(&deps).await;
    let seen = send(&deps, "GET /cart", &Value::Null, &[("cookie", &*cookie)]).await;
    let etag = seen["headers"]["etag"].as_str().unwrap().to_owned();
    let again = [("cookie", &*cookie), ("if-none-match", &*etag)];

    let unchanged = send(&deps, "GET /cart", &Value::Null, &again).await;
    deps.clock.advance(std::time::Duration::from_secs(3600));
    let emptied = Deps {
        http: fixture::sold_out(),
        ..deps.clone()
    };
    let changed = send(&emptied, "GET /cart", &Value::Null, &again).await;

    assert_eq!(
        (&seen["statusCode"], &body(&seen)["problems"]),
        (&json!(200), &json!([]))
    );
    assert_eq!(unchanged["statusCode"], 304);
    assert_eq!(changed["statusCode"], 200);
    assert_eq!(body(&changed)["problems"][0]["code"], "gone");
    assert_eq!(body(&changed)["version"], body(&seen)["version"]);
}

#[tokio::test]
async fn what_no_country_can_be_sent_goes_into_no_cart_and_what_one_keeps_out_is_told_with_its_source() {
    let power_bank = Deps {
        http: fixture::selling("Power bank 10000 mAh"),
        ..fixture::deps()
    };
    let drone = Deps {
        http: fixture::selling("Foldable drone with camera"),
        ..fixture::deps()
    };

    let headers = [("idempotency-key", "k-1")];
    let refused = send(&power_bank, "POST /cart/lines", &kettles(2), &headers).await;
    let (_, cookie) = guest(&drone).await;
    let asked = |country: &str| {
        let mut event: Value = serde_json::from_str(SAMPLE).unwrap();
        event["headers"]["cookie"] = json!(cookie);
        event["rawQueryString"] = json!(format!("ship_to={country}"));
        event
    };
    let kenya = body(&play(&drone, &asked("KE")).await);
    let germany = body(&play(&drone, &asked("DE")).await);

    assert_eq!(
        (&refused["statusCode"], &body(&refused)["code"]),
        (&json!(422), &json!("not_shippable"))
    );
    let problem = &kenya["problems"][0];
    assert_eq!(problem["code"], "restricted");
    assert!(problem["message"].as_str().unwrap().contains("to Kenya: "), "{problem}");
    assert!(problem["source"].as_str().is_some_and(|source| !source.is_empty()));
    assert_eq!(problem["fix"]["method"], "DELETE");
    assert_eq!((&germany["problems"], &germany["ship_to"]), (&json!([]), &json!("DE")));
}
