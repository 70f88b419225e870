//! The run loops. A loop takes one event at a time and returns nothing before everything it began has ended:
//! Lambda freezes the process between events, and what still ran then would go on in somebody else's event.

use std::{convert::Infallible, fmt};

use axum::Router;
use domain::{Failure, WrongSettings};
use lambda_http::{LambdaEvent, request::LambdaRequest};
use lambda_runtime::{Runtime, service_fn};
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
    Ok(Runtime::new(service_fn(answer)).run().await?)
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
    Ok(Runtime::new(service_fn(answer)).run().await?)
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
    Ok(Runtime::new(service_fn(answer)).run().await?)
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
    Ok(Runtime::new(service_fn(answer)).run().await?)
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

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use axum::routing::get;
    use lambda_runtime::Context;
    use serde_json::{Value, json};

    use super::*;
    use crate::clock::machine_time;

    #[derive(Deserialize)]
    struct Work {
        order: String,
    }

    async fn play(event: &Value) -> Value {
        let router = Router::new().route("/stores", get(|| async { "stores" }));
        let handler = |work: Work| async move {
            if work.order == "ord_1" {
                Ok(())
            } else {
                Err(Failure::Conflict)
            }
        };
        let mut context = Context::default();
        context.deadline = u64::try_from(machine_time().plus(Duration::from_secs(30)).as_millis()).unwrap();
        let event = LambdaEvent::new(serde_json::from_str(&event.to_string()).unwrap(), context);
        let answer = answer_either(event, &http::adapter(router), &handler).await;
        serde_json::to_value(answer.unwrap_or_else(|never| match never {})).unwrap()
    }

    #[tokio::test]
    async fn a_function_with_routes_and_a_queue_tells_its_events_apart() {
        let request = json!({
            "version": "2.0", "routeKey": "GET /stores", "rawPath": "/stores", "rawQueryString": "", "headers": {},
            "requestContext": { "http": { "method": "GET", "path": "/stores" }, "stage": "$default" },
            "isBase64Encoded": false
        });
        let message = |id, body| json!({ "messageId": id, "body": body, "eventSource": "aws:sqs" });
        let batch = json!({ "Records": [message("a", r#"{"order":"ord_1"}"#), message("b", r#"{"order":"ord_2"}"#)] });

        let (page, taken) = (play(&request).await, play(&batch).await);

        assert_eq!((&page["statusCode"], &page["body"]), (&json!(200), &json!("stores")));
        assert_eq!(taken, json!({ "batchItemFailures": [{ "itemIdentifier": "b" }] }));
    }

    #[test]
    fn what_is_neither_is_an_error_and_no_panic() {
        for event in ["{}", r#"{"Records":[{"s3":{}}]}"#, "[]", "null"] {
            assert!(serde_json::from_str::<Arrival>(event).is_err(), "{event}");
        }
    }

    #[test]
    fn a_process_that_cannot_start_says_why_in_one_line() {
        let wrong = WrongSettings(vec!["ORDERS_TABLE is missing".into(), "SHOP_ORIGIN is missing".into()]);

        let said = format!("{:?}", Stopped::from(wrong));

        assert_eq!(
            said,
            "cannot start, wrong settings: ORDERS_TABLE is missing; SHOP_ORIGIN is missing"
        );
    }
}
