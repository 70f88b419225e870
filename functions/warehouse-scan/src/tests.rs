//! A warehouse in memory around one order, and ways to ask it as API Gateway does.

#[path = "../tests/unit/edge.rs"]
mod edge;

use std::sync::{Arc, Mutex};

use domain::{
    audit::Hand,
    id::{LineId, OrderId, RootId, ScanId, StaffId},
    lifecycle::Task,
    order::{Actor, Draft as OrderDraft, Order},
    session::{Role, Session, Who},
};
use serde_json::{Value, json};
use store::{Memory, MessageRecord};

use super::*;

pub(crate) const ULID: &str = "01JDB7M3N8Q4R5S6T7V8W9X0YZ";
pub(crate) const OTHER: &str = "01JDB7M3N8Q4R5S6T7V8W9X0YA";
const NUMBER: &str = "LP00123456789012";
const HOME: &str = include_str!("../../../events/storefront/home-page.json");

/// The warehouse around one order.
pub(crate) struct Shop {
    pub(crate) deps: Deps,
    pub(crate) clock: Clock,
    pub(crate) staff: Hand,
    messages: Arc<Mutex<Vec<MessageRecord>>>,
}

pub(crate) fn line(number: u32) -> LineId {
    LineId::of(&OrderId::from_ulid(ULID).unwrap(), number)
}

pub(crate) fn scan(number: u32) -> ScanId {
    ScanId::from_ulid(&format!("01JDB7M3N8Q4R5S6T7V8W9X0Y{number}")).unwrap()
}

impl Shop {
    pub(crate) fn new() -> Self {
        let clock = Clock::fixed("2026-11-23T09:00:00Z".parse().unwrap());
        let messages = Arc::default();
        let db = Db::Memory(Memory::default());
        let settings = web::EdgeSettings {
            shop_origin: "https://shop.example".into(),
            image_sources: String::new(),
        };
        let staff = StaffId::from_ulid(ULID).unwrap();
        let edge = web::Edge::new(&settings).with_sessions({
            let (staff, now) = (staff.clone(), clock.clone());
            move |hash| {
                let roles = if hash == web::token_hash("warehouse") {
                    vec![Role::Warehouse]
                } else {
                    vec![Role::Buyer]
                };
                let ends_at = now.now().plus(std::time::Duration::from_secs(60));
                let session = Session {
                    who: Who::Staff(staff.clone(), roles),
                    epoch: 0,
                    ends_at,
                };
                async move { Ok(Some(session)) }
            }
        });
        let deps = Deps {
            orders: Orders::new(db.clone()),
            quotes: Quotes::new(db),
            queues: Queues::Memory(Arc::clone(&messages)),
            files: Files::Memory(Arc::default()),
            clock: clock.clone(),
            ids: Ids::seeded(7),
            edge,
        };
        Self {
            deps,
            clock,
            staff: Hand {
                actor: Actor::Staff(staff),
                source: "192.0.2.7".into(),
            },
            messages,
        }
    }

    pub(crate) async fn placed(&self, ulid: &str) -> Order {
        testkit::orders::placed(&self.deps.orders, &self.deps.quotes, ulid, self.clock.now())
            .await
            .unwrap()
    }

    pub(crate) async fn paid(&self, ulid: &str) -> Order {
        testkit::orders::paid(&self.deps.orders, &self.deps.quotes, ulid, self.clock.now())
            .await
            .unwrap()
    }

    pub(crate) async fn bought(&self, ulid: &str, tracking: &str) -> Order {
        testkit::orders::bought(&self.deps.orders, &self.deps.quotes, ulid, tracking, self.clock.now())
            .await
            .unwrap()
    }

    pub(crate) async fn with_bought() -> Self {
        let shop = Self::new();
        shop.bought(ULID, NUMBER).await;
        shop
    }

    pub(crate) async fn with_received() -> Self {
        let shop = Self::with_bought().await;
        for (number, count) in [(1, 2), (2, 1)] {
            let form = format!("{}&count={count}&condition=good", receipt(number, number));
            assert_eq!(shop.sends("/warehouse/receipts", &form).await["statusCode"], 303);
        }
        shop
    }

    pub(crate) async fn act(&self, id: &OrderId, verb: impl FnOnce(&mut OrderDraft) -> Result<(), Failure>) -> Order {
        testkit::orders::act(&self.deps.orders, id, self.clock.now(), verb)
            .await
            .unwrap()
    }

    pub(crate) async fn order(&self) -> Order {
        self.deps.orders.load(&OrderId::from_ulid(ULID).unwrap()).await.unwrap()
    }

    pub(crate) fn sent(&self) -> Vec<Task> {
        self.messages
            .lock()
            .unwrap()
            .iter()
            .map(|message| message.task)
            .collect()
    }

    async fn plays(&self, event: &Value) -> Value {
        runtime::answer_http(router(self.deps.clone()), &event.to_string())
            .await
            .unwrap()
    }

    async fn asks(&self, method: &str, path: &str, accept: &str, body: Option<(&str, &str)>) -> Value {
        let mut event: Value = serde_json::from_str(HOME).unwrap();
        let (path, query) = path.split_once('?').unwrap_or((path, ""));
        event["rawPath"] = json!(path);
        event["rawQueryString"] = json!(query);
        event["requestContext"]["http"]["method"] = json!(method);
        event["headers"]["accept"] = json!(accept);
        event["headers"]["origin"] = json!("https://shop.example");
        event["cookies"] = json!(["__Host-sid=warehouse"]);
        if let Some((media_type, body)) = body {
            event["headers"]["content-type"] = json!(media_type);
            event["headers"]["content-length"] = json!(body.len().to_string());
            event["body"] = json!(body);
        }
        self.plays(&event).await
    }

    async fn page(&self, path: &str) -> String {
        let answer = self.asks("GET", path, "text/html", None).await;
        assert_eq!(answer["statusCode"], 200, "{path}");
        answer["body"].as_str().unwrap().to_owned()
    }

    async fn sends(&self, path: &str, form: &str) -> Value {
        self.asks(
            "POST",
            path,
            "text/html",
            Some(("application/x-www-form-urlencoded", form)),
        )
        .await
    }

    async fn sends_json(&self, path: &str, body: Value) -> Value {
        let body = body.to_string();
        self.asks("POST", path, "application/json", Some(("application/json", &body)))
            .await
    }
}

fn receipt(number: u32, scan_number: u32) -> String {
    format!(
        "order=ord_{ULID}&line={}&code={NUMBER}&scan_id={}",
        line(number),
        scan(scan_number)
    )
}

fn body(answer: &Value) -> &str {
    answer["body"].as_str().unwrap()
}
