//! Tax numbers, taking one's data along, and leaving.

use domain::{id::OrderId, id::RootId};
use store::{Key, Query, Range};

use super::*;

const PIN: &str = "A012345678Z";

async fn ask(shop: &Shop, method: &str, path: &str, body: Value, token: &str) -> Value {
    let ask = Ask {
        method,
        path,
        body: Some(body),
        token: Some(token),
        ..Ask::default()
    };
    shop.ask(ask).await
}

async fn export(shop: &Shop, token: &str) -> Value {
    let answer = ask(shop, "GET", "/me/export", Value::Null, token).await;
    assert_eq!(
        answer["headers"]["content-disposition"],
        "attachment; filename=\"bandari-my-data.json\""
    );
    document(&answer)
}

async fn id(shop: &Shop, token: &str) -> String {
    export(shop, token).await["id"].as_str().unwrap().to_owned()
}

/// Everything that lies under a person, as text.
async fn kept(shop: &Shop, person: &str) -> String {
    let items = shop
        .accounts
        .query_all(Query::of(format!("A#{person}"), Range::All))
        .await
        .unwrap();
    format!("{items:?}")
}

#[tokio::test]
async fn a_tax_number_is_readable_for_its_owner_and_noise_in_the_table() {
    let shop = Shop::open();
    let token = shop.customer("a@example.com").await;
    let person = id(&shop, &token).await;

    let saved = ask(&shop, "PUT", "/me/tax-number", json!({ "pin": "a012345678z" }), &token).await;

    assert_eq!(document(&saved)["hint"], "A…78Z");
    assert!(!kept(&shop, &person).await.contains(PIN));
    assert_eq!(export(&shop, &token).await["tax_number"], PIN);

    // Without the person's key nobody reads it, whoever has the rest.
    let key = Key::new(format!("A#{person}"), "KEY");
    shop.accounts.delete(&key).await.unwrap();
    assert_eq!(export(&shop, &token).await["tax_number"], Value::Null);
}

#[tokio::test]
async fn what_is_no_tax_number_is_not_kept() {
    let shop = Shop::open();
    let token = shop.customer("a@example.com").await;

    let refused = ask(&shop, "PUT", "/me/tax-number", json!({ "pin": "12345" }), &token).await;

    assert_eq!(refused["statusCode"], 422);
    assert_eq!(export(&shop, &token).await["tax_number"], Value::Null);
}

#[tokio::test]
async fn nobody_is_deleted_by_accident() {
    let shop = Shop::open();
    let token = shop.customer("a@example.com").await;

    let refused = ask(&shop, "POST", "/me/deletion", json!({}), &token).await;

    assert_eq!(refused["statusCode"], 422);
    assert_eq!(export(&shop, &token).await["email"], "a@example.com");
}

#[tokio::test]
async fn a_deleted_account_leaves_nothing_personal_and_opens_nothing() {
    let shop = Shop::open();
    let token = shop.customer("a@example.com").await;
    let person = id(&shop, &token).await;
    ask(&shop, "PUT", "/me/tax-number", json!({ "pin": PIN }), &token).await;
    let keep = Ask {
        method: "POST",
        path: "/me/addresses",
        body: Some(address()),
        token: Some(&token),
        key: Some("k"),
        ..Ask::default()
    };
    assert_eq!(shop.ask(keep).await["statusCode"], 201);

    let gone = ask(&shop, "POST", "/me/deletion", json!({ "is_sure": true }), &token).await;

    assert_eq!(gone["statusCode"], 204, "{gone}");
    assert_eq!(kept(&shop, &person).await, "[]");
    let contact = domain::contact::Contact::new("a@example.com").unwrap();
    assert!(shop.deps.credentials.find(&contact).await.unwrap().is_none());
    assert_eq!(ask(&shop, "GET", "/me", Value::Null, &token).await["statusCode"], 401);
    assert_eq!(shop.sent.lock().unwrap().len(), 1, "the news of it");
}

#[tokio::test]
async fn an_account_with_an_open_order_stays() {
    let shop = Shop::open();
    let ulid = "01JDB7M3N8Q4R5S6T7V8W9X0YZ";
    let now = shop.deps.clock.now();
    testkit::orders::placed(&shop.deps.orders, &shop.quotes, ulid, now)
        .await
        .unwrap();
    let order = shop.deps.orders.load(&OrderId::from_ulid(ulid).unwrap()).await.unwrap();
    let token = shop.account_of(order.customer.clone(), "o@example.com").await;

    let refused = ask(&shop, "POST", "/me/deletion", json!({ "is_sure": true }), &token).await;

    assert_eq!(text(&refused, "code"), "orders_open");
    assert_eq!(export(&shop, &token).await["orders"].as_array().unwrap().len(), 1);

    // Nobody paid: after its day it is over, and then it forgets who it was for.
    let late = now.plus(std::time::Duration::from_secs(25 * 3600));
    testkit::orders::act(&shop.deps.orders, &order.id, late, |draft| draft.fall_due())
        .await
        .unwrap();
    let gone = ask(&shop, "POST", "/me/deletion", json!({ "is_sure": true }), &token).await;
    assert_eq!(gone["statusCode"], 204, "{gone}");
    let left = shop.deps.orders.load(&order.id).await.unwrap();
    assert_eq!(left.destination.parts().name, "Deleted");
    assert_eq!(
        (left.total, left.destination.parts().city.clone()),
        (order.total, order.destination.parts().city.clone())
    );
}
