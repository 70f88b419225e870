//! Lets somebody in, customer or staff. Who is unknown and who typed a wrong password read the same words after the same work: the same
//! calls to the table and one hash. Strangers who guess make the account wait, but no device on which its owner has logged in before.

use domain::{
    Failure, FieldError, Refusal, Secret,
    contact::Contact,
    id::{CustomerId, StaffId},
    session::{Session, Who},
    tries::Tries,
};
use serde::Deserialize;
use store::{Admission, Credential, Opening};
use web::{KnownDevice, LocalPath};

use crate::{
    Deps,
    caller::Caller,
    open_session::{Opened, remembered},
    password, take_over,
};

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
    let credential = deps.credentials.find(&contact).await?;
    let mark = |known: &Credential| caller.known.mark_of(&deps.pepper, &known.person);
    let tries = [
        match credential.as_ref().and_then(mark) {
            Some(mark) => Tries::of_known_device("login", mark),
            None => Tries::of_account("login", &contact),
        },
        Tries::of_source("login", &caller.source),
    ];
    deps.credentials.count(&tries, deps.clock.now()).await?;
    let hash = credential.as_ref().map(|known| &known.password_hash);
    let is_right = password::is_right(&typed.password, hash, &deps.pepper)?;
    let Some(credential) = credential.filter(|_| is_right) else {
        tracing::info!("A log-in was refused");
        return Err(Refusal::WrongCredentials.into());
    };
    let rehashed = rehashed(deps, &typed.password, &credential)?;
    let (token, now) = (deps.ids.token()?, deps.clock.now());
    let who = who(&credential)?;
    if let Who::Unproven(staff) = &who {
        count_half_way(deps, &caller, staff).await?;
    }
    let epoch = deps.sessions.epoch(&credential.person).await?;
    let session = Session::begin(who, now).of_epoch(epoch);
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
    let device = remembered(deps, &session.who, &caller)?;
    Ok(Opened { session, token, device })
}

/// Whoever has a right password of the staff and no second factor may not open halves of log-ins without end. On a device that has shown
/// both, the tries of the second factor are enough.
async fn count_half_way(deps: &Deps, caller: &Caller, staff: &StaffId) -> Result<(), Failure> {
    if caller
        .known
        .mark_of(&deps.pepper, &KnownDevice::proved(staff))
        .is_some()
    {
        return Ok(());
    }
    let tries = [Tries::of_half_way(staff)];
    deps.credentials.count(&tries, deps.clock.now()).await
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
    if password::is_as_strong_as_now(&credential.password_hash, &deps.pepper) {
        return Ok(None);
    }
    password::hash_text(password, &deps.pepper, &deps.ids).map(Some)
}
