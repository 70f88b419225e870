//! The run loops. A loop takes one event at a time and returns nothing before everything it began has ended:
//! Lambda freezes the process between events, and what still ran then would go on in somebody else's event.

use std::{convert::Infallible, fmt};

use axum::Router;
use domain::{Failure, WrongSettings};
use lambda_http::{LambdaEvent, request::LambdaRequest};
use lambda_runtime::service_fn;
use serde::{Deserialize, Deserializer, Serialize, de::DeserializeOwned};
use serde_json::value::RawValue;
use tracing::Instrument;

use crate::{
    batch::{self, Batch, BatchAnswer},
    deadline::Deadline,
    http, log,
    timer::{self, NotDone, ScheduledEvent, Tick},
};

/// What `main` returns.
pub type Outcome = Result<(), Stopped>;

/// Why the process ends.
pub struct Stopped(String);

impl fmt::Debug for Stopped {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

impl From<WrongSettings> for Stopped {
    fn from(wrong: WrongSettings) -> Self {
        Self(wrong.to_string())
    }
}

impl From<Failure> for Stopped {
    fn from(failure: Failure) -> Self {
        Self(format!("cannot start: {failure:?}"))
    }
}

impl From<lambda_runtime::Error> for Stopped {
    fn from(error: lambda_runtime::Error) -> Self {
        Self(format!("stopped: {error}"))
    }
}

/// Serves HTTP events of API Gateway.
///
/// # Errors
/// When Lambda itself cannot be reached.
pub async fn serve_http(router: Router) -> Outcome {
    log::start();
    let adapter = http::adapter(router);
    let answer = |event: LambdaEvent<LambdaRequest>| {
        let span = log::invocation(&event.context);
        http::call(&mut adapter.clone(), event).instrument(span)
    };
    Ok(lambda_runtime::run(service_fn(answer)).await?)
}

/// Serves the messages of a queue; `handler` gets each one, read from its JSON.
///
/// # Errors
/// When Lambda itself cannot be reached.
pub async fn serve_queue<M, T, F>(handler: impl Fn(M) -> F) -> Outcome
where
    M: DeserializeOwned,
    F: Future<Output = Result<T, Failure>>,
{
    log::start();
    let handler = &handler;
    let answer = |event: LambdaEvent<Batch>| async move {
        let span = log::invocation(&event.context);
        let answer = batch::answer(event.payload, Deadline::of(&event.context), handler)
            .instrument(span)
            .await;
        Ok::<_, Infallible>(answer)
    };
    Ok(lambda_runtime::run(service_fn(answer)).await?)
}

/// Serves the ticks of a schedule.
///
/// # Errors
/// When Lambda itself cannot be reached.
pub async fn serve_schedule<T, F>(handler: impl Fn(Tick) -> F) -> Outcome
where
    F: Future<Output = Result<T, Failure>>,
{
    log::start();
    let handler = &handler;
    let answer = |event: LambdaEvent<ScheduledEvent>| async move {
        let span = log::invocation(&event.context);
        let done = timer::answer(event.payload, Deadline::of(&event.context), handler)
            .instrument(span)
            .await;
        done.map_err(|error: NotDone| lambda_runtime::Error::from(error))
    };
    Ok(lambda_runtime::run(service_fn(answer)).await?)
}

/// Serves a function that has routes and a queue.
///
/// # Errors
/// When Lambda itself cannot be reached.
pub async fn serve_http_and_queue<M, T, F>(router: Router, handler: impl Fn(M) -> F) -> Outcome
where
    M: DeserializeOwned,
    F: Future<Output = Result<T, Failure>>,
{
    log::start();
    let adapter = http::adapter(router);
    let (adapter, handler) = (&adapter, &handler);
    let answer = |event: LambdaEvent<Arrival>| async move {
        let span = log::invocation(&event.context);
        answer_either(event, adapter, handler).instrument(span).await
    };
    Ok(lambda_runtime::run(service_fn(answer)).await?)
}

async fn answer_either<A, M, T, F>(
    event: LambdaEvent<Arrival>,
    adapter: &A,
    handler: &impl Fn(M) -> F,
) -> Result<Either<A::Response>, Infallible>
where
    A: tower::Service<LambdaEvent<LambdaRequest>, Error = Infallible> + Clone,
    M: DeserializeOwned,
    F: Future<Output = Result<T, Failure>>,
{
    match event.payload {
        Arrival::Request(request) => {
            let event = LambdaEvent::new(*request, event.context);
            Ok(Either::Request(http::call(&mut adapter.clone(), event).await?))
        }
        Arrival::Batch(batch) => Ok(Either::Batch(
            batch::answer(batch, Deadline::of(&event.context), handler).await,
        )),
    }
}

/// An event of one of two kinds.
enum Arrival {
    Request(Box<LambdaRequest>),
    Batch(Batch),
}

impl<'de> Deserialize<'de> for Arrival {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // Only a batch has `Records`; the content is looked at twice because an HTTP event has its own way of being read.
        let event = Box::<RawValue>::deserialize(deserializer)?;
        if let Ok(batch) = serde_json::from_str(event.get()) {
            return Ok(Self::Batch(batch));
        }
        let request = serde_json::from_str(event.get()).map_err(serde::de::Error::custom)?;
        Ok(Self::Request(Box::new(request)))
    }
}

#[derive(Serialize)]
#[serde(untagged)]
enum Either<R> {
    Request(R),
    Batch(BatchAnswer),
}
