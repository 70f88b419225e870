//! The Lambda Runtime API as each function instance sees it. cargo-lambda does the work; this stands between,
//! one address per instance, to add what cargo-lambda leaves out: the real deadline, the time limit, and an
//! error for the caller when an instance dies with a request in its hands.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use bytes::Bytes;
use http::header::{CONTENT_LENGTH, DATE, TRANSFER_ENCODING};
use http::{HeaderName, HeaderValue, StatusCode};
use jiff::Timestamp;
use serde_json::json;
use tokio::task::{AbortHandle, JoinHandle};
use tokio::time::sleep;

use crate::process::Handle;
use crate::wire::{Answer, Wire};
use template::Function;

const REQUEST_ID: HeaderName = HeaderName::from_static("lambda-runtime-aws-request-id");
const DEADLINE: HeaderName = HeaderName::from_static("lambda-runtime-deadline-ms");
const ARN: HeaderName = HeaderName::from_static("lambda-runtime-invoked-function-arn");

/// One instance of a function, over all its lives.
pub(crate) struct Slot {
    pub name: String,
    timeout: Duration,
    arn: String,
    upstream: String,
    wire: Wire,
    pub handle: OnceLock<Handle>,
    /// The request for the next invocation outlives the instance that made it, so nothing falls between two lives.
    pending: tokio::sync::Mutex<Option<JoinHandle<Answer>>>,
    in_flight: Mutex<Option<InFlight>>,
    ready: AtomicBool,
    failed_starts: AtomicU32,
}

struct InFlight {
    id: String,
    limit: AbortHandle,
}

impl Slot {
    pub(crate) fn new(function: &Function, number: usize, cargo_lambda: &str, wire: Wire) -> Self {
        let name = &function.name;
        Self {
            name: format!("{name}-{number}"),
            timeout: function.timeout,
            arn: format!("arn:aws:lambda:{}:{}:function:{name}", crate::REGION, crate::ACCOUNT),
            upstream: format!("{cargo_lambda}/.rt/{name}/2018-06-01/runtime/invocation"),
            wire,
            handle: OnceLock::new(),
            pending: tokio::sync::Mutex::default(),
            in_flight: Mutex::default(),
            ready: AtomicBool::new(false),
            failed_starts: AtomicU32::new(0),
        }
    }

    /// Whether the instance has asked for work in this life.
    pub(crate) fn is_ready(&self) -> bool {
        self.ready.load(Ordering::Relaxed)
    }

    /// Whether the instance works on a request right now.
    pub(crate) fn is_busy(&self) -> bool {
        self.in_flight.lock().unwrap_or_else(PoisonError::into_inner).is_some()
    }

    /// Whether it ended more than once before it ever asked for work.
    pub(crate) fn is_broken(&self) -> bool {
        self.failed_starts.load(Ordering::Relaxed) > 1
    }

    /// Called when a life ends: whoever waits for this instance learns of it at once.
    pub(crate) fn ended(&self, reason: &str) {
        if !self.ready.swap(false, Ordering::Relaxed) {
            self.failed_starts.fetch_add(1, Ordering::Relaxed);
        }
        self.fail("Runtime.ExitError", &format!("Runtime exited with error: {reason}"));
    }

    async fn next(self: &Arc<Self>) -> Answer {
        self.ready.store(true, Ordering::Relaxed);
        self.failed_starts.store(0, Ordering::Relaxed);
        self.fail(
            "Runtime.ExitError",
            "Runtime asked for the next event without answering this one",
        );
        let mut pending = self.pending.lock().await;
        loop {
            let slot = Arc::clone(self);
            let asking = pending.get_or_insert_with(|| tokio::spawn(async move { slot.ask_upstream().await }));
            let answer = asking.await;
            *pending = None;
            if let Ok(answer) = answer {
                return answer;
            }
        }
    }

    /// cargo-lambda may not be there yet, or not any more; then asking again is all there is to do.
    async fn ask_upstream(&self) -> Answer {
        loop {
            match self.wire.get(&format!("{}/next", self.upstream)).await {
                Ok(answer) if answer.status == StatusCode::OK => return answer,
                Ok(_) | Err(_) => sleep(Duration::from_millis(100)).await,
            }
        }
    }

    fn hold(self: &Arc<Self>, id: String) {
        let slot = Arc::clone(self);
        let limit = tokio::spawn(async move {
            sleep(slot.timeout).await;
            let seconds = slot.timeout.as_secs();
            slot.fail(
                "Sandbox.Timedout",
                &format!("Task timed out after {seconds}.00 seconds"),
            );
            // Failing ends this very task at its next pause, so the kill runs in one of its own.
            if let Some(handle) = slot.handle.get().cloned() {
                tokio::spawn(async move { handle.kill().await });
            }
        });
        let held = InFlight {
            id,
            limit: limit.abort_handle(),
        };
        *self.in_flight.lock().unwrap_or_else(PoisonError::into_inner) = Some(held);
    }

    /// Takes the request out of the instance's hands, if it is the one it holds.
    fn release(&self, id: Option<&str>) -> Option<String> {
        let mut held = self.in_flight.lock().unwrap_or_else(PoisonError::into_inner);
        let found = held.take_if(|held| id.is_none_or(|id| id == held.id))?;
        Some(found.id).inspect(|_| found.limit.abort())
    }

    /// Answers the held request, if there is one, with an error.
    fn fail(&self, kind: &str, message: &str) {
        let Some(id) = self.release(None) else { return };
        let body = json!({ "errorType": kind, "errorMessage": format!("RequestId: {id} Error: {message}") });
        let (wire, address) = (self.wire.clone(), format!("{}/{id}/error", self.upstream));
        // Nobody is left to tell if cargo-lambda is gone as well; its callers see the broken connection.
        tokio::spawn(async move { wire.post(&address, Bytes::from(body.to_string())).await.ok() });
    }
}

type Slots = Arc<BTreeMap<String, Arc<Slot>>>;

/// The routes that the functions' runtimes call.
pub(crate) fn router(slots: impl Iterator<Item = Arc<Slot>>) -> Router {
    let slots: Slots = Arc::new(slots.map(|slot| (slot.name.clone(), slot)).collect());
    Router::new()
        .route("/{slot}/2018-06-01/runtime/invocation/next", get(next))
        .route("/{slot}/2018-06-01/runtime/invocation/{id}/{outcome}", post(outcome))
        .route("/{slot}/2018-06-01/runtime/init/error", post(init_error))
        .layer(axum::extract::DefaultBodyLimit::disable())
        .with_state(slots)
}

async fn next(State(slots): State<Slots>, Path(slot): Path<String>) -> Response {
    let Some(slot) = slots.get(&slot) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let mut answer = slot.next().await;
    let id = answer
        .headers
        .get(REQUEST_ID)
        .and_then(|id| id.to_str().ok())
        .unwrap_or_default();
    slot.hold(id.to_owned());
    for own in [CONTENT_LENGTH, TRANSFER_ENCODING, DATE] {
        answer.headers.remove(own);
    }
    let limit = i64::try_from(slot.timeout.as_millis()).unwrap_or(i64::MAX);
    let deadline = Timestamp::now().as_millisecond().saturating_add(limit);
    answer.headers.insert(DEADLINE, HeaderValue::from(deadline));
    if let Ok(arn) = HeaderValue::from_str(&slot.arn) {
        answer.headers.insert(ARN, arn);
    }
    let mut response = Response::new(Body::from(answer.body));
    *response.headers_mut() = answer.headers;
    response
}

async fn outcome(
    State(slots): State<Slots>,
    Path((slot, id, outcome)): Path<(String, String, String)>,
    body: Bytes,
) -> Response {
    let Some(slot) = slots.get(&slot) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    if outcome != "response" && outcome != "error" {
        return StatusCode::NOT_FOUND.into_response();
    }
    if slot.release(Some(&id)).is_none() {
        return (StatusCode::BAD_REQUEST, r#"{"errorType":"InvalidRequestID"}"#).into_response();
    }
    let sent = slot.wire.post(&format!("{}/{id}/{outcome}", slot.upstream), body).await;
    match sent {
        // A refusal means that the caller has gone; the function did its part.
        Ok(_) => (StatusCode::ACCEPTED, r#"{"status":"OK"}"#).into_response(),
        Err(_) => StatusCode::BAD_GATEWAY.into_response(),
    }
}

async fn init_error(body: Bytes) -> Response {
    // The instance ends after this, and its end is what counts; its log has the reason.
    drop(body);
    (StatusCode::ACCEPTED, r#"{"status":"OK"}"#).into_response()
}

#[cfg(test)]
mod tests;
