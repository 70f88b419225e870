//! A caller of a small shop: a customer, a buyer of the staff, and a table that does not answer.

use std::sync::{
    Arc,
    atomic::{AtomicU32, Ordering},
};
use std::time::Duration;

use askama::Template;
use axum::{
    Router,
    body::{Body, to_bytes},
    http::{HeaderMap, Request, StatusCode},
};
use domain::{
    Cause, Failure, Timestamp,
    session::{Role, Session, Who},
};
use serde::Serialize;
use serde_json::Value;
use tower::ServiceExt;
use web::{
    Caller::{Buyer, Customer, Finance, Webhook},
    Draft, Edge, EdgeSettings, Route,
};

pub(crate) const CUSTOMER: &str = "cus_01JDB7M3N8Q4R5S6T7V8W9X0YZ";
pub(crate) const STAFF: &str = "stf_01JDB7M3N8Q4R5S6T7V8W9X0YZ";
pub(crate) const PAGE: (&str, &str) = ("accept", "text/html,*/*;q=0.8");
pub(crate) const JSON: (&str, &str) = ("content-type", "application/json");
pub(crate) const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");

const fn row(method: &'static str, path: &'static str, callers: &'static [web::Caller]) -> Route {
    Route { method, path, callers }
}

/// Who may call what in this shop.
const ROUTES: &[Route] = &[
    row("GET", "/it", &web::Caller::ALL),
    row("POST", "/it", &web::Caller::ALL),
    row("POST", "/it/{id}", &web::Caller::ALL),
    row("GET", "/orders/{id}", &web::Caller::ALL),
    row("GET", "/public", &web::Caller::ALL),
    row("GET", "/anybody", &web::Caller::ALL),
    row("GET", "/twice", &[Customer]),
    row("GET", "/shopper", &[Customer]),
    row("GET", "/buyer", &[Buyer]),
    row("GET", "/finance", &[Finance]),
    row("POST", "/webhooks/stripe", &[Webhook]),
];

#[derive(Serialize, Template)]
#[template(
    source = "<p>{{ name }} {{ draft.value(\"city\") }}|{{ draft.error(\"city\") }}|{{ draft.sentence() }}{{ draft.value(\"password\") }}</p>",
    ext = "html"
)]
pub(crate) struct Shown {
    pub(crate) name: String,
    #[serde(skip)]
    pub(crate) draft: Draft,
}

pub(crate) fn shown(name: impl Into<String>) -> Shown {
    Shown {
        name: name.into(),
        draft: Draft::empty(),
    }
}

pub(crate) struct Came {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
}

impl Came {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("not JSON: {}", self.text))
    }
}

pub(crate) fn edge() -> Edge {
    edge_counting(Arc::default())
}

pub(crate) fn edge_counting(lookups: Arc<AtomicU32>) -> Edge {
    let settings = EdgeSettings {
        shop_origin: "https://shop.example".into(),
        image_sources: "https://pictures.example".into(),
    };
    Edge::new(&settings).with_routes(ROUTES).with_sessions(move |hash| {
        lookups.fetch_add(1, Ordering::SeqCst);
        let who = if hash == web::token_hash("customer") {
            Some(Who::Customer(CUSTOMER.parse().unwrap()))
        } else if hash == web::token_hash("buyer") {
            Some(Who::Staff(STAFF.parse().unwrap(), vec![Role::Buyer]))
        } else {
            None
        };
        async move {
            if hash == web::token_hash("outage") {
                return Err(Failure::Unavailable {
                    retry_after: Duration::from_secs(3),
                    cause: Cause::new("reading"),
                });
            }
            Ok(who.map(|who| Session {
                who,
                epoch: 0,
                ends_at: Timestamp::from_seconds(2_000_000_000),
            }))
        }
    })
}

/// Sends it; who says nothing about what they take is a program that takes JSON.
pub(crate) async fn send(router: Router, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Came {
    let mut request = Request::builder().method(method).uri(path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    if !headers.iter().any(|(name, _)| *name == "accept") {
        request = request.header("accept", "application/json");
    }
    let response = router
        .oneshot(request.body(Body::from(body.to_owned())).unwrap())
        .await
        .unwrap();
    let (parts, body) = response.into_parts();
    let bytes = to_bytes(body, usize::MAX).await.unwrap();
    Came {
        status: parts.status,
        headers: parts.headers,
        text: String::from_utf8(bytes.to_vec()).unwrap(),
    }
}

pub(crate) async fn ask(routes: Router, method: &str, headers: &[(&str, &str)], body: &str) -> Came {
    send(web::app(routes, edge()), method, "/it", headers, body).await
}
