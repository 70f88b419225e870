//! The control API for tests and the demo, and the control page for people. Both speak to the same addresses: a caller
//! that wants a page (`Accept: text/html`) is sent back to it, everybody else gets JSON.
//!
//! - `GET /control/books`, `GET /control/health`
//! - `GET|POST|DELETE /control/faults` (`?only=` a provider or a fault id), `GET /control/held`, `POST /control/release`
//! - `POST /control/aliexpress/orders/{id}/` pay, ship, deliver, finish, cancel
//! - `POST /control/stripe/sessions/{id}/` pay, pay-later, decline, expire, settle, fail, forge
//! - `POST /control/stripe/payments/{id}/` refund (with `amount`, by hand), dispute, inquire, warn
//! - `POST /control/stripe/disputes/{id}/` review, win, lose; `POST /control/stripe/refunds/{id}/` succeed, fail, cancel
//! - `POST /control/stripe/webhooks/{event}/resend`
//! - `POST /control/rates/currencies/{code}/set` (`rate`: so many for a dollar)
//! - `POST /control/dhl/shipments/{awb}/` hand-over, advance (`to`: a scan code)

mod actions;
mod page;
mod view;

use std::sync::{Arc, PoisonError};

use axum::Router;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::World;
use crate::books::BooksError;
use crate::faults::{self, Fault};
use crate::json::Fields;

pub(crate) fn router() -> Router<Arc<World>> {
    Router::new()
        .route("/", get(page::show))
        .route("/control/health", get(health))
        .route("/control/books", get(books))
        .route(
            "/control/faults",
            get(list_faults).post(order_fault).delete(clear_faults),
        )
        .route("/control/faults/clear", post(clear_faults))
        .route("/control/held", get(held))
        .route("/control/release", post(release))
        .route("/control/{provider}/{kind}/{id}/{action}", post(act))
}

/// How an order of the control API ends when it does not succeed.
pub(super) enum Refusal {
    NotFound,
    /// The thing is not in a state for it.
    NotNow(String),
    Unclear(String),
}

#[derive(Deserialize)]
struct Only {
    only: Option<String>,
}

async fn health(State(world): State<Arc<World>>) -> Response {
    axum::Json(json!({ "now": world.clock.now() })).into_response()
}

async fn books(State(world): State<Arc<World>>) -> Response {
    let books = world.books.lock().unwrap_or_else(PoisonError::into_inner);
    axum::Json(view::whole(&books, &world.settings.origin, world.clock.now())).into_response()
}

async fn list_faults(State(world): State<Arc<World>>) -> Response {
    let faults = world
        .books
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .all::<Fault>();
    axum::Json(json!({ "faults": faults })).into_response()
}

async fn order_fault(State(world): State<Arc<World>>, headers: HeaderMap, body: String) -> Response {
    let ordered = match read(&body) {
        Some(wish) => world.change(|books| Fault::order(books, wish)),
        None => Ok(Err("the body is neither JSON nor a form".to_owned())),
    };
    tell(
        &headers,
        ordered.map(|fault| fault.map(|fault| json!(fault)).map_err(Refusal::Unclear)),
    )
}

async fn clear_faults(State(world): State<Arc<World>>, Query(query): Query<Only>, headers: HeaderMap) -> Response {
    let cleared = world.change(|books| faults::clear(books, query.only.as_deref()));
    tell(&headers, cleared.map(|count| Ok(json!({ "cleared": count }))))
}

async fn held(State(world): State<Arc<World>>) -> Response {
    axum::Json(json!({ "held": world.held.list() })).into_response()
}

async fn release(State(world): State<Arc<World>>, headers: HeaderMap, body: String) -> Response {
    let wish = read(&body).unwrap_or_default();
    let only = wish
        .at("id")
        .as_u64()
        .or_else(|| wish.at("id").as_str().and_then(|id| id.parse().ok()));
    tell(&headers, Ok(Ok(json!({ "released": world.held.release(only) }))))
}

async fn act(
    State(world): State<Arc<World>>,
    Path((provider, kind, id, action)): Path<(String, String, String, String)>,
    headers: HeaderMap,
    body: String,
) -> Response {
    let wish = read(&body).unwrap_or_default();
    let done = match (provider.as_str(), kind.as_str(), action.as_str()) {
        ("aliexpress", "orders", action) => world.turn(None, |turn| actions::order(turn, &id, action)),
        ("stripe", "sessions", "forge") => actions::forge(&world, &id).await,
        ("stripe", "sessions", action) => world.turn(None, |turn| actions::session(turn, &id, action)),
        ("stripe", "refunds", action) => world.turn(None, |turn| actions::refund(turn, &id, action)),
        ("stripe", "payments", action) => {
            let amount = wish.at("amount");
            let amount = amount
                .as_i64()
                .or_else(|| amount.as_str().and_then(|text| text.parse().ok()));
            world.turn(None, |turn| actions::payment(turn, &id, action, amount))
        }
        ("stripe", "disputes", action) => world.turn(None, |turn| actions::dispute(turn, &id, action)),
        ("stripe", "webhooks", "resend") => world.turn(None, |turn| actions::resend(turn, &id)),
        ("rates", "currencies", "set") => {
            world.turn(None, |turn| actions::set_rate(turn, &id, wish.at("rate").as_str()))
        }
        ("dhl", "shipments", action) => {
            world.turn(None, |turn| actions::parcel(turn, &id, action, wish.at("to").as_str()))
        }
        _ => Ok(Err(Refusal::NotFound)),
    };
    world.wake();
    tell(&headers, done)
}

/// A JSON object or a form; an empty body is an empty object.
fn read(body: &str) -> Option<Value> {
    if body.trim_start().starts_with('{') {
        return serde_json::from_str(body).ok();
    }
    let pairs = url::form_urlencoded::parse(body.as_bytes());
    let fields: Map<String, Value> = pairs
        .map(|(name, value)| (name.into_owned(), Value::from(value.into_owned())))
        .collect();
    Some(Value::Object(fields))
}

fn tell(headers: &HeaderMap, outcome: Result<Result<Value, Refusal>, BooksError>) -> Response {
    let (status, body) = match outcome {
        Ok(Ok(body)) => (StatusCode::OK, body),
        Ok(Err(Refusal::NotFound)) => (StatusCode::NOT_FOUND, json!({ "error": "there is no such thing" })),
        Ok(Err(Refusal::NotNow(why))) => (StatusCode::CONFLICT, json!({ "error": why })),
        Ok(Err(Refusal::Unclear(why))) => (StatusCode::UNPROCESSABLE_ENTITY, json!({ "error": why })),
        Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, json!({ "error": error.to_string() })),
    };
    let wants_page = headers.get("accept").and_then(|accept| accept.to_str().ok());
    if wants_page.is_some_and(|accept| accept.contains("text/html")) {
        let note = body.at("error").as_str().unwrap_or("Done.");
        return Redirect::to(&format!("/?note={}", utf8_percent_encode(note, NON_ALPHANUMERIC))).into_response();
    }
    (status, axum::Json(body)).into_response()
}
