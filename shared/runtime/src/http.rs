//! One HTTP event of API Gateway (payload 2.0) through an axum router and back.

use std::convert::Infallible;

use axum::{
    Router,
    extract::FromRequestParts,
    http::{HeaderName, HeaderValue, Request, Uri, request::Parts, uri::PathAndQuery},
};
use lambda_http::{
    Adapter, Body, Context, LambdaEvent, RequestExt,
    aws_lambda_events::apigw::ApiGatewayV2httpRequest,
    request::{LambdaRequest, RequestContext},
};
use serde::Serialize;
use tower::{Service, ServiceBuilder};

/// Carries the request's own id in and out; `web` reads it.
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The address the request came from, as API Gateway saw it; never what a header claims.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceIp(pub String);

impl<S: Send + Sync> FromRequestParts<S> for SourceIp {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(parts
            .extensions
            .get::<Self>()
            .cloned()
            .unwrap_or_else(|| Self("unknown".into())))
    }
}

/// Plays one event, given as JSON, and returns what API Gateway would be told. For tests and tools.
///
/// # Errors
/// When the text is not an HTTP event.
pub async fn answer_http(router: Router, event: &str) -> Result<serde_json::Value, serde_json::Error> {
    let event = LambdaEvent::new(serde_json::from_str(event)?, Context::default());
    match call(&mut adapter(router), event).await {
        Ok(answer) => serde_json::to_value(answer),
        Err(never) => match never {},
    }
}

/// The router as Lambda sees it.
pub(crate) fn adapter(
    router: Router,
) -> impl Service<LambdaEvent<LambdaRequest>, Response: Serialize, Error = Infallible, Future: Send> + Clone {
    Adapter::from(ServiceBuilder::new().map_request(prepare).service(router))
}

/// Answers one event.
pub(crate) fn call<S: Service<LambdaEvent<LambdaRequest>>>(
    adapter: &mut S,
    mut event: LambdaEvent<LambdaRequest>,
) -> S::Future {
    if let LambdaRequest::ApiGatewayV2(request) = &mut event.payload {
        tame(request);
    }
    adapter.call(event)
}

/// lambda_http panics on a host or path it cannot make a URL of (1.3), so it gets neither: the host is not needed to find a route, and what a
/// path cannot hold is written in its percent form. The stage never belongs to the path.
fn tame(request: &mut ApiGatewayV2httpRequest) {
    let path = request.raw_path.take().unwrap_or_default();
    let stage = request.request_context.stage.take().filter(|stage| stage != "$default");
    let path = match stage
        .as_deref()
        .and_then(|stage| path.strip_prefix('/')?.strip_prefix(stage))
    {
        Some(rest) if rest.is_empty() || rest.starts_with('/') => rest,
        Some(_) | None => path.as_str(),
    };
    let slash = if path.starts_with('/') { "" } else { "/" };
    request.raw_path = Some(format!("{slash}{}", escape(path, "?#")));
    request.raw_query_string = request.raw_query_string.take().map(|query| escape(&query, "#"));
    request.headers.remove(axum::http::header::HOST);
    request.request_context.domain_name = None;
}

fn escape(text: &str, also: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    let mut bytes = [0; 4];
    for c in text.chars() {
        if c.is_ascii_graphic() && !"\"<>\\^`{|}".contains(c) && !also.contains(c) {
            escaped.push(c);
        } else {
            for byte in c.encode_utf8(&mut bytes).bytes() {
                escaped.push_str(&format!("%{byte:02X}"));
            }
        }
    }
    escaped
}

/// What every request carries besides what the caller sent: where it came from, and an id to find it again.
fn prepare(mut request: Request<Body>) -> Request<Body> {
    let source = match request.request_context_ref() {
        Some(RequestContext::ApiGatewayV2(context)) => context.http.source_ip.clone(),
        _ => None,
    };
    if let Some(ip) = source {
        request.extensions_mut().insert(SourceIp(ip));
    }
    let id = request
        .lambda_context_ref()
        .map(|context| context.request_id.clone())
        .unwrap_or_default();
    if !request.headers().contains_key(REQUEST_ID)
        && let Ok(id) = HeaderValue::from_str(&id)
    {
        request.headers_mut().insert(REQUEST_ID, id);
    }
    let path = request
        .uri()
        .path_and_query()
        .cloned()
        .unwrap_or(PathAndQuery::from_static("/"));
    *request.uri_mut() = Uri::from(path);
    request
}

#[cfg(test)]
mod tests {
    use axum::{
        extract::RawQuery,
        http::{HeaderMap, Method},
        response::AppendHeaders,
        routing::{get, post},
    };
    use serde_json::{Value, json};

    use super::*;

    fn event(method: &str, path: &str, query: &str) -> Value {
        json!({
            "version": "2.0", "routeKey": "$default", "rawPath": path, "rawQueryString": query,
            "cookies": ["a=1", "b=2"],
            "headers": { "host": "shop.example", "accept": "text/html", "x-forwarded-for": "198.51.100.9" },
            "requestContext": {
                "accountId": "000000000000", "apiId": "api", "domainName": "shop.example", "domainPrefix": "shop",
                "http": { "method": method, "path": path, "protocol": "HTTP/1.1", "sourceIp": "192.0.2.7", "userAgent": "" },
                "requestId": "gateway-1", "routeKey": "$default", "stage": "$default",
                "time": "23/Nov/2026:07:43:00 +0000", "timeEpoch": 1_795_419_780_000_u64
            },
            "body": "aGVsbG8=", "isBase64Encoded": true
        })
    }

    async fn play(router: Router, event: &Value) -> Value {
        answer_http(router, &event.to_string()).await.unwrap()
    }

    #[tokio::test]
    async fn method_path_query_cookies_and_body_arrive() {
        async fn tell(method: Method, RawQuery(query): RawQuery, headers: HeaderMap, body: String) -> String {
            let cookies = headers.get("cookie").map_or("", |value| value.to_str().unwrap());
            format!("{method} {} {cookies} {body}", query.unwrap_or_default())
        }
        let router = Router::new().route("/orders/{id}", post(tell));

        let answer = play(router, &event("POST", "/orders/ord_1", "q=a%20b&x=1")).await;

        assert_eq!(answer["statusCode"], 200);
        assert_eq!(answer["body"], "POST q=a%20b&x=1 a=1; b=2 hello");
    }

    #[tokio::test]
    async fn the_source_is_what_the_gateway_saw_and_not_what_a_header_claims() {
        let router = Router::new().route("/", get(|SourceIp(ip): SourceIp| async { ip }));

        assert_eq!(play(router, &event("GET", "/", "")).await["body"], "192.0.2.7");
    }

    #[tokio::test]
    async fn every_cookie_of_an_answer_reaches_the_gateway() {
        let router = Router::new().route(
            "/",
            get(|| async { AppendHeaders([("set-cookie", "sid=1; Secure"), ("set-cookie", "theme=2")]) }),
        );

        let answer = play(router, &event("GET", "/", "")).await;

        assert_eq!(answer["cookies"], json!(["sid=1; Secure", "theme=2"]));
    }

    #[tokio::test]
    async fn a_named_stage_is_no_part_of_the_path() {
        let router = || Router::new().route("/stores", get(|| async { "stores" }));
        let mut staged = event("GET", "/beta/stores", "");
        staged["requestContext"]["stage"] = json!("beta");
        let mut unstaged = event("GET", "/stores", "");
        unstaged["requestContext"]["stage"] = json!("beta");

        assert_eq!(play(router(), &staged).await["body"], "stores");
        assert_eq!(play(router(), &unstaged).await["body"], "stores");
    }

    #[tokio::test]
    async fn a_question_mark_in_the_path_begins_no_query() {
        let router = Router::new().route("/stores", get(|| async { "stores" }));

        assert_eq!(play(router, &event("GET", "/stores?all", "")).await["statusCode"], 404);
    }

    #[tokio::test]
    async fn no_path_query_or_host_can_stop_the_process() {
        for (path, query, host) in [
            ("", "", "shop.example"),
            ("no-slash", "", "["),
            ("//evil.example/x", "", ":::"),
            ("/a b/\u{e9}/%zz/{}", "q=\u{1f600} <>\"|", "a b"),
            ("/what?ever#it", "#", ""),
            ("/\u{0}\n\t", "\r\n", "\u{7f}"),
            ("/../../etc", "&&&===", "shop.example:99999"),
        ] {
            let mut nasty = event("GET", path, query);
            nasty["headers"]["host"] = json!(host);
            nasty["requestContext"]["domainName"] = json!(host);
            // A header that cannot be one makes it no event at all, which is an error and no panic.
            if let Ok(answer) = answer_http(Router::new(), &nasty.to_string()).await {
                assert_eq!(answer["statusCode"], 404, "{path:?}");
            }
        }
    }
}
