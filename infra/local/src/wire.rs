//! A small HTTP client for plain HTTP on this machine.

use anyhow::Context;
use bytes::Bytes;
use http::{HeaderMap, Method, Request, StatusCode};
use http_body_util::{BodyExt, Full};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;

/// A pooled client; clones share the pool.
#[derive(Clone)]
pub(crate) struct Wire(Client<HttpConnector, Full<Bytes>>);

/// A complete answer.
pub(crate) struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Bytes,
}

impl Wire {
    pub(crate) fn new() -> Self {
        let mut connector = HttpConnector::new();
        // Small messages on loopback: waiting to fill a packet costs 40 ms each time.
        connector.set_nodelay(true);
        Self(Client::builder(TokioExecutor::new()).build(connector))
    }

    pub(crate) async fn get(&self, address: &str) -> anyhow::Result<Answer> {
        self.send(Method::GET, address, &HeaderMap::new(), Bytes::new()).await
    }

    pub(crate) async fn post(&self, address: &str, body: Bytes) -> anyhow::Result<Answer> {
        self.send(Method::POST, address, &HeaderMap::new(), body).await
    }

    pub(crate) async fn send(
        &self,
        method: Method,
        address: &str,
        headers: &HeaderMap,
        body: Bytes,
    ) -> anyhow::Result<Answer> {
        let mut request = Request::builder().method(method).uri(address).body(Full::new(body))?;
        request.headers_mut().extend(headers.clone());
        let response = self
            .0
            .request(request)
            .await
            .with_context(|| format!("no answer from {address}"))?;
        let (head, body) = response.into_parts();
        let body = body
            .collect()
            .await
            .with_context(|| format!("the answer of {address} broke off"))?;
        Ok(Answer {
            status: head.status,
            headers: head.headers,
            body: body.to_bytes(),
        })
    }
}
