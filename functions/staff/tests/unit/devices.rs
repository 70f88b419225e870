//! Devices of the warehouse, through the edge.

use super::*;

async fn added(shop: &Shop) -> (String, String) {
    let answer = shop
        .ask("POST", "/staff/devices", "admin", json!({ "name": "Bench 1" }))
        .await;
    let made = document(&answer);
    let text = |value: &Value| value.as_str().unwrap_or_else(|| panic!("{answer}")).to_owned();
    (text(&made["devices"][0]["id"]), text(&made["code"]))
}

#[tokio::test]
async fn a_code_enrols_one_device_once_and_its_token_is_the_devices() {
    let shop = Shop::open().await;
    let (device, code) = added(&shop).await;
    let typed = json!({ "code": code.to_lowercase() });

    let first = shop.ask("POST", "/scanner", "", typed.clone()).await;
    let again = shop.ask("POST", "/scanner", "", typed).await;
    let guess = shop
        .ask("POST", "/scanner", "", json!({ "code": "AAAA-BBBB-CCCC" }))
        .await;

    assert_eq!(
        (&first["statusCode"], &again["statusCode"], &guess["statusCode"]),
        (&json!(201), &json!(410), &json!(410))
    );
    let token = document(&first)["token"].as_str().unwrap().to_owned();
    let found = shop
        .deps
        .sessions
        .find(&web::token_hash(&token), shop.deps.clock.now())
        .await
        .unwrap();
    assert_eq!(found.unwrap().who, Who::Device(device.parse().unwrap()));
    let listed = shop.ask("GET", "/staff/devices", "admin", Value::Null).await;
    assert!(!listed["body"].as_str().unwrap().contains(&code));
    assert_eq!(
        shop.told().await[0],
        format!("{} device.enrolled", Actor::Device(device.parse().unwrap()))
    );
}

#[tokio::test]
async fn a_repeat_is_told_the_same_code_and_adds_no_second_device() {
    let shop = Shop::open().await;
    let named = |name: &str| json!({ "name": name });

    let first = document(&shop.post_under("/staff/devices", "k", named("Bench 1")).await);
    let again = shop.post_under("/staff/devices", "k", named("Bench 1")).await;
    let other = shop.post_under("/staff/devices", "k", named("Bench 2")).await;

    assert_eq!(document(&again), first);
    assert_eq!(again["headers"]["idempotency-replayed"], "true");
    assert_eq!(document(&other)["code"], "idempotency_key_reused");
    let enrolled = shop.ask("POST", "/scanner", "", json!({ "code": first["code"] })).await;
    assert_eq!(enrolled["statusCode"], 201, "{enrolled}");
}

#[tokio::test]
async fn a_code_ends_after_a_quarter_of_an_hour() {
    let shop = Shop::open().await;
    let (_, code) = added(&shop).await;
    shop.deps.clock.advance(Duration::from_secs(15 * 60));

    assert_eq!(
        shop.ask("POST", "/scanner", "", json!({ "code": code })).await["statusCode"],
        410
    );
}

#[tokio::test]
async fn a_revoked_device_is_out_at_once_and_its_code_is_worth_nothing() {
    let shop = Shop::open().await;
    let (device, code) = added(&shop).await;
    let enrolled = shop.ask("POST", "/scanner", "", json!({ "code": code })).await;
    let token = document(&enrolled)["token"].as_str().unwrap().to_owned();
    assert!(shop.is_open(&token).await);
    let path = format!("/staff/devices/{device}/revocation");

    assert_eq!(shop.ask("POST", &path, "admin", json!({})).await["statusCode"], 200);
    assert!(!shop.is_open(&token).await);
    assert_eq!(shop.ask("POST", &path, "admin", json!({})).await["statusCode"], 409);

    let (waiting, code) = added(&shop).await;
    let waiting = format!("/staff/devices/{waiting}/revocation");
    assert_eq!(shop.ask("POST", &waiting, "admin", json!({})).await["statusCode"], 200);
    assert_eq!(
        shop.ask("POST", "/scanner", "", json!({ "code": code })).await["statusCode"],
        410
    );
}

#[tokio::test]
async fn a_device_reaches_no_door_of_the_staff() {
    let shop = Shop::open().await;
    let (_, code) = added(&shop).await;
    let enrolled = shop.ask("POST", "/scanner", "", json!({ "code": code })).await;
    let token = document(&enrolled)["token"].as_str().unwrap().to_owned();

    for route in web::ROUTES.iter().filter(|route| route.path.starts_with("/staff")) {
        let path = route.path.replace("{id}", id('B').as_str());
        let answer = shop.ask(route.method, &path, &token, json!({})).await;
        assert_eq!(answer["statusCode"], 403, "{} {path}", route.method);
    }
}
