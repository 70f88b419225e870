//! Lets somebody in, customer or staff. Who is unknown and who typed a wrong password read the same words after the same work.

use domain::{Failure, FieldError, Refusal, person::Email};
use serde::Deserialize;
use web::LocalPath;

use crate::{
    Deps,
    open_session::{self, Opened},
    password,
    register_customer::Caller,
    tries,
};

/// What is typed.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Login {
    email: String,
    password: String,
    /// Where to go on.
    #[serde(default)]
    pub(crate) next: LocalPath,
}

/// Longer than any password of ours; more is not hashed.
const LONGEST: usize = 1_000;

pub(crate) async fn run(deps: &Deps, caller: Caller, typed: &Login) -> Result<Opened, Failure> {
    let email = Email::new(&typed.email).map_err(|wrong| Failure::Invalid(vec![wrong]))?;
    if typed.password.len() > LONGEST {
        let wrong = FieldError::new("password", "length", "No password of ours is that long.");
        return Err(Failure::Invalid(vec![wrong]));
    }
    let attempt = tries::count(&deps.people, &email, &caller.source, deps.clock.now()).await?;
    let person = deps.people.find(&email).await?;
    let is_right = password::is_right(&typed.password, person.as_ref().map(|person| &person.password_hash))?;
    let Some(person) = person.filter(|_| is_right) else {
        tracing::info!("A log-in was refused");
        return Err(Refusal::WrongCredentials.into());
    };
    attempt.give_back(&deps.people).await?;
    tracing::info!(person.id = person.holder.id(), "Logged in {}", person.holder.id());
    open_session::run(deps, person.holder.who(), caller.before()).await
}
