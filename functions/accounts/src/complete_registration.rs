//! Makes the account of whoever read the code, and lets them in. A visitor's id becomes the account's, so that their cart and orders stay
//! theirs.

use domain::{
    Failure, Refusal,
    contact::Contact,
    id::CustomerId,
    person::{Holder, Person, Preferences},
    session::Who,
    tries::Tries,
};
use serde::Deserialize;
use store::{Registered, Registration};
use web::LocalPath;

use crate::{
    Deps,
    caller::Caller,
    open_session::{self, Opened},
};

/// What is typed, and the ticket that came with the page.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Confirmation {
    #[serde(default)]
    ticket: String,
    #[serde(default)]
    code: String,
    /// Where to go on.
    #[serde(default)]
    pub(crate) next: LocalPath,
}

pub(crate) async fn run(deps: &Deps, caller: &Caller, typed: &Confirmation) -> Result<Opened, Failure> {
    let now = deps.clock.now();
    let ticket_hash = web::token_hash(&typed.ticket);
    let tries = [Tries::of_ticket(&ticket_hash), Tries::of_source("code", &caller.source)];
    deps.credentials.count(&tries, now).await?;
    let asked = deps.registrations.find(&ticket_hash, now).await?;
    let is_right = |asked: &Registration| asked.code_hash == web::code_hash(&typed.ticket, &typed.code);
    let asked = asked.filter(is_right).ok_or(Refusal::WrongCode)?;
    let visitor = match caller.session.as_ref().map(|session| &session.who) {
        Some(Who::Guest(id)) => Some(id.clone()),
        Some(Who::Customer(_) | Who::Staff(..) | Who::Unproven(_) | Who::Device(_)) | None => None,
    };
    let id = match visitor {
        Some(id) if make(deps, &ticket_hash, &asked, &id).await? => id,
        // A visitor's id that has an account already is not given a second one.
        Some(_) | None => {
            let fresh = deps.ids.next()?;
            if !make(deps, &ticket_hash, &asked, &fresh).await? {
                return Err(Failure::Conflict);
            }
            fresh
        }
    };
    tracing::info!(customer.id = %id, "Registered {id}");
    open_session::run(deps, Who::Customer(id), caller).await
}

/// False when the id is taken.
async fn make(deps: &Deps, ticket_hash: &str, asked: &Registration, id: &CustomerId) -> Result<bool, Failure> {
    let (email, phone) = match asked.contact.clone() {
        Contact::Email(email) => (Some(email), None),
        Contact::Phone(phone) => (None, Some(phone)),
    };
    let person = Person {
        holder: Holder::Customer(id.clone()),
        email,
        phone,
        name: asked.name.clone(),
        preferences: Preferences::default(),
    };
    let made = deps
        .registrations
        .complete(&deps.credentials, ticket_hash, &person, &asked.password_hash);
    Ok(made.await? == Registered::Written)
}
