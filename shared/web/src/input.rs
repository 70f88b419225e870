//! What a handler takes out of a request: its content, its idempotency key, its query, its path, its raw bytes.

use axum::{
    body::Bytes,
    extract::{FromRequest, FromRequestParts, Request},
    http::request::Parts,
};
use domain::{Failure, RequestKey};
use serde::{Deserialize, de::DeserializeOwned};

use crate::{
    content::{Arrived, limited, parse_form},
    problem::Problem,
};

const RAW_LIMIT: usize = 256 * 1024;

/// Something that the content of a request can be.
pub trait FromContent: Sized {
    /// Takes it out.
    ///
    /// # Errors
    /// A problem that names the field.
    fn from_content(arrived: Arrived) -> Result<Self, Problem>;
}

/// The content, JSON or form, as a `T`. Let `T` refuse unknown fields: `#[serde(deny_unknown_fields)]`.
#[derive(Debug)]
pub struct Input<T>(pub T);

/// The content with its idempotency key: the header `Idempotency-Key`, or the hidden field `idempotency_key` of a form.
#[derive(Debug)]
pub struct Keyed<T> {
    /// The key, scoped to the person and the path.
    pub key: RequestKey,
    /// The content.
    pub input: T,
}

/// The content with the version of the thing that it was said about: the header `If-Match`, or the hidden field `version` of a form.
#[derive(Debug)]
pub struct Versioned<T> {
    /// The version.
    pub version: u64,
    /// The content.
    pub input: T,
}

/// Both: a change that makes something new out of the version that was seen.
#[derive(Debug)]
pub struct KeyedVersion<T> {
    /// The key.
    pub key: RequestKey,
    /// The version.
    pub version: u64,
    /// The content.
    pub input: T,
}

/// For requests whose content is empty: a button, a DELETE.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Nothing {}

/// The query string as a `T`.
#[derive(Debug)]
pub struct Query<T>(pub T);

/// The variable parts of the path as a `T`; what does not fit is not found.
#[derive(Debug)]
pub struct Path<T>(pub T);

/// The content untouched, up to 256 KB, for signatures over raw bytes.
#[derive(Debug)]
pub struct RawBody(pub Bytes);

impl<T: DeserializeOwned> FromContent for Input<T> {
    fn from_content(arrived: Arrived) -> Result<Self, Problem> {
        arrived.parse().map(Self)
    }
}

impl<T: DeserializeOwned> FromContent for Keyed<T> {
    fn from_content(mut arrived: Arrived) -> Result<Self, Problem> {
        Ok(Self {
            key: arrived.take_key()?,
            input: arrived.parse()?,
        })
    }
}

impl<T: DeserializeOwned> FromContent for Versioned<T> {
    fn from_content(mut arrived: Arrived) -> Result<Self, Problem> {
        Ok(Self {
            version: arrived.take_version()?,
            input: arrived.parse()?,
        })
    }
}

impl<T: DeserializeOwned> FromContent for KeyedVersion<T> {
    fn from_content(mut arrived: Arrived) -> Result<Self, Problem> {
        Ok(Self {
            key: arrived.take_key()?,
            version: arrived.take_version()?,
            input: arrived.parse()?,
        })
    }
}

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for KeyedVersion<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        Self::from_content(Arrived::read(request).await?)
    }
}

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Versioned<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        Self::from_content(Arrived::read(request).await?)
    }
}

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Input<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        Self::from_content(Arrived::read(request).await?)
    }
}

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Keyed<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        Self::from_content(Arrived::read(request).await?)
    }
}

impl<S: Send + Sync> FromRequest<S> for RawBody {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        limited(request.into_body(), RAW_LIMIT).await.map(Self)
    }
}

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Query<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        parse_form(parts.uri.query().unwrap_or_default()).map(Self)
    }
}

impl<S: Send + Sync, T: DeserializeOwned + Send> FromRequestParts<S> for Path<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let path = axum::extract::Path::<T>::from_request_parts(parts, state).await;
        path.map(|axum::extract::Path(path)| Self(path))
            .map_err(|_| Failure::NotFound("page").into())
    }
}
