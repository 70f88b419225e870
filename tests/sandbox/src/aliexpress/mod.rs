//! AliExpress: the drop-shipping calls of the open platform below `/aliexpress/sync`, tokens below `/aliexpress/rest`.
//! Errors, shapes and rules follow what clients of the real platform have seen; it publishes no sandbox of its own.

mod catalogue;
mod freight;
mod images;
mod inquiry;
mod order;
mod placing;
mod problem;
mod product;
mod search;
mod signature;
mod tokens;

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, RawQuery, State};
use axum::response::{IntoResponse, Response};
use axum::routing::{any, get};
use serde_json::Value;

use crate::World;
use crate::answer::Answer;
use crate::calls::{self, Call, Turn};
use crate::faults::Provider;
pub(crate) use order::{SupplierOrder, pass_time};
use problem::Problem;

/// The parameters of a call, from the query and the form together.
type Parameters = BTreeMap<String, String>;

/// One business operation: what it puts below its envelope.
type Operation = fn(&mut Turn<'_>, &Parameters) -> Result<Value, Problem>;

/// Signatures are good for this long before and after their time.
const CLOCK_SKEW_MS: i64 = 10 * 60 * 1000;

pub(crate) fn router() -> Router<Arc<World>> {
    Router::new()
        .route("/aliexpress/sync", any(business_call))
        .route("/aliexpress/rest/{*path}", any(system_call))
        .route("/images/{product}/{picture}", get(images::picture))
}

fn operation(method: &str) -> Option<(&'static str, Operation)> {
    Some(match method {
        "aliexpress.ds.text.search" => ("text.search", search::answer),
        "aliexpress.ds.product.get" => ("product.get", product::answer),
        "aliexpress.ds.freight.query" => ("freight.query", freight::answer),
        "aliexpress.ds.order.create" | "aliexpress.trade.buy.placeorder" => ("order.create", placing::answer),
        "aliexpress.trade.ds.order.get" => ("order.get", inquiry::order),
        "aliexpress.ds.order.tracking.get" => ("tracking.get", inquiry::tracking),
        "aliexpress.ds.commissionorder.listbyindex" => ("order.list", inquiry::list),
        _ => return None,
    })
}

async fn business_call(State(world): State<Arc<World>>, RawQuery(query): RawQuery, body: String) -> Response {
    let parameters = read(query.as_deref(), &body);
    let method = parameters.get("method").cloned().unwrap_or_default();
    let request = request_id(&world);
    let Some((name, run)) = operation(&method) else {
        let problem = Problem::new("InvalidApiPath", "The specified API path is invalid");
        return problem.enveloped(&request).into_response();
    };
    let reference = placing::reference(&parameters);
    let call = Call {
        provider: Provider::AliExpress,
        operation: name,
        reference,
    };
    let gate = world.turn(None, |turn| {
        check(turn, &parameters, None)?;
        tokens::check(
            turn,
            parameters.get("session").or_else(|| parameters.get("access_token")),
        )
    });
    if let Ok(Err(problem)) = gate {
        return problem.enveloped(&request).into_response();
    }
    calls::perform(&world, call, problem::voice, move |turn| match run(turn, &parameters) {
        Ok(content) => Answer::new(200, problem::respond(&method, content, &request)),
        Err(problem) => problem.enveloped(&request),
    })
    .await
}

async fn system_call(
    State(world): State<Arc<World>>,
    Path(path): Path<String>,
    RawQuery(query): RawQuery,
    body: String,
) -> Response {
    let parameters = read(query.as_deref(), &body);
    let path = format!("/{path}");
    let request = request_id(&world);
    let (name, run): (&'static str, Operation) = match path.as_str() {
        "/auth/token/create" => ("token.create", tokens::create),
        "/auth/token/refresh" => ("token.refresh", tokens::refresh),
        _ => {
            let problem = Problem::new("InvalidApiPath", "The specified API path is invalid");
            return problem.flat(&request).into_response();
        }
    };
    let gate = world.turn(None, |turn| check(turn, &parameters, Some(&path)));
    if let Ok(Err(problem)) = gate {
        return problem.flat(&request).into_response();
    }
    let call = Call {
        provider: Provider::AliExpress,
        operation: name,
        reference: String::new(),
    };
    calls::perform(&world, call, problem::voice, move |turn| match run(turn, &parameters) {
        Ok(mut content) => {
            if let Some(fields) = content.as_object_mut() {
                fields.insert("request_id".to_owned(), request.into());
            }
            Answer::new(200, content)
        }
        Err(problem) => problem.flat(&request),
    })
    .await
}

fn read(query: Option<&str>, body: &str) -> Parameters {
    let query = url::form_urlencoded::parse(query.unwrap_or_default().as_bytes()).into_owned();
    query
        .chain(url::form_urlencoded::parse(body.as_bytes()).into_owned())
        .collect()
}

/// Application, time and signature; the first thing wrong is told.
fn check(turn: &Turn<'_>, parameters: &Parameters, path: Option<&str>) -> Result<(), Problem> {
    let value = |name: &str| parameters.get(name).filter(|value| !value.is_empty());
    for name in ["app_key", "timestamp", "sign_method", "sign"] {
        value(name).ok_or_else(|| Problem::missing(name))?;
    }
    let account = &turn.settings.aliexpress;
    if value("app_key") != Some(&account.app_key) {
        return Err(Problem::new("InvalidAppKey", "The specified App Key is invalid"));
    }
    let age = value("timestamp")
        .and_then(|text| text.parse::<i64>().ok())
        .map(|time| turn.now - time);
    if age.is_none_or(|age| age.abs() > CLOCK_SKEW_MS) {
        let message = "The request timestamp is more than 10 minutes away, or not in milliseconds";
        return Err(Problem::new("IllegalTimestamp", message));
    }
    let expected = signature::sign(&account.app_secret, path, parameters);
    if value("sign_method").is_none_or(|name| name != "sha256") || value("sign") != Some(&expected) {
        let message = "The request signature does not conform to platform standards";
        return Err(Problem::new("IncompleteSignature", message));
    }
    Ok(())
}

fn request_id(world: &World) -> String {
    // A number that could not be written down may repeat: it is only for people who read logs.
    let number = world
        .change(|books| books.next_number("aliexpress/request"))
        .unwrap_or_default();
    format!("2101{number:020}")
}

/// A list as the platform writes it: below a type name, or plain when the caller asks for simple answers.
fn list(parameters: &Parameters, type_name: &str, entries: Vec<Value>) -> Value {
    if parameters.get("simplify").is_some_and(|value| value == "true") {
        return Value::Array(entries);
    }
    serde_json::json!({ type_name: entries })
}
