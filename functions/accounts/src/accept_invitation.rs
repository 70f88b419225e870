//! Somebody who was invited to the staff chooses a name and a password. What they may do stands in the invitation, never in the form.

use domain::{
    Failure, FieldError,
    audit::Hand,
    id::StaffId,
    order::Actor,
    person::{Holder, NewPassword, Person, PersonName, Preferences},
    session::Who,
    staff::Member,
};
use serde::Deserialize;
use store::Joining;

use crate::{
    Deps,
    caller::Caller,
    open_session::{self, Opened},
    password,
};

/// What is typed.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Acceptance {
    #[serde(default)]
    name: String,
    #[serde(default)]
    password: String,
}

pub(crate) async fn run(deps: &Deps, caller: Caller, token: &str, typed: &Acceptance) -> Result<Opened, Failure> {
    let (hash, now) = (web::token_hash(token), deps.clock.now());
    let invitation = deps.staff.invitation(&hash, now).await?;
    let (name, chosen) = checked(typed)?;
    let id: StaffId = deps.ids.next()?;
    let person = Person {
        holder: Holder::Staff(id.clone()),
        email: Some(invitation.email.clone()),
        phone: None,
        name: name.clone(),
        preferences: Preferences::default(),
    };
    let member = Member::new(id.clone(), name, invitation.email, invitation.roles);
    let hand = Hand {
        actor: Actor::Staff(id.clone()),
        source: caller.source.clone(),
    };
    let entry = hand.did(deps.ids.form_key()?, now, "staff.joined", id.as_str());
    let password_hash = password::hash(&chosen, &deps.pepper, &deps.ids)?;
    let joining = Joining {
        person: &person,
        password_hash: &password_hash,
        member: &member,
        invitation: &hash,
        entry: &entry,
    };
    deps.staff.join(&deps.credentials, &joining).await?;
    tracing::info!(staff.id = %id, "{id} joined the staff");
    open_session::run(deps, Who::Unproven(id), &caller).await
}

fn checked(typed: &Acceptance) -> Result<(PersonName, NewPassword), Failure> {
    match (PersonName::new(&typed.name), NewPassword::new(&typed.password)) {
        (Ok(name), Ok(password)) => Ok((name, password)),
        (name, password) => {
            let wrong: Vec<FieldError> = [name.err(), password.err()].into_iter().flatten().collect();
            Err(Failure::Invalid(wrong))
        }
    }
}
