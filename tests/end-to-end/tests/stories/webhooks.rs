//! Webhooks that lie, repeat themselves, come late or not at all.

use std::time::Duration;

use domain::{id::PaymentId, lifecycle::State, order::Order};
use end_to_end::{Effects, Exchange, Fault, Played, Purchase, Stage, play, raw};
use hmac::{Hmac, Mac};
use serde_json::json;
use sha2::Sha256;

/// The secret that `infra/local/parameters.toml` gives both sides.
const SECRET: &str = "whsec_sandbox";

fn sign(secret: &str, time: i64, body: &str) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(format!("{time}.{body}").as_bytes());
    let hex: String = mac
        .finalize()
        .into_bytes()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    format!("t={time},v1={hex}")
}

async fn post(stage: &Stage, signature: &str, body: &str) -> anyhow::Result<Exchange> {
    let headers = [("content-type", "application/json"), ("stripe-signature", signature)];
    raw("POST", &format!("{}/webhooks/stripe", stage.shop()?), &headers, body).await
}

fn event(id: &str, payment: &PaymentId, session: &str) -> String {
    let object = json!({
        "id": session, "object": "checkout.session", "client_reference_id": payment, "status": "complete", "payment_status": "paid",
        "amount_total": 1, "currency": "kes"
    });
    json!({ "id": id, "object": "event", "type": "checkout.session.completed", "data": { "object": object } })
        .to_string()
}

/// An order whose page is open, and the page's id.
async fn waiting(stage: &Stage) -> anyhow::Result<(Purchase, Order, String)> {
    let purchase = stage.placed().await?;
    purchase.shopper.start_payment(purchase.order.as_str()).await?;
    let order = stage.order(&purchase.order).await?;
    let session = order.payments[0].provider_reference.clone().unwrap_or_default();
    Ok((purchase, order, session))
}

#[test]
fn forged_altered_and_stale_webhooks_are_refused_and_change_nothing() -> Played {
    play(async |stage| {
        let (purchase, before, session) = waiting(stage).await?;
        let body = event("evt_forged", &before.payments[0].id, &session);
        let now = stage.now()?.as_seconds();
        let good = sign(SECRET, now, &body);

        for (signature, body) in [
            (sign("whsec_of_a_stranger", now, &body), body.clone()),
            (good.clone(), body.replace("\"amount_total\":1", "\"amount_total\":2")),
            (sign(SECRET, now - 3600, &body), body.clone()),
            (sign(SECRET, now + 3600, &body), body.clone()),
            (String::new(), body.clone()),
            (good, String::new()),
        ] {
            let answer = post(stage, &signature, &body).await?;
            assert_eq!((answer.status, answer.code()), (400, "not_proved"), "{signature}");
        }
        let path = format!("stripe/sessions/{session}/forge");
        let forged = stage
            .sandbox()?
            .post(&format!("/control/{path}"), &json!({}))
            .await?
            .good("forging")?;
        assert_eq!(forged.text_at("/shop_answered")?, "400");

        stage.rest().await?;
        assert_eq!(stage.order(&purchase.order).await?, before);
        Ok(())
    })
}

#[test]
fn a_proved_webhook_that_tells_a_lie_is_not_believed() -> Played {
    play(async |stage| {
        let (purchase, before, session) = waiting(stage).await?;
        let lie = event("evt_lie", &before.payments[0].id, &session);

        let answer = post(stage, &sign(SECRET, stage.now()?.as_seconds(), &lie), &lie).await?;

        assert_eq!(answer.status, 200, "it is signed, so it is kept");
        stage.rest().await?;
        let after = stage.order(&purchase.order).await?;
        assert_eq!(
            (after.life.state(), after.payments[0].life.state()),
            (State::AwaitingPayment, State::Pending)
        );
        assert_eq!(stage.effects(&after).await?, Effects::default());
        Ok(())
    })
}

#[test]
fn duplicate_and_replayed_webhooks_change_nothing_more() -> Played {
    play(async |stage| {
        stage
            .fault(&Fault::at("stripe", "webhook", "duplicate_webhook").with("times", 4))
            .await?;
        let purchase = stage.paid().await?;
        let order = stage.deliver_once(&purchase.order).await?;

        let books = stage.world()?.books().await?;
        let events = books["stripe"]["events"].as_array().cloned().unwrap_or_default();
        let ours = events
            .iter()
            .filter(|event| event["object"].to_string().contains(order.id.ulid()));
        for event in ours {
            let resend = format!("stripe/webhooks/{}/resend", event["id"].as_str().unwrap());
            stage.world()?.act(&resend, &json!({})).await?;
        }
        stage.rest().await?;

        assert_eq!(stage.order(&order.id).await?, order);
        assert_eq!(stage.effects(&order).await?, Effects::DELIVERED);
        Ok(())
    })
}

#[test]
fn an_order_whose_webhook_never_comes_is_found_paid_all_the_same() -> Played {
    play(async |stage| {
        stage.fault(&Fault::at("stripe", "webhook", "drop_webhook")).await?;
        let purchase = stage.paid().await?;

        stage.deliver_once(&purchase.order).await?;
        Ok(())
    })
}

#[test]
fn money_that_comes_after_the_page_was_completed_still_covers_the_order() -> Played {
    play(async |stage| {
        let (purchase, _, session) = waiting(stage).await?;
        let world = stage.world()?;
        world
            .act(&format!("stripe/sessions/{session}/pay-later"), &json!({}))
            .await?;
        stage.rest().await?;
        assert_eq!(stage.order(&purchase.order).await?.life.state(), State::AwaitingPayment);

        stage.pass(Duration::from_secs(1800))?;
        world
            .act(&format!("stripe/sessions/{session}/settle"), &json!({}))
            .await?;

        stage.deliver_once(&purchase.order).await?;
        Ok(())
    })
}
