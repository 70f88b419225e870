//! The control API and page: what they list, what they refuse, and that they work without script.

use axum::http::Method;
use serde_json::{Value, json};

use crate::world::World;
use crate::{aliexpress, dhl, stripe};

#[tokio::test]
async fn the_books_list_everything_and_count_every_call() {
    let world = World::start().await;
    aliexpress::search(&world, "mug").await;
    aliexpress::place(&world, &aliexpress::order("po-1")).await.unwrap();
    stripe::create(&world, "k1").await;
    stripe::create(&world, "k1").await;
    dhl::book(&world, "SHP-1").await;

    let books = world.books().await;

    assert_eq!(books["aliexpress"]["orders"][0]["out_order_id"], "po-1");
    assert_eq!(books["stripe"]["sessions"][0]["client_reference_id"], "pay_1");
    assert_eq!(books["dhl"]["shipments"][0]["references"], json!(["SHP-1"]));
    assert_eq!(
        books["calls"]["aliexpress"],
        json!({ "order.create": 1, "text.search": 1 })
    );
    assert_eq!(books["calls"]["stripe"]["session.create"], 2, "repeats count too");
    assert_eq!(books["calls"]["dhl"]["shipments"], 1);
}

#[tokio::test]
async fn a_fault_strikes_after_its_skip_and_only_as_often_as_ordered() {
    let world = World::start().await;
    let fault = json!({ "provider": "aliexpress", "operation": "text.search", "kind": "refuse", "code": "ApiCallLimit",
                        "skip": 1, "count": 2 });
    world.order_fault(fault).await;

    let mut codes = Vec::new();
    for _ in 0..4 {
        codes.push(aliexpress::search(&world, "mug").await["error_response"]["code"].clone());
    }

    assert_eq!(
        codes,
        [Value::Null, json!("ApiCallLimit"), json!("ApiCallLimit"), Value::Null]
    );
    assert_eq!(world.get("/control/faults").await.body["faults"], json!([]));
}

#[tokio::test]
async fn faults_can_be_listed_ended_and_must_make_sense() {
    let world = World::start().await;
    world.fault("dhl", "rates", "slow").await;
    world.fault("stripe", "session.get", "slow").await;

    let nonsense = world
        .post("/control/faults", json!({ "provider": "dhl", "kind": "earthquake" }))
        .await;
    let listed = world.get("/control/faults").await.body;
    let ended = world
        .send(Method::DELETE, "/control/faults?only=dhl", &[], "")
        .await
        .unwrap();
    let left = world.get("/control/faults").await.body;

    assert_eq!(nonsense.status, 422);
    assert!(nonsense.body["error"].as_str().unwrap().contains("earthquake"));
    assert_eq!(listed["faults"].as_array().unwrap().len(), 2);
    assert_eq!(ended.body, json!({ "cleared": 1 }));
    assert_eq!(left["faults"][0]["provider"], "stripe");
}

#[tokio::test]
async fn a_slow_call_is_slow() {
    let world = World::start().await;
    world
        .order_fault(json!({ "provider": "stripe", "kind": "slow", "ms": 400 }))
        .await;

    let start = tokio::time::Instant::now();
    stripe::create(&world, "").await;

    assert!(start.elapsed().as_millis() >= 400);
}

#[tokio::test]
async fn the_page_shows_the_books_with_their_buttons() {
    let world = World::start().await;
    aliexpress::place(&world, &aliexpress::order("po-<1>")).await.unwrap();
    stripe::create(&world, "").await;
    let awb = dhl::book(&world, "SHP-1").await;

    let page = world.get("/").await.text;
    let browser = [
        ("accept", "text/html"),
        ("content-type", "application/x-www-form-urlencoded"),
    ];
    let address = format!("/control/dhl/shipments/{awb}/hand-over");
    let pressed = world.send(Method::POST, &address, &browser, "").await.unwrap();
    let form = "provider=dhl&operation=&kind=slow&count=1&seconds=&ms=5&code=&amount=";
    let ordered = world
        .send(Method::POST, "/control/faults", &browser, form)
        .await
        .unwrap();

    assert!(
        page.contains("po-&#60;1&#62;") || page.contains("po-&lt;1&gt;"),
        "text is escaped"
    );
    assert!(page.contains(&address) && page.contains("/ship\"") && page.contains("/stripe/pay/cs_test_"));
    assert_eq!((pressed.status, ordered.status), (303, 303));
    assert_eq!(pressed.headers["location"], "/?note=Done%2E");
    let page = world.get("/?note=Done%2E").await.text;
    assert!(page.contains("Done.") && page.contains("PU Shipment picked up") && page.contains("dhl every call: slow"));
}

#[tokio::test]
async fn what_does_not_exist_or_cannot_happen_is_refused() {
    let world = World::start().await;
    let placed = aliexpress::place(&world, &aliexpress::order("po-1")).await.unwrap();
    let order = format!("/control/aliexpress/orders/{}", placed["order_list"]["number"][0]);

    let unknown = world.post("/control/aliexpress/orders/1/ship", json!({})).await;
    let nonsense = world.post(&format!("{order}/burn"), json!({})).await;
    let shipped = world.post(&format!("{order}/ship"), json!({})).await;
    let again = world.post(&format!("{order}/ship"), json!({})).await;

    assert_eq!(
        (unknown.status, nonsense.status, shipped.status, again.status),
        (404, 404, 200, 409)
    );
}
