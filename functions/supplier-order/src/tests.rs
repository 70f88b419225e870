//! The purchase protocol against a scripted store: how often it is called, and where each ending leads.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use domain::{
    Failure, Settings, Timestamp,
    id::{OrderId, SupplierOrderId},
    lifecycle::{Event, State, Task},
    order::{Actor, Bought, Draft, Order, Part},
    session::Session,
};
use providers::{Http, Loss, Request, Response, WarehouseAddress, suppliers::Suppliers};
use runtime::Clock;
use serde_json::{Value, json};
use store::{Db, Memory, MessageRecord, Orders, Queues, Quotes};

use crate::{Deps, handle};

const ULID: &str = "01JDB7M3N8Q4R5S6T7V8W9X0YZ";
const OTHER: &str = "01JDB7M3N8Q4R5S6T7V8W9X0Y0";

/// How the store behaves.
#[derive(Clone)]
enum Manner {
    Sells,
    Refuses,
    Silent,
    HasNone,
    Dearer,
}

type Calls = Arc<Mutex<Vec<String>>>;

struct Stage {
    deps: Deps,
    calls: Calls,
}

impl Stage {
    /// A paid order and a store that behaves so; `meanwhile` happens while the store is placing.
    async fn with(manner: Manner, meanwhile: impl Fn(&Orders) + Send + Sync + 'static) -> Self {
        let memory = Memory::default();
        let orders = Orders::new(Db::Memory(memory.clone()));
        let clock = Clock::fixed("2026-11-23T09:00:00Z".parse().unwrap());
        testkit::orders::paid(&orders, &Quotes::new(Db::Memory(memory)), ULID, clock.now())
            .await
            .unwrap();
        let calls = Calls::default();
        let (heard, shop) = (calls.clone(), orders.clone());
        let script = move |request: &Request| {
            let method = method(request);
            heard.lock().unwrap().push(method.clone());
            if method == "order.create" {
                meanwhile(&shop);
            }
            answer(&manner, &method)
        };
        let nobody = |_| async { Ok::<Option<Session>, Failure>(None) };
        let edge = web::EdgeSettings {
            shop_origin: "https://shop.example".into(),
            image_sources: String::new(),
        };
        let deps = Deps {
            orders,
            queues: Queues::Memory(Arc::default()),
            suppliers: Suppliers::read(&mut settings()),
            warehouse: WarehouseAddress::read(&mut settings()),
            http: Http::scripted(script),
            clock,
            edge: web::Edge::new(&edge).with_sessions(nobody),
        };
        Self { deps, calls }
    }

    async fn asked(&self, task: Task) {
        self.asked_about(task, &sup()).await;
    }

    async fn asked_about(&self, task: Task, about: &SupplierOrderId) {
        let message = MessageRecord {
            format: 1,
            task,
            order: Some(order_id()),
            about: about.to_string(),
            payment: None,
        };
        handle(&self.deps, message).await.unwrap();
    }

    async fn order(&self) -> Order {
        self.deps.orders.load(&order_id()).await.unwrap()
    }

    async fn state(&self) -> State {
        self.order().await.supplier_order(&sup()).unwrap().life.state()
    }

    async fn wait(&self, minutes: u64) {
        self.deps.clock.advance(Duration::from_secs(minutes * 60));
        testkit::orders::act(&self.deps.orders, &order_id(), self.deps.clock.now(), Draft::fall_due)
            .await
            .unwrap();
    }

    fn purchases(&self) -> usize {
        self.calls
            .lock()
            .unwrap()
            .iter()
            .filter(|call| *call == "order.create")
            .count()
    }
}

fn order_id() -> OrderId {
    format!("ord_{ULID}").parse().unwrap()
}

fn sup() -> SupplierOrderId {
    SupplierOrderId::of(&order_id(), 1)
}

fn settings() -> Settings {
    let names = [
        ("ALIEXPRESS_BASE_URL", "https://store.example"),
        ("ALIEXPRESS_APP_KEY", "1"),
        ("ALIEXPRESS_APP_SECRET", "s"),
        ("ALIEXPRESS_SESSION_TOKEN", "t"),
        ("WAREHOUSE_CONTACT", "Dock 4"),
        ("WAREHOUSE_COMPANY", "Bandari"),
        ("WAREHOUSE_PHONE", "+1 3025550100"),
        ("WAREHOUSE_ADDRESS_LINE", "100 Harbour Road"),
        ("WAREHOUSE_CITY", "New Castle"),
        ("WAREHOUSE_PROVINCE", "Delaware"),
        ("WAREHOUSE_POSTCODE", "19720"),
        ("WAREHOUSE_COUNTRY", "US"),
    ];
    Settings::new(names.map(|(name, value)| (name.to_owned(), value.to_owned())))
}

fn method(request: &Request) -> String {
    let body = String::from_utf8(request.body.bytes().to_vec()).unwrap();
    let named = body
        .split('&')
        .find_map(|pair| pair.strip_prefix("method=aliexpress."))
        .unwrap_or_default();
    named
        .trim_start_matches("ds.")
        .trim_start_matches("trade.")
        .trim_start_matches("ds.")
        .to_owned()
}

fn answer(manner: &Manner, method: &str) -> Result<Response, Loss> {
    let price = if matches!(manner, Manner::Dearer) {
        "90.00"
    } else {
        "40.00"
    };
    let body = match method {
        "product.get" => product(price),
        "freight.query" => freight(),
        "order.create" => match manner {
            Manner::Silent | Manner::HasNone => return Err(Loss::NoAnswer("cut".into())),
            Manner::Refuses => {
                placed(&json!({ "is_success": false, "error_code": "INVENTORY_HOLD_ERROR", "error_msg": "none" }))
            }
            Manner::Sells | Manner::Dearer => {
                placed(&json!({ "is_success": true, "order_list": { "number": [8_190_000_000_004_417_i64] } }))
            }
        },
        "commissionorder.listbyindex" => list(matches!(manner, Manner::HasNone)),
        "order.get" => status(),
        _ => json!({ "error_response": { "code": "isv.not-played", "msg": method } }),
    };
    Ok(Response::new(200, body.to_string()))
}

fn product(price: &str) -> Value {
    let sku = |length: u8, price: &str| {
        json!({ "sku_id": length.to_string(), "sku_attr": format!("14:{length}"), "id": "x", "sku_price": price,
                "offer_sale_price": price, "currency_code": "USD", "sku_available_stock": 9 })
    };
    json!({ "aliexpress_ds_product_get_response": { "rsp_code": "00", "result": {
        "ae_item_base_info_dto": { "subject": "Shoes", "product_status_type": "onSelling" },
        "ae_item_sku_info_dtos": [sku(13, price), sku(10, "3.50")] } } })
}

fn freight() -> Value {
    let option = json!({ "code": "CAINIAO_STANDARD", "company": "c", "shipping_fee_cent": "1.00", "shipping_fee_currency": "USD",
        "free_shipping": false, "min_delivery_days": 4, "max_delivery_days": 7, "tracking": true });
    json!({ "aliexpress_ds_freight_query_response": { "result": { "code": 200, "success": true,
        "delivery_options": { "delivery_option_d_t_o": [option] } } } })
}

fn placed(result: &Value) -> Value {
    json!({ "aliexpress_ds_order_create_response": { "result": result } })
}

fn list(is_empty: bool) -> Value {
    let line = |count: u8, number: u64| {
        json!({ "order_id": number, "order_number": 8_190_000_000_004_417_i64, "parent_order_number": 8_190_000_000_004_417_i64,
                "item_id": 1005, "item_count": count, "created_time": "2026-11-23 09:00:01", "effect_status": "Payment Completed" })
    };
    let orders = if is_empty {
        json!({})
    } else {
        json!({ "order": [line(2, 1), line(1, 2)] })
    };
    json!({ "aliexpress_ds_commissionorder_listbyindex_response": { "rsp_code": 200, "result": {
        "current_page_no": 1, "current_record_count": if is_empty { 0 } else { 2 }, "orders": orders } } })
}

fn status() -> Value {
    json!({ "aliexpress_trade_ds_order_get_response": { "rsp_code": 200, "result": {
        "gmt_create": "2026-11-23 09:00:01", "order_status": "WAIT_SELLER_SEND_GOODS", "logistics_status": "WAIT_SELLER_SEND_GOODS",
        "user_order_amount": { "amount": "81.50", "currency_code": "USD" },
        "child_order_list": { "aeop_child_order_info": [{ "product_id": 1005, "product_count": 3, "end_reason": null }] } } } })
}

fn nothing(_: &Orders) {}

#[tokio::test]
async fn a_planned_purchase_is_bought_once_however_often_it_is_asked_for() {
    let stage = Stage::with(Manner::Sells, nothing).await;

    for _ in 0..3 {
        stage.asked(Task::PlaceAtStore).await;
    }

    let order = stage.order().await;
    let bought = order.supplier_order(&sup()).unwrap();
    assert_eq!(stage.purchases(), 1);
    assert_eq!(bought.life.state(), State::Placed);
    assert_eq!(bought.store_orders, ["8190000000004417"]);
    assert_eq!(bought.charged.unwrap().to_string(), "USD 81.50");
    assert!(order.balances.is_balanced());
}

#[tokio::test]
async fn only_what_is_dearer_than_its_cap_is_not_bought_and_a_person_is_told() {
    let stage = Stage::with(Manner::Dearer, nothing).await;

    stage.asked(Task::PlaceAtStore).await;

    let order = stage.order().await;
    let apart = &order.supplier_orders[1];
    assert_eq!(stage.purchases(), 1);
    assert_eq!(apart.life.state(), State::Refused);
    assert!(apart.check.as_ref().unwrap().price.unwrap().amount() > apart.cap.amount());
    assert_eq!(order.open_exceptions().count(), 1);
}

#[tokio::test]
async fn a_refusal_of_the_store_is_an_ending() {
    let stage = Stage::with(Manner::Refuses, nothing).await;

    stage.asked(Task::PlaceAtStore).await;

    // Of several lines it does not say which is sold out: each is asked for alone, and the choice for that (left out) acts by itself.
    let order = stage.order().await;
    assert_eq!(order.supplier_orders[0].life.state(), State::Stopped);
    assert!(order.supplier_orders[0].note.contains("INVENTORY_HOLD_ERROR"));
    let alone: Vec<SupplierOrderId> = order.supplier_orders.iter().skip(1).map(|one| one.id.clone()).collect();
    for id in &alone {
        stage.asked_about(Task::PlaceAtStore, id).await;
    }
    let order = stage.order().await;
    let states: Vec<State> = order.supplier_orders.iter().map(|one| one.life.state()).collect();
    assert_eq!(states, vec![State::Stopped; alone.len() + 1]);
    assert_eq!(order.open_exceptions().count(), 0);
    assert_eq!(
        order.refunds.iter().map(|refund| refund.amount.amount()).sum::<i64>(),
        order.total.amount()
    );
}

#[tokio::test]
async fn a_cancelled_order_is_not_bought() {
    let stage = Stage::with(Manner::Sells, nothing).await;
    testkit::orders::act(&stage.deps.orders, &order_id(), stage.deps.clock.now(), Draft::cancel)
        .await
        .unwrap();

    stage.asked(Task::PlaceAtStore).await;

    assert_eq!(stage.purchases(), 0);
    assert_eq!(stage.state().await, State::Stopped);
}

#[tokio::test]
async fn a_lost_answer_is_found_in_the_stores_books_and_never_asked_again() {
    let stage = Stage::with(Manner::Silent, nothing).await;
    stage.asked(Task::PlaceAtStore).await;
    assert_eq!(stage.state().await, State::Unknown);
    stage.asked(Task::PlaceAtStore).await;

    stage.wait(2).await;
    stage.asked(Task::LookUpAtStore).await;

    assert_eq!(stage.purchases(), 1);
    assert_eq!(stage.state().await, State::Placed);
}

#[tokio::test]
async fn what_may_be_another_purchase_whose_outcome_is_open_is_claimed_by_nobody_but_a_person() {
    for (is_other_open, then) in [(true, State::Unknown), (false, State::Placed)] {
        let stage = Stage::with(Manner::Silent, nothing).await;
        let other: OrderId = format!("ord_{OTHER}").parse().unwrap();
        let (orders, now) = (&stage.deps.orders, stage.deps.clock.now());
        let quotes = Quotes::new(Db::Memory(Memory::default()));
        testkit::orders::paid(orders, &quotes, OTHER, now).await.unwrap();
        let theirs = SupplierOrderId::of(&other, 1);
        testkit::orders::act(orders, &other, now, |draft| {
            let cap = draft.order().supplier_orders[0].cap;
            draft.lease_supplier_order(&theirs, cap)?;
            if is_other_open {
                return Ok(());
            }
            draft.bought(&theirs, Bought::Placed(vec!["8190000000009999".into()]))
        })
        .await
        .unwrap();

        stage.asked(Task::PlaceAtStore).await;
        stage.asked(Task::LookUpAtStore).await;

        assert_eq!(stage.state().await, then, "the other is open: {is_other_open}");
        let told = stage.order().await.open_exceptions().count();
        assert_eq!(told, usize::from(is_other_open));
    }
}

#[tokio::test]
async fn a_purchase_that_is_nowhere_is_sent_again_only_after_two_late_looks() {
    let stage = Stage::with(Manner::HasNone, nothing).await;
    stage.asked(Task::PlaceAtStore).await;

    let mut purchases = Vec::new();
    for minutes in [2, 20, 12, 12] {
        stage.wait(minutes).await;
        stage.asked(Task::LookUpAtStore).await;
        purchases.push(stage.purchases());
    }

    assert_eq!(purchases, [1, 1, 1, 2]);
    assert_eq!(stage.state().await, State::Unknown);
}

#[tokio::test]
async fn an_answer_that_meets_a_changed_order_is_kept_all_the_same() {
    // While the store is placing, somebody else commits a change, so that the version has moved on.
    let meddle = |orders: &Orders| {
        let orders = orders.clone();
        let change = async move {
            let now: Timestamp = "2026-11-23T09:00:00Z".parse().unwrap();
            let mut draft = Draft::of(orders.load(&order_id()).await.unwrap(), Actor::Customer, now);
            draft
                .step(&Part::Order, Event::CancelAsked, &Default::default())
                .unwrap();
            orders.commit(draft.finish(), now).await.map(drop).unwrap();
        };
        futures::executor::block_on(change);
    };
    let stage = Stage::with(Manner::Sells, meddle).await;

    stage.asked(Task::PlaceAtStore).await;

    assert_eq!(stage.state().await, State::Placed);
    assert_eq!(stage.order().await.life.state(), State::Paid);
}
