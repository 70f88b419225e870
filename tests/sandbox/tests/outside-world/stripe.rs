//! Stripe's API and hosted page: sessions, refunds, idempotency, and what goes wrong.

use axum::http::Method;
use sandbox::outgoing::OutgoingError;
use serde_json::{Value, json};

use crate::world::{Said, World};

pub(crate) const SHOES: &str = "mode=payment&success_url=https://shop.example/ok?session_id%3D{CHECKOUT_SESSION_ID}\
&cancel_url=https://shop.example/cart&client_reference_id=pay_1&metadata[order]=ord_1\
&payment_intent_data[metadata][order]=ord_1&line_items[0][price_data][currency]=usd\
&line_items[0][price_data][product_data][name]=Shoes&line_items[0][price_data][unit_amount]=1999\
&line_items[0][quantity]=2";

pub(crate) async fn send(
    world: &World,
    method: Method,
    path: &str,
    key: &str,
    body: &str,
) -> Result<Said, OutgoingError> {
    let mut headers = vec![
        ("authorization", "Bearer sk_test_sandbox"),
        ("stripe-version", "2026-09-30.endive"),
        ("content-type", "application/x-www-form-urlencoded"),
    ];
    if !key.is_empty() {
        headers.push(("idempotency-key", key));
    }
    world.send(method, &format!("/stripe/v1{path}"), &headers, body).await
}

pub(crate) async fn create(world: &World, key: &str) -> Value {
    send(world, Method::POST, "/checkout/sessions", key, SHOES)
        .await
        .unwrap()
        .body
}

pub(crate) async fn get(world: &World, path: &str) -> Said {
    send(world, Method::GET, path, "", "").await.unwrap()
}

/// What a browser does on the hosted page.
pub(crate) async fn choose(world: &World, session: &Value, choice: &str) -> Said {
    let page = format!("/stripe/pay/{}", session["id"].as_str().unwrap());
    let form = [("content-type", "application/x-www-form-urlencoded")];
    world
        .send(Method::POST, &page, &form, &format!("choice={choice}"))
        .await
        .unwrap()
}

async fn sessions(world: &World) -> usize {
    world.books().await["stripe"]["sessions"].as_array().unwrap().len()
}

#[tokio::test]
async fn a_session_is_opened_paid_on_its_page_and_refunded_in_parts() {
    let world = World::start().await;

    let session = create(&world, "pay_1:create:1").await;
    let page = world
        .get(session["url"].as_str().unwrap().strip_prefix(&world.origin).unwrap())
        .await;
    let sent_on = choose(&world, &session, "pay").await;
    let path = format!(
        "/checkout/sessions/{}?expand[]=payment_intent",
        session["id"].as_str().unwrap()
    );
    let paid = get(&world, &path).await.body;
    let intent = paid["payment_intent"]["id"].as_str().unwrap().to_owned();
    let refund_with = async |key: &str, more: &str| {
        let form = format!("payment_intent={intent}{more}");
        send(&world, Method::POST, "/refunds", key, &form).await.unwrap()
    };
    let refund = refund_with("r1", "&amount=1000&metadata[refund]=r1").await;
    let too_much = refund_with("r2", "&amount=2999").await;
    let rest = refund_with("r3", "").await;
    let nothing_left = refund_with("r4", "").await;
    let list = get(&world, &format!("/refunds?payment_intent={intent}&limit=1"))
        .await
        .body;

    assert_eq!(
        (&session["status"], &session["payment_status"]),
        (&json!("open"), &json!("unpaid"))
    );
    assert_eq!(
        (&session["amount_total"], &session["payment_intent"]),
        (&json!(3998), &Value::Null)
    );
    assert!(page.text.contains("USD 39.98") && page.text.contains("2 × Shoes"));
    assert_eq!(sent_on.status, 303);
    let there = format!("https://shop.example/ok?session_id={}", session["id"].as_str().unwrap());
    assert_eq!(sent_on.headers["location"], there.as_str());
    assert_eq!(
        (&paid["status"], &paid["payment_status"]),
        (&json!("complete"), &json!("paid"))
    );
    assert_eq!(paid["payment_intent"]["metadata"]["order"], "ord_1");
    assert_eq!(
        (refund.status, &refund.body["amount"], &refund.body["status"]),
        (200, &json!(1000), &json!("succeeded"))
    );
    assert_eq!(
        (too_much.status, &too_much.body["error"]["param"]),
        (400, &json!("amount"))
    );
    assert_eq!(rest.body["amount"], 2998);
    assert_eq!(nothing_left.body["error"]["code"], "charge_already_refunded");
    assert_eq!(
        (list["data"].as_array().unwrap().len(), &list["has_more"]),
        (1, &json!(true))
    );
}

#[tokio::test]
async fn a_bad_request_is_told_by_the_name_of_its_parameter() {
    let world = World::start().await;
    let cases = [
        ("mode=payment", "", "mode", "parameter_missing"),
        ("mode=payment", "mode=payment&colour=red", "colour", "parameter_unknown"),
        ("success_url=https", "success_url=never", "success_url", "url_invalid"),
        (
            "[quantity]=2",
            "[quantity]=two",
            "line_items[0][quantity]",
            "parameter_invalid_integer",
        ),
        (
            "[quantity]=2",
            "[quantity]=0",
            "line_items[0][quantity]",
            "parameter_invalid_integer",
        ),
        (
            "[unit_amount]=1999",
            "[unit_amount]=1",
            "line_items",
            "amount_too_small",
        ),
        (
            "[currency]=usd",
            "[currency]=USD",
            "line_items[0][price_data][currency]",
            "",
        ),
        (
            "[name]=Shoes",
            "[name]=",
            "line_items[0][price_data][product_data][name]",
            "parameter_missing",
        ),
        ("mode=payment", "mode=payment&expires_at=1", "expires_at", ""),
    ];

    for (good, bad, param, code) in cases {
        let said = send(
            &world,
            Method::POST,
            "/checkout/sessions",
            "",
            &SHOES.replace(good, bad),
        )
        .await
        .unwrap();

        let error = &said.body["error"];
        assert_eq!(
            (said.status, error["param"].as_str()),
            (400, Some(param)),
            "{bad}: {error}"
        );
        assert_eq!(error["code"].as_str().unwrap_or_default(), code, "{bad}");
        assert_eq!(error["type"], "invalid_request_error");
    }
    assert_eq!(sessions(&world).await, 0);
}

#[tokio::test]
async fn keys_and_versions_are_checked_and_every_answer_names_its_request() {
    let world = World::start().await;
    let path = "/stripe/v1/checkout/sessions";
    let cases: [(&[(&str, &str)], u16); 5] = [
        (&[], 401),
        (&[("authorization", "Bearer sk_test_other")], 401),
        (&[("authorization", "Bearer sk_test_sandbox")], 200),
        (&[("authorization", "Basic c2tfdGVzdF9zYW5kYm94Og==")], 200),
        (
            &[
                ("authorization", "Bearer sk_test_sandbox"),
                ("stripe-version", "1999-01-01"),
            ],
            400,
        ),
    ];

    for (headers, status) in cases {
        let said = world.send(Method::GET, path, headers, "").await.unwrap();

        assert_eq!(said.status, status, "{headers:?}");
        assert!(said.headers["request-id"].to_str().unwrap().starts_with("req_"));
    }
    assert_eq!(
        get(&world, "/checkout/sessions/cs_test_none").await.body["error"]["code"],
        "resource_missing"
    );
}

#[tokio::test]
async fn a_repeated_key_gives_the_first_answer_again_and_refuses_other_parameters() {
    let world = World::start().await;

    let first = create(&world, "k1").await;
    let again = send(&world, Method::POST, "/checkout/sessions", "k1", SHOES)
        .await
        .unwrap();
    let other = SHOES.replace("=1999", "=2999");
    let changed = send(&world, Method::POST, "/checkout/sessions", "k1", &other)
        .await
        .unwrap();
    let bad = SHOES.replace("mode=payment", "mode=");
    let refused = send(&world, Method::POST, "/checkout/sessions", "k2", &bad)
        .await
        .unwrap();
    let repaired = send(&world, Method::POST, "/checkout/sessions", "k2", SHOES)
        .await
        .unwrap();
    world.ahead(25 * 3600);
    let forgotten = create(&world, "k1").await;

    assert_eq!(again.body, first);
    assert_eq!(again.headers["idempotent-replayed"], "true");
    assert_eq!(
        (changed.status, &changed.body["error"]["type"]),
        (400, &json!("idempotency_error"))
    );
    assert_eq!(
        (refused.status, repaired.status),
        (400, 200),
        "a refused request is not kept"
    );
    assert_ne!(forgotten["id"], first["id"]);
}

#[tokio::test]
async fn an_error_after_the_effect_is_kept_and_one_before_is_not() {
    let world = World::start().await;
    world.fault("stripe", "session.create", "error_500_before").await;
    world.fault("stripe", "session.create", "error_500_after_effect").await;

    let before = send(&world, Method::POST, "/checkout/sessions", "k1", SHOES)
        .await
        .unwrap();
    let nothing = sessions(&world).await;
    let after = send(&world, Method::POST, "/checkout/sessions", "k1", SHOES)
        .await
        .unwrap();
    let replayed = send(&world, Method::POST, "/checkout/sessions", "k1", SHOES)
        .await
        .unwrap();

    assert_eq!((before.status, nothing), (500, 0));
    assert_eq!((after.status, replayed.status, sessions(&world).await), (500, 500, 1));
    assert_eq!(replayed.headers["idempotent-replayed"], "true");
}

#[tokio::test]
async fn a_lost_answer_can_be_fetched_with_the_same_key() {
    let world = World::start().await;
    world.fault("stripe", "session.create", "lose_answer").await;

    let lost = send(&world, Method::POST, "/checkout/sessions", "k1", SHOES).await;
    let again = create(&world, "k1").await;

    assert!(lost.is_err());
    assert_eq!(again["status"], "open");
    assert_eq!(sessions(&world).await, 1);
}

#[tokio::test]
async fn a_second_call_while_the_first_runs_is_a_conflict() {
    let world = World::start().await;
    world.fault("stripe", "session.create", "hold_after_effect").await;

    let second = async {
        world.held().await;
        let said = send(&world, Method::POST, "/checkout/sessions", "k1", SHOES)
            .await
            .unwrap();
        world.post("/control/release", json!({})).await;
        said
    };
    let (first, second) = tokio::join!(create(&world, "k1"), second);

    assert_eq!(
        (second.status, &second.body["error"]["code"]),
        (409, &json!("idempotency_key_in_use"))
    );
    assert_eq!(first["status"], "open");
}

#[tokio::test]
async fn an_expired_session_can_neither_be_paid_nor_expired_again() {
    let world = World::start().await;
    let by_call = create(&world, "").await;
    let by_time = create(&world, "").await;
    let path = format!("/checkout/sessions/{}/expire", by_call["id"].as_str().unwrap());

    let expired = send(&world, Method::POST, &path, "", "").await.unwrap();
    let again = send(&world, Method::POST, &path, "", "").await.unwrap();
    world.ahead(24 * 3600 + 1);
    world
        .wait_for(|books| books["stripe"]["events"].as_array().unwrap().len() == 2)
        .await;
    let paid = choose(&world, &by_time, "pay").await;

    assert_eq!((expired.status, &expired.body["status"]), (200, &json!("expired")));
    assert_eq!(expired.body["url"], Value::Null);
    assert_eq!((again.status, paid.status), (400, 409));
}

#[tokio::test]
async fn the_session_of_a_wrong_charge_shows_what_was_charged() {
    let world = World::start().await;
    world
        .order_fault(json!({ "provider": "stripe", "kind": "wrong_amount", "amount": 100 }))
        .await;
    world
        .order_fault(json!({ "provider": "stripe", "kind": "wrong_currency", "currency": "kes" }))
        .await;
    let (first, second) = (create(&world, "").await, create(&world, "").await);

    choose(&world, &first, "pay").await;
    choose(&world, &second, "pay").await;
    let mail = world.shop.wait_for_mail(2).await;

    let told: Vec<Value> = mail.iter().map(|mail| mail.event["data"]["object"].clone()).collect();
    let charged = |id: &Value| told.iter().find(|session| session["id"] == *id).unwrap();
    assert_eq!(charged(&first["id"])["amount_total"], 100);
    assert_eq!(charged(&second["id"])["currency"], "kes");
}

#[tokio::test]
async fn sessions_are_listed_in_pages_with_their_payments() {
    let world = World::start().await;
    for _ in 0..3 {
        choose(&world, &create(&world, "").await, "pay").await;
    }

    let first = get(
        &world,
        "/checkout/sessions?limit=2&created[gte]=1&expand[]=data.payment_intent",
    )
    .await
    .body;
    let last = first["data"][1]["id"].as_str().unwrap();
    let second = get(&world, &format!("/checkout/sessions?limit=2&starting_after={last}"))
        .await
        .body;
    let none = get(&world, "/checkout/sessions?created[lte]=1").await.body;

    assert_eq!(
        (first["data"].as_array().unwrap().len(), &first["has_more"]),
        (2, &json!(true))
    );
    assert_eq!(first["data"][0]["payment_intent"]["status"], "succeeded");
    assert_eq!(
        (second["data"].as_array().unwrap().len(), &second["has_more"]),
        (1, &json!(false))
    );
    assert!(second["data"][0]["payment_intent"].is_string());
    assert_eq!(none["data"], json!([]));
}
