//! The pages on which somebody changes what they log in with.

use askama::Template;
use domain::{Timestamp, person::Person};
use serde::Serialize;
use store::ContactChange;
use web::{Draft, JsonOnly, Reply};

use crate::{ask_contact_change::Asked, change_contact::Renewed};

/// What somebody logs in with, and the form to change it.
#[derive(Serialize, Template)]
#[template(path = "contact.html")]
pub(crate) struct ContactPage {
    email: Option<String>,
    phone: Option<String>,
    #[serde(skip)]
    draft: Draft,
}

impl ContactPage {
    pub(crate) fn of(person: &Person, draft: Draft) -> Self {
        Self {
            email: person.email.as_ref().map(ToString::to_string),
            phone: person.phone.as_ref().map(ToString::to_string),
            draft,
        }
    }
}

/// A change of what somebody logs in with that waits for its codes.
#[derive(Serialize)]
pub(crate) struct ContactTicket {
    ticket: String,
    sent_to_old: String,
    sent_to_new: String,
}

impl ContactTicket {
    pub(crate) fn reply(asked: &Asked) -> Reply<JsonOnly<Self>> {
        let view = Self {
            ticket: asked.ticket.expose().to_owned(),
            sent_to_old: asked.change.old.hint(),
            sent_to_new: asked.change.new.hint(),
        };
        // A ticket is letters, digits, - and _.
        let page = format!("/me/contact-changes/{}", view.ticket);
        Reply::accepted(JsonOnly(view), page)
    }
}

/// The form for both codes of a change.
#[derive(Serialize, Template)]
#[template(path = "contact-codes.html")]
pub(crate) struct ContactCodesPage {
    action: String,
    sent_to_old: String,
    sent_to_new: String,
    ends_at: String,
    #[serde(skip)]
    draft: Draft,
}

impl ContactCodesPage {
    pub(crate) fn of(ticket: &str, change: &ContactChange, draft: Draft) -> Self {
        Self {
            action: format!("/me/contact-changes/{ticket}"),
            sent_to_old: change.old.hint(),
            sent_to_new: change.new.hint(),
            ends_at: change.ends_at.to_string(),
            draft,
        }
    }
}

/// The session somebody goes on with. A program sends the token as `Authorization: Bearer`; a browser has it as a cookie.
#[derive(Serialize)]
pub(crate) struct NewSession {
    token: String,
    ends_at: String,
}

impl NewSession {
    pub(crate) fn reply(renewed: &Renewed, now: Timestamp) -> Reply<JsonOnly<Self>> {
        let Renewed { session, token } = renewed;
        let view = Self {
            token: token.expose().to_owned(),
            ends_at: session.ends_at.to_string(),
        };
        let cookie = web::session_cookie(token, session, now);
        Reply::created(JsonOnly(view), "/me").with_cookie(cookie)
    }
}
