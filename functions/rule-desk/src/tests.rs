//! The rule desk as API Gateway sees it.

use std::time::Duration;

use domain::{
    Timestamp,
    id::{CustomerId, RootId, StaffId},
    landed_cost::Rules,
    session::{Role, Session, Who},
};
use serde_json::{Value, json};
use store::{Audit, Db, Memory};

use super::*;

#[path = "../tests/unit/previews.rs"]
mod previews;

const ULID: &str = "01JDB7M3N8Q4R5S6T7V8W9X0YZ";

struct Desk {
    deps: Deps,
    rules: Db,
}

fn now() -> Timestamp {
    "2026-11-26T09:00:00Z".parse().unwrap()
}

/// The row of our fee with another share.
fn fee(share: &str) -> String {
    json!({"table": "service_fee", "id": "shop.service-fee", "share": share, "min": "USD 1.50", "valid_from": "2026-01-01",
        "source": "The shop's own decision", "checked_on": "2026-11-26", "confidence": "shop"})
    .to_string()
}

impl Desk {
    /// A desk where a member of the staff for each role is logged in with the role's name as token.
    async fn open() -> Self {
        let (sessions, clock) = (Sessions::new(Db::Memory(Memory::default())), Clock::fixed(now()));
        let staff = |role| Who::Staff(StaffId::from_ulid(ULID).unwrap(), vec![role]);
        for (token, who) in [
            ("support", staff(Role::Support)),
            ("finance", staff(Role::Finance)),
            ("admin", staff(Role::Admin)),
            ("customer", Who::Customer(CustomerId::from_ulid(ULID).unwrap())),
        ] {
            let session = Session {
                who,
                epoch: 0,
                ends_at: now().plus(Duration::from_secs(3600)),
            };
            sessions.start(&web::token_hash(token), &session, now()).await.unwrap();
        }
        let edge = web::EdgeSettings {
            shop_origin: "https://shop.example".into(),
            image_sources: String::new(),
        };
        let rules = Db::Memory(Memory::default());
        Self {
            rules: rules.clone(),
            deps: Deps {
                rules: RuleBooks::new(rules),
                quotes: Quotes::new(Db::Memory(Memory::default())),
                warehouse: Country::US,
                ids: Ids::seeded(3),
                edge: web::Edge::new(&edge).with_sessions(sessions.renewing_finder(clock.reader())),
                clock,
            },
        }
    }

    async fn ask(&self, (method, path, accept): (&str, &str, &str), headers: Value, body: Option<Value>) -> Value {
        let (path, query) = path.split_once('?').unwrap_or((path, ""));
        let mut all = json!({"accept": accept, "content-type": "application/json", "origin": "https://shop.example"});
        all.as_object_mut()
            .unwrap()
            .extend(headers.as_object().unwrap().clone());
        let event = json!({
            "version": "2.0", "routeKey": "$default", "rawPath": path, "rawQueryString": query, "headers": all,
            "requestContext": {
                "http": { "method": method, "path": path, "protocol": "HTTP/1.1", "sourceIp": "192.0.2.7", "userAgent": "t" },
                "stage": "$default", "requestId": "1", "timeEpoch": 0, "time": "", "accountId": "", "apiId": "", "routeKey": ""
            },
            "body": body.map(|body| body.as_str().map_or(body.to_string(), str::to_owned)).unwrap_or_default(),
            "isBase64Encoded": false
        });
        let event = event.to_string();
        runtime::answer_http(router(self.deps.clone()), &event).await.unwrap()
    }

    async fn page(&self, path: &str) -> String {
        let answer = self.ask(("GET", path, "text/html"), cookie("finance"), None).await;
        assert_eq!(answer["statusCode"], 200, "{path}: {answer}");
        answer["body"].as_str().unwrap().to_owned()
    }

    async fn publish(&self, who: &str, key: &str, seen: &str, rows: &str) -> Value {
        let mut headers = cookie(who);
        headers["idempotency-key"] = json!(key);
        headers["if-match"] = json!(format!("\"{seen}\""));
        let body = json!({"rows": rows, "reason": "costs went up"});
        self.ask(("POST", "/desk/rule-editions", "application/json"), headers, Some(body))
            .await
    }

    async fn preview(&self, rows: &str) -> Value {
        self.preview_at(&self.version().await, rows).await
    }

    async fn preview_at(&self, seen: &str, rows: &str) -> Value {
        let mut headers = cookie("finance");
        headers["if-match"] = json!(format!("\"{seen}\""));
        let body = Some(json!({ "rows": rows }));
        self.ask(("POST", "/desk/rule-previews", "application/json"), headers, body)
            .await
    }

    async fn version(&self) -> String {
        self.deps
            .rules
            .newest()
            .await
            .unwrap()
            .edition
            .map_or(0, |edition| edition.number)
            .to_string()
    }
}

fn cookie(token: &str) -> Value {
    json!({ "cookie": format!("__Host-sid={token}") })
}

fn body(answer: &Value) -> Value {
    serde_json::from_str(answer["body"].as_str().unwrap()).unwrap()
}

#[tokio::test]
async fn a_published_edition_holds_and_says_who_and_why() {
    let desk = Desk::open().await;

    let answer = desk.publish("finance", "k1", "0", &fee("0.10")).await;

    assert_eq!(answer["statusCode"], 201, "{answer}");
    assert_eq!(answer["headers"]["location"], "/desk/rule-editions/1");
    let rules = desk.deps.rules.current(now()).await.unwrap();
    assert_eq!(rules.version().as_str(), format!("{}+1", Rules::SHIPPED_VERSION));
    let page = desk.page("/desk/rule-editions/1").await;
    for text in ["costs went up", &format!("stf_{ULID}"), "shop.service-fee", "0.10"] {
        assert!(page.contains(text), "{text}");
    }
    assert!(desk.page("/desk/rules").await.contains("costs went up"));
    assert!(desk.page("/desk/rules/service_fee").await.contains("edited"));
}

#[tokio::test]
async fn the_audit_tells_of_an_edition_once_and_of_no_refused_one() {
    let desk = Desk::open().await;
    desk.publish("finance", "k1", "0", &fee("0.10")).await;
    desk.publish("finance", "k1", "0", &fee("0.10")).await;
    desk.publish("admin", "k2", "0", &fee("0.12")).await;

    let told = Audit::new(vec![desk.rules.clone()]).page(None, 9, now()).await.unwrap();

    let [entry] = told.entries.as_slice() else {
        panic!("{told:?}")
    };
    assert_eq!(
        (entry.action.as_str(), entry.about.as_str(), entry.source.as_str()),
        ("rules.published", "edition 1", "192.0.2.7")
    );
    assert_eq!(
        (entry.actor.to_string(), entry.after.as_str(), entry.reason.as_str()),
        (format!("staff:stf_{ULID}"), "shop.service-fee", "costs went up")
    );
}

#[tokio::test]
async fn a_repeated_request_makes_one_edition_and_another_under_its_key_is_refused() {
    let desk = Desk::open().await;
    desk.publish("finance", "k1", "0", &fee("0.10")).await;

    let again = desk.publish("finance", "k1", "0", &fee("0.10")).await;
    let other = desk.publish("finance", "k1", "0", &fee("0.11")).await;

    assert_eq!(
        (&again["statusCode"], &again["headers"]["idempotency-replayed"]),
        (&json!(201), &json!("true"))
    );
    assert_eq!(other["statusCode"], 422);
    assert_eq!(desk.version().await, "1");
}

#[tokio::test]
async fn who_did_not_see_the_newest_edition_is_told() {
    let desk = Desk::open().await;
    desk.publish("finance", "k1", "0", &fee("0.10")).await;

    let stale = desk.publish("admin", "k2", "0", &fee("0.12")).await;
    let looked = desk.preview_at("0", &fee("0.12")).await;
    let seen = desk.publish("admin", "k3", "1", &fee("0.12")).await;

    for answer in [stale, looked] {
        assert_eq!(
            (&answer["statusCode"], &body(&answer)["code"]),
            (&json!(412), &json!("version_stale")),
            "{answer}"
        );
    }
    assert_eq!(seen["statusCode"], 201);
    assert_eq!(desk.version().await, "2");
}

#[tokio::test]
async fn only_finance_and_admin_change_rules() {
    let desk = Desk::open().await;

    for who in ["support", "customer"] {
        assert_eq!(
            desk.publish(who, "k1", "0", &fee("0.10")).await["statusCode"],
            403,
            "{who}"
        );
    }
    assert_eq!(desk.publish("nobody", "k1", "0", &fee("0.10")).await["statusCode"], 401);
    assert_eq!(desk.version().await, "0");
}

#[tokio::test]
async fn a_wrong_row_is_named_and_nothing_is_kept() {
    let desk = Desk::open().await;
    let second = fee("0.10").replace("shop.service-fee", "shop.service-fee.new");

    for (rows, named) in [
        (fee("-0.10"), "shop.service-fee"),
        (fee("0.10").replace("share", "part"), "unknown field"),
        (second, "overlap"),
        ("[{".to_owned(), "rows"),
        ("[]".to_owned(), "between 1"),
    ] {
        let previewed = desk.preview(&rows).await;
        let published = desk.publish("finance", "k1", "0", &rows).await;
        for answer in [previewed, published] {
            assert_eq!(answer["statusCode"], 422, "{rows}");
            assert!(answer["body"].as_str().unwrap().contains(named), "{named}: {answer}");
        }
    }
    assert_eq!(desk.version().await, "0");
}

#[tokio::test]
async fn an_edition_names_the_one_it_was_made_on_and_why() {
    let desk = Desk::open().await;
    let mut headers = cookie("finance");
    headers["idempotency-key"] = json!("k1");
    let publish = |headers: Value, body: Value| {
        desk.ask(("POST", "/desk/rule-editions", "application/json"), headers, Some(body))
    };

    let whole = json!({"rows": fee("0.10"), "reason": "costs went up"});
    let unseen = publish(headers.clone(), whole).await;
    headers["if-match"] = json!("\"0\"");
    let unsaid = publish(headers, json!({"rows": fee("0.10")})).await;
    let unseen_preview = desk
        .ask(
            ("POST", "/desk/rule-previews", "application/json"),
            cookie("finance"),
            Some(json!({"rows": fee("0.10")})),
        )
        .await;

    for answer in [unseen, unseen_preview] {
        assert_eq!(
            (&answer["statusCode"], &body(&answer)["code"]),
            (&json!(428), &json!("version_missing"))
        );
    }
    assert_eq!(unsaid["statusCode"], 422, "{unsaid}");
    assert_eq!(desk.version().await, "0");
}

#[tokio::test]
async fn every_row_can_be_found_read_and_sent_back_as_it_is() {
    let desk = Desk::open().await;

    assert!(
        desk.page("/desk/rules/duty_rate?q=ke.duty.64")
            .await
            .contains("/desk/rules/duty_rate/ke.duty.64")
    );
    let answer = desk
        .ask(
            ("GET", "/desk/rules/duty_rate/ke.duty.64", "application/json"),
            cookie("support"),
            None,
        )
        .await;

    let etag = answer["headers"]["etag"].as_str().unwrap();
    assert!(etag.starts_with("\"0-"), "{etag}");
    let preview = body(&desk.preview(&body(&answer)["row"].to_string()).await);
    assert_eq!(preview["samples"], json!([]), "nothing moves when nothing changes");
    let elsewhere = desk
        .ask(
            ("GET", "/desk/rules/tax_rule/ke.duty.64", "text/html"),
            cookie("support"),
            None,
        )
        .await;
    assert_eq!(elsewhere["statusCode"], 404);
}

#[tokio::test]
async fn a_form_that_is_wrong_comes_back_with_what_was_typed() {
    let desk = Desk::open().await;
    let headers = json!({"cookie": "__Host-sid=finance", "content-type": "application/x-www-form-urlencoded"});
    let form = r#"rows={"table":"service_fee","id":"shop.service-fee","share":"2x"}&version=0"#;

    let answer = desk
        .ask(("POST", "/desk/rule-previews", "text/html"), headers, Some(json!(form)))
        .await;

    assert_eq!(answer["statusCode"], 422);
    let page = answer["body"].as_str().unwrap();
    assert!(page.contains("2x") && page.contains("shop.service-fee"), "{page}");
}
