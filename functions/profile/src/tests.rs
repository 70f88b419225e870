//! The profile as API Gateway sees it.

use domain::{
    Timestamp,
    id::CustomerId,
    person::{Email, Holder, Person, PersonName, Preferences},
    session::{Session, Who},
};
use serde_json::{Value, json};
use store::Memory;

use super::*;

#[path = "../tests/unit/addresses.rs"]
mod addresses;
#[path = "../tests/unit/contacts.rs"]
mod contacts;
#[path = "../tests/unit/editing.rs"]
mod editing;
#[path = "../tests/unit/leaving.rs"]
mod leaving;

fn pepper() -> Pepper {
    Pepper::new(&Secret::new("bG9jYWwgcGVwcGVyLCAzMiBieXRlcyBvZiBpdCwgbmV3")).unwrap()
}

struct Shop {
    deps: Arc<Deps>,
    sessions: Sessions,
    accounts: Db,
    calls: Arc<contacts::Calls>,
    quotes: store::Quotes,
    sent: Arc<std::sync::Mutex<Vec<store::MessageRecord>>>,
}

/// A request, by what makes it different from others.
#[derive(Clone, Default)]
struct Ask<'a> {
    method: &'a str,
    path: &'a str,
    body: Option<Value>,
    form: Option<&'a str>,
    token: Option<&'a str>,
    key: Option<&'a str>,
    query: &'a str,
    origin: Option<&'a str>,
}

impl Shop {
    fn open() -> Self {
        let edge = web::EdgeSettings {
            shop_origin: "https://shop.example".into(),
            image_sources: String::new(),
        };
        let clock = Clock::fixed("2026-11-23T09:00:00Z".parse::<Timestamp>().unwrap());
        let table = || Db::Memory(Memory::default());
        let calls = Arc::new(contacts::Calls::default());
        let accounts = table().watched("accounts", calls.clone());
        let sessions = Sessions::new(table());
        let orders = table();
        let sent = Arc::default();
        let deps = Deps {
            people: People::new(accounts.clone()),
            credentials: Credentials::new(accounts.clone(), pepper()),
            contact_changes: ContactChanges::new(accounts.clone()),
            numbers: SealedNumbers::new(accounts.clone()),
            sessions: sessions.clone(),
            carts: Carts::new(orders.clone()),
            orders: Orders::new(orders.clone()),
            queues: Queues::Memory(Arc::clone(&sent)),
            seal: Seal::new(&Secret::new("AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=")).unwrap(),
            rules: RuleBooks::new(table()),
            edge: web::Edge::new(&edge).with_sessions(sessions.renewing_finder(clock.reader())),
            clock,
            ids: Ids::seeded(7),
        };
        Self {
            deps: Arc::new(deps),
            sessions,
            accounts,
            calls,
            quotes: store::Quotes::new(orders),
            sent,
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
        }
        if let Some(key) = ask.key {
            headers["idempotency-key"] = json!(key);
        }
        let source = "192.0.2.7";
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

    /// A registered customer's token.
    async fn customer(&self, email: &str) -> String {
        self.account_of(self.deps.ids.next().unwrap(), email).await
    }

    async fn account_of(&self, id: CustomerId, email: &str) -> String {
        let person = Person {
            holder: Holder::Customer(id.clone()),
            email: Some(Email::new(email).unwrap()),
            phone: None,
            name: PersonName::new("Asha Mwangi").unwrap(),
            preferences: Preferences::default(),
        };
        self.deps
            .people
            .register(&self.deps.credentials, &person, &Secret::new("hash"))
            .await
            .unwrap();
        self.log_in(email, Who::Customer(id)).await;
        email.to_owned()
    }

    async fn log_in(&self, token: &str, who: Who) {
        let now = self.deps.clock.now();
        let opening = store::Opening {
            token_hash: &web::token_hash(token),
            session: &Session::begin(who, now),
            device: "Firefox on Linux",
            now,
        };
        self.sessions.open(&opening).await.unwrap();
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

fn address() -> Value {
    json!({ "name": "Asha Mwangi", "phone": "+254712345678", "line1": "Ngong Road 44", "city": "Nairobi", "country": "KE" })
}

#[tokio::test]
async fn every_sample_without_marks_gets_the_answer_it_expects() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../events/profile");
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
    assert!(played >= 1, "{played}");
}
