//! Who is asking: the session behind a cookie or a bearer token. The token itself is never stored; its SHA-256 is looked up.

use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, header, request::Parts},
};
use domain::{
    Failure, Secret, Timestamp,
    id::{CustomerId, StaffId},
    order::Actor,
    session::{Role, Session, Who},
};
use sha2::{Digest, Sha256};

use crate::{edge::Edge, negotiate::text, problem::Problem};

const COOKIE: &str = "__Host-sid";
/// Our tokens have 43 characters; what is far longer is not looked up.
const TOKEN_LIMIT: usize = 128;

/// The session, if there is one.
#[derive(Clone, Debug)]
pub struct MaybeSession(pub Option<Session>);

/// A shopper, with or without an account. Nobody and staff are asked to log in.
#[derive(Clone, Debug)]
pub struct Shopper {
    /// Who it is.
    pub customer: CustomerId,
    /// Their session.
    pub session: Session,
}

/// A member of the staff. Shoppers are refused.
#[derive(Clone, Debug)]
pub struct StaffMember {
    /// Who it is.
    pub staff: StaffId,
    /// Their session.
    pub session: Session,
}

impl StaffMember {
    /// The same person, if they have this role or are an admin.
    ///
    /// # Errors
    /// `Forbidden` otherwise.
    pub fn require(&self, role: Role) -> Result<&StaffId, Failure> {
        self.session.staff(role)
    }
}

/// Whoever works at the bench: somebody of the staff, or a device without a person's name.
#[derive(Clone, Debug)]
pub struct Worker {
    /// As whom they act on orders.
    pub actor: Actor,
}

/// A member of the staff between their password and their second factor.
#[derive(Clone, Debug)]
pub struct Unproven {
    /// Who says so.
    pub staff: StaffId,
    /// Their session.
    pub session: Session,
}

impl Shopper {
    /// True when the shopper has an account.
    #[must_use]
    pub fn is_registered(&self) -> bool {
        matches!(self.session.who, Who::Customer(_))
    }
}

/// The hash of the token this request came with, without looking whether a session stands behind it.
#[derive(Clone, Debug)]
pub struct SessionHash(pub Option<String>);

/// The form in which tokens are stored and looked up: SHA-256 in hexadecimal.
#[must_use]
pub fn token_hash(token: &str) -> String {
    format!("{:x}", Sha256::digest(token.as_bytes()))
}

/// What is stored of a code of few digits that goes with a ticket: without the ticket nobody finds it by trying all of them.
#[must_use]
pub fn code_hash(ticket: &str, code: &str) -> String {
    let digits: String = code.chars().filter(|c| !c.is_whitespace() && *c != '-').collect();
    token_hash(&format!("{ticket} {digits}"))
}

/// Compares what a caller brought with a secret, in a time that tells nothing about how much of it was right.
#[must_use]
pub fn same_secret(brought: &str, secret: &str) -> bool {
    // Hashes of equal length; what differs between them says nothing about the texts.
    !secret.is_empty() && Sha256::digest(brought.as_bytes()) == Sha256::digest(secret.as_bytes())
}

/// The cookie that carries a new session. A shopper comes back from payment pages and from links in mails and is still logged in; what
/// the staff may do is worth more than that, so theirs never comes along from another site.
#[must_use]
pub fn session_cookie(token: &Secret, session: &Session, now: Timestamp) -> String {
    let same_site = match session.who {
        Who::Guest(_) | Who::Customer(_) => "Lax",
        Who::Staff(..) | Who::Unproven(_) | Who::Device(_) => "Strict",
    };
    format!(
        "{COOKIE}={}; Path=/; Max-Age={}; Secure; HttpOnly; SameSite={same_site}",
        token.expose(),
        session.ends_at.since(now).as_secs()
    )
}

/// The cookie that ends a session in the browser.
#[must_use]
pub fn clear_session_cookie() -> String {
    format!("{COOKIE}=; Path=/; Max-Age=0; Secure; HttpOnly; SameSite=Lax")
}

/// What was found for this request, kept so that no second extractor looks again.
#[derive(Clone)]
struct Known(Option<Session>);

pub(crate) async fn find(parts: &mut Parts) -> Result<Option<Session>, Problem> {
    if let Some(Known(session)) = parts.extensions.get::<Known>() {
        return Ok(session.clone());
    }
    let Some(edge) = parts.extensions.get::<Edge>().cloned() else {
        return Err(Problem::defect(
            "a handler asks for the session of a router without web::app",
        ));
    };
    let session = match presented(&parts.headers) {
        Some(hash) => edge.find_session(hash).await?,
        None => None,
    };
    parts.extensions.insert(Known(session.clone()));
    Ok(session)
}

/// A program's bearer token, or a browser's cookie.
fn presented(headers: &HeaderMap) -> Option<String> {
    let bearer = text(headers, &header::AUTHORIZATION).and_then(|value| {
        let (scheme, token) = value.split_once(' ')?;
        scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
    });
    let token = bearer.or_else(|| cookie_named(headers, COOKIE))?;
    (!token.is_empty() && token.len() <= TOKEN_LIMIT).then(|| token_hash(token))
}

pub(crate) fn cookie_named<'a>(headers: &'a HeaderMap, wanted: &str) -> Option<&'a str> {
    let lines = headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|line| line.to_str().ok());
    let mut pairs = lines
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(name, _)| *name == wanted).map(|(_, value)| value)
}

impl<S: Send + Sync> FromRequestParts<S> for SessionHash {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        Ok(Self(presented(&parts.headers)))
    }
}

impl<S: Send + Sync> FromRequestParts<S> for MaybeSession {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        find(parts).await.map(Self)
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Shopper {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let session = find(parts).await?.ok_or(Failure::Unauthenticated)?;
        let customer = session.customer().ok_or(Failure::Unauthenticated)?.clone();
        Ok(Self { customer, session })
    }
}

impl<S: Send + Sync> FromRequestParts<S> for StaffMember {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let session = find(parts).await?.ok_or(Failure::Unauthenticated)?;
        match &session.who {
            Who::Staff(staff, _) => Ok(Self {
                staff: staff.clone(),
                session,
            }),
            Who::Guest(_) | Who::Customer(_) | Who::Unproven(_) | Who::Device(_) => Err(Failure::Forbidden.into()),
        }
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Worker {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let session = find(parts).await?.ok_or(Failure::Unauthenticated)?;
        let actor = match session.who {
            Who::Staff(staff, _) => Actor::Staff(staff),
            Who::Device(device) => Actor::Device(device),
            Who::Guest(_) | Who::Customer(_) | Who::Unproven(_) => return Err(Failure::Forbidden.into()),
        };
        Ok(Self { actor })
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Unproven {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let session = find(parts).await?.ok_or(Failure::Unauthenticated)?;
        match &session.who {
            Who::Unproven(staff) => Ok(Self {
                staff: staff.clone(),
                session,
            }),
            Who::Guest(_) | Who::Customer(_) | Who::Staff(..) | Who::Device(_) => Err(Failure::Forbidden.into()),
        }
    }
}
