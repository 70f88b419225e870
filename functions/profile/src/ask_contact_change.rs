//! Somebody wants to log in with another address or phone, or with one more: a code is sent there and one to where they are reached until
//! now. Whether the new one is somebody else's is not looked at: what the message to it says is decided where it is sent.

use domain::{
    Failure, Secret,
    contact::Contact,
    id::NoticeId,
    notice::{Matter, Notice},
    person::Person,
    tries::Tries,
};
use serde::Deserialize;
use store::{ContactChange, MessageRecord};

use crate::Deps;

/// What is typed.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Wanted {
    /// E-mail address or phone.
    #[serde(default)]
    contact: String,
}

/// A change that waits for its codes.
pub(crate) struct Asked {
    /// Names it; worth nothing without the codes, and nothing to anybody else.
    pub(crate) ticket: Secret,
    pub(crate) change: ContactChange,
}

pub(crate) async fn run(deps: &Deps, person: &Person, source: &str, typed: &Wanted) -> Result<Asked, Failure> {
    let (old, new) = checked(person, typed)?;
    let (id, now) = (person.holder.id(), deps.clock.now());
    let tries = [
        Tries::of_person("contact change", id),
        Tries::of_messages(&new),
        Tries::of_source("contact change", source),
    ];
    deps.credentials.count(&tries, now).await?;
    let ticket = deps.ids.token()?;
    let (old_code, new_code) = (deps.ids.code()?, deps.ids.code()?);
    let hashed = |code: &Secret| web::code_hash(ticket.expose(), code.expose());
    let (old_code_hash, new_code_hash) = (hashed(&old_code), hashed(&new_code));
    let notices = [
        notice(deps.ids.next()?, &old, Matter::ContactCode(old_code)),
        notice(deps.ids.next()?, &new, Matter::NewContactCode(new_code)),
    ];
    let [to_old, _] = &notices;
    let change = ContactChange {
        person: id.to_owned(),
        old,
        new,
        old_code_hash,
        new_code_hash,
        ends_at: now.plus(to_old.matter.is_worth_telling_for()),
    };
    let ticket_hash = web::token_hash(ticket.expose());
    deps.contact_changes.begin(&ticket_hash, &change, &notices, now).await?;
    for notice in &notices {
        deps.queues.send(MessageRecord::notice(&notice.id).into()).await;
    }
    tracing::info!(person.id = id, "{id} asked for a change of how they log in");
    Ok(Asked { ticket, change })
}

/// Where it is confirmed, and where they want to be reached.
fn checked(person: &Person, typed: &Wanted) -> Result<(Contact, Contact), Failure> {
    let new = Contact::reachable(&typed.contact).map_err(|wrong| Failure::Invalid(vec![wrong]))?;
    if person.contacts().contains(&new) {
        return Err(Failure::field("contact", "same", "You log in with this already."));
    }
    let old = person.confirms_at(&new);
    Ok((old.ok_or(Failure::Conflict)?, new))
}

fn notice(id: NoticeId, to: &Contact, matter: Matter) -> Notice {
    Notice {
        id,
        to: to.clone(),
        matter,
    }
}
