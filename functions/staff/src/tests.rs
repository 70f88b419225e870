//! The staff as API Gateway sees it.

use std::{
    collections::BTreeSet,
    sync::atomic::{AtomicU32, Ordering},
    time::Duration,
};

use domain::{
    id::{RootId, StaffId},
    order::Actor,
    person::{Email, PersonName},
    session::{Role, Session, Who},
    staff::Member,
};
use serde_json::{Value, json};
use store::Memory;

use super::*;

#[path = "../tests/unit/devices.rs"]
mod devices;
#[path = "../tests/unit/members.rs"]
mod members;
#[path = "../tests/unit/second_factor.rs"]
mod second_factor;

const WHY: &str = "left the company";

struct Shop {
    deps: Arc<Deps>,
    asked: AtomicU32,
}

fn id(last: char) -> StaffId {
    StaffId::from_ulid(&format!("01JDB7M3N8Q4R5S6T7V8W9X0Y{last}")).unwrap()
}

impl Shop {
    /// A shop with an admin, `A`, who is logged in as `admin`, and a buyer, `B`, who has shown a password only, as `half`.
    async fn open() -> Self {
        let (accounts, orders) = (Db::Memory(Memory::default()), Db::Memory(Memory::default()));
        let sessions = Sessions::new(Db::Memory(Memory::default()));
        let clock = Clock::fixed("2026-11-23T09:00:00Z".parse().unwrap());
        let edge = web::EdgeSettings {
            shop_origin: "https://shop.example".into(),
            image_sources: String::new(),
        };
        let key = Secret::new("bG9jYWwgc2VhbGluZyBrZXksIDMyIGJ5dGVzIGxvbmc=");
        let pepper = Secret::new("bG9jYWwgcGVwcGVyLCAzMiBieXRlcyBvZiBpdCwgbmV3");
        let pepper = Pepper::new(&pepper).unwrap();
        let deps = Deps {
            staff: Staff::new(accounts.clone(), sessions.clone()),
            devices: Devices::new(accounts.clone(), sessions.clone()),
            credentials: Credentials::new(accounts.clone(), pepper.clone()),
            audit: Audit::new(vec![accounts, orders]),
            seal: Seal::new(&key).unwrap(),
            pepper,
            ids: Ids::seeded(7),
            shop_origin: "https://shop.example".into(),
            edge: web::Edge::new(&edge).with_sessions(sessions.finder(clock.reader())),
            sessions,
            clock,
        };
        let shop = Self {
            deps: Arc::new(deps),
            asked: AtomicU32::new(0),
        };
        shop.join('A', Role::Admin).await;
        shop.join('B', Role::Buyer).await;
        shop.session("admin", Who::Staff(id('A'), vec![Role::Admin])).await;
        shop.session("half", Who::Unproven(id('B'))).await;
        shop
    }

    async fn join(&self, last: char, role: Role) {
        let name = PersonName::new("Asha Mwangi").unwrap();
        let email = Email::new(&format!("{last}@example.com")).unwrap();
        let member = Member::new(id(last), name, email, BTreeSet::from([role]));
        self.deps.staff.offer_second_factor(&member).await.unwrap();
    }

    async fn session(&self, token: &str, who: Who) {
        let now = self.deps.clock.now();
        let session = Session::begin(who, now);
        let epoch = self.deps.sessions.epoch(session.principal()).await.unwrap();
        let session = session.of_epoch(epoch);
        let opening = store::Opening {
            token_hash: &web::token_hash(token),
            session: &session,
            device: "Firefox",
            now,
        };
        self.deps.sessions.open(&opening).await.unwrap();
    }

    async fn is_open(&self, token: &str) -> bool {
        let found = self
            .deps
            .sessions
            .find(&web::token_hash(token), self.deps.clock.now())
            .await;
        found.unwrap().is_some()
    }

    async fn ask(&self, method: &str, path: &str, token: &str, body: Value) -> Value {
        self.request(method, path, (token, "application/json"), body).await
    }

    async fn request(&self, method: &str, path: &str, caller: (&str, &str), body: Value) -> Value {
        let number = self.asked.fetch_add(1, Ordering::Relaxed);
        self.keyed((method, path), caller, &format!("key-{number}"), body).await
    }

    /// An admin's request under a key that may have come before.
    async fn post_under(&self, path: &str, key: &str, body: Value) -> Value {
        self.keyed(("POST", path), ("admin", "application/json"), key, body)
            .await
    }

    async fn keyed(
        &self,
        (method, path): (&str, &str),
        (token, accept): (&str, &str),
        key: &str,
        body: Value,
    ) -> Value {
        let body = if body.is_null() {
            String::new()
        } else {
            body.to_string()
        };
        let event = json!({
            "version": "2.0", "routeKey": "$default", "rawPath": path, "rawQueryString": "",
            "headers": {
                "accept": accept, "cookie": format!("__Host-sid={token}"), "origin": "https://shop.example",
                "content-type": "application/json", "idempotency-key": key
            },
            "requestContext": {
                "http": { "method": method, "path": path, "protocol": "HTTP/1.1", "sourceIp": "192.0.2.7", "userAgent": "t" },
                "stage": "$default", "requestId": "1", "timeEpoch": 0, "time": "", "accountId": "", "apiId": "", "routeKey": ""
            },
            "body": body, "isBase64Encoded": false
        });
        runtime::answer_http(router(self.deps.clone()), &event.to_string())
            .await
            .unwrap()
    }

    /// What stands in the audit, the newest first.
    async fn told(&self) -> Vec<String> {
        let page = self.deps.audit.page(None, 50, self.deps.clock.now()).await.unwrap();
        page.entries
            .into_iter()
            .map(|entry| format!("{} {}", entry.actor, entry.action))
            .collect()
    }

    /// The code an app with this secret shows now.
    fn code(&self, secret: &str) -> String {
        let secret = totp_rs::Secret::try_from_base32(secret).unwrap();
        let app = totp_rs::Builder::new()
            .with_secret(secret)
            .with_account_name("app")
            .build()
            .unwrap();
        app.generate(u64::try_from(self.deps.clock.now().as_seconds()).unwrap())
            .to_string()
    }

    /// Sets up B's second factor; gives its secret and the recovery codes.
    async fn enrolled(&self) -> (String, Vec<String>) {
        let offered = document(&self.ask("GET", "/staff/second-factor", "half", Value::Null).await);
        let secret = offered["secret"].as_str().unwrap().to_owned();
        let form = json!({ "code": self.code(&secret) });
        let answer = self.ask("POST", "/staff/second-factor", "half", form).await;
        assert_eq!(answer["statusCode"], 200, "{answer}");
        let codes = document(&answer)["recovery_codes"].as_array().unwrap().clone();
        (
            secret,
            codes.iter().map(|code| code.as_str().unwrap().to_owned()).collect(),
        )
    }

    /// B has shown the password once more and now this code.
    async fn prove(&self, token: &str, code: &str) -> Value {
        self.session(token, Who::Unproven(id('B'))).await;
        self.ask("POST", "/staff/sessions", token, json!({ "code": code }))
            .await
    }
}

fn document(answer: &Value) -> Value {
    serde_json::from_str(answer["body"].as_str().unwrap()).unwrap_or_else(|_| panic!("{answer}"))
}

#[tokio::test]
async fn every_sample_without_marks_gets_the_answer_it_expects() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../events/staff");
    let shop = Shop::open().await;
    let mut played = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        let Some(name) = name.strip_suffix(".expect.json") else {
            continue;
        };
        let read = |name: &str| std::fs::read_to_string(format!("{folder}/{name}.json")).unwrap();
        let event = read(name).replace("<token:admin>", "admin");
        if event.contains("<token:") {
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
        played += 1;
    }
    assert!(played >= 4, "{played}");
}
