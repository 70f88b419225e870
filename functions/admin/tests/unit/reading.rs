//! What the desk shows, through the edge.

use super::*;

#[tokio::test]
async fn the_desk_is_for_the_staff_only() {
    let shop = Shop::open().await;
    let order = shop.refused_by_the_store().await;

    for path in [
        "/desk".to_owned(),
        "/desk/orders?q=x".to_owned(),
        format!("/desk/orders/{}", order.id),
    ] {
        assert_eq!(
            shop.ask("GET", &path, "customer", None).await["statusCode"],
            403,
            "{path}"
        );
        assert_eq!(
            shop.ask("GET", &path, "nobody", None).await["statusCode"],
            401,
            "{path}"
        );
        assert_eq!(
            shop.ask("GET", &path, "support", None).await["statusCode"],
            200,
            "{path}"
        );
    }
    assert_eq!(shop.answer(&order, "customer", "retry").await["statusCode"], 403);
}

#[tokio::test]
async fn the_board_shows_what_waits_for_a_person_first() {
    let shop = Shop::open().await;
    let order = shop.refused_by_the_store().await;

    let (board, page) = (shop.get("/desk", "support").await, shop.page("/desk", "support").await);

    assert_eq!(
        (&board["waiting"][0]["id"], &board["waiting"][0]["exceptions"]),
        (&json!(order.id), &json!(1))
    );
    let columns = board["columns"].as_array().unwrap();
    let column = columns.iter().find(|column| column["status"] == "paid").unwrap();
    assert_eq!(
        (&column["exceptions"], &column["orders"][0]["id"]),
        (&json!(1), &json!(order.id))
    );
    assert_eq!(columns.len(), domain::progress::Progress::all_words().len());
    assert!(page.contains("Needs a person") && page.contains(&format!("/desk/orders/{}", order.id)));
}

#[tokio::test]
async fn an_order_is_found_by_any_of_its_names() {
    let shop = Shop::open().await;
    let order = bought(&shop.deps.orders, &shop.quotes, ULID, "LP 0012-3", Shop::now())
        .await
        .unwrap();
    let store_order = order.supplier_orders[0].store_orders[0].clone();

    for wanted in [
        order.id.to_string(),
        format!("unit_{ULID}-2"),
        store_order,
        "lp00123".into(),
        "%2B254712345678".into(),
    ] {
        assert_eq!(
            found(&shop.get(&format!("/desk/orders?q={wanted}"), "support").await),
            1,
            "{wanted}"
        );
    }
    for wanted in ["nothing", "-", "", "ord_01JDB7M3N8Q4R5S6T7V8W9X0Z0"] {
        assert_eq!(
            found(&shop.get(&format!("/desk/orders?q={wanted}"), "support").await),
            0,
            "{wanted}"
        );
    }
    assert!(
        shop.page("/desk/orders?q=%3Cscript%3E", "support")
            .await
            .contains("No order is known")
    );
}

#[tokio::test]
async fn the_order_shows_everything_and_offers_each_role_its_own_answers() {
    let shop = Shop::open().await;
    let order = shop.refused_by_the_store().await;
    let path = format!("/desk/orders/{}", order.id);

    let (buyer, support) = (shop.get(&path, "buyer").await, shop.get(&path, "support").await);
    let page = shop.page(&path, "buyer").await;

    assert_eq!(
        buyer["exceptions"][0]["actions"],
        json!(["retry", "give_up", "put_aside"])
    );
    assert_eq!(support["exceptions"][0]["actions"], json!([]));
    assert_eq!(
        (&buyer["timeline"]["broken_at"], &buyer["ledger"]["is_balanced"]),
        (&Value::Null, &json!(true))
    );
    assert_eq!(buyer["supplier_orders"][0]["note"], "it is gone");
    assert_eq!(buyer["ledger"]["journal"].as_array().unwrap().len(), 1);
    let entries = buyer["timeline"]["entries"].as_array().unwrap();
    assert_eq!(
        (&entries[0]["event"], &entries[0]["note"]),
        (&json!("check_failed"), &json!("it is gone"))
    );
    for words in [
        "cannot buy",
        "Try it again",
        "/warehouse/orders/ord_",
        "entries holds",
        "Asha Mwangi",
    ] {
        assert!(page.contains(words), "{words}");
    }
    assert!(
        shop.page(&path, "support")
            .await
            .contains("Somebody with another role answers this.")
    );
}

#[tokio::test]
async fn a_purchase_nobody_knows_about_asks_the_buyer_what_they_found() {
    let shop = Shop::open().await;
    let order = paid(&shop.deps.orders, &shop.quotes, ULID, Shop::now()).await.unwrap();
    let id = order.supplier_orders[0].id.clone();
    shop.act(&order.id, |draft| {
        draft.lease_supplier_order(&id, order.supplier_orders[0].cap)
    })
    .await;
    shop.act(&order.id, |draft| {
        draft.bought(&id, Bought::Unknown("no answer".into()))
    })
    .await;
    let path = format!("/desk/orders/{}", order.id);

    let (buyer, support) = (shop.page(&path, "buyer").await, shop.page(&path, "support").await);

    assert!(buyer.contains(&format!("action=\"/supplier-orders/{id}/placement\"")));
    assert!(!buyer.contains("/absence\""), "the look-up is still under way");
    assert!(!support.contains("/placement\""));
}
