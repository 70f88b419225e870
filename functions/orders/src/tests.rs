//! Orders as API Gateway sees them.

use domain::{
    Timestamp,
    id::{CustomerId, OrderId, RootId},
    order::{Draft, Order},
    session::{Session, Who},
};
use serde_json::{Value, json};
use store::{Memory, Quotes};
use testkit::orders::{act, bought, paid, placed};

use super::*;

const ASHA: &str = "01JDB7M3N8Q4R5S6T7V8W9X0YZ";
const EVE: &str = "01JDB7M3N8Q4R5S6T7V8W9X0Z0";
const PAGE: &str = "text/html";
const JSON: &str = "application/json";

struct Shop {
    deps: Arc<Deps>,
    quotes: Quotes,
}

impl Shop {
    /// A shop in memory; `asha` is a visitor and `eve` has an account.
    async fn open() -> Self {
        let (db, now) = (Db::Memory(Memory::default()), Self::now());
        let (sessions, clock) = (Sessions::new(Db::Memory(Memory::default())), Clock::fixed(now));
        let customer = |ulid| CustomerId::from_ulid(ulid).unwrap();
        for (token, who) in [
            ("asha", Who::Guest(customer(ASHA))),
            ("eve", Who::Customer(customer(EVE))),
        ] {
            let session = Session {
                who,
                epoch: 0,
                ends_at: now.plus(std::time::Duration::from_secs(3600)),
            };
            sessions.start(&web::token_hash(token), &session, now).await.unwrap();
        }
        let edge = web::EdgeSettings {
            shop_origin: "https://shop.example".into(),
            image_sources: String::new(),
        };
        let edge = web::Edge::new(&edge).with_forms_to(&["http://127.0.0.1:9000/stripe"]);
        let deps = Deps {
            orders: Orders::new(db.clone()),
            queues: Queues::Memory(Arc::default()),
            ids: Ids::seeded(7),
            edge: edge.with_sessions(sessions.finder(clock.reader())),
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

    async fn placed(&self) -> Order {
        placed(&self.deps.orders, &self.quotes, ASHA, Self::now())
            .await
            .unwrap()
    }

    async fn paid(&self) -> Order {
        paid(&self.deps.orders, &self.quotes, ASHA, Self::now()).await.unwrap()
    }

    async fn bought(&self) -> Order {
        bought(&self.deps.orders, &self.quotes, ASHA, "LP1", Self::now())
            .await
            .unwrap()
    }

    async fn ask(&self, method: &str, path: &str, token: &str, accept: &str) -> Value {
        let (path, query) = path.split_once('?').unwrap_or((path, ""));
        let event = json!({
            "version": "2.0", "routeKey": "$default", "rawPath": path, "rawQueryString": query,
            "headers": { "accept": accept, "cookie": format!("__Host-sid={token}"), "idempotency-key": "k1", "origin": "https://shop.example" },
            "requestContext": {
                "http": { "method": method, "path": path, "protocol": "HTTP/1.1", "sourceIp": "192.0.2.7", "userAgent": "t" },
                "stage": "$default", "requestId": "1", "timeEpoch": 0, "time": "", "accountId": "", "apiId": "", "routeKey": ""
            },
            "isBase64Encoded": false
        });
        self.send(&event).await
    }

    /// A form of the page.
    async fn form(&self, path: &str, body: &str, accept: &str) -> Value {
        let event = json!({
            "version": "2.0", "routeKey": "$default", "rawPath": path, "rawQueryString": "", "body": body,
            "headers": {
                "accept": accept, "cookie": "__Host-sid=asha", "origin": "https://shop.example",
                "content-type": "application/x-www-form-urlencoded"
            },
            "requestContext": {
                "http": { "method": "POST", "path": path, "protocol": "HTTP/1.1", "sourceIp": "192.0.2.7", "userAgent": "t" },
                "stage": "$default", "requestId": "1", "timeEpoch": 0, "time": "", "accountId": "", "apiId": "", "routeKey": ""
            },
            "isBase64Encoded": false
        });
        self.send(&event).await
    }

    async fn send(&self, event: &Value) -> Value {
        runtime::answer_http(router(self.deps.clone()), &event.to_string())
            .await
            .unwrap()
    }

    async fn get(&self, path: &str) -> Value {
        let answer = self.ask("GET", path, "asha", JSON).await;
        assert_eq!(answer["statusCode"], 200, "{answer}");
        document(&answer)
    }

    async fn page(&self, path: &str) -> String {
        let answer = self.ask("GET", path, "asha", PAGE).await;
        assert_eq!(answer["statusCode"], 200, "{answer}");
        answer["body"].as_str().unwrap().to_owned()
    }

    async fn cancel(&self, id: &OrderId, accept: &str) -> Value {
        self.ask("POST", &format!("/orders/{id}/cancellation"), "asha", accept)
            .await
    }
}

fn document(answer: &Value) -> Value {
    serde_json::from_str(answer["body"].as_str().unwrap()).unwrap()
}

#[tokio::test]
async fn a_visitor_sees_their_orders_and_nobody_elses() {
    let shop = Shop::open().await;
    let order = shop.placed().await;

    let own = shop.get("/orders").await;
    let others = document(&shop.ask("GET", "/orders", "eve", JSON).await);
    let page = shop.page("/orders").await;

    assert_eq!(
        (&own["orders"][0]["id"], &own["orders"][0]["status"]),
        (&json!(order.id), &json!("pending"))
    );
    assert_eq!((&own["next"], &others["orders"]), (&json!(""), &json!([])));
    assert!(page.contains("Running shoes") && page.contains("on this device only"));
}

#[tokio::test]
async fn another_customers_order_is_not_found_anywhere() {
    let shop = Shop::open().await;
    let id = shop.paid().await.id;

    for (method, rest) in [
        ("GET", ""),
        ("GET", "/timeline"),
        ("GET", "/money"),
        ("POST", "/cancellation"),
    ] {
        let answer = shop.ask(method, &format!("/orders/{id}{rest}"), "eve", JSON).await;
        assert_eq!(answer["statusCode"], 404, "{rest}");
    }
    assert_eq!(
        shop.ask("GET", &format!("/orders/{id}"), "nobody", JSON).await["statusCode"],
        401
    );
    assert_eq!(shop.get(&format!("/orders/{id}")).await["status"], "paid");
}

#[tokio::test]
async fn an_order_that_waits_for_money_offers_to_pay_and_to_cancel() {
    let shop = Shop::open().await;
    let order = shop.placed().await;
    let path = format!("/orders/{}", order.id);

    let json = shop.get(&path).await;
    let answer = shop.ask("GET", &path, "asha", PAGE).await;

    assert_eq!(json["links"]["payments"], format!("{path}/payments"));
    assert_eq!(json["links"]["cancellation"], format!("{path}/cancellation"));
    assert_eq!(
        (&json["money_status"], json["units"].as_array().unwrap().len()),
        (&json!("unpaid"), 3)
    );
    let page = answer["body"].as_str().unwrap();
    for words in [
        format!("action=\"{path}/payments\""),
        "name=\"provider\" value=\"stripe\"".into(),
        "data-status=\"pending\"".into(),
        format!("Pay {}", order.total),
        "2 × waiting for your payment".into(),
    ] {
        assert!(page.contains(&words), "{words}");
    }
    let policy = answer["headers"]["content-security-policy"].as_str().unwrap();
    assert!(
        policy.contains("form-action 'self' https: http://127.0.0.1:9000;"),
        "{policy}"
    );
}

#[tokio::test]
async fn a_started_payment_is_linked_until_its_word_is_heard() {
    let shop = Shop::open().await;
    let order = shop.placed().await;
    let start = |draft: &mut Draft| draft.start_payment("stripe".parse().unwrap(), Shop::now()).map(drop);
    act(&shop.deps.orders, &order.id, Shop::now(), start).await.unwrap();

    let page = shop.page(&format!("/orders/{}", order.id)).await;

    assert!(page.contains(&format!("/payments/pay_{ASHA}-1")));
}

#[tokio::test]
async fn a_bought_order_shows_every_piece_and_offers_no_cancellation() {
    let shop = Shop::open().await;
    let order = shop.bought().await;
    let path = format!("/orders/{}", order.id);

    let (json, page) = (shop.get(&path).await, shop.page(&path).await);

    assert_eq!(
        (&json["status"], &json["units"][0]["status_text"]),
        (&json!("ordered"), &json!("sent to our warehouse"))
    );
    assert!(json["links"]["cancellation"].is_null() && json["links"]["payments"].is_null());
    assert!(page.contains("2 × sent to our warehouse") && page.contains("aria-current=\"step\""));
    assert!(!page.contains("<form"));
    assert!(page.contains("it cannot be cancelled any more"));
}

#[tokio::test]
async fn the_timeline_tells_customers_what_is_theirs_to_know() {
    let shop = Shop::open().await;
    let id = shop.bought().await.id;

    let entries = shop.get(&format!("/orders/{id}/timeline")).await["entries"].clone();

    let entries = entries.as_array().unwrap();
    let sentences: Vec<_> = entries
        .iter()
        .map(|entry| entry["sentence"].as_str().unwrap())
        .collect();
    assert_eq!(
        sentences,
        [
            "The store sent it to our warehouse.",
            "Bought at the store.",
            "Paid in full. We are buying your items now.",
            "Payment received.",
            "Payment started.",
            "Order placed. It starts as soon as it is paid.",
        ]
    );
    assert_eq!(entries.last().unwrap()["by"], "customer");
    assert!(
        shop.page(&format!("/orders/{id}/timeline"))
            .await
            .contains("Bought at the store.")
    );
    assert!(
        shop.page(&format!("/orders/{id}/money"))
            .await
            .contains("With the stores")
    );
}

#[tokio::test]
async fn a_paid_order_is_cancelled_once_and_all_money_goes_back() {
    let shop = Shop::open().await;
    let order = shop.paid().await;

    let first = shop.cancel(&order.id, JSON).await;
    let again = shop.cancel(&order.id, JSON).await;

    assert_eq!(
        (&first["statusCode"], &document(&first)["status"]),
        (&json!(200), &json!("cancelled")),
        "{first}"
    );
    assert_eq!(
        (&again["body"], &again["headers"]["idempotency-replayed"]),
        (&first["body"], &json!("true"))
    );
    let order = shop.deps.orders.load(&order.id).await.unwrap();
    assert_eq!(order.refunds.len(), 1);
    assert_eq!(order.refunds[0].amount, order.total);
    let Queues::Memory(sent) = &shop.deps.queues else {
        panic!("a queue of this process")
    };
    let sent: Vec<_> = sent.lock().unwrap().iter().map(|message| message.task).collect();
    assert_eq!(sent, [domain::lifecycle::Task::RefundAtProvider]);
}

#[tokio::test]
async fn the_form_of_a_cancellation_leads_back_to_the_order() {
    let shop = Shop::open().await;
    let id = shop.placed().await.id;

    let answer = shop.cancel(&id, PAGE).await;

    assert_eq!(
        (&answer["statusCode"], &answer["headers"]["location"]),
        (&json!(303), &json!(format!("/orders/{id}")))
    );
    let page = shop.page(&format!("/orders/{id}")).await;
    assert!(page.contains("Ended without delivery.") && page.contains("Cancelled before it was paid in full."));
}

#[tokio::test]
async fn a_cancellation_that_comes_too_late_is_refused_on_the_page_of_the_order() {
    let shop = Shop::open().await;
    let id = shop.bought().await.id;

    let (json, page) = (shop.cancel(&id, JSON).await, shop.cancel(&id, PAGE).await);

    assert_eq!(
        (&json["statusCode"], &document(&json)["code"]),
        (&json!(409), &json!("too_late_to_cancel"))
    );
    let words = page["body"].as_str().unwrap();
    assert_eq!(page["statusCode"], 409);
    assert!(words.contains("cannot be cancelled here") && words.contains("2 × sent to our warehouse"));
}

#[tokio::test]
async fn the_email_address_of_an_unpaid_order_can_be_corrected_and_of_a_paid_one_not() {
    let shop = Shop::open().await;
    let id = shop.placed().await.id;
    let path = format!("/orders/{id}/email");
    assert!(shop.page(&format!("/orders/{id}")).await.contains(&path));

    let wrong = shop.form(&path, "email=asha%40", PAGE).await;
    let right = shop.form(&path, "email=asha%40example.com", PAGE).await;

    assert_eq!(wrong["statusCode"], 422);
    assert!(wrong["body"].as_str().unwrap().contains("e-mail address"));
    assert_eq!(
        (&right["statusCode"], &right["headers"]["location"]),
        (&json!(303), &json!(format!("/orders/{id}")))
    );
    let order = shop.deps.orders.load(&id).await.unwrap();
    assert_eq!(order.destination.parts().email, "asha@example.com");
    let theirs = shop.ask("POST", &path, "eve", JSON).await;
    assert_eq!(theirs["statusCode"], 404);
    act(&shop.deps.orders, &id, Shop::now(), |draft| draft.cancel())
        .await
        .unwrap();
    let late = shop.form(&path, "email=late%40example.com", JSON).await;
    assert_eq!(document(&late)["code"], "not_payable");
    assert!(!shop.page(&format!("/orders/{id}")).await.contains(&path));
}

#[tokio::test]
async fn what_cannot_be_paid_at_once_is_offered_in_parts_and_a_refusal_of_the_provider_is_told() {
    use domain::{id::PaymentId, order::PaymentRefusal, payment_terms::Limits};
    let shop = Shop::open().await;
    let order = shop.placed().await;
    let (id, total) = (order.id.clone(), order.total.amount());
    let limits = Limits {
        unit: 100,
        smallest: 100,
        largest: total / 2 + 100,
    };
    act(&shop.deps.orders, &id, Shop::now(), |draft| draft.keep_limits(limits))
        .await
        .unwrap();
    act(&shop.deps.orders, &id, Shop::now(), |draft| {
        let payment = draft.start_payment("stripe".parse().unwrap(), Shop::now())?;
        assert_eq!(payment, PaymentId::of(&id, 1));
        draft.payment_refused(&payment, PaymentRefusal::Email)
    })
    .await
    .unwrap();

    let page = shop.page(&format!("/orders/{id}")).await;

    assert!(page.contains("this is paid in 2 payments") && page.contains("name=\"amount\" value="));
    assert!(page.contains("does not take the e-mail address"));
}

#[tokio::test]
async fn every_sample_without_marks_gets_the_answer_it_expects() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../events/orders");
    let shop = Shop::open().await;
    let mut played = 0;
    let names = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap());
    for name in names.filter_map(|name| name.strip_suffix(".expect.json").map(str::to_owned)) {
        let read = |name: &str| std::fs::read_to_string(format!("{folder}/{name}.json")).unwrap();
        let event = read(&name).replace("<token:customer>", "eve");
        if event.contains("<token:") || event.contains("<id:") {
            continue;
        }
        let expected: Value = serde_json::from_str(&read(&format!("{name}.expect"))).unwrap();
        let answer = runtime::answer_http(router(shop.deps.clone()), &event).await.unwrap();
        assert_eq!(answer["statusCode"], expected["status"], "{name}: {answer}");
        for (header, value) in expected["headers"].as_object().unwrap() {
            assert_eq!(&answer["headers"][header], value, "{header} of {name}");
        }
        if !expected["json"].is_null() {
            assert_eq!(document(&answer), expected["json"], "{name}");
        }
        played += 1;
    }
    assert!(played >= 3, "{played}");
}

#[tokio::test]
async fn a_cancelled_order_waits_for_no_payment_and_says_what_went_back() {
    let shop = Shop::open().await;
    let unpaid = shop.placed().await;
    shop.cancel(&unpaid.id, JSON).await;

    let page = shop.page(&format!("/orders/{}", unpaid.id)).await;

    assert!(
        page.contains("not bought") && !page.contains("waiting for your payment"),
        "{page}"
    );
}

#[tokio::test]
async fn a_payment_that_goes_back_is_not_told_as_paid_alone() {
    let shop = Shop::open().await;
    let order = shop.paid().await;
    shop.cancel(&order.id, JSON).await;
    let path = format!("/orders/{}", order.id);

    let page = shop.page(&path).await;
    let json = shop.get(&path).await;

    assert!(page.contains("paid, and all of it is on its way back"), "{page}");
    assert_eq!(json["payments"][0]["refunded"], json!(order.total));
}
