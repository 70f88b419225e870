//! Registers a shopper. A visitor's id becomes the account's, so that their cart and orders stay theirs.

use domain::{
    Failure,
    id::CustomerId,
    person::{Email, Holder, NewPassword, Person, PersonName, Preferences},
    session::Who,
};
use serde::Deserialize;
use store::Registered;
use web::LocalPath;

use crate::{
    Deps,
    caller::Caller,
    open_session::{self, Opened},
    password, tries,
};

/// What is typed.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Registration {
    #[serde(default)]
    email: String,
    #[serde(default)]
    password: String,
    #[serde(default)]
    name: String,
    /// Where to go on.
    #[serde(default)]
    pub(crate) next: LocalPath,
}

pub(crate) async fn run(deps: &Deps, caller: Caller, typed: &Registration) -> Result<Opened, Failure> {
    let (email, chosen, name) = checked(typed)?;
    let now = deps.clock.now();
    deps.credentials
        .count(&[tries::of_source("registration", &caller.source)], now)
        .await?;
    // Hashed before anybody knows whether the address is taken: both answers take the same time.
    let password_hash = password::hash(&chosen, &deps.ids)?;
    let id = match caller.session.as_ref().map(|session| &session.who) {
        Some(Who::Guest(id)) => id.clone(),
        Some(Who::Customer(_) | Who::Staff(..) | Who::Unproven(_) | Who::Device(_)) | None => deps.ids.next()?,
    };
    let person = |id: &CustomerId| Person {
        holder: Holder::Customer(id.clone()),
        email: Some(email.clone()),
        phone: None,
        name: name.clone(),
        preferences: Preferences::default(),
    };
    let id = match deps.people.register(&person(&id), &password_hash).await? {
        Registered::Written => id,
        // A visitor's id that has an account already is not given a second one.
        Registered::IdTaken => {
            let fresh = deps.ids.next()?;
            match deps.people.register(&person(&fresh), &password_hash).await? {
                Registered::Written => fresh,
                Registered::IdTaken => return Err(Failure::Conflict),
            }
        }
    };
    tracing::info!(customer.id = %id, "Registered {id}");
    open_session::run(deps, Who::Customer(id), &caller).await
}

fn checked(typed: &Registration) -> Result<(Email, NewPassword, PersonName), Failure> {
    match (
        Email::new(&typed.email),
        NewPassword::new(&typed.password),
        PersonName::new(&typed.name),
    ) {
        (Ok(email), Ok(password), Ok(name)) => Ok((email, password, name)),
        (email, password, name) => Err(Failure::Invalid(
            [email.err(), password.err(), name.err()]
                .into_iter()
                .flatten()
                .collect(),
        )),
    }
}
