//! Who sent a request, as far as the edge knows.

use axum::{extract::FromRequestParts, http::request::Parts};
use domain::session::Session;
use runtime::SourceIp;
use web::{KnownDevice, MaybeSession, Problem, SessionHash};

use crate::device::Device;

/// The sender of a request.
pub(crate) struct Caller {
    /// Their address on the internet.
    pub(crate) source: String,
    /// What they use, in words they recognise.
    pub(crate) device: String,
    /// To whom what they use is known.
    pub(crate) known: KnownDevice,
    /// The session they came with.
    pub(crate) session: Option<Session>,
    /// The hash of its token.
    pub(crate) token_hash: Option<String>,
}

impl Caller {
    /// The session they came with, which ends when they get another.
    pub(crate) fn before(&self) -> Option<(&str, &Session)> {
        Some((self.token_hash.as_deref()?, self.session.as_ref()?))
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let Ok(SourceIp(source)) = SourceIp::from_request_parts(parts, state).await;
        let Ok(Device(device)) = Device::from_request_parts(parts, state).await;
        let Ok(known) = KnownDevice::from_request_parts(parts, state).await;
        let MaybeSession(session) = MaybeSession::from_request_parts(parts, state).await?;
        let SessionHash(token_hash) = SessionHash::from_request_parts(parts, state).await?;
        Ok(Self {
            source,
            device,
            known,
            session,
            token_hash,
        })
    }
}
