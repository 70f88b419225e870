//! Sets a new password with the token of a link. It works once, and every session of the account and every other such link ends with it.

use domain::{
    Failure, Refusal,
    notice::{Matter, Notice},
    person::NewPassword,
    tries::Tries,
};
use serde::Deserialize;
use store::{Credential, MessageRecord, NewlySet, Reset};

use crate::{Deps, caller::Caller, password};

/// What is typed, and the token of the link.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Chosen {
    #[serde(default)]
    token: String,
    #[serde(default)]
    password: String,
}

/// What a token is good for now; nothing when it was used, or ended, or the password was changed in another way.
pub(crate) async fn open(deps: &Deps, hash: &str) -> Result<Option<(Reset, Credential)>, Failure> {
    let Some(reset) = deps.resets.find(hash, deps.clock.now()).await? else {
        return Ok(None);
    };
    let known = deps.credentials.find(&reset.contact).await?;
    let fitting = known.filter(|known| reset.is_for(known));
    Ok(fitting.map(|known| (reset, known)))
}

pub(crate) async fn run(deps: &Deps, caller: &Caller, typed: &Chosen) -> Result<(), Failure> {
    let chosen = NewPassword::new(&typed.password).map_err(|wrong| Failure::Invalid(vec![wrong]))?;
    let now = deps.clock.now();
    deps.credentials
        .count(&[Tries::of_source("code", &caller.source)], now)
        .await?;
    let hash = web::token_hash(&typed.token);
    let ended = || Failure::from(Refusal::NotValidAnyMore);
    let (reset, credential) = open(deps, &hash).await?.ok_or_else(ended)?;
    let person = deps.people.by_id(&credential.person).await?.ok_or_else(ended)?;
    let new = password::hash(&chosen, &deps.ids)?;
    let notice = Notice {
        id: deps.ids.next()?,
        to: reset.contact,
        matter: Matter::PasswordChanged,
    };
    let failed: Vec<_> = person
        .contacts()
        .iter()
        .map(|contact| Tries::of_account("login", contact))
        .collect();
    let entry = deps.deed_of_staff(&person, &caller.source, "staff.password_reset")?;
    let set = NewlySet {
        token_hash: &hash,
        person: &person,
        password_hash: &new,
        tries: &failed,
        notice: &notice,
        entry: entry.as_ref(),
        now,
    };
    deps.resets.complete(&deps.sessions, &set).await?;
    deps.queues.send(MessageRecord::notice(&notice.id).into()).await;
    let id = person.holder.id();
    tracing::info!(person.id = id, "Set a new password for {id}");
    Ok(())
}
