//! The sandbox's own HTTP client: plain HTTP/1.1, one connection per request. Webhooks go out through it.

use std::time::Duration;

use axum::body::{Body, Bytes, to_bytes};
use axum::http::{HeaderMap, Method, Request, StatusCode, header};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use url::Url;

/// Why no answer came back.
#[derive(Debug, thiserror::Error)]
pub enum OutgoingError {
    #[error("{0} is no plain http address")]
    Address(String),
    #[error("no connection")]
    Connect(#[from] std::io::Error),
    #[error("the connection broke")]
    Broken(#[from] hyper::Error),
    #[error("the request cannot be written")]
    Request(#[from] axum::http::Error),
    #[error("the body cannot be read")]
    Body(#[from] axum::Error),
    #[error("no answer within {0:?}")]
    TimedOut(Duration),
}

/// What came back.
#[derive(Debug)]
pub struct Reply {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Bytes,
}

const LARGEST_BODY: usize = 16 * 1024 * 1024;

/// Sends one request and reads the whole answer.
///
/// # Errors
/// When the address is no http address, or no complete answer comes in time.
pub async fn send(
    method: Method,
    address: &str,
    headers: &[(&str, &str)],
    body: Vec<u8>,
    longest: Duration,
) -> Result<Reply, OutgoingError> {
    match tokio::time::timeout(longest, exchange(method, address, headers, body)).await {
        Ok(outcome) => outcome,
        Err(_) => Err(OutgoingError::TimedOut(longest)),
    }
}

async fn exchange(
    method: Method,
    address: &str,
    headers: &[(&str, &str)],
    body: Vec<u8>,
) -> Result<Reply, OutgoingError> {
    let wrong = || OutgoingError::Address(address.to_owned());
    let url = Url::parse(address).map_err(|_| wrong())?;
    let host = url.host_str().filter(|_| url.scheme() == "http").ok_or_else(wrong)?;
    let port = url.port_or_known_default().unwrap_or(80);
    let path = url
        .query()
        .map_or_else(|| url.path().to_owned(), |query| format!("{}?{query}", url.path()));
    let mut request = Request::builder().method(method).uri(path);
    request = request.header(header::HOST, format!("{host}:{port}"));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let request = request.body(Body::from(body))?;

    let stream = TcpStream::connect((host, port)).await?;
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await?;
    let connection = crate::background::start(connection);
    let response = sender.send_request(request).await;
    let reply = match response {
        Ok(response) => {
            let (parts, body) = response.into_parts();
            let body = to_bytes(Body::new(body), LARGEST_BODY).await?;
            Ok(Reply {
                status: parts.status,
                headers: parts.headers,
                body,
            })
        }
        Err(error) => Err(OutgoingError::Broken(error)),
    };
    connection.abort();
    reply
}
