//! Somebody wants an account: a code is sent to their address or phone. Known and unknown ones are written down alike, after the same work;
//! what the message says is decided where it is sent.

use domain::{
    Failure, Secret,
    contact::Contact,
    notice::{Matter, Notice},
    person::{NewPassword, PersonName},
    tries::Tries,
};
use serde::Deserialize;
use store::{MessageRecord, Registration};
use web::LocalPath;

use crate::{Deps, caller::Caller, password};

/// What is typed.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Wanted {
    /// E-mail address or phone.
    #[serde(default, alias = "email")]
    contact: String,
    #[serde(default)]
    password: String,
    #[serde(default)]
    name: String,
    /// Where to go on.
    #[serde(default)]
    pub(crate) next: LocalPath,
}

/// A registration that waits for its code.
pub(crate) struct Asked {
    /// Names it; worth nothing without the code.
    pub(crate) ticket: Secret,
    /// Where the code went, as far as a page may tell.
    pub(crate) sent_to: String,
}

pub(crate) async fn run(deps: &Deps, caller: &Caller, typed: &Wanted) -> Result<Asked, Failure> {
    let (contact, chosen, name) = checked(typed)?;
    let now = deps.clock.now();
    let tries = [
        Tries::of_messages(&contact),
        Tries::of_source("registration", &caller.source),
    ];
    deps.credentials.count(&tries, now).await?;
    let (ticket, fresh) = (deps.ids.token()?, deps.ids.code()?);
    let notice = Notice {
        id: deps.ids.next()?,
        to: contact.clone(),
        matter: Matter::RegistrationCode(fresh.clone()),
    };
    let wanted = Registration {
        contact,
        name,
        password_hash: password::hash(&chosen, &deps.pepper, &deps.ids)?,
        code_hash: web::code_hash(ticket.expose(), fresh.expose()),
        ends_at: now.plus(notice.matter.is_worth_telling_for()),
    };
    let ticket_hash = web::token_hash(ticket.expose());
    deps.registrations.begin(&ticket_hash, &wanted, &notice, now).await?;
    deps.queues.send(MessageRecord::notice(&notice.id).into()).await;
    tracing::info!(notice.id = %notice.id, "Asked for a registration");
    Ok(Asked {
        ticket,
        sent_to: notice.to.hint(),
    })
}

fn checked(typed: &Wanted) -> Result<(Contact, NewPassword, PersonName), Failure> {
    match (
        Contact::new(&typed.contact),
        NewPassword::new(&typed.password),
        PersonName::new(&typed.name),
    ) {
        (Ok(contact), Ok(password), Ok(name)) => Ok((contact, password, name)),
        (contact, password, name) => Err(Failure::Invalid(
            [contact.err(), password.err(), name.err()]
                .into_iter()
                .flatten()
                .collect(),
        )),
    }
}
