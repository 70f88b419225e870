//! What the answers show.

use askama::Template;
use domain::{
    Timestamp,
    session::{Role, Who},
};
use serde::Serialize;
use store::{Invitation, OpenSession};
use web::{Draft, JsonOnly, LocalPath, Reply};

use crate::{ask_registration::Asked, open_session::Opened};

/// The form of a new account.
#[derive(Serialize, Template)]
#[template(path = "register.html")]
pub(crate) struct RegisterPage {
    action: &'static str,
    #[serde(skip)]
    draft: Draft,
}

impl RegisterPage {
    pub(crate) fn of(draft: Draft) -> Self {
        Self {
            action: "/registrations",
            draft,
        }
    }
}

/// A registration that waits for its code.
#[derive(Serialize)]
pub(crate) struct TicketView {
    ticket: String,
    sent_to: String,
}

impl TicketView {
    pub(crate) fn reply(asked: &Asked, next: &LocalPath) -> Reply<JsonOnly<Self>> {
        let view = Self {
            ticket: asked.ticket.expose().to_owned(),
            sent_to: asked.sent_to.clone(),
        };
        // A ticket is letters, digits, - and _.
        let page = next.carried_by(&format!("/register/code?ticket={}", view.ticket));
        Reply::accepted(JsonOnly(view), page)
    }
}

/// The form for the code of a registration.
#[derive(Serialize, Template)]
#[template(path = "code.html")]
pub(crate) struct CodePage {
    action: &'static str,
    #[serde(skip)]
    draft: Draft,
}

impl CodePage {
    pub(crate) fn of(draft: Draft) -> Self {
        Self {
            action: "/accounts",
            draft,
        }
    }
}

/// The form of somebody who forgot their password.
#[derive(Serialize, Template)]
#[template(path = "reset.html")]
pub(crate) struct ResetPage {
    action: &'static str,
    #[serde(skip)]
    draft: Draft,
}

impl ResetPage {
    pub(crate) fn of(draft: Draft) -> Self {
        Self {
            action: "/resets",
            draft,
        }
    }
}

/// The same words for every address, known or not.
#[derive(Serialize, Template)]
#[template(path = "reset_sent.html")]
pub(crate) struct ResetSent {
    detail: &'static str,
}

impl ResetSent {
    pub(crate) fn page() -> Self {
        Self {
            detail: "If there is an account with this address or phone, a link is on its way. It holds for 30 minutes.",
        }
    }
}

/// The form for a new password.
#[derive(Serialize, Template)]
#[template(path = "password.html")]
pub(crate) struct PasswordPage {
    action: &'static str,
    #[serde(skip)]
    draft: Draft,
}

impl PasswordPage {
    pub(crate) fn of(draft: Draft) -> Self {
        Self {
            action: "/passwords",
            draft,
        }
    }
}

/// The form to log in.
#[derive(Serialize, Template)]
#[template(path = "login.html")]
pub(crate) struct LoginPage {
    action: &'static str,
    #[serde(skip)]
    draft: Draft,
}

impl LoginPage {
    pub(crate) fn of(draft: Draft) -> Self {
        Self {
            action: "/sessions",
            draft,
        }
    }
}

/// A session that was opened. A program sends the token as `Authorization: Bearer`; a browser has it as a cookie.
#[derive(Serialize)]
pub(crate) struct SessionView {
    id: String,
    kind: &'static str,
    roles: Vec<Role>,
    token: String,
    ends_at: String,
}

impl SessionView {
    pub(crate) fn reply(opened: &Opened, next: &LocalPath, now: Timestamp) -> Reply<JsonOnly<Self>> {
        let (kind, roles) = match &opened.session.who {
            Who::Guest(_) => ("guest", Vec::new()),
            Who::Customer(_) => ("customer", Vec::new()),
            Who::Staff(_, roles) => ("staff", roles.clone()),
            Who::Unproven(_) => ("unproven", Vec::new()),
            Who::Device(_) => ("device", Vec::new()),
        };
        let view = Self {
            id: opened.session.principal().to_owned(),
            kind,
            roles,
            token: opened.token.expose().to_owned(),
            ends_at: opened.session.ends_at.to_string(),
        };
        let reply = Reply::created(JsonOnly(view), landing(&opened.session.who, next));
        let reply = reply.with_cookie(web::session_cookie(&opened.token, &opened.session, now));
        match &opened.device {
            Some(device) => reply.with_cookie(device),
            None => reply,
        }
    }
}

/// Where somebody goes on: where they wanted to be, or the page they start from.
fn landing(who: &Who, next: &LocalPath) -> String {
    let of_staff = ["/desk", "/warehouse", "/shipments/", "/staff"];
    let wanted = next.as_str();
    match who {
        // The page of the second factor leads there.
        Who::Unproven(_) if of_staff.iter().any(|start| wanted.starts_with(start)) => {
            format!(
                "/staff/second-factor?next={}",
                wanted.replace('&', "%26").replace('#', "%23")
            )
        }
        Who::Staff(..) | Who::Unproven(_) => "/staff/second-factor".to_owned(),
        Who::Device(_) => "/warehouse".to_owned(),
        Who::Guest(_) | Who::Customer(_) if wanted == "/" => "/me".to_owned(),
        Who::Guest(_) | Who::Customer(_) => wanted.to_owned(),
    }
}

/// The form of somebody who was invited to the staff.
#[derive(Serialize, Template)]
#[template(path = "invitation.html")]
pub(crate) struct InvitationPage {
    action: String,
    email: String,
    #[serde(skip)]
    draft: Draft,
}

impl InvitationPage {
    pub(crate) fn of(token: &str, invitation: &Invitation, draft: Draft) -> Self {
        Self {
            action: format!("/invitations/{token}"),
            email: invitation.email.to_string(),
            draft,
        }
    }
}

/// Where somebody is logged in.
#[derive(Serialize, Template)]
#[template(path = "sessions.html")]
pub(crate) struct SessionList {
    sessions: Vec<SessionLine>,
}

/// One session, named by the hash of its token.
#[derive(Serialize)]
pub(crate) struct SessionLine {
    id: String,
    device: String,
    started_at: String,
    is_this: bool,
}

impl SessionList {
    pub(crate) fn of(open: &[OpenSession], this: Option<&str>) -> Self {
        let line = |session: &OpenSession| SessionLine {
            id: session.token_hash.clone(),
            device: session.device.clone(),
            started_at: session.started_at.to_string(),
            is_this: this == Some(session.token_hash.as_str()),
        };
        Self {
            sessions: open.iter().map(line).collect(),
        }
    }
}

impl SessionLine {
    /// The day and the minute, as far as it helps to recognise it.
    fn since(&self) -> String {
        self.started_at.get(..16).unwrap_or_default().replace('T', ", ")
    }
}
