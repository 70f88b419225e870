//! The API Gateway HTTP API payload, format 2.0: a request as the function sees it, an answer as the browser does.

use std::collections::BTreeMap;
use std::net::SocketAddr;

use anyhow::{Context, anyhow};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::header::{CONTENT_TYPE, COOKIE, HOST, SET_COOKIE, USER_AGENT};
use http::request::Parts;
use http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode};
use jiff::Timestamp;
use percent_encoding::percent_decode_str;
use serde_json::{Map, Value, json};

use crate::routes::Matched;
use template::part;

/// One request on its way to a function.
pub(crate) struct Incoming<'a> {
    pub head: &'a Parts,
    pub body: &'a Bytes,
    pub matched: &'a Matched<'a>,
    pub peer: SocketAddr,
    pub id: &'a str,
}

/// The event for the function.
pub(crate) fn request(incoming: &Incoming<'_>) -> Value {
    let head = incoming.head;
    let now = Timestamp::now();
    let host = text(head.headers.get(HOST));
    let (body, encoded) = body(&head.headers, incoming.body);
    let mut event = json!({
        "version": "2.0",
        "routeKey": incoming.matched.route_key,
        "rawPath": head.uri.path(),
        "rawQueryString": head.uri.query().unwrap_or_default(),
        "headers": headers(incoming, &host),
        "requestContext": {
            "accountId": crate::ACCOUNT,
            "apiId": "local",
            "domainName": host,
            "domainPrefix": host.split('.').next().unwrap_or_default(),
            "http": {
                "method": head.method.as_str(),
                "path": head.uri.path(),
                "protocol": "HTTP/1.1",
                "sourceIp": incoming.peer.ip().to_string(),
                "userAgent": text(head.headers.get(USER_AGENT)),
            },
            "requestId": incoming.id,
            "routeKey": incoming.matched.route_key,
            "stage": "$default",
            "time": now.strftime("%d/%b/%Y:%H:%M:%S +0000").to_string(),
            "timeEpoch": now.as_millisecond(),
        },
        "isBase64Encoded": encoded,
    });
    let cookies = cookies(&head.headers);
    let query = query(head.uri.query().unwrap_or_default());
    let parameters = &incoming.matched.parameters;
    let optional = [
        ("cookies", (!cookies.is_empty()).then(|| json!(cookies))),
        ("queryStringParameters", (!query.is_empty()).then(|| json!(query))),
        ("pathParameters", (!parameters.is_empty()).then(|| json!(parameters))),
        ("body", (!body.is_empty()).then(|| json!(body))),
    ];
    // The gateway leaves out what is empty.
    let present = optional
        .into_iter()
        .filter_map(|(name, value)| Some((name.to_owned(), value?)));
    if let Some(event) = event.as_object_mut() {
        event.extend(present);
    }
    event
}

fn headers(incoming: &Incoming<'_>, host: &str) -> BTreeMap<String, String> {
    let mut all: BTreeMap<String, String> = BTreeMap::new();
    for (name, value) in incoming.head.headers.iter().filter(|(name, _)| *name != COOKIE) {
        let value = String::from_utf8_lossy(value.as_bytes());
        all.entry(name.to_string())
            .and_modify(|known| {
                known.push(',');
                known.push_str(&value);
            })
            .or_insert_with(|| value.into_owned());
    }
    let port = host.rsplit_once(':').map_or("80", |(_, port)| port);
    all.insert("x-forwarded-for".to_owned(), incoming.peer.ip().to_string());
    all.insert("x-forwarded-port".to_owned(), port.to_owned());
    all.insert("x-forwarded-proto".to_owned(), "http".to_owned());
    all
}

fn cookies(headers: &HeaderMap) -> Vec<String> {
    let lines = headers.get_all(COOKIE).iter().map(|line| text(Some(line)));
    lines
        .flat_map(|line| line.split(';').map(|one| one.trim().to_owned()).collect::<Vec<_>>())
        .collect()
}

/// Values of a repeated name are joined by a comma, as the gateway does.
fn query(raw: &str) -> BTreeMap<String, String> {
    let mut all: BTreeMap<String, String> = BTreeMap::new();
    for pair in raw.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let value = form_text(value);
        all.entry(form_text(name))
            .and_modify(|known| {
                known.push(',');
                known.push_str(&value);
            })
            .or_insert(value);
    }
    all
}

fn form_text(raw: &str) -> String {
    percent_decode_str(&raw.replace('+', " "))
        .decode_utf8_lossy()
        .into_owned()
}

/// Only what is surely text travels as text; a form does not.
fn body(headers: &HeaderMap, body: &Bytes) -> (String, bool) {
    let kind = text(headers.get(CONTENT_TYPE)).to_ascii_lowercase();
    let kind = kind.split(';').next().unwrap_or_default().trim();
    let is_text = kind.is_empty()
        || kind.starts_with("text/")
        || matches!(kind, "application/json" | "application/xml" | "application/javascript");
    match std::str::from_utf8(body) {
        Ok(plain) if is_text => (plain.to_owned(), false),
        Ok(_) | Err(_) if !body.is_empty() => (STANDARD.encode(body), true),
        Ok(_) | Err(_) => (String::new(), false),
    }
}

/// The function's answer as an HTTP response.
pub(crate) fn response(payload: &[u8]) -> anyhow::Result<Response<Bytes>> {
    let answer: Value = serde_json::from_slice(payload).context("the answer is not JSON")?;
    let Some(status) = part(&answer, "/statusCode").as_u64() else {
        // Format 2.0 takes an answer without a status for the body itself.
        let body = answer.as_str().map_or_else(|| answer.to_string(), str::to_owned);
        let mut response = Response::new(Bytes::from(body));
        response
            .headers_mut()
            .insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        return Ok(response);
    };
    let plain = part(&answer, "/body").as_str().unwrap_or_default();
    let body = match part(&answer, "/isBase64Encoded").as_bool() {
        Some(true) => STANDARD.decode(plain).context("the body is not base64")?,
        Some(false) | None => plain.as_bytes().to_vec(),
    };
    let mut response = Response::new(Bytes::from(body));
    *response.status_mut() = StatusCode::from_u16(u16::try_from(status)?)?;
    for (name, value) in part(&answer, "/headers").as_object().unwrap_or(&Map::new()) {
        let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        response
            .headers_mut()
            .append(HeaderName::try_from(name)?, HeaderValue::try_from(value)?);
    }
    for cookie in part(&answer, "/cookies").as_array().into_iter().flatten() {
        let cookie = cookie.as_str().ok_or_else(|| anyhow!("a cookie is not a text"))?;
        response
            .headers_mut()
            .append(SET_COOKIE, HeaderValue::try_from(cookie)?);
    }
    Ok(response)
}

fn text(value: Option<&HeaderValue>) -> String {
    value
        .map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use http::Request;

    use super::*;

    fn event(request: Request<Bytes>) -> Value {
        let (head, body) = request.into_parts();
        let parameters = BTreeMap::from([("id".to_owned(), "7".to_owned())]);
        let matched = Matched {
            function: "cart",
            route_key: "POST /cart/lines/{id}".to_owned(),
            parameters,
        };
        let peer = "127.0.0.9:5000".parse().unwrap();
        super::request(&Incoming {
            head: &head,
            body: &body,
            matched: &matched,
            peer,
            id: "r-1",
        })
    }

    #[test]
    fn a_request_keeps_its_route_its_sender_and_its_raw_path() {
        let request = Request::post("http://shop/cart/lines/a%20b?x=1&x=2&y=a%26b+c").header(HOST, "shop:8000");

        let event = event(request.body(Bytes::new()).unwrap());

        assert_eq!(event["routeKey"], "POST /cart/lines/{id}");
        assert_eq!(event["rawPath"], "/cart/lines/a%20b");
        assert_eq!(event["rawQueryString"], "x=1&x=2&y=a%26b+c");
        assert_eq!(event["queryStringParameters"], json!({ "x": "1,2", "y": "a&b c" }));
        assert_eq!(event["pathParameters"], json!({ "id": "7" }));
        assert_eq!(event["requestContext"]["http"]["sourceIp"], "127.0.0.9");
        assert_eq!(event["requestContext"]["stage"], "$default");
        assert_eq!(event["headers"]["x-forwarded-port"], "8000");
        assert_eq!(event.get("body"), None);
    }

    #[test]
    fn cookies_are_a_list_and_no_longer_a_header() {
        let request = Request::get("/")
            .header(COOKIE, "a=1; b=2")
            .header(COOKIE, "c=3")
            .body(Bytes::new());

        let event = event(request.unwrap());

        assert_eq!(event["cookies"], json!(["a=1", "b=2", "c=3"]));
        assert_eq!(event["headers"].get("cookie"), None);
    }

    #[test]
    fn json_travels_as_text_and_anything_else_as_base64() {
        for (kind, body, sent, encoded) in [
            ("application/json; charset=utf-8", &b"{}"[..], "{}", false),
            ("text/plain", b"\xff", "/w==", true),
            ("application/x-www-form-urlencoded", b"a=1", "YT0x", true),
            ("image/png", b"\x89P", "iVA=", true),
        ] {
            let request = Request::post("/")
                .header(CONTENT_TYPE, kind)
                .body(Bytes::from_static(body))
                .unwrap();

            let event = event(request);

            assert_eq!(
                (event["body"].as_str(), event["isBase64Encoded"].as_bool()),
                (Some(sent), Some(encoded))
            );
        }
    }

    #[test]
    fn an_answer_becomes_status_headers_cookies_and_bytes() {
        let answer = json!({
            "statusCode": 303, "isBase64Encoded": true, "body": "iVA=",
            "headers": { "location": "/orders/1" }, "cookies": ["a=1; Path=/", "b=2"],
        });

        let response = response(answer.to_string().as_bytes()).unwrap();

        assert_eq!(response.status(), StatusCode::SEE_OTHER);
        assert_eq!(response.headers()["location"], "/orders/1");
        let cookies: Vec<_> = response.headers().get_all(SET_COOKIE).iter().collect();
        assert_eq!(cookies, ["a=1; Path=/", "b=2"]);
        assert_eq!(response.body().as_ref(), b"\x89P");
    }

    #[test]
    fn an_answer_without_a_status_is_the_body() {
        let response = response(br#"{"ok":true}"#).unwrap();

        assert_eq!(
            (response.status(), response.body().as_ref()),
            (StatusCode::OK, &br#"{"ok":true}"#[..])
        );
        assert!(super::response(b"not json").is_err());
    }
}
