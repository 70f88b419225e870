//! Requests no front end of ours would send: broken JSON, foreign signatures, missing keys.

use std::time::Duration;

use anyhow::Context;
use http::{HeaderMap, Method};
use sandbox::outgoing;
use serde_json::Value;

/// An answer to a raw request.
#[derive(Debug, Clone)]
pub struct Exchange {
    /// The HTTP status.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The body as JSON; null when it is none.
    pub json: Value,
}

impl Exchange {
    /// The code of the problem document; empty when it is none.
    #[must_use]
    pub fn code(&self) -> &str {
        self.json.get("code").and_then(Value::as_str).unwrap_or_default()
    }
}

/// Sends exactly this.
///
/// # Errors
/// When nobody answers.
pub async fn raw(method: &str, address: &str, headers: &[(&str, &str)], body: &str) -> anyhow::Result<Exchange> {
    let method: Method = method.parse().context("no method")?;
    let reply = outgoing::send(
        method,
        address,
        headers,
        body.as_bytes().to_vec(),
        Duration::from_secs(40),
    )
    .await?;
    let json = serde_json::from_slice(&reply.body).unwrap_or(Value::Null);
    Ok(Exchange {
        status: reply.status.as_u16(),
        headers: reply.headers,
        json,
    })
}
