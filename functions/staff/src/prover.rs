//! Who shows a second factor, as far as the edge knows.

use axum::{extract::FromRequestParts, http::request::Parts};
use domain::Failure;
use runtime::SourceIp;
use web::{KnownDevice, Problem, SessionHash, Unproven};

use crate::prove_second_factor::Prover;

impl<S: Send + Sync> FromRequestParts<S> for Prover {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let Unproven { staff, session } = Unproven::from_request_parts(parts, state).await?;
        let SessionHash(hash) = SessionHash::from_request_parts(parts, state).await?;
        let Ok(SourceIp(source)) = SourceIp::from_request_parts(parts, state).await;
        let Ok(known) = KnownDevice::from_request_parts(parts, state).await;
        Ok(Self {
            staff,
            session,
            token_hash: hash.ok_or(Failure::Unauthenticated)?,
            source,
            known,
        })
    }
}
