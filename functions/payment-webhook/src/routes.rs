//! One handler per provider: extract, call, answer.

use axum::{
    Json,
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Serialize;
use serde_json::json;
use web::{JsonOnly, Problem, RawBody, Reply};

use crate::{
    Deps,
    receive_event::{self, NotTaken},
};

/// That an event is safe with us. The same for the first time and for every repeat.
#[derive(Serialize)]
struct Taken {
    received: bool,
}

pub(crate) async fn stripe(
    State(deps): State<Deps>,
    headers: HeaderMap,
    RawBody(body): RawBody,
) -> Result<Reply<JsonOnly<impl Serialize>>, NotTaken> {
    receive_event::run(&deps, "stripe", &headers, &body).await?;
    Ok(Reply::ok(JsonOnly(Taken { received: true })))
}

impl IntoResponse for NotTaken {
    fn into_response(self) -> Response {
        match self {
            Self::Failed(failure) => Problem::from(failure).into_response(),
            Self::NotProved => not_proved(),
        }
    }
}

/// It says nothing about why: whoever signs wrongly is not helped to sign better.
fn not_proved() -> Response {
    let status = StatusCode::BAD_REQUEST;
    let document = json!({
        "type": "/help/problems#not_proved", "title": "Not taken", "status": status.as_u16(),
        "detail": "The signature of this event does not prove where it comes from.",
        "code": "not_proved", "errors": [], "retryable": false,
    });
    let kind = [(header::CONTENT_TYPE, "application/problem+json")];
    (status, kind, Json(document)).into_response()
}
