//! Mail and text messages: taken from who may send them, and found by whoever they are for.

use axum::http::Method;
use serde_json::{Value, json};

use crate::world::{Said, World};

async fn mail(world: &World, token: &str) -> Said {
    let body = json!({
        "From": "Bandari <news@bandari.example>", "To": "asha@example.com", "Subject": "Your code",
        "TextBody": "Your code is 123456, or go to https://shop.example/x now", "MessageStream": "outbound",
        "Metadata": { "reference": "ntc_1" },
    });
    let headers = [("x-postmark-server-token", token), ("content-type", "application/json")];
    world
        .send(Method::POST, "/postmark/email", &headers, &body.to_string())
        .await
        .unwrap()
}

async fn text(world: &World, key: &str, to: &str) -> Said {
    let headers = [("apikey", key), ("content-type", "application/x-www-form-urlencoded")];
    let body = format!("username=sandbox&to={to}&message=Your+code+is+123456.&from=BANDARI");
    world
        .send(Method::POST, "/africas-talking/version1/messaging", &headers, &body)
        .await
        .unwrap()
}

#[tokio::test]
async fn a_mail_and_a_text_arrive_and_their_readers_find_them() {
    let world = World::start().await;

    let mailed = mail(&world, "sandbox-postmark").await;
    let texted = text(&world, "sandbox-texts", "%2B254712345678").await;

    assert_eq!((mailed.status, &mailed.body["ErrorCode"]), (200, &json!(0)));
    let recipient = &texted.body["SMSMessageData"]["Recipients"][0];
    assert_eq!((texted.status, &recipient["statusCode"]), (201, &json!(101)));
    let hers = world.get("/messages?to=%2B254712345678").await.body;
    assert_eq!(hers["messages"].as_array().unwrap().len(), 1);
    assert_eq!(hers["messages"][0]["text"], "Your code is 123456.");
    let page = world
        .send(Method::GET, "/messages", &[("accept", "text/html")], "")
        .await
        .unwrap()
        .text;
    assert!(page.contains("<a href=\"https://shop.example/x\">"), "{page}");
}

#[tokio::test]
async fn a_wrong_key_and_a_wrong_number_deliver_nothing() {
    let world = World::start().await;

    assert_eq!(mail(&world, "wrong").await.status, 401);
    assert_eq!(text(&world, "wrong", "%2B254712345678").await.status, 401);
    let refused = text(&world, "sandbox-texts", "0712").await;

    assert_eq!(refused.body["SMSMessageData"]["Recipients"][0]["statusCode"], 403);
    assert_eq!(world.get("/messages").await.body["messages"], Value::Array(Vec::new()));
}

#[tokio::test]
async fn a_lost_answer_hides_a_mail_that_was_delivered() {
    let world = World::start().await;
    world.fault("postmark", "email", "error_500_after_effect").await;

    assert_eq!(mail(&world, "sandbox-postmark").await.status, 500);

    assert_eq!(
        world.get("/messages").await.body["messages"].as_array().unwrap().len(),
        1
    );
}
