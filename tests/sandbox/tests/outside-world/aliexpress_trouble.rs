//! AliExpress with faults: lost answers, errors before and after the effect, double orders, held calls.

use serde_json::json;

use crate::aliexpress::{call, look, number, order, place};
use crate::world::World;

#[tokio::test]
async fn an_order_whose_answer_is_lost_is_in_the_list_and_cannot_be_repeated() {
    for kind in ["lose_answer", "error_500_after_effect"] {
        let world = World::start().await;
        world.fault("aliexpress", "order.create", kind).await;

        let lost = place(&world, &order("po-lost")).await;
        let again = place(&world, &order("po-lost")).await.unwrap();
        let span = [
            ("start_time", "2020-01-01 00:00:00"),
            ("end_time", "2099-01-01 00:00:00"),
        ];
        let list = call(&world, "aliexpress.ds.commissionorder.listbyindex", &span)
            .await
            .unwrap();

        assert!(lost.is_err() || lost.unwrap().is_null(), "{kind}");
        assert_eq!(again["error_code"], "REPEATED_ORDER_ERROR", "{kind}");
        assert_eq!(list["result"]["current_record_count"], 1);
        let entry = &list["result"]["orders"]["order"][0];
        assert_eq!(
            (&entry["item_count"], &entry["effect_status"]),
            (&json!(1), &json!("Payment Completed"))
        );
    }
}

#[tokio::test]
async fn faults_before_the_effect_leave_nothing_behind() {
    for kind in ["error_500_before", "refuse", "http_200_error_body"] {
        let world = World::start().await;
        world.fault("aliexpress", "order.create", kind).await;

        let failed = place(&world, &order("po-clean")).await.unwrap();
        let orders = world.books().await["aliexpress"]["orders"].clone();
        let again = place(&world, &order("po-clean")).await.unwrap();

        assert_ne!(failed["is_success"], true, "{kind}");
        assert_eq!(orders, json!([]), "{kind}");
        assert_eq!(again["is_success"], true, "{kind}: the fault is used up");
    }
}

#[tokio::test]
async fn the_store_can_buy_twice_and_charge_another_amount() {
    let world = World::start().await;
    world.fault("aliexpress", "order.create", "made_twice").await;
    world
        .order_fault(json!({ "provider": "aliexpress", "kind": "wrong_amount", "amount": 777 }))
        .await;

    let twice = place(&world, &order("po-twice")).await.unwrap();
    let id = number(&place(&world, &order("po-dear")).await.unwrap());

    assert_eq!(
        twice["order_list"]["number"].as_array().unwrap().len(),
        1,
        "it tells of one only"
    );
    let orders = world.books().await["aliexpress"]["orders"].as_array().unwrap().clone();
    assert_eq!(
        orders
            .iter()
            .filter(|order| order["out_order_id"] == "po-twice")
            .count(),
        2
    );
    let dear = look(&world, &id).await;
    assert_eq!(
        (&dear["order_amount"]["amount"], &dear["user_order_amount"]["amount"]),
        (&json!("10.98"), &json!("18.75"))
    );
}

#[tokio::test]
async fn a_held_call_waits_for_its_release_and_works_without_its_caller() {
    let world = World::start().await;
    world.fault("aliexpress", "order.create", "hold_after_effect").await;
    world.fault("aliexpress", "order.create", "hold_before_effect").await;

    let wish = order("po-held");
    let release = async {
        let held = world.held().await;
        let made = world.books().await["aliexpress"]["orders"].as_array().unwrap().len();
        world.post("/control/release", json!({})).await;
        (held, made)
    };
    let (placed, (held, made)) = tokio::join!(place(&world, &wish), release);
    let other = order("po-abandoned");
    let abandoned = tokio::time::timeout(std::time::Duration::from_millis(300), place(&world, &other)).await;
    let before = world.books().await["aliexpress"]["orders"].as_array().unwrap().len();
    world.post("/control/release", json!({})).await;
    world
        .wait_for(|books| books["aliexpress"]["orders"].as_array().unwrap().len() == 2)
        .await;

    assert_eq!(
        (&held[0]["reference"], &held[0]["stage"]),
        (&json!("po-held"), &json!("after_effect"))
    );
    assert_eq!((made, before), (1, 1));
    assert_eq!(placed.unwrap()["is_success"], true);
    assert!(abandoned.is_err());
}
