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

#[path = "../tests/unit/answers.rs"]
mod answers;
#[path = "../tests/unit/doubts.rs"]
mod doubts;
#[path = "../tests/unit/reading.rs"]
mod reading;
#[path = "../tests/unit/two_persons.rs"]
mod two_persons;

const ULID: &str = "01JDB7M3N8Q4R5S6T7V8W9X0YZ";
const PAGE: &str = "text/html";
const JSON: &str = "application/json";
const WHY: &str = "looked in the store's account";

struct Shop {
    deps: Arc<Deps>,
    quotes: Quotes,
    db: Db,
    sessions: Sessions,
}

impl Shop {
    /// A shop in memory with a member of the staff for each role, logged in with the role's name as token.
    async fn open() -> Self {
        let db = Db::Memory(Memory::default());
        let (sessions, clock) = (Sessions::new(Db::Memory(Memory::default())), Clock::fixed(Self::now()));
        let edge = web::EdgeSettings {
            shop_origin: "https://shop.example".into(),
            image_sources: String::new(),
        };
        let deps = Deps {
            orders: Orders::new(db.clone()),
            proposals: Proposals::new(db.clone()),
            queues: Queues::Memory(Arc::default()),
            ids: Ids::seeded(7),
            edge: web::Edge::new(&edge).with_sessions(sessions.finder(clock.reader())),
            clock,
        };
        let shop = Self {
            deps: Arc::new(deps),
            quotes: Quotes::new(db.clone()),
            db,
            sessions,
        };
        shop.log_in_again().await;
        shop
    }

    /// Everybody has a session for an hour from now on.
    async fn log_in_again(&self) {
        let now = self.deps.clock.now();
        let staff = |last, role| {
            let id = StaffId::from_ulid(&format!("01JDB7M3N8Q4R5S6T7V8W9X0Y{last}"));
            Who::Staff(id.unwrap(), vec![role])
        };
        for (token, who) in [
            ("support", staff('S', Role::Support)),
            ("buyer", staff('Z', Role::Buyer)),
            ("warehouse", staff('W', Role::Warehouse)),
            ("finance", staff('F', Role::Finance)),
            ("admin", staff('A', Role::Admin)),
            ("customer", Who::Customer(CustomerId::from_ulid(ULID).unwrap())),
        ] {
            let session = Session {
                who,
                epoch: 0,
                ends_at: now.plus(std::time::Duration::from_secs(3600)),
            };
            let hash = web::token_hash(token);
            if let Ok(Some(before)) = self.sessions.find(&hash, Self::now()).await {
                self.sessions.end(&hash, &before).await.unwrap();
            }
            self.sessions.start(&hash, &session, now).await.unwrap();
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
        // So late that a person looks first.
        let days_later = Self::now().plus(std::time::Duration::from_secs(5 * 24 * 3600));
        act(&self.deps.orders, &order.id, days_later, |draft| {
            draft.settle(&payment, &Reported::Paid(order.total)).map(drop)
        })
        .await
        .unwrap()
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

    /// Proposed by one and approved by another.
    async fn two_answer(&self, order: &Order, (one, other): (&str, &str), action: &str) -> Value {
        let proposed = self.answer(order, one, action).await;
        assert_eq!(proposed["statusCode"], 202, "{proposed}");
        self.approve(order, other).await
    }

    async fn approve(&self, order: &Order, token: &str) -> Value {
        let path = format!("/desk/proposals/exc_{}-1/approval", order.id.ulid());
        self.ask("POST", &path, token, Some(json!({}))).await
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
async fn every_sample_without_marks_gets_the_answer_it_expects() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../events/admin");
    let shop = Shop::open().await;
    let mut played = 0;
    let names = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap());
    for name in names.filter_map(|name| name.strip_suffix(".expect.json").map(str::to_owned)) {
        let read = |name: &str| std::fs::read_to_string(format!("{folder}/{name}.json")).unwrap();
        let event = ["customer", "buyer", "warehouse", "support", "finance", "admin"]
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
