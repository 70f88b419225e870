//! Somebody's browser, or any other front end: speaks JSON, keeps the session cookie, and makes a new idempotency key for each click.

use std::sync::{Mutex, PoisonError};

use anyhow::{Context, bail};
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method, header};
use serde_json::Value;
use ulid::Ulid;

use crate::wire::Wire;

/// A front end with a session of its own.
pub struct Browser {
    wire: Wire,
    origin: String,
    cookie: Mutex<Option<String>>,
}

/// An answer.
#[derive(Debug, Clone)]
pub struct Said {
    /// The HTTP status.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The body as JSON; null when it is none.
    pub json: Value,
    /// The body as text.
    pub text: String,
}

impl Said {
    /// The same, if it is a success.
    ///
    /// # Errors
    /// With status and body, when it is not.
    pub fn good(self, doing: &str) -> anyhow::Result<Self> {
        if (200..400).contains(&self.status) {
            return Ok(self);
        }
        bail!("{doing}: {} {}", self.status, self.text)
    }

    /// A list in the body, by JSON pointer; empty when there is none.
    pub fn list_at(&self, pointer: &str) -> Vec<Value> {
        self.json
            .pointer(pointer)
            .and_then(Value::as_array)
            .cloned()
            .unwrap_or_default()
    }

    /// A text in the body, by JSON pointer.
    ///
    /// # Errors
    /// When there is none.
    pub fn text_at(&self, pointer: &str) -> anyhow::Result<String> {
        let found = self.json.pointer(pointer).and_then(Value::as_str);
        found
            .map(str::to_owned)
            .with_context(|| format!("no text {pointer} in {}", self.text))
    }
}

impl Browser {
    /// A front end at an origin, without a session.
    pub fn new(origin: &str) -> Self {
        Self {
            wire: Wire::new(),
            origin: origin.to_owned(),
            cookie: Mutex::new(None),
        }
    }

    /// A front end whose person has entered already, with the token of their session.
    pub fn entered(origin: &str, token: &str) -> Self {
        Self {
            cookie: Mutex::new(Some(format!("__Host-sid={token}"))),
            ..Self::new(origin)
        }
    }

    /// The same front end at another address of the shop, as after a restart on other ports.
    pub fn move_to(&mut self, origin: &str) {
        origin.clone_into(&mut self.origin);
    }

    /// The session cookie, as `name=value`.
    pub fn cookie(&self) -> Option<String> {
        self.cookie.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Reads a resource.
    ///
    /// # Errors
    /// When nobody answers.
    pub async fn get(&self, path: &str) -> anyhow::Result<Said> {
        self.send(Method::GET, path, None, &Value::Null).await
    }

    /// Asks for something to happen, under a new key.
    ///
    /// # Errors
    /// When nobody answers.
    pub async fn post(&self, path: &str, body: &Value) -> anyhow::Result<Said> {
        self.post_again(path, &Ulid::new().to_string(), body).await
    }

    /// The same under a given key, as a second click sends it.
    ///
    /// # Errors
    /// When nobody answers.
    pub async fn post_again(&self, path: &str, key: &str, body: &Value) -> anyhow::Result<Said> {
        self.send(Method::POST, path, Some(key), body).await
    }

    /// A change of what was seen at this version, under a new key.
    ///
    /// # Errors
    /// When nobody answers.
    pub async fn post_at(&self, path: &str, version: &str, body: &Value) -> anyhow::Result<Said> {
        let key = Ulid::new().to_string();
        self.send_at(Method::POST, path, (Some(&key), Some(version)), body)
            .await
    }

    /// Any request.
    ///
    /// # Errors
    /// When nobody answers.
    pub async fn send(&self, method: Method, path: &str, key: Option<&str>, body: &Value) -> anyhow::Result<Said> {
        self.send_at(method, path, (key, None), body).await
    }

    /// Any request, with the version that was seen.
    ///
    /// # Errors
    /// When nobody answers.
    pub async fn send_at(
        &self,
        method: Method,
        path: &str,
        (key, version): (Option<&str>, Option<&str>),
        body: &Value,
    ) -> anyhow::Result<Said> {
        let mut headers = HeaderMap::new();
        if let Some(version) = version {
            headers.insert(header::IF_MATCH, HeaderValue::from_str(&format!("\"{version}\""))?);
        }
        headers.insert(header::ACCEPT, HeaderValue::from_static("application/json"));
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        if let Some(key) = key {
            headers.insert("idempotency-key", HeaderValue::from_str(key)?);
        }
        if let Some(cookie) = self.cookie() {
            headers.insert(header::COOKIE, HeaderValue::from_str(&cookie)?);
        }
        let bytes = if body.is_null() {
            Bytes::new()
        } else {
            Bytes::from(serde_json::to_vec(body)?)
        };
        let address = format!("{}{path}", self.origin);
        let answer = self.wire.send(method, &address, &headers, bytes).await?;
        self.keep_cookie(&answer.headers);
        let text = String::from_utf8_lossy(&answer.body).into_owned();
        let json = serde_json::from_str(&text).unwrap_or(Value::Null);
        Ok(Said {
            status: answer.status.as_u16(),
            headers: answer.headers,
            json,
            text,
        })
    }

    fn keep_cookie(&self, headers: &HeaderMap) {
        for set in headers
            .get_all(header::SET_COOKIE)
            .iter()
            .filter_map(|value| value.to_str().ok())
        {
            let pair = set.split(';').next().unwrap_or_default().to_owned();
            *self.cookie.lock().unwrap_or_else(PoisonError::into_inner) = Some(pair);
        }
    }
}
