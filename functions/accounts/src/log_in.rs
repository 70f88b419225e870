//! Lets somebody in, customer or staff. Who is unknown and who typed a wrong password read the same words after the same work: the same
//! two calls to the table and one hash.

use domain::{
    Failure, FieldError, Refusal, Secret,
    contact::Contact,
    id::CustomerId,
    session::{Session, Who},
    tries::Tries,
};
use serde::Deserialize;
use store::{Admission, Credential, Opening};
use web::LocalPath;

use crate::{Deps, caller::Caller, open_session::Opened, password, take_over};

/// What is typed.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Login {
    /// E-mail address or phone.
    #[serde(alias = "email")]
    contact: String,
    password: String,
    /// Where to go on.
    #[serde(default)]
    pub(crate) next: LocalPath,
}

/// Longer than any password of ours; more is not hashed.
const LONGEST: usize = 1_000;

pub(crate) async fn run(deps: &Deps, caller: Caller, typed: &Login) -> Result<Opened, Failure> {
    let contact = Contact::new(&typed.contact).map_err(|wrong| Failure::Invalid(vec![wrong]))?;
    if typed.password.len() > LONGEST {
        let wrong = FieldError::new("password", "length", "No password of ours is that long.");
        return Err(Failure::Invalid(vec![wrong]));
    }
    let tries = [
        Tries::of_account("login", &contact),
        Tries::of_source("login", &caller.source),
    ];
    deps.credentials.count(&tries, deps.clock.now()).await?;
    let credential = deps.credentials.find(&contact).await?;
    let is_right = password::is_right(&typed.password, credential.as_ref().map(|known| &known.password_hash))?;
    let Some(credential) = credential.filter(|_| is_right) else {
        tracing::info!("A log-in was refused");
        return Err(Refusal::WrongCredentials.into());
    };
    let rehashed = rehashed(deps, &typed.password, &credential)?;
    let (token, now) = (deps.ids.token()?, deps.clock.now());
    let epoch = deps.sessions.epoch(&credential.person).await?;
    let session = Session::begin(who(&credential)?, now).of_epoch(epoch);
    take_over::run(deps, caller.session.as_ref(), &session.who).await?;
    let admission = Admission {
        contact: &contact,
        credential: &credential,
        rehashed: rehashed.as_ref(),
        opening: Opening {
            token_hash: &web::token_hash(token.expose()),
            session: &session,
            device: &caller.device,
            now,
        },
        before: caller.before(),
        tries: &tries,
    };
    deps.credentials.admit(&deps.sessions, &admission).await?;
    tracing::info!(person.id = credential.person, "Logged in {}", credential.person);
    Ok(Opened { session, token })
}

/// The id says it all. For the staff a password is half of the way: the other half is the second factor.
fn who(credential: &Credential) -> Result<Who, Failure> {
    if let Ok(id) = credential.person.parse::<CustomerId>() {
        return Ok(Who::Customer(id));
    }
    let staff = credential.person.parse();
    staff
        .map(Who::Unproven)
        .map_err(|_| Failure::internal("a credential leads to nobody"))
}

/// The password hashed anew, if the stored hash is weaker than those made now.
fn rehashed(deps: &Deps, password: &str, credential: &Credential) -> Result<Option<Secret>, Failure> {
    if password::is_as_strong_as_now(&credential.password_hash) {
        return Ok(None);
    }
    password::hash_text(password, &deps.ids).map(Some)
}
