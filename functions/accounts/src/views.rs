//! What the answers show.

use askama::Template;
use domain::{
    Failure, Timestamp,
    address::AddressInput,
    id::AddressId,
    person::{Holder, KeptAddress, Person},
    session::{Role, Session, Who},
};
use serde::Serialize;
use store::{Invitation, OpenSession};
use web::{Draft, JsonOnly, LocalPath, Reply};

use crate::{Deps, address_form::draft_of, ask_registration::Asked, open_session::Opened};

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
        Reply::created(JsonOnly(view), landing(&opened.session.who, next)).with_cookie(web::session_cookie(
            &opened.token,
            &opened.session,
            now,
        ))
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

/// Whose account it is.
#[derive(Serialize, Template)]
#[template(path = "me.html")]
pub(crate) struct Me {
    id: String,
    name: String,
    email: Option<String>,
    phone: Option<String>,
    is_staff: bool,
    roles: Vec<Role>,
}

impl Me {
    pub(crate) fn of(person: &Person, session: Option<&Session>) -> Self {
        let roles = match session.map(|session| &session.who) {
            Some(Who::Staff(_, roles)) => roles.clone(),
            Some(Who::Guest(_) | Who::Customer(_) | Who::Unproven(_) | Who::Device(_)) | None => Vec::new(),
        };
        let is_staff = matches!(person.holder, Holder::Staff(_));
        let (id, name) = (person.holder.id().to_owned(), person.name.as_str().to_owned());
        Self {
            id,
            name,
            email: person.email.as_ref().map(ToString::to_string),
            phone: person.phone.as_ref().map(ToString::to_string),
            is_staff,
            roles,
        }
    }
}

/// A kept address.
#[derive(Serialize)]
pub(crate) struct AddressView {
    id: String,
    #[serde(flatten)]
    parts: AddressInput,
    #[serde(skip)]
    street: String,
    #[serde(skip)]
    town: String,
}

impl AddressView {
    pub(crate) fn of(kept: &KeptAddress) -> Self {
        let parts = kept.address.parts().clone();
        let joined = |texts: &[&String]| {
            let filled = texts.iter().filter(|text| !text.is_empty());
            filled.map(|text| text.as_str()).collect::<Vec<_>>().join(", ")
        };
        Self {
            id: kept.id.to_string(),
            street: joined(&[&parts.line1, &parts.line2, &parts.landmark]),
            town: joined(&[&parts.city, &parts.region, &parts.postcode, &parts.country]),
            parts,
        }
    }
}

/// A customer's addresses, with one form: for a new one, or to change one of them.
#[derive(Serialize, Template)]
#[template(path = "addresses.html")]
pub(crate) struct AddressBook {
    addresses: Vec<AddressView>,
    #[serde(skip)]
    drafts: Vec<(AddressId, Draft)>,
    #[serde(skip)]
    countries: Vec<(String, String)>,
    #[serde(skip)]
    action: String,
    #[serde(skip)]
    form_key: String,
    #[serde(skip)]
    draft: Draft,
    #[serde(skip)]
    is_change: bool,
}

impl AddressBook {
    pub(crate) async fn load(deps: &Deps, kept: &[KeptAddress]) -> Result<Self, Failure> {
        Ok(Self {
            addresses: kept.iter().map(AddressView::of).collect(),
            drafts: kept
                .iter()
                .map(|kept| (kept.id.clone(), draft_of(&kept.address)))
                .collect(),
            countries: deps.countries().await?,
            action: "/me/addresses".to_owned(),
            form_key: deps.ids.form_key()?,
            draft: Draft::empty(),
            is_change: false,
        })
    }

    /// The form filled in with one of the addresses.
    pub(crate) fn changing(mut self, id: Option<&AddressId>) -> Result<Self, Failure> {
        if let Some(id) = id {
            let known = self.drafts.iter().find(|(known, _)| known == id);
            self.draft = known
                .map(|(_, draft)| draft.clone())
                .ok_or(Failure::NotFound("address"))?;
            self.action = format!("/me/addresses/{id}");
            self.is_change = true;
        }
        Ok(self)
    }

    /// The form as it was typed, with what is wrong.
    pub(crate) fn again(self, draft: Draft) -> Self {
        Self { draft, ..self }
    }
}
