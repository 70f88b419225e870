//! The API gateway: sends each request to the function its route names, with the HTTP API's limits and errors.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{ConnectInfo, Request, State};
use axum::response::{IntoResponse, Response};
use axum::serve::ListenerExt;
use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderName, HeaderValue, StatusCode};
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tokio::time::timeout;
use ulid::Ulid;

use crate::event::{self, Incoming};
use crate::invoker::Invoker;
use crate::progress::Progress;
use crate::routes::Routes;

/// The HTTP API takes 10 MB, of which 6 MB fit into an event; the smaller one is met first.
const LARGEST_BODY: usize = 6 * 1024 * 1024;
/// The HTTP API waits this long for a function, whatever the function's own limit.
const PATIENCE: Duration = Duration::from_secs(30);

struct Gateway {
    routes: Routes,
    invoker: Invoker,
    progress: Progress,
}

/// Serves the shop on the listener.
pub(crate) fn start(
    tasks: &mut JoinSet<()>,
    listener: TcpListener,
    routes: Routes,
    invoker: Invoker,
    progress: Progress,
) {
    let gateway = Arc::new(Gateway {
        routes,
        invoker,
        progress,
    });
    let router = Router::new().fallback(answer).with_state(gateway);
    let listener = listener.tap_io(|stream| drop(stream.set_nodelay(true)));
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    tasks.spawn(async move { drop(axum::serve(listener, service).await) });
}

async fn answer(
    State(gateway): State<Arc<Gateway>>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    request: Request,
) -> Response {
    let id = Ulid::new().to_string();
    let mut response = gateway.forward(peer, request, &id).await;
    if let Ok(id) = HeaderValue::try_from(id) {
        response
            .headers_mut()
            .insert(HeaderName::from_static("apigw-requestid"), id);
    }
    response
}

impl Gateway {
    async fn forward(&self, peer: SocketAddr, request: Request, id: &str) -> Response {
        let (head, body) = request.into_parts();
        let Some(matched) = self.routes.find(head.method.as_str(), head.uri.path()) else {
            return refusal(StatusCode::NOT_FOUND, "Not Found");
        };
        let Ok(body) = to_bytes(body, LARGEST_BODY).await else {
            return refusal(StatusCode::PAYLOAD_TOO_LARGE, "Request Entity Too Large");
        };
        let incoming = Incoming {
            head: &head,
            body: &body,
            matched: &matched,
            peer,
            id,
        };
        let event = Bytes::from(event::request(&incoming).to_string());
        let function = matched.function;
        match timeout(PATIENCE, self.invoker.invoke(function, event)).await {
            Ok(Ok(payload)) => match event::response(&payload) {
                Ok(response) => response.map(Body::from),
                Err(error) => {
                    self.progress
                        .warn(&format!("{function} gave a wrong answer: {error:#}"));
                    refusal(StatusCode::INTERNAL_SERVER_ERROR, "Internal Server Error")
                }
            },
            Ok(Err(failure)) => {
                self.progress
                    .warn(&format!("{} {}: {function} {failure}", head.method, head.uri.path()));
                refusal(StatusCode::INTERNAL_SERVER_ERROR, "Internal Server Error")
            }
            Err(_) => {
                self.progress.warn(&format!(
                    "{} {}: {function} took too long",
                    head.method,
                    head.uri.path()
                ));
                refusal(StatusCode::SERVICE_UNAVAILABLE, "Service Unavailable")
            }
        }
    }
}

/// The gateway's own errors, word for word.
fn refusal(status: StatusCode, message: &str) -> Response {
    let body = format!(r#"{{"message":"{message}"}}"#);
    (status, [(CONTENT_TYPE, "application/json")], body).into_response()
}
