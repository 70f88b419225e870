//! Stripe's webhooks: signed, repeated until the shop says yes, and broken in every way a fault can ask for.

use hmac::{Hmac, Mac};
use serde_json::json;
use sha2::Sha256;

use crate::shop::Mail;
use crate::stripe::{choose, create};
use crate::world::World;

fn is_signed(mail: &Mail) -> bool {
    let (time, signature) = mail.signature.split_once(',').unwrap();
    let time = time.strip_prefix("t=").unwrap();
    let mut mac = Hmac::<Sha256>::new_from_slice(b"whsec_sandbox").unwrap();
    mac.update(format!("{time}.{}", mail.text).as_bytes());
    let hex: String = mac
        .finalize()
        .into_bytes()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    signature.strip_prefix("v1=").unwrap() == hex
}

#[tokio::test]
async fn a_payment_is_told_once_with_a_good_signature() {
    let world = World::start().await;
    let session = create(&world, "").await;

    choose(&world, &session, "pay").await;
    let mail = world.shop.wait_for_mail(1).await;
    let books = world
        .wait_for(|books| books["stripe"]["events"][0]["fate"] == "delivered")
        .await;

    assert!(is_signed(&mail[0]));
    let event = &mail[0].event;
    assert_eq!(event["type"], "checkout.session.completed");
    let told = &event["data"]["object"];
    assert_eq!((&told["id"], &told["payment_status"]), (&session["id"], &json!("paid")));
    assert!(told["payment_intent"].as_str().unwrap().starts_with("pi_"));
    assert_eq!(books["stripe"]["events"][0]["attempts"], 1);
    assert_eq!(world.shop.mail().len(), 1);
}

#[tokio::test]
async fn a_webhook_is_repeated_until_the_shop_says_yes() {
    let world = World::start().await;
    world.shop.will_answer(&[500, 404]);
    let session = create(&world, "").await;

    choose(&world, &session, "pay").await;
    world.shop.wait_for_mail(1).await;
    world.ahead(10);
    world.shop.wait_for_mail(2).await;
    world.ahead(20);
    let mail = world.shop.wait_for_mail(3).await;
    world
        .wait_for(|books| books["stripe"]["events"][0]["fate"] == "delivered")
        .await;

    assert!(mail.iter().all(is_signed));
    assert!(
        mail.iter().all(|each| each.text == mail[0].text),
        "the same event each time"
    );
    assert_ne!(mail[0].signature, mail[2].signature, "signed anew with its time");
}

#[tokio::test]
async fn an_event_nobody_takes_is_given_up_and_can_be_sent_again() {
    let world = World::start().await;
    world.shop.will_answer(&[500; 12]);
    let session = create(&world, "").await;

    choose(&world, &session, "pay").await;
    for attempt in 1..=12 {
        world.shop.wait_for_mail(attempt).await;
        world
            .wait_for(|books| books["stripe"]["events"][0]["attempts"] == attempt)
            .await;
        world.ahead(i64::try_from(attempt).unwrap() * 8000);
    }
    let books = world
        .wait_for(|books| books["stripe"]["events"][0]["fate"] == "given_up")
        .await;
    let id = books["stripe"]["events"][0]["id"].as_str().unwrap().to_owned();
    world
        .post(&format!("/control/stripe/webhooks/{id}/resend"), json!({}))
        .await;

    assert_eq!(world.shop.wait_for_mail(13).await.len(), 13);
    world
        .wait_for(|books| books["stripe"]["events"][0]["fate"] == "delivered")
        .await;
}

#[tokio::test]
async fn webhooks_can_be_doubled_dropped_and_forged() {
    let world = World::start().await;
    let pay = async || choose(&world, &create(&world, "").await, "pay").await;

    world
        .order_fault(json!({ "provider": "stripe", "kind": "duplicate_webhook", "times": 3 }))
        .await;
    pay().await;
    let doubled = world.shop.wait_for_mail(3).await;
    world.fault("stripe", "webhook", "drop_webhook").await;
    pay().await;
    let dropped = |books: &serde_json::Value| {
        books["stripe"]["events"]
            .as_array()
            .unwrap()
            .iter()
            .any(|event| event["fate"] == "dropped")
    };
    world.wait_for(dropped).await;
    let after_drop = world.shop.mail().len();
    world.fault("stripe", "webhook", "forged_webhook").await;
    pay().await;
    let forged = world.shop.wait_for_mail(5).await;

    assert!(
        doubled
            .iter()
            .all(|mail| is_signed(mail) && mail.text == doubled[0].text)
    );
    assert_eq!(after_drop, 3);
    assert!(!is_signed(&forged[3]) && is_signed(&forged[4]));
}

#[tokio::test]
async fn a_stranger_can_claim_that_an_open_session_was_paid() {
    let world = World::start().await;
    world.shop.will_answer(&[400]);
    let session = create(&world, "").await;

    let path = format!("/control/stripe/sessions/{}/forge", session["id"].as_str().unwrap());
    let said = world.post(&path, json!({})).await;

    let mail = world.shop.wait_for_mail(1).await;
    assert_eq!(said.body["shop_answered"], "400");
    assert_eq!(mail[0].event["data"]["object"]["payment_status"], "paid");
    assert!(!is_signed(&mail[0]));
    assert_eq!(world.books().await["stripe"]["sessions"][0]["status"], "open");
}

#[tokio::test]
async fn delayed_money_comes_by_itself_or_stays_away() {
    let world = World::start().await;
    let (comes, stays_away) = (create(&world, "").await, create(&world, "").await);

    choose(&world, &comes, "pay_later").await;
    choose(&world, &stays_away, "pay_later").await;
    let first = world.shop.wait_for_mail(2).await;
    let path = format!("/control/stripe/sessions/{}/fail", stays_away["id"].as_str().unwrap());
    world.post(&path, json!({})).await;
    world.shop.wait_for_mail(4).await;
    world.ahead(3601);
    let mail = world.shop.wait_for_mail(5).await;

    assert!(
        first
            .iter()
            .all(|mail| mail.event["data"]["object"]["payment_status"] == "unpaid")
    );
    assert!(
        first
            .iter()
            .all(|mail| mail.event["type"] == "checkout.session.completed")
    );
    // A payment that stays away is told by its session and by its intent, in whatever order.
    let kinds: std::collections::BTreeSet<&str> = mail[2..4]
        .iter()
        .map(|mail| mail.event["type"].as_str().unwrap())
        .collect();
    assert_eq!(
        kinds,
        ["checkout.session.async_payment_failed", "payment_intent.payment_failed"].into()
    );
    assert_eq!(mail[4].event["type"], "checkout.session.async_payment_succeeded");
    assert_eq!(mail[4].event["data"]["object"]["payment_status"], "paid");
}

#[tokio::test]
async fn refunds_are_told_and_may_fail_days_later() {
    let world = World::start().await;
    let session = create(&world, "").await;
    choose(&world, &session, "pay").await;
    let books = world.books().await;
    let intent = books["stripe"]["payments"][0]["id"].as_str().unwrap();
    let form = format!("payment_intent={intent}&amount=500");
    let sent = crate::stripe::send(&world, axum::http::Method::POST, "/refunds", "r1", &form)
        .await
        .unwrap();

    let failed = world
        .post(
            &format!("/control/stripe/refunds/{}/fail", sent.body["id"].as_str().unwrap()),
            json!({}),
        )
        .await;
    let mail = world.shop.wait_for_mail(4).await;

    assert_eq!(failed.body["status"], "failed");
    let kinds: std::collections::BTreeSet<&str> =
        mail.iter().map(|mail| mail.event["type"].as_str().unwrap()).collect();
    let expected = [
        "charge.refunded",
        "checkout.session.completed",
        "refund.created",
        "refund.failed",
        "refund.updated",
    ];
    assert_eq!(kinds, expected.into());
    assert_eq!(world.books().await["stripe"]["payments"][0]["refunded"], 0);
}
