//! What the answers about a second factor show.

use askama::Template;
use domain::{Cause, Failure, Secret, Timestamp, session::Session};
use qrcode::{Color, EcLevel, QrCode};
use serde::Serialize;
use web::{Draft, JsonOnly, LocalPath, Reply};

use crate::{
    enrol_device::Working, enrol_second_factor::Enrolled, prove_second_factor::Proved, show_second_factor::Step,
};

/// Modules of white that a reader needs around a code (ISO/IEC 18004).
const QUIET: usize = 4;

/// The next step: to set a second factor up, or to show its code.
#[derive(Serialize, Template)]
#[template(path = "second-factor.html")]
pub(crate) struct SecondFactorPage {
    /// True when a secret is to be put into an app first.
    is_new: bool,
    secret: Option<String>,
    link: Option<String>,
    #[serde(skip)]
    action: &'static str,
    #[serde(skip)]
    groups: String,
    #[serde(skip)]
    picture: Picture,
    #[serde(skip)]
    draft: Draft,
}

/// A code of squares: the side of the whole, and the path along its dark ones.
#[derive(Default)]
struct Picture {
    side: usize,
    path: String,
}

impl SecondFactorPage {
    pub(crate) fn of(step: &Step, draft: Draft) -> Result<Self, Failure> {
        let Step::Enrol { secret, link } = step else {
            return Ok(Self::asking(draft));
        };
        Ok(Self {
            is_new: true,
            secret: Some(secret.expose().to_owned()),
            link: Some(link.clone()),
            action: "/staff/second-factor",
            groups: grouped(secret),
            picture: Picture::of(link)?,
            draft,
        })
    }

    /// The form for a code of the second factor in use.
    pub(crate) fn asking(draft: Draft) -> Self {
        Self {
            is_new: false,
            secret: None,
            link: None,
            action: "/staff/sessions",
            groups: String::new(),
            picture: Picture::default(),
            draft,
        }
    }

    /// The form as it was typed, with what is wrong.
    pub(crate) fn again(self, draft: Draft) -> Self {
        Self { draft, ..self }
    }
}

/// Four letters at a time, as people type them.
fn grouped(secret: &Secret) -> String {
    let letters: Vec<char> = secret.expose().chars().collect();
    let groups: Vec<String> = letters.chunks(4).map(|group| group.iter().collect()).collect();
    groups.join(" ")
}

impl Picture {
    fn of(link: &str) -> Result<Self, Failure> {
        let code = QrCode::with_error_correction_level(link, EcLevel::M)
            .map_err(|error| Failure::Internal(Cause::new(format!("could not draw a code: {error}"))))?;
        let width = code.width();
        let mut path = String::new();
        for (place, color) in code.to_colors().into_iter().enumerate() {
            if color == Color::Dark {
                let (x, y) = (place % width + QUIET, place / width + QUIET);
                path.push_str(&format!("M{x} {y}h1v1h-1z"));
            }
        }
        Ok(Self {
            side: width + 2 * QUIET,
            path,
        })
    }
}

/// The recovery codes, shown this once, to somebody who is in from now on.
#[derive(Serialize, Template)]
#[template(path = "recovery-codes.html")]
pub(crate) struct RecoveryCodes {
    recovery_codes: Vec<String>,
    token: String,
    ends_at: String,
    #[serde(skip)]
    next: String,
}

impl RecoveryCodes {
    pub(crate) fn reply(enrolled: Enrolled, now: Timestamp, next: &LocalPath) -> Reply<Self> {
        let Proved { session, token, device } = enrolled.proved;
        let view = Self {
            recovery_codes: enrolled.recovery,
            token: token.expose().to_owned(),
            ends_at: session.ends_at.to_string(),
            next: landing(next),
        };
        let reply = Reply::ok(view).with_cookie(web::session_cookie(&token, &session, now));
        reply.with_cookie(device)
    }
}

/// A session that can do everything its owner may.
#[derive(Serialize)]
pub(crate) struct FullSession {
    id: String,
    kind: &'static str,
    token: String,
    ends_at: String,
}

impl FullSession {
    pub(crate) fn reply(proved: &Proved, now: Timestamp, next: &LocalPath) -> Reply<JsonOnly<Self>> {
        let reply = Self::opened("staff", &proved.session, &proved.token, now, landing(next));
        reply.with_cookie(&proved.device)
    }

    pub(crate) fn of_device(working: &Working, now: Timestamp) -> Reply<JsonOnly<Self>> {
        tracing::debug!(device.name = working.device.name, "A device works");
        let next = "/warehouse".to_owned();
        Self::opened("device", &working.session, &working.token, now, next)
    }

    fn opened(
        kind: &'static str,
        session: &Session,
        token: &Secret,
        now: Timestamp,
        next: String,
    ) -> Reply<JsonOnly<Self>> {
        let view = Self {
            id: session.principal().to_owned(),
            kind,
            token: token.expose().to_owned(),
            ends_at: session.ends_at.to_string(),
        };
        Reply::created(JsonOnly(view), next).with_cookie(web::session_cookie(token, session, now))
    }
}

/// Where somebody goes on: where they wanted to be, if that is a place of the staff.
fn landing(next: &LocalPath) -> String {
    let of_staff = ["/desk", "/warehouse", "/shipments/", "/staff"];
    let wanted = next.as_str();
    if of_staff.iter().any(|start| wanted.starts_with(start)) {
        wanted.to_owned()
    } else {
        "/desk".to_owned()
    }
}
