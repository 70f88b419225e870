//! What Stripe takes, and what happens to money afterwards: refunds that wait, disputes, warnings, refunds by hand.

use axum::http::Method;
use serde_json::json;

use crate::{
    stripe::{SHOES, choose, create, get, send},
    world::World,
};

#[tokio::test]
async fn amounts_currencies_and_addresses_that_stripe_refuses_are_refused() {
    let world = World::start().await;
    let priced = |currency: &str, amount: i64| {
        SHOES
            .replace("[currency]=usd", &format!("[currency]={currency}"))
            .replace("[unit_amount]=1999", &format!("[unit_amount]={amount}"))
            .replace("[quantity]=2", "[quantity]=1")
    };
    for (body, status, code) in [
        (priced("ugx", 101_086_100), 400, "amount_too_large"),
        (
            priced("ugx", 50_000_050),
            400,
            "invalid_charge_amount_no_decimal_compatible",
        ),
        (priced("ugx", 50_000_000), 200, ""),
        (priced("kes", 6_399), 400, "amount_too_small"),
        (priced("kes", 6_400), 200, ""),
        (priced("xyz", 5_000), 400, ""),
        (format!("{SHOES}&customer_email=asha@example"), 400, "email_invalid"),
        (
            format!("{SHOES}&customer_email=asha..m@example.com"),
            400,
            "email_invalid",
        ),
        (
            format!("{SHOES}&customer_email=a@example.com,b@example.com"),
            400,
            "email_invalid",
        ),
        (
            format!("{SHOES}&customer_email=asha%40ex%C3%A4mple.com"),
            400,
            "email_invalid",
        ),
        (format!("{SHOES}&customer_email=asha.m%2Bshop@example.co.ke"), 200, ""),
    ] {
        let said = send(&world, Method::POST, "/checkout/sessions", "", &body)
            .await
            .unwrap();
        assert_eq!(said.status, status, "{body}: {}", said.text);
        assert_eq!(said.body["error"]["code"].as_str().unwrap_or_default(), code, "{body}");
    }
}

#[tokio::test]
async fn a_refund_can_wait_be_taken_away_or_go_out_later() {
    let world = World::start().await;
    let session = create(&world, "").await;
    choose(&world, &session, "pay").await;
    let intent = world.books().await["stripe"]["payments"][0]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let mut ids = Vec::new();
    for (key, kind, status) in [("r1", "pending", "pending"), ("r2", "needs_action", "requires_action")] {
        let fault = json!({ "provider": "stripe", "operation": "refund.create", "kind": kind });
        world.post("/control/faults", fault).await;
        let form = format!("payment_intent={intent}&amount=100");
        let refund = send(&world, Method::POST, "/refunds", key, &form).await.unwrap().body;
        assert_eq!(refund["status"], status);
        ids.push(refund["id"].as_str().unwrap().to_owned());
    }

    let early = send(&world, Method::POST, &format!("/refunds/{}/cancel", ids[0]), "", "")
        .await
        .unwrap();
    let taken = send(&world, Method::POST, &format!("/refunds/{}/cancel", ids[1]), "", "")
        .await
        .unwrap();
    let out = world
        .post(&format!("/control/stripe/refunds/{}/succeed", ids[0]), json!({}))
        .await;

    assert_eq!((early.status, &taken.body["status"]), (400, &json!("canceled")));
    assert_eq!(out.body["status"], "succeeded");
    assert_eq!(world.books().await["stripe"]["payments"][0]["refunded"], 100);
}

#[tokio::test]
async fn a_dispute_takes_the_money_and_its_end_gives_it_back_or_not() {
    for (action, status, moved) in [("win", "won", 2), ("lose", "lost", 1)] {
        let world = World::start().await;
        let session = create(&world, "").await;
        choose(&world, &session, "pay").await;
        let intent = world.books().await["stripe"]["payments"][0]["id"]
            .as_str()
            .unwrap()
            .to_owned();

        let dispute = world
            .post(&format!("/control/stripe/payments/{intent}/dispute"), json!({}))
            .await
            .body;
        let refund = send(
            &world,
            Method::POST,
            "/refunds",
            "r",
            &format!("payment_intent={intent}"),
        )
        .await
        .unwrap();
        world
            .post(
                &format!("/control/stripe/disputes/{}/{action}", dispute["id"].as_str().unwrap()),
                json!({}),
            )
            .await;
        let list = get(
            &world,
            &format!("/disputes?payment_intent={intent}&expand[]=data.payment_intent"),
        )
        .await
        .body;

        assert_eq!(
            (refund.status, &refund.body["error"]["code"]),
            (400, &json!("charge_disputed"))
        );
        assert_eq!(list["data"][0]["status"], status);
        assert_eq!(list["data"][0]["payment_intent"]["metadata"]["order"], "ord_1");
        assert_eq!(list["data"][0]["balance_transactions"].as_array().unwrap().len(), moved);
    }
}

#[tokio::test]
async fn a_warning_and_a_refund_by_hand_name_nothing_of_the_shop() {
    let world = World::start().await;
    let session = create(&world, "").await;
    choose(&world, &session, "pay").await;
    let intent = world.books().await["stripe"]["payments"][0]["id"]
        .as_str()
        .unwrap()
        .to_owned();

    let refund = world
        .post(
            &format!("/control/stripe/payments/{intent}/refund"),
            json!({ "amount": 998 }),
        )
        .await
        .body;
    world
        .post(&format!("/control/stripe/payments/{intent}/warn"), json!({}))
        .await;
    let warnings = get(&world, &format!("/radar/early_fraud_warnings?payment_intent={intent}"))
        .await
        .body;
    let charge = get(&world, &format!("/charges/{}", refund["charge"].as_str().unwrap()))
        .await
        .body;

    assert_eq!((&refund["amount"], &refund["metadata"]), (&json!(998), &json!({})));
    assert_eq!(warnings["data"][0]["actionable"], true);
    assert_eq!(
        (&charge["amount_refunded"], &charge["metadata"]["order"]),
        (&json!(998), &json!("ord_1"))
    );
}

#[tokio::test]
async fn a_declined_card_leaves_the_session_open_and_its_intent_tells() {
    let world = World::start().await;
    let session = create(&world, "").await;

    let declined = choose(&world, &session, "decline").await;
    let left = choose(&world, &session, "cancel").await;
    let after = get(
        &world,
        &format!("/checkout/sessions/{}", session["id"].as_str().unwrap()),
    )
    .await
    .body;

    assert_eq!(declined.status, 402);
    assert!(declined.text.contains("declined"));
    assert_eq!(left.headers["location"], "https://shop.example/cart");
    assert_eq!(after["status"], "open");
    let intent = get(
        &world,
        &format!("/payment_intents/{}", after["payment_intent"].as_str().unwrap()),
    )
    .await
    .body;
    assert_eq!(intent["status"], "requires_payment_method");
    assert_eq!(intent["last_payment_error"]["code"], "card_declined");
    assert_eq!(
        world.books().await["stripe"]["events"][0]["kind"],
        "payment_intent.payment_failed"
    );
    assert_eq!(choose(&world, &session, "pay").await.status, 303);
}
