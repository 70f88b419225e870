//! Changes what somebody logs in with, once both codes are right. They are logged out everywhere else, go on here with a new token, and
//! wherever they were reached until now the change is told.

use domain::{
    Failure, Refusal,
    notice::{Matter, Notice},
    session::Session,
};
use serde::Deserialize;
use store::{ChangedContact, ContactChange, MessageRecord, Opening};

use crate::{Deps, caller::Caller, code, open_session::Opened, show_person, tries};

/// What is typed.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Codes {
    /// The code that was sent to where they are reached until now.
    #[serde(default)]
    old_code: String,
    /// The code that was sent to the new address or phone.
    #[serde(default)]
    new_code: String,
}

/// The change of a ticket, if it is the caller's own.
pub(crate) async fn find(deps: &Deps, session: Option<&Session>, ticket: &str) -> Result<ContactChange, Failure> {
    let person = show_person::registered(session)?;
    let ticket_hash = web::token_hash(ticket);
    deps.contact_changes.find(person, &ticket_hash, deps.clock.now()).await
}

pub(crate) async fn run(
    deps: &Deps,
    caller: &Caller,
    ticket: &str,
    change: &ContactChange,
    typed: &Codes,
) -> Result<Opened, Failure> {
    let (now, ticket_hash) = (deps.clock.now(), web::token_hash(ticket));
    let tries = [tries::of_ticket(&ticket_hash), tries::of_source("code", &caller.source)];
    deps.credentials.count(&tries, now).await?;
    let is_right = change.old_code_hash == code::hash(ticket, &typed.old_code)
        && change.new_code_hash == code::hash(ticket, &typed.new_code);
    if !is_right {
        return Err(Refusal::WrongCode.into());
    }
    let person = show_person::run(deps, caller.session.as_ref()).await?;
    let mut notices = Vec::new();
    for to in person.contacts() {
        notices.push(Notice {
            id: deps.ids.next()?,
            to,
            matter: Matter::ContactChanged,
        });
    }
    let (token, session) = (deps.ids.token()?, Session::begin(person.holder.who(), now));
    let changed = ChangedContact {
        ticket_hash: &ticket_hash,
        change,
        before: caller.before().ok_or(Failure::Unauthenticated)?,
        opening: Opening {
            token_hash: &web::token_hash(token.expose()),
            session: &session,
            device: &caller.device,
            now,
        },
        notices: &notices,
    };
    deps.contact_changes.complete(&deps.sessions, &changed).await?;
    for notice in &notices {
        deps.queues.send(MessageRecord::notice(&notice.id).into()).await;
    }
    let id = &change.person;
    tracing::info!(person.id = id, "Changed how {id} logs in");
    Ok(Opened { session, token })
}
