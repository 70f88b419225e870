//! Stripe: Checkout Sessions, refunds and webhooks below `/stripe/v1`, the hosted page below `/stripe/pay`.
//! Speaks API version 2026-09-30.endive. What the sandbox does not play it refuses by name.
//! An error before the effect is not kept under its idempotency key; one after the effect is, and is given again.

mod create_session;
mod currencies;
mod delivery;
mod doubt;
mod event;
mod form;
mod idempotency;
mod lists;
mod outcome;
mod pay_page;
mod payment;
mod problem;
mod refund;
mod session;

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, RawQuery, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use base64::Engine;
use serde_json::Value;

use crate::World;
use crate::answer::Answer;
use crate::background;
use crate::calls::{self, Call, Turn};
use crate::faults::{Kind, Provider};
use crate::json::Fields;
use crate::signing::sha256_hex;
pub(crate) use delivery::{forge, send_due_events};
pub(crate) use doubt::{Dispute, decide as decide_dispute, open as open_doubt};
pub(crate) use event::{Event, Fate, forged};
use idempotency::Standing;
pub(crate) use outcome::{Arrival, Means, decline, expire, pass_time, pay, settle_late};
pub(crate) use payment::{Payment, PaymentStatus};
use problem::Problem;
pub(crate) use refund::{
    Refund, by_hand as refund_by_hand, cancel as cancel_refund_of, fail as fail_refund, succeed as succeed_refund,
};
pub(crate) use session::{Session, Status};

/// One operation with its path id (empty where there is none) and its form or query.
type Operation = fn(&mut Turn<'_>, &str, &Value) -> Result<Value, Problem>;

pub(crate) fn router() -> Router<Arc<World>> {
    Router::new()
        .route("/stripe/v1/checkout/sessions", get(list_sessions).post(create))
        .route("/stripe/v1/checkout/sessions/{id}", get(get_session))
        .route("/stripe/v1/checkout/sessions/{id}/expire", post(expire_session))
        .route("/stripe/v1/checkout/sessions/{id}/line_items", get(get_lines))
        .route("/stripe/v1/payment_intents/{id}", get(get_intent))
        .route("/stripe/v1/refunds", get(list_refunds).post(create_refund))
        .route("/stripe/v1/charges/{id}", get(get_charge))
        .route("/stripe/v1/refunds/{id}", get(get_refund))
        .route("/stripe/v1/refunds/{id}/cancel", post(cancel_refund))
        .route("/stripe/v1/disputes", get(list_disputes))
        .route("/stripe/v1/radar/early_fraud_warnings", get(list_warnings))
        .route("/stripe/pay/{id}", get(pay_page::show).post(pay_page::answer))
        .route("/stripe/v1/{*path}", axum::routing::any(nothing_here))
}

async fn create(State(world): State<Arc<World>>, headers: HeaderMap, body: String) -> Response {
    change(&world, "session.create", &headers, "", &body, |turn, _, form| {
        create_session::run(turn, form)
    })
    .await
}

async fn expire_session(
    State(world): State<Arc<World>>,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: String,
) -> Response {
    let run: Operation = |turn, id, form| {
        let session = expire(turn, id)?;
        Ok(session.view(turn.books, &turn.settings.origin, &expand(form)))
    };
    change(&world, "session.expire", &headers, &id, &body, run).await
}

async fn create_refund(State(world): State<Arc<World>>, headers: HeaderMap, body: String) -> Response {
    change(&world, "refund.create", &headers, "", &body, |turn, _, form| {
        refund::create(turn, form)
    })
    .await
}

async fn list_sessions(world: State<Arc<World>>, headers: HeaderMap, RawQuery(query): RawQuery) -> Response {
    read(&world, "session.list", &headers, "", query, |turn, _, form| {
        lists::sessions(turn, form)
    })
    .await
}

async fn list_refunds(world: State<Arc<World>>, headers: HeaderMap, RawQuery(query): RawQuery) -> Response {
    read(&world, "refund.list", &headers, "", query, |turn, _, form| {
        lists::refunds(turn, form)
    })
    .await
}

async fn get_session(
    world: State<Arc<World>>,
    Path(id): Path<String>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Response {
    let run: Operation = |turn, id, form| {
        let session = turn
            .books
            .get::<Session>(id)
            .ok_or_else(|| Problem::no_such("checkout.session", id))?;
        Ok(session.view(turn.books, &turn.settings.origin, &expand(form)))
    };
    read(&world, "session.get", &headers, &id, query, run).await
}

async fn get_lines(
    world: State<Arc<World>>,
    Path(id): Path<String>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Response {
    let run: Operation = |turn, id, _| {
        let session = turn
            .books
            .get::<Session>(id)
            .ok_or_else(|| Problem::no_such("checkout.session", id))?;
        Ok(session.line_items())
    };
    read(&world, "session.get", &headers, &id, query, run).await
}

async fn get_intent(
    world: State<Arc<World>>,
    Path(id): Path<String>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Response {
    let run: Operation = |turn, id, _| {
        let payment = turn
            .books
            .get::<Payment>(id)
            .ok_or_else(|| Problem::no_such("payment_intent", id))?;
        Ok(payment.intent())
    };
    read(&world, "payment_intent.get", &headers, &id, query, run).await
}

async fn cancel_refund(
    State(world): State<Arc<World>>,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: String,
) -> Response {
    let run: Operation = |turn, id, _| refund::cancel(turn, id).map(|refund| refund.view());
    change(&world, "refund.cancel", &headers, &id, &body, run).await
}

async fn list_disputes(world: State<Arc<World>>, headers: HeaderMap, RawQuery(query): RawQuery) -> Response {
    read(&world, "dispute.list", &headers, "", query, |turn, _, form| {
        lists::disputes(turn, form)
    })
    .await
}

async fn list_warnings(world: State<Arc<World>>, headers: HeaderMap, RawQuery(query): RawQuery) -> Response {
    read(&world, "warning.list", &headers, "", query, |turn, _, form| {
        lists::warnings(turn, form)
    })
    .await
}

async fn get_charge(
    world: State<Arc<World>>,
    Path(id): Path<String>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Response {
    let run: Operation = |turn, id, _| {
        let of_charge = |payment: &Value| payment.at("charge") == id;
        let payment = turn.books.find::<Payment>(of_charge).into_iter().next();
        Ok(payment.ok_or_else(|| Problem::no_such("charge", id))?.charge())
    };
    read(&world, "charge.get", &headers, &id, query, run).await
}

async fn get_refund(
    world: State<Arc<World>>,
    Path(id): Path<String>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Response {
    let run: Operation = |turn, id, _| {
        let refund = turn
            .books
            .get::<Refund>(id)
            .ok_or_else(|| Problem::no_such("refund", id))?;
        Ok(refund.view())
    };
    read(&world, "refund.get", &headers, &id, query, run).await
}

async fn nothing_here(State(world): State<Arc<World>>, headers: HeaderMap) -> Response {
    let problem = check(&world, &headers)
        .err()
        .unwrap_or_else(|| Problem::new(404, "invalid_request_error", "Unrecognized request URL."));
    finish(&world, problem.answer().into_response())
}

/// A call without an effect.
async fn read(
    world: &Arc<World>,
    operation: &'static str,
    headers: &HeaderMap,
    id: &str,
    query: Option<String>,
    run: Operation,
) -> Response {
    if let Err(problem) = check(world, headers) {
        return finish(world, problem.answer().into_response());
    }
    let (id, form) = (id.to_owned(), form::decode(&query.unwrap_or_default()));
    let call = Call {
        provider: Provider::Stripe,
        operation,
        reference: id.clone(),
    };
    let response = calls::perform(world, call, problem::voice, move |turn| outcome(run(turn, &id, &form))).await;
    finish(world, response)
}

/// A call with an effect, under an idempotency key when it has one.
async fn change(
    world: &Arc<World>,
    operation: &'static str,
    headers: &HeaderMap,
    id: &str,
    body: &str,
    run: Operation,
) -> Response {
    if let Err(problem) = check(world, headers) {
        return finish(world, problem.answer().into_response());
    }
    let key = headers
        .get("idempotency-key")
        .and_then(|key| key.to_str().ok())
        .map(str::to_owned);
    let (id, form) = (id.to_owned(), form::decode(body));
    let fingerprint = sha256_hex(format!("{operation}/{id}/{form}").as_bytes());
    let mut in_flight = None;
    if let Some(key) = &key {
        match idempotency::begin(world, key, &fingerprint) {
            Standing::First(guard) => in_flight = Some(guard),
            Standing::Repeat(answer) | Standing::Conflict(answer) => {
                // A fault may be waiting for this call, but a call that is not carried out does not use it up.
                drop(world.change(|books| calls::count(books, Provider::Stripe, operation)));
                return finish(world, answer.into_response());
            }
        }
    }
    let reference = key.clone().unwrap_or_else(|| id.clone());
    let call = Call {
        provider: Provider::Stripe,
        operation,
        reference,
    };
    let act = move |turn: &mut Turn<'_>| {
        let answer = outcome(run(turn, &id, &form));
        if let Some(key) = &key {
            let lost = turn.fault_of(Kind::Error500AfterEffect).is_some();
            let told = if lost {
                problem::voice(operation, &calls::Trouble::InternalError)
            } else {
                answer.clone()
            };
            idempotency::keep(turn.books, key, &fingerprint, &told, turn.now);
        }
        answer
    };
    // The key stays taken until the call is over, also when the caller has hung up.
    let world = Arc::clone(world);
    let whole = background::start(async move {
        let response = calls::perform(&world, call, problem::voice, act).await;
        drop(in_flight);
        finish(&world, response)
    });
    whole.await.unwrap_or_else(|_| crate::answer::cut_connection())
}

fn outcome(result: Result<Value, Problem>) -> Answer {
    match result {
        Ok(body) => Answer::new(200, body),
        Err(problem) => problem.answer(),
    }
}

/// Every answer names its request and the version.
fn finish(world: &World, mut response: Response) -> Response {
    // A number that could not be written down may repeat: it is only for people who read logs.
    let id = world
        .change(|books| books.invent("stripe/request", 14))
        .unwrap_or_default();
    let headers = response.headers_mut();
    for (name, value) in [
        ("request-id", format!("req_{id}")),
        ("stripe-version", event::API_VERSION.to_owned()),
    ] {
        if let Ok(value) = value.parse() {
            headers.insert(name, value);
        }
    }
    response
}

/// Key and version; the version may be left out.
fn check(world: &World, headers: &HeaderMap) -> Result<(), Problem> {
    let value = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let given = value("authorization").and_then(|text| match text.split_once(' ') {
        Some(("Bearer", key)) => Some(key.to_owned()),
        Some(("Basic", pair)) => basic_user(pair),
        _ => None,
    });
    let refused = |message: String| Problem::new(401, "invalid_request_error", message);
    let Some(key) = given.filter(|key| !key.is_empty()) else {
        return Err(refused("You did not provide an API key.".to_owned()));
    };
    if key != world.settings.stripe.secret_key {
        let start: String = key.chars().take(8).collect();
        return Err(refused(format!("Invalid API Key provided: {start}****")));
    }
    match value("stripe-version") {
        None => Ok(()),
        Some(version) if version == event::API_VERSION => Ok(()),
        Some(version) => {
            let message = format!("Invalid Stripe API version: {version}");
            Err(Problem::new(400, "invalid_request_error", message))
        }
    }
}

fn basic_user(pair: &str) -> Option<String> {
    let bytes = base64::engine::general_purpose::STANDARD.decode(pair).ok()?;
    let text = String::from_utf8(bytes).ok()?;
    Some(text.split_once(':').map_or(text.clone(), |(user, _)| user.to_owned()))
}

/// The `expand[]` of a form.
fn expand(form: &Value) -> Vec<&str> {
    form.at("expand")
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect()
}
