//! The desk as API Gateway sees it.

use domain::{
    Money, Timestamp,
    id::{CustomerId, OrderId, PaymentId, RootId, StaffId, SupplierOrderId},
    lifecycle::{State, Task},
    order::{Bought, Draft, Order, Reported},
    session::{Role, Session, Who},
};
use serde_json::{Value, json};
use store::{Memory, Quotes};
use testkit::orders::{act, bought, paid, placed};

use super::*;

const ULID: &str = "01JDB7M3N8Q4R5S6T7V8W9X0YZ";
const PAGE: &str = "text/html";
const JSON: &str = "application/json";
const WHY: &str = "looked in the store's account";

struct Shop {
    deps: Arc<Deps>,
    quotes: Quotes,
}

impl Shop {
    /// A shop in memory with a member of the staff for each role, logged in with the role's name as token.
    async fn open() -> Self {
        let (db, now) = (Db::Memory(Memory::default()), Self::now());
        let (sessions, clock) = (Sessions::new(Db::Memory(Memory::default())), Clock::fixed(now));
        let staff = |role| Who::Staff(StaffId::from_ulid(ULID).unwrap(), vec![role]);
        for (token, who) in [
            ("support", staff(Role::Support)),
            ("buyer", staff(Role::Buyer)),
            ("warehouse", staff(Role::Warehouse)),
            ("finance", staff(Role::Finance)),
            ("admin", staff(Role::Admin)),
            ("customer", Who::Customer(CustomerId::from_ulid(ULID).unwrap())),
        ] {
            let session = Session {
                who,
                ends_at: now.plus(std::time::Duration::from_secs(3600)),
            };
            sessions.start(&web::token_hash(token), &session).await.unwrap();
        }
        let edge = web::EdgeSettings {
            shop_origin: "https://shop.example".into(),
            image_sources: String::new(),
        };
        let deps = Deps {
            orders: Orders::new(db.clone()),
            queues: Queues::Memory(Arc::default()),
            ids: Ids::seeded(7),
            edge: with_sessions(web::Edge::new(&edge), sessions, &clock),
            clock,
        };
        Self {
            deps: Arc::new(deps),
            quotes: Quotes::new(db),
        }
    }

    fn now() -> Timestamp {
        "2026-11-23T09:00:00Z".parse().unwrap()
    }

    async fn act(&self, id: &OrderId, verb: impl FnOnce(&mut Draft) -> Result<(), Failure>) -> Order {
        act(&self.deps.orders, id, Self::now(), verb).await.unwrap()
    }

    /// A paid order that its store does not sell any more.
    async fn refused_by_the_store(&self) -> Order {
        let order = paid(&self.deps.orders, &self.quotes, ULID, Self::now()).await.unwrap();
        let bought = SupplierOrderId::of(&order.id, 1);
        self.act(&order.id, |draft| draft.cannot_buy(&bought, "it is gone"))
            .await
    }

    /// An order that was paid after it had expired.
    async fn paid_late(&self) -> Order {
        let order = placed(&self.deps.orders, &self.quotes, ULID, Self::now())
            .await
            .unwrap();
        let payment = PaymentId::of(&order.id, 1);
        let start = |draft: &mut Draft| draft.start_payment("stripe".parse().unwrap(), Self::now()).map(drop);
        self.act(&order.id, start).await;
        self.act(&order.id, |draft| draft.settle(&payment, &Reported::Declined).map(drop))
            .await;
        let tomorrow = Self::now().plus(std::time::Duration::from_secs(25 * 3600));
        act(&self.deps.orders, &order.id, tomorrow, Draft::fall_due)
            .await
            .unwrap();
        self.act(&order.id, |draft| {
            draft.settle(&payment, &Reported::Paid(order.total)).map(drop)
        })
        .await
    }

    async fn ask(&self, method: &str, path: &str, token: &str, body: Option<Value>) -> Value {
        self.request(method, path, (token, JSON, "k1"), body).await
    }

    async fn request(
        &self,
        method: &str,
        path: &str,
        (token, accept, key): (&str, &str, &str),
        body: Option<Value>,
    ) -> Value {
        let (path, query) = path.split_once('?').unwrap_or((path, ""));
        let event = json!({
            "version": "2.0", "routeKey": "$default", "rawPath": path, "rawQueryString": query,
            "headers": {
                "accept": accept, "cookie": format!("__Host-sid={token}"), "idempotency-key": key,
                "origin": "https://shop.example", "content-type": "application/json"
            },
            "requestContext": {
                "http": { "method": method, "path": path, "protocol": "HTTP/1.1", "sourceIp": "192.0.2.7", "userAgent": "t" },
                "stage": "$default", "requestId": "1", "timeEpoch": 0, "time": "", "accountId": "", "apiId": "", "routeKey": ""
            },
            "body": body.map(|body| body.to_string()).unwrap_or_default(), "isBase64Encoded": false
        });
        runtime::answer_http(router(self.deps.clone()), &event.to_string())
            .await
            .unwrap()
    }

    async fn answer(&self, order: &Order, token: &str, action: &str) -> Value {
        let path = format!("/desk/exceptions/exc_{}-1/resolution", order.id.ulid());
        self.ask("POST", &path, token, Some(json!({ "action": action, "reason": WHY })))
            .await
    }

    async fn get(&self, path: &str, token: &str) -> Value {
        let answer = self.ask("GET", path, token, None).await;
        assert_eq!(answer["statusCode"], 200, "{answer}");
        document(&answer)
    }

    async fn page(&self, path: &str, token: &str) -> String {
        let answer = self.request("GET", path, (token, PAGE, "k"), None).await;
        assert_eq!(answer["statusCode"], 200, "{answer}");
        answer["body"].as_str().unwrap().to_owned()
    }

    async fn order(&self, id: &OrderId) -> Order {
        self.deps.orders.load(id).await.unwrap()
    }

    fn sent(&self) -> Vec<Task> {
        let Queues::Memory(sent) = &self.deps.queues else {
            panic!("a queue of this process")
        };
        sent.lock().unwrap().iter().map(|message| message.task).collect()
    }
}

fn document(answer: &Value) -> Value {
    serde_json::from_str(answer["body"].as_str().unwrap()).unwrap()
}

fn found(answer: &Value) -> usize {
    answer["orders"].as_array().unwrap().len()
}

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
async fn a_retry_sends_the_purchase_again_and_answers_the_matter() {
    let shop = Shop::open().await;
    let order = shop.refused_by_the_store().await;

    let first = shop.answer(&order, "buyer", "retry").await;
    let again = shop.answer(&order, "buyer", "retry").await;

    assert_eq!(first["statusCode"], 200, "{first}");
    assert_eq!(
        (&again["body"], &again["headers"]["idempotency-replayed"]),
        (&first["body"], &json!("true"))
    );
    let order = shop.order(&order.id).await;
    assert_eq!(order.supplier_orders[0].life.state(), State::Planned);
    assert_eq!(order.open_exceptions().count(), 0);
    assert_eq!(shop.sent(), [Task::PlaceAtStore]);
    let newest = shop.deps.orders.timeline(&order.id).await.unwrap().pop().unwrap();
    assert_eq!(
        (newest.note.as_str(), newest.actor.to_string()),
        (WHY, format!("staff:stf_{ULID}"))
    );
}

#[tokio::test]
async fn giving_up_sends_the_money_back() {
    let shop = Shop::open().await;
    let order = shop.refused_by_the_store().await;

    shop.answer(&order, "buyer", "give_up").await;

    let order = shop.order(&order.id).await;
    assert_eq!(order.supplier_orders[0].life.state(), State::Stopped);
    assert_eq!(
        order.refunds.iter().map(|refund| refund.amount.amount()).sum::<i64>(),
        order.total.amount()
    );
    assert_eq!(shop.sent(), [Task::RefundAtProvider]);
}

#[tokio::test]
async fn an_answer_needs_the_role_that_answers_for_it_and_a_reason() {
    let shop = Shop::open().await;
    let order = shop.refused_by_the_store().await;
    let path = format!("/desk/exceptions/exc_{ULID}-1/resolution");

    for token in ["support", "warehouse", "finance"] {
        assert_eq!(shop.answer(&order, token, "retry").await["statusCode"], 403, "{token}");
    }
    for (body, status) in [
        (json!({ "action": "retry", "reason": " no " }), 422),
        (json!({ "action": "retry" }), 422),
        (json!({ "action": "explode", "reason": WHY }), 422),
        (json!({ "action": "release_unit", "reason": WHY }), 403),
        (json!({ "action": "give_up", "reason": WHY, "amount": 1 }), 422),
    ] {
        assert_eq!(
            shop.ask("POST", &path, "buyer", Some(body.clone())).await["statusCode"],
            status,
            "{body}"
        );
    }
    assert_eq!(shop.answer(&order, "admin", "release_unit").await["statusCode"], 409);
    let unknown = format!("/desk/exceptions/exc_{ULID}-9/resolution");
    let body = Some(json!({ "action": "retry", "reason": WHY }));
    assert_eq!(shop.ask("POST", &unknown, "buyer", body).await["statusCode"], 404);
    assert_eq!(shop.order(&order.id).await.version, order.version);
}

#[tokio::test]
async fn a_late_payment_lets_the_order_go_on_or_goes_back() {
    for (token, action, state, task) in [
        ("buyer", "release_order", State::Paid, Task::PlaceAtStore),
        ("finance", "cancel_order", State::Cancelled, Task::RefundAtProvider),
    ] {
        let shop = Shop::open().await;
        let order = shop.paid_late().await;
        assert_eq!(order.life.state(), State::OnHold);

        let answer = shop.answer(&order, token, action).await;

        assert_eq!(answer["statusCode"], 200, "{answer}");
        let order = shop.order(&order.id).await;
        assert_eq!((order.life.state(), order.open_exceptions().count()), (state, 0));
        assert_eq!(shop.sent(), [task]);
    }
}

#[tokio::test]
async fn a_payment_of_another_amount_goes_back_whole() {
    let shop = Shop::open().await;
    let order = placed(&shop.deps.orders, &shop.quotes, ULID, Shop::now())
        .await
        .unwrap();
    let payment = PaymentId::of(&order.id, 1);
    let less = Money::new(100, order.total.currency());
    shop.act(&order.id, |draft| {
        draft.start_payment("stripe".parse().unwrap(), Shop::now()).map(drop)
    })
    .await;
    shop.act(&order.id, |draft| {
        draft.settle(&payment, &Reported::Paid(less)).map(drop)
    })
    .await;

    let refused = shop.answer(&order, "buyer", "return_payment").await;
    let answer = shop.answer(&order, "finance", "return_payment").await;

    assert_eq!(
        (&refused["statusCode"], &answer["statusCode"]),
        (&json!(403), &json!(200))
    );
    assert_eq!(shop.order(&order.id).await.refunds[0].amount, less);
}

#[tokio::test]
async fn a_piece_that_never_came_is_written_off_by_finance() {
    let shop = Shop::open().await;
    let order = bought(&shop.deps.orders, &shop.quotes, ULID, "LP1", Shop::now())
        .await
        .unwrap();
    let later = Shop::now().plus(std::time::Duration::from_secs(46 * 24 * 3600));
    act(&shop.deps.orders, &order.id, later, Draft::fall_due).await.unwrap();
    let path = format!("/desk/orders/{}", order.id);
    assert_eq!(found_actions(&shop.get(&path, "finance").await), ["write_off_unit"]);
    assert_eq!(found_actions(&shop.get(&path, "warehouse").await), ["put_aside"]);

    let answer = shop.answer(&order, "finance", "write_off_unit").await;

    assert_eq!(answer["statusCode"], 200, "{answer}");
    let order = shop.order(&order.id).await;
    assert_eq!((order.units[0].life.state(), order.refunds.len()), (State::Lost, 1));
}

/// What is offered for the first matter about a piece.
fn found_actions(order: &Value) -> Vec<String> {
    let exceptions = order["exceptions"].as_array().unwrap();
    let one = exceptions
        .iter()
        .find(|exception| exception["id"] == format!("exc_{ULID}-1"))
        .unwrap();
    one["actions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|word| word.as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn a_matter_that_is_put_aside_stays_with_its_reason_and_who_gave_it() {
    let shop = Shop::open().await;
    let order = shop.refused_by_the_store().await;

    let first = shop.answer(&order, "buyer", "put_aside").await;
    let path = format!("/desk/exceptions/exc_{ULID}-1/resolution");
    let body = Some(json!({ "action": "put_aside", "reason": "another reason" }));
    let second = shop.request("POST", &path, ("buyer", JSON, "k2"), body).await;

    assert_eq!(
        (&first["statusCode"], &second["statusCode"]),
        (&json!(200), &json!(409))
    );
    let order = shop.order(&order.id).await;
    let (_, answer) = order.exceptions[0].resolved.clone().unwrap();
    assert_eq!(answer, format!("put aside by stf_{ULID}: {WHY}"));
    assert_eq!(order.supplier_orders[0].life.state(), State::Refused);
}

#[tokio::test]
async fn a_refused_answer_is_shown_on_the_page_of_the_order() {
    let shop = Shop::open().await;
    let order = shop.refused_by_the_store().await;
    let path = format!("/desk/exceptions/exc_{}-1/resolution", order.id.ulid());
    let body = Some(json!({ "action": "retry", "reason": "" }));

    let answer = shop.request("POST", &path, ("buyer", PAGE, "k"), body).await;

    let page = answer["body"].as_str().unwrap();
    assert_eq!(answer["statusCode"], 422);
    assert!(page.contains("Say why, in 5 to 500 characters.") && page.contains("Try it again"));
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

#[tokio::test]
async fn every_sample_without_marks_gets_the_answer_it_expects() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../events/admin");
    let shop = Shop::open().await;
    let mut played = 0;
    let names = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap());
    for name in names.filter_map(|name| name.strip_suffix(".expect.json").map(str::to_owned)) {
        let read = |name: &str| std::fs::read_to_string(format!("{folder}/{name}.json")).unwrap();
        let event = ["customer", "buyer", "warehouse", "support"]
            .iter()
            .fold(read(&name), |event, token| {
                event.replace(&format!("<token:{token}>"), token)
            });
        if event.contains("<id:") {
            continue;
        }
        let expected: Value = serde_json::from_str(&read(&format!("{name}.expect"))).unwrap();
        let answer = runtime::answer_http(router(shop.deps.clone()), &event).await.unwrap();
        assert_eq!(answer["statusCode"], expected["status"], "{name}: {answer}");
        for (header, value) in expected["headers"].as_object().unwrap() {
            assert_eq!(&answer["headers"][header], value, "{header} of {name}");
        }
        for text in expected["body_contains"].as_array().into_iter().flatten() {
            assert!(
                answer["body"].as_str().unwrap().contains(text.as_str().unwrap()),
                "{text} of {name}"
            );
        }
        if !expected["json"].is_null() {
            assert_eq!(document(&answer), expected["json"], "{name}");
        }
        played += 1;
    }
    assert!(played >= 4, "{played}");
}
