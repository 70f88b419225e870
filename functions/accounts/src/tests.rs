//! Accounts as API Gateway sees them.

use std::{
    collections::BTreeSet,
    sync::{
        Mutex,
        atomic::{AtomicBool, Ordering},
    },
};

use domain::{
    Timestamp,
    id::{CustomerId, RootId},
    notice::Notice,
    session::{Role, Session, Who},
};
use serde_json::{Value, json};
use store::{Call, Cost, Memory, MessageRecord, Notices, Verdict, Watch};

use super::*;

#[path = "../tests/unit/costs.rs"]
mod costs;
#[path = "../tests/unit/devices.rs"]
mod devices;
#[path = "../tests/unit/entering.rs"]
mod entering;
#[path = "../tests/unit/messages.rs"]
mod messages;
#[path = "../tests/unit/racing.rs"]
mod racing;
#[path = "../tests/unit/taking_over.rs"]
mod taking_over;

const PASSWORD: &str = "a long enough one";
const GUEST: &str = "01JDB7M3N8Q4R5S6T7V8W9X0YZ";

struct Shop {
    deps: Arc<Deps>,
    calls: Arc<Calls>,
    table: Db,
    sent: Arc<Mutex<Vec<MessageRecord>>>,
    quotes: store::Quotes,
}

/// Every call to a table, as `GetItem accounts`; the first one that is named as the gate waits there until it is opened.
#[derive(Default)]
struct Calls {
    made: Mutex<Vec<String>>,
    gate: Mutex<Option<(&'static str, &'static str)>>,
    is_waiting: AtomicBool,
}

impl Calls {
    fn taken(&self) -> Vec<String> {
        std::mem::take(&mut self.made.lock().unwrap())
    }

    /// The next write of a transaction about this holds still.
    fn close_before(&self, place: &'static str, about: &'static str) {
        *self.gate.lock().unwrap() = Some((place, about));
    }

    async fn until(&self, is_waiting: bool) {
        for _ in 0..100_000 {
            if self.is_waiting.load(Ordering::SeqCst) == is_waiting {
                return;
            }
            tokio::task::yield_now().await;
        }
        panic!("nothing came to the gate, or nobody opened it");
    }
}

impl Watch for Calls {
    fn before<'a>(&'a self, call: &'a Call) -> Verdict<'a> {
        Box::pin(async {
            let is_it = |gate: &(&str, &str)| {
                call.operation == "TransactWriteItems" && call.place == gate.0 && call.about.starts_with(gate.1)
            };
            if self.gate.lock().unwrap().take_if(|gate| is_it(gate)).is_some() {
                self.is_waiting.store(true, Ordering::SeqCst);
                self.until(false).await;
            }
            Ok(())
        })
    }

    fn after<'a>(&'a self, call: &'a Call, _: Cost) -> Verdict<'a> {
        let line = format!("{} {}", call.operation, call.place);
        self.made.lock().unwrap().push(line);
        Box::pin(async { Ok(()) })
    }
}

/// A request, by what makes it different from others.
#[derive(Clone, Default)]
struct Ask<'a> {
    method: &'a str,
    path: &'a str,
    body: Option<Value>,
    form: Option<&'a str>,
    token: Option<&'a str>,
    source: Option<&'a str>,
    key: Option<&'a str>,
    query: &'a str,
    origin: Option<&'a str>,
    device: &'a str,
}

impl Shop {
    fn open() -> Self {
        let edge = web::EdgeSettings {
            shop_origin: "https://shop.example".into(),
            image_sources: String::new(),
        };
        let clock = Clock::fixed("2026-11-23T09:00:00Z".parse::<Timestamp>().unwrap());
        let calls = Arc::new(Calls::default());
        let table = |name| Db::Memory(Memory::default()).watched(name, calls.clone());
        let (accounts, sessions) = (table("accounts"), Sessions::new(table("sessions")));
        let edge = web::Edge::new(&edge).with_sessions(sessions.renewing_finder(clock.reader()));
        let sent = Arc::default();
        let pepper = Secret::new("bG9jYWwgcGVwcGVyLCAzMiBieXRlcyBvZiBpdCwgbmV3");
        let pepper = Pepper::new(&pepper).unwrap();
        let orders = table("orders");
        Self {
            table: accounts.clone(),
            deps: Arc::new(Deps {
                people: People::new(accounts.clone()),
                credentials: Credentials::new(accounts.clone(), pepper.clone()),
                carts: Carts::new(table("carts")),
                orders: Orders::new(orders.clone()),
                registrations: Registrations::new(accounts.clone()),
                resets: Resets::new(accounts.clone()),
                queues: Queues::Memory(Arc::clone(&sent)),
                staff: Staff::new(accounts, sessions.clone()),
                sessions,
                pepper,
                clock,
                ids: Ids::seeded(7),
                edge,
            }),
            calls,
            sent,
            quotes: store::Quotes::new(orders),
        }
    }

    async fn ask(&self, ask: Ask<'_>) -> Value {
        let mut headers = json!({ "accept": "application/json", "content-type": "application/json" });
        let mut body = ask.body.map(|body| body.to_string()).unwrap_or_default();
        if let Some(form) = ask.form {
            headers = json!({ "accept": "text/html", "content-type": "application/x-www-form-urlencoded" });
            headers["origin"] = json!(ask.origin.unwrap_or("https://shop.example"));
            body = form.to_owned();
        }
        if ask.query == "page" {
            headers["accept"] = json!("text/html");
        }
        if let Some(token) = ask.token {
            headers["cookie"] = json!(format!("__Host-sid={token}"));
        } else if !ask.device.is_empty() {
            headers["cookie"] = json!(ask.device);
        }
        if let Some(key) = ask.key {
            headers["idempotency-key"] = json!(key);
        }
        let source = ask.source.unwrap_or("192.0.2.7");
        let event = json!({
            "version": "2.0", "routeKey": "$default", "rawPath": ask.path, "rawQueryString": "", "headers": headers,
            "requestContext": {
                "http": { "method": ask.method, "path": ask.path, "protocol": "HTTP/1.1", "sourceIp": source, "userAgent": "t" },
                "stage": "$default", "requestId": "1", "timeEpoch": 0, "time": "", "accountId": "", "apiId": "", "routeKey": ""
            },
            "body": body, "isBase64Encoded": false
        });
        runtime::answer_http(router(self.deps.clone()), &event.to_string())
            .await
            .unwrap()
    }

    async fn post(&self, path: &str, body: Value) -> Value {
        self.ask(Ask {
            method: "POST",
            path,
            body: Some(body),
            ..Ask::default()
        })
        .await
    }

    /// The token of an invitation to buy, for an hour.
    async fn invited(&self, email: &str) -> String {
        let invitation = store::Invitation {
            email: domain::person::Email::new(email).unwrap(),
            roles: BTreeSet::from([Role::Buyer]),
            expires_at: self.deps.clock.now().plus(std::time::Duration::from_secs(3600)),
        };
        let token = self.deps.ids.token().unwrap();
        let hash = web::token_hash(token.expose());
        self.deps.staff.invite_first(&hash, &invitation).await.unwrap();
        token.expose().to_owned()
    }

    /// Registers with the code that was sent.
    async fn register(&self, contact: &str) -> Value {
        let ticket = text(&self.ask_for(contact).await, "ticket");
        let code = self.secret().await;
        self.post("/accounts", json!({ "ticket": ticket, "code": code })).await
    }

    async fn ask_for(&self, contact: &str) -> Value {
        let wanted = json!({ "contact": contact, "password": PASSWORD, "name": "Asha" });
        self.post("/registrations", wanted).await
    }

    /// What the newest notice tells its reader in secret.
    async fn secret(&self) -> String {
        let notice = self.notice().await;
        notice.matter.secret().unwrap().expose().to_owned()
    }

    async fn notice(&self) -> Notice {
        let id = self.sent.lock().unwrap().pop().unwrap().about.parse().unwrap();
        let notices = Notices::new(self.table.clone());
        notices.take(&id, self.deps.clock.now()).await.unwrap().unwrap().notice
    }

    async fn log_in(&self, email: &str, password: &str, source: &str) -> Value {
        let body = Some(json!({ "email": email, "password": password }));
        let source = Some(source);
        self.ask(Ask {
            method: "POST",
            path: "/sessions",
            body,
            source,
            ..Ask::default()
        })
        .await
    }

    /// A registered customer's token.
    async fn customer(&self, email: &str) -> String {
        text(&self.register(email).await, "token")
    }
}

fn document(answer: &Value) -> Value {
    serde_json::from_str(answer["body"].as_str().unwrap()).unwrap()
}

fn text(answer: &Value, field: &str) -> String {
    document(answer)[field]
        .as_str()
        .unwrap_or_else(|| panic!("{answer}"))
        .to_owned()
}

/// Everything an answer sets, as `name=value`.
fn cookies(answer: &Value) -> Vec<String> {
    let several = answer["cookies"].as_array().cloned().unwrap_or_default();
    let all = several.iter().chain([&answer["headers"]["set-cookie"]]);
    let pairs = all.filter_map(|cookie| cookie.as_str()?.split(';').next());
    pairs.map(str::to_owned).collect()
}

fn cookie(answer: &Value) -> String {
    let all = cookies(answer);
    let token = all.iter().find_map(|cookie| cookie.strip_prefix("__Host-sid="));
    token.unwrap_or_default().to_owned()
}

/// The cookie by which the device is known.
fn device(answer: &Value) -> String {
    let all = cookies(answer).into_iter();
    all.filter(|cookie| cookie.starts_with("__Host-device=")).collect()
}

#[tokio::test]
async fn every_sample_without_marks_gets_the_answer_it_expects() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../events/accounts");
    let shop = Shop::open();
    let names = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut played = 0;
    for name in names.filter_map(|name| name.strip_suffix(".expect.json").map(str::to_owned)) {
        let read = |name: &str| std::fs::read_to_string(format!("{folder}/{name}.json")).unwrap();
        let event = read(&name);
        if event.contains("<token:") || event.contains("<id:") {
            continue;
        }
        let expected: Value = serde_json::from_str(&read(&format!("{name}.expect"))).unwrap();
        let answer = runtime::answer_http(router(shop.deps.clone()), &event).await.unwrap();
        let body = answer["body"].as_str().unwrap();
        assert_eq!(answer["statusCode"], expected["status"], "{name}: {body}");
        for (header, value) in expected["headers"].as_object().unwrap() {
            assert_eq!(&answer["headers"][header], value, "{header} of {name}");
        }
        for text in expected["body_contains"].as_array().into_iter().flatten() {
            assert!(body.contains(text.as_str().unwrap()), "{text} of {name}: {body}");
        }
        if !expected["json"].is_null() {
            assert_eq!(serde_json::from_str::<Value>(body).unwrap(), expected["json"], "{name}");
        }
        played += 1;
    }
    assert!(played >= 4, "{played}");
}
