//! What came back over the wire, before anybody has judged it.

use std::time::Duration;

use bytes::Bytes;
use http::HeaderMap;
use serde::de::DeserializeOwned;

use crate::error::Error;

/// A complete response.
#[derive(Clone)]
pub struct Response {
    /// The HTTP status.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The whole body, at most [`crate::http::MOST_BYTES`].
    pub body: Bytes,
}

impl Response {
    /// A response made by hand: what a test or a simulator lets a provider say.
    #[must_use]
    pub fn new(status: u16, body: impl Into<Bytes>) -> Self {
        Self {
            status,
            headers: HeaderMap::new(),
            body: body.into(),
        }
    }

    /// True for 200 to 299.
    #[must_use]
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// The body read as JSON.
    ///
    /// # Errors
    /// [`Error::Malformed`] when it is not that.
    pub fn json<T: DeserializeOwned>(&self, call: &'static str) -> Result<T, Error> {
        serde_json::from_slice(&self.body).map_err(|error| Error::Malformed {
            call,
            source: Box::new(error),
        })
    }

    /// The seconds of a `Retry-After` header; a date there counts as absent.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        let seconds = self
            .headers
            .get(http::header::RETRY_AFTER)?
            .to_str()
            .ok()?
            .trim()
            .parse()
            .ok()?;
        Some(Duration::from_secs(seconds))
    }
}

impl std::fmt::Debug for Response {
    /// Without the body: it may hold names and addresses.
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "{} ({} bytes)", self.status, self.body.len())
    }
}
