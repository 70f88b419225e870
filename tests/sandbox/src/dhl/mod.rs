//! DHL Express: the MyDHL calls below `/dhl`. Requests are judged strictly, there is no idempotency and no cancelling of
//! a shipment. A shipment can be tracked from its hand-over on, or a few minutes after booking (without scans).

mod booking;
mod image;
mod journey;
mod lane;
mod papers;
mod pickups;
mod planned;
mod problem;
mod rates;
mod schema;
mod tracking;
mod waybill;
mod weight;

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, Uri};
use axum::response::{IntoResponse, Response};
use axum::routing::{any, delete, get, post};
use base64::Engine;
use serde_json::{Value, json};

use crate::World;
use crate::answer::Answer;
use crate::calls::{self, Call, Turn};
use crate::faults::Provider;
use crate::json::Fields;
pub(crate) use journey::{advance, hand_over, pass_time};
pub(crate) use pickups::Pickup;
use problem::Problem;
use schema::{Shape, Shapes};
pub(crate) use waybill::Waybill;

pub(crate) fn router() -> Router<Arc<World>> {
    Router::new()
        .route("/dhl/rates", post(rates))
        .route("/dhl/shipments", post(shipments))
        .route("/dhl/shipments/{awb}/tracking", get(track_one))
        .route("/dhl/shipments/{awb}/get-image", get(image))
        .route("/dhl/tracking", get(track_many))
        .route("/dhl/pickups", post(order_pickup))
        .route("/dhl/pickups/{number}", delete(cancel_pickup))
        .route("/dhl/{*path}", any(nothing_here))
}

/// A request on its way in: who asks, for which path, with which query.
struct Visit {
    world: Arc<World>,
    operation: &'static str,
    headers: HeaderMap,
    uri: Uri,
}

type BodyRun = fn(&mut Turn<'_>, &Value, &Value) -> Result<Answer, Problem>;

async fn rates(State(world): State<Arc<World>>, headers: HeaderMap, uri: Uri, body: String) -> Response {
    let visit = Visit {
        world,
        operation: "rates",
        headers,
        uri,
    };
    visit
        .with_body(
            &body,
            |shapes| &shapes.rates,
            |turn, body, _| Ok(Answer::new(200, rates::answer(turn, body)?)),
        )
        .await
}

async fn shipments(State(world): State<Arc<World>>, headers: HeaderMap, uri: Uri, body: String) -> Response {
    let visit = Visit {
        world,
        operation: "shipments",
        headers,
        uri,
    };
    let run: BodyRun = |turn, body, query| {
        if query.at("validateDataOnly") == "true" {
            booking::validate(turn, body)?;
            return Ok(Answer::new(200, json!({ "status": "Success" })));
        }
        Ok(Answer::new(201, booking::book(turn, body)?))
    };
    visit.with_body(&body, |shapes| &shapes.shipment, run).await
}

async fn order_pickup(State(world): State<Arc<World>>, headers: HeaderMap, uri: Uri, body: String) -> Response {
    let visit = Visit {
        world,
        operation: "pickups",
        headers,
        uri,
    };
    visit
        .with_body(
            &body,
            |shapes| &shapes.pickup,
            |turn, body, _| Ok(Answer::new(201, pickups::order(turn, body)?)),
        )
        .await
}

async fn cancel_pickup(
    State(world): State<Arc<World>>,
    Path(number): Path<String>,
    headers: HeaderMap,
    uri: Uri,
) -> Response {
    let visit = Visit {
        world,
        operation: "pickup.cancel",
        headers,
        uri,
    };
    let reference = number.clone();
    visit
        .run(reference, move |turn, query| {
            Ok(Answer::new(200, pickups::cancel(turn, &number, query)?))
        })
        .await
}

async fn track_one(State(world): State<Arc<World>>, Path(awb): Path<String>, headers: HeaderMap, uri: Uri) -> Response {
    let visit = Visit {
        world,
        operation: "tracking",
        headers,
        uri,
    };
    let reference = awb.clone();
    visit
        .run(reference, move |turn, query| {
            Ok(Answer::new(200, tracking::one(turn, &awb, query)?))
        })
        .await
}

async fn image(State(world): State<Arc<World>>, Path(awb): Path<String>, headers: HeaderMap, uri: Uri) -> Response {
    let visit = Visit {
        world,
        operation: "get-image",
        headers,
        uri,
    };
    let reference = awb.clone();
    visit
        .run(reference, move |turn, query| {
            Ok(Answer::new(200, image::answer(turn, &awb, query)?))
        })
        .await
}

async fn track_many(State(world): State<Arc<World>>, headers: HeaderMap, uri: Uri) -> Response {
    let visit = Visit {
        world,
        operation: "tracking",
        headers,
        uri,
    };
    visit
        .run(String::new(), |turn, query| {
            Ok(Answer::new(200, tracking::many(turn, query)?))
        })
        .await
}

async fn nothing_here(RawQuery(_): RawQuery, uri: Uri) -> Response {
    Problem::not_found("No such resource in this sandbox")
        .answer(&instance(&uri))
        .into_response()
}

impl Visit {
    async fn with_body(self, body: &str, shape: fn(&Shapes) -> &Shape, run: BodyRun) -> Response {
        let Ok(body) = serde_json::from_str::<Value>(body) else {
            let problem = Problem::shape(vec!["#: the body is no JSON object".to_owned()]);
            return self.refuse(problem);
        };
        let reference = body
            .pointer("/customerReferences/0/value")
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_owned();
        self.run(reference, move |turn, query| {
            let violations = schema::violations(shape, &body);
            if !violations.is_empty() {
                return Err(Problem::shape(violations));
            }
            run(turn, &body, query)
        })
        .await
    }

    async fn run<F>(self, reference: String, act: F) -> Response
    where
        F: FnOnce(&mut Turn<'_>, &Value) -> Result<Answer, Problem> + Send + 'static,
    {
        if !self.is_known() {
            return self.refuse(Problem::unauthorized());
        }
        if self
            .headers
            .get("message-reference")
            .is_some_and(|value| !(1..=36).contains(&value.len()))
        {
            return self.refuse(Problem::one(
                "Parameters not having correct format: Message-Reference (1 to 36)",
            ));
        }
        if !self.headers.contains_key("x-version") {
            return self.refuse(Problem::missing("x-version"));
        }
        let call = Call {
            provider: Provider::Dhl,
            operation: self.operation,
            reference,
        };
        let (query, instance) = (query(&self.uri), instance(&self.uri));
        calls::perform(&self.world, call, problem::voice, move |turn| match act(turn, &query) {
            Ok(answer) => answer,
            Err(problem) => problem.answer(&instance),
        })
        .await
    }

    fn refuse(&self, problem: Problem) -> Response {
        problem.answer(&instance(&self.uri)).into_response()
    }

    fn is_known(&self) -> bool {
        let account = &self.world.settings.dhl;
        let pair = format!("{}:{}", account.user, account.password);
        let expected = format!("Basic {}", base64::engine::general_purpose::STANDARD.encode(pair));
        self.headers
            .get("authorization")
            .is_some_and(|given| given.as_bytes() == expected.as_bytes())
    }
}

fn query(uri: &Uri) -> Value {
    let pairs = url::form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes());
    pairs
        .map(|(name, value)| (name.into_owned(), Value::from(value.into_owned())))
        .collect()
}

/// The path as the carrier sees it, behind the sandbox's prefix.
fn instance(uri: &Uri) -> String {
    let whole = uri.path_and_query().map_or(uri.path(), |path| path.as_str());
    whole.strip_prefix("/dhl").unwrap_or(whole).to_owned()
}
