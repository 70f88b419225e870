//! Accounts as API Gateway sees them.

use domain::{
    Timestamp,
    id::{CustomerId, RootId},
    session::{Role, Session, Who},
};
use serde_json::{Value, json};
use store::Memory;

use super::*;

const PASSWORD: &str = "a long enough one";
const GUEST: &str = "01JDB7M3N8Q4R5S6T7V8W9X0YZ";

struct Shop {
    deps: Arc<Deps>,
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
}

impl Shop {
    fn open() -> Self {
        let edge = web::EdgeSettings {
            shop_origin: "https://shop.example".into(),
            image_sources: String::new(),
        };
        let clock = Clock::fixed("2026-11-23T09:00:00Z".parse::<Timestamp>().unwrap());
        let people = People::new(Db::Memory(Memory::default()));
        let sessions = Sessions::new(Db::Memory(Memory::default()));
        Self {
            deps: Arc::new(Deps::new(people, sessions, clock, Ids::seeded(7), &edge).unwrap()),
        }
    }

    async fn ask(&self, ask: Ask<'_>) -> Value {
        let mut headers = json!({ "accept": "application/json", "content-type": "application/json" });
        let mut body = ask.body.map(|body| body.to_string()).unwrap_or_default();
        if let Some(form) = ask.form {
            headers = json!({ "accept": "text/html", "content-type": "application/x-www-form-urlencoded", "origin": "https://shop.example" });
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

    async fn register(&self, email: &str) -> Value {
        self.post(
            "/accounts",
            json!({ "email": email, "password": PASSWORD, "name": "Asha" }),
        )
        .await
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

fn cookie(answer: &Value) -> String {
    let cookies = answer["cookies"].as_array().and_then(|cookies| cookies.first());
    let cookie = cookies
        .unwrap_or(&answer["headers"]["set-cookie"])
        .as_str()
        .unwrap_or_default();
    cookie
        .strip_prefix("__Host-sid=")
        .and_then(|rest| rest.split(';').next())
        .unwrap_or_default()
        .to_owned()
}

fn address() -> Value {
    json!({ "name": "Asha Mwangi", "phone": "+254712345678", "line1": "Ngong Road 44", "city": "Nairobi", "country": "KE" })
}

#[tokio::test]
async fn a_visitor_who_registers_keeps_the_id_their_cart_and_orders_are_under() {
    let shop = Shop::open();
    let guest = CustomerId::from_ulid(GUEST).unwrap();
    let session = Session {
        who: Who::Guest(guest.clone()),
        ends_at: "2026-12-23T09:00:00Z".parse().unwrap(),
    };
    shop.deps
        .sessions
        .start(&web::token_hash("planted"), &session)
        .await
        .unwrap();
    let form = "email=Asha%40Example.com&password=a+long+enough+one&name=Asha&next=%2Fcheckout";
    let ask = Ask {
        method: "POST",
        path: "/accounts",
        form: Some(form),
        token: Some("planted"),
        ..Ask::default()
    };

    let answer = shop.ask(ask.clone()).await;

    assert_eq!(
        (&answer["statusCode"], &answer["headers"]["location"]),
        (&json!(303), &json!("/checkout")),
        "{answer}"
    );
    let hash = web::token_hash(&cookie(&answer));
    let opened = shop
        .deps
        .sessions
        .find(&hash, shop.deps.clock.now())
        .await
        .unwrap()
        .unwrap();
    assert_eq!(opened.who, Who::Customer(guest));
    let planted = shop
        .deps
        .sessions
        .find(&web::token_hash("planted"), shop.deps.clock.now())
        .await
        .unwrap();
    assert!(planted.is_none(), "the token from before leads nowhere");
}

#[tokio::test]
async fn a_visitors_id_never_gets_a_second_account() {
    let shop = Shop::open();
    let guest = Who::Guest(CustomerId::from_ulid(GUEST).unwrap());
    for token in ["one", "two"] {
        let session = Session {
            who: guest.clone(),
            ends_at: "2026-12-23T09:00:00Z".parse().unwrap(),
        };
        shop.deps
            .sessions
            .start(&web::token_hash(token), &session)
            .await
            .unwrap();
    }
    let register = async |email: &str, token| {
        let body = Some(json!({ "email": email, "password": PASSWORD, "name": "Asha" }));
        text(
            &shop
                .ask(Ask {
                    method: "POST",
                    path: "/accounts",
                    body,
                    token,
                    ..Ask::default()
                })
                .await,
            "id",
        )
    };

    let first = register("a@example.com", Some("one")).await;
    let second = register("b@example.com", Some("two")).await;

    assert_eq!(first, format!("cus_{GUEST}"));
    assert_ne!(second, first);
}

#[tokio::test]
async fn what_is_wrong_with_a_registration_is_said_at_once_and_the_password_is_not_sent_back() {
    let shop = Shop::open();
    let form = Some("email=asha&password=short&name=");

    let answer = shop
        .ask(Ask {
            method: "POST",
            path: "/accounts",
            form,
            ..Ask::default()
        })
        .await;

    let page = answer["body"].as_str().unwrap();
    assert_eq!(answer["statusCode"], 422);
    for words in [
        "does not look like an e-mail",
        "10 to 128 characters",
        "write your name",
        "value=\"asha\"",
    ] {
        assert!(page.contains(words), "{words}");
    }
    assert!(!page.contains("short\""));
}

#[tokio::test]
async fn an_address_that_has_an_account_is_not_registered_again() {
    let shop = Shop::open();
    shop.register("a@example.com").await;

    let again = shop.register("A@Example.com").await;

    assert_eq!(again["statusCode"], 409);
    assert_eq!(text(&again, "code"), "account_exists");
    assert_eq!(cookie(&again), "");
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_person_read_the_same() {
    let shop = Shop::open();
    shop.register("a@example.com").await;

    let wrong = shop.log_in("a@example.com", "not the right one", "192.0.2.1").await;
    let unknown = shop.log_in("b@example.com", "not the right one", "192.0.2.1").await;

    assert_eq!((&wrong["statusCode"], &wrong["body"]), (&json!(401), &unknown["body"]));
    assert_eq!(
        shop.log_in("a@example.com", PASSWORD, "192.0.2.1").await["statusCode"],
        201
    );
}

#[tokio::test]
async fn five_failures_close_an_account_for_a_while_wherever_they_come_from() {
    let shop = Shop::open();
    shop.register("a@example.com").await;
    for number in 0..5 {
        let answer = shop
            .log_in("a@example.com", "not the right one", &format!("192.0.2.{number}"))
            .await;
        assert_eq!(answer["statusCode"], 401);
    }

    let closed = shop.log_in("a@example.com", PASSWORD, "192.0.2.99").await;
    shop.deps.clock.advance(std::time::Duration::from_secs(15 * 60));
    let open = shop.log_in("a@example.com", PASSWORD, "192.0.2.99").await;

    assert_eq!((&closed["statusCode"], &open["statusCode"]), (&json!(429), &json!(201)));
}

#[tokio::test]
async fn logging_in_well_is_no_failure() {
    let shop = Shop::open();
    shop.register("a@example.com").await;

    for _ in 0..8 {
        assert_eq!(
            shop.log_in("a@example.com", PASSWORD, "192.0.2.7").await["statusCode"],
            201
        );
    }
}

#[tokio::test]
async fn one_source_tries_at_most_twenty_accounts() {
    let shop = Shop::open();
    for number in 0..20 {
        let answer = shop
            .log_in(&format!("p{number}@example.com"), "not the right one", "192.0.2.7")
            .await;
        assert_eq!(answer["statusCode"], 401);
    }

    let same = shop.log_in("q@example.com", "not the right one", "192.0.2.7").await;
    let other = shop.log_in("q@example.com", "not the right one", "192.0.2.8").await;

    assert_eq!((&same["statusCode"], &other["statusCode"]), (&json!(429), &json!(401)));
}

#[tokio::test]
async fn staff_use_the_same_form_and_land_on_the_desk() {
    let shop = Shop::open();
    let Deps { people, ids, .. } = &*shop.deps;
    let id = enrol_staff::run(people, ids, "Buyer@example.com", PASSWORD, &[Role::Buyer])
        .await
        .unwrap();
    let twice = enrol_staff::run(people, ids, "buyer@example.com", PASSWORD, &[Role::Admin]).await;
    let form = Some("email=buyer%40example.com&password=a+long+enough+one&next=%2Forders");

    let answer = shop
        .ask(Ask {
            method: "POST",
            path: "/sessions",
            form,
            ..Ask::default()
        })
        .await;

    assert!(matches!(twice, Err(Failure::Refused(domain::Refusal::AccountExists))));
    assert_eq!(answer["headers"]["location"], "/desk");
    let session = shop
        .deps
        .sessions
        .find(&web::token_hash(&cookie(&answer)), shop.deps.clock.now())
        .await
        .unwrap();
    let session = session.unwrap();
    assert_eq!(session.who, Who::Staff(id, vec![Role::Buyer]));
    assert_eq!(session.ends_at.to_string(), "2026-11-23T21:00:00.000Z");
}

#[tokio::test]
async fn logging_out_ends_the_session_and_takes_the_cookie_away() {
    let shop = Shop::open();
    let token = shop.customer("a@example.com").await;
    let me = async || {
        let ask = Ask {
            method: "GET",
            path: "/me",
            token: Some(&token),
            ..Ask::default()
        };
        shop.ask(ask).await["statusCode"].clone()
    };
    assert_eq!(me().await, 200);

    let ask = Ask {
        method: "DELETE",
        path: "/sessions/current",
        token: Some(&token),
        ..Ask::default()
    };
    let answer = shop.ask(ask).await;

    assert_eq!((&answer["statusCode"], cookie(&answer)), (&json!(204), String::new()));
    assert!(answer.to_string().contains("Max-Age=0"));
    assert_eq!(me().await, 401);
}

#[tokio::test]
async fn an_address_is_kept_once_changed_and_removed() {
    let shop = Shop::open();
    let token = shop.customer("a@example.com").await;
    let keep = Ask {
        method: "POST",
        path: "/me/addresses",
        body: Some(address()),
        token: Some(&token),
        key: Some("k1"),
        ..Ask::default()
    };

    let first = shop.ask(keep.clone()).await;
    let again = shop.ask(keep).await;

    assert_eq!(
        (&first["statusCode"], &again["statusCode"]),
        (&json!(201), &json!(201)),
        "{first}"
    );
    assert_eq!(text(&first, "id"), text(&again, "id"));
    assert_eq!(again["headers"]["idempotency-replayed"], "true");

    let path = format!("/me/addresses/{}", text(&first, "id"));
    let form = Some("name=Asha+Mwangi&phone=%2B254712345678&line1=Oginga+Street&line2=&city=Kisumu&country=KE");
    let changed = shop
        .ask(Ask {
            method: "POST",
            path: &path,
            form,
            token: Some(&token),
            ..Ask::default()
        })
        .await;
    assert_eq!(
        (&changed["statusCode"], &changed["headers"]["location"]),
        (&json!(303), &json!("/me/addresses"))
    );
    let list = async || {
        document(
            &shop
                .ask(Ask {
                    method: "GET",
                    path: "/me/addresses",
                    token: Some(&token),
                    ..Ask::default()
                })
                .await,
        )
    };
    assert_eq!(list().await["addresses"][0]["city"], "Kisumu");

    let removed = shop
        .ask(Ask {
            method: "DELETE",
            path: &path,
            token: Some(&token),
            ..Ask::default()
        })
        .await;
    assert_eq!(removed["statusCode"], 204);
    assert_eq!(list().await["addresses"], json!([]));
}

#[tokio::test]
async fn the_form_of_an_address_says_every_wrong_field_and_keeps_what_was_typed() {
    let shop = Shop::open();
    let token = shop.customer("a@example.com").await;
    let form = Some("idempotency_key=k&name=Asha&phone=0712&line1=&city=Kisumu&country=");

    let answer = shop
        .ask(Ask {
            method: "POST",
            path: "/me/addresses",
            form,
            token: Some(&token),
            ..Ask::default()
        })
        .await;

    let page = answer["body"].as_str().unwrap();
    assert_eq!(answer["statusCode"], 422);
    for words in [
        "line1-wrong",
        "phone-wrong",
        "country-wrong",
        "value=\"Kisumu\"",
        "Kenya",
    ] {
        assert!(page.contains(words), "{words}");
    }
}

#[tokio::test]
async fn another_persons_address_is_not_found() {
    let shop = Shop::open();
    let (asha, eve) = (
        shop.customer("a@example.com").await,
        shop.customer("e@example.com").await,
    );
    let keep = Ask {
        method: "POST",
        path: "/me/addresses",
        body: Some(address()),
        token: Some(&asha),
        key: Some("k1"),
        ..Ask::default()
    };
    let path = format!("/me/addresses/{}", text(&shop.ask(keep).await, "id"));

    for (method, path) in [
        ("PUT", path.clone()),
        ("DELETE", path.clone()),
        ("POST", format!("{path}/deletion")),
    ] {
        let body = (method == "PUT").then(address);
        let answer = shop
            .ask(Ask {
                method,
                path: &path,
                body,
                token: Some(&eve),
                ..Ask::default()
            })
            .await;
        assert_eq!(answer["statusCode"], 404, "{method}");
    }
    for (method, path) in [("GET", "/me/addresses"), ("GET", "/me"), ("DELETE", &path)] {
        assert_eq!(
            shop.ask(Ask {
                method,
                path,
                ..Ask::default()
            })
            .await["statusCode"],
            401,
            "{method}"
        );
    }
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
