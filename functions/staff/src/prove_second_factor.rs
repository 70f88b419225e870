//! Lets a member of the staff in who shows a code of their app, or a recovery code. Either is taken once.

use domain::{
    Failure, Refusal, Secret,
    audit::{Entry, Hand},
    id::StaffId,
    order::Actor,
    session::{Session, Who},
    staff::{Member, SecondFactor},
    tries::Tries,
};
use serde::Deserialize;
use store::Opening;
use web::LocalPath;

use crate::{Deps, totp};

/// What is typed.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Code {
    #[serde(default)]
    pub(crate) code: String,
    /// Where to go on.
    #[serde(default)]
    pub(crate) next: LocalPath,
}

/// A member who is in.
pub(crate) struct Proved {
    pub(crate) session: Session,
    pub(crate) token: Secret,
}

pub(crate) async fn run(
    deps: &Deps,
    staff: &StaffId,
    source: String,
    before: (&str, &Session),
    typed: &Code,
) -> Result<Proved, Failure> {
    let now = deps.clock.now();
    let tries = [Tries::of_second_factor(staff)];
    deps.credentials.count(&tries, now).await?;
    let mut member = deps.staff.member(staff).await?;
    member.may_come_in()?;
    let SecondFactor::Enrolled { secret, .. } = &member.second_factor else {
        return Err(Refusal::WrongCode.into());
    };
    let secret = deps.seal.open(&totp::place(&member), secret)?;
    let hand = Hand {
        actor: Actor::Staff(staff.clone()),
        source,
    };
    let entry = match totp::step_of(&member, &secret, &typed.code, now)? {
        Some(step) => {
            member.take_code(step)?;
            deps.deed(&hand, now, "staff.logged_in", staff.as_str())?
        }
        None => {
            let left = member.take_recovery(&totp::code_hash(&typed.code))?;
            let entry = deps.deed(&hand, now, "staff.logged_in_by_recovery", staff.as_str())?;
            entry.changing("", format!("{left} recovery codes left"))
        }
    };
    let proved = let_in(deps, &member, &entry, before, &tries).await?;
    tracing::info!(staff.id = %staff, "{staff} logged in");
    Ok(proved)
}

/// Opens the full session in the place of the one from the password.
pub(crate) async fn let_in(
    deps: &Deps,
    member: &Member,
    entry: &Entry,
    before: (&str, &Session),
    tries: &[Tries],
) -> Result<Proved, Failure> {
    let (token, now) = (deps.ids.token()?, deps.clock.now());
    let who = Who::Staff(member.id.clone(), member.roles.iter().copied().collect());
    let session = Session::begin(who, now).of_epoch(before.1.epoch);
    let open = deps.sessions.of_person(member.id.as_str(), now).await?;
    let device = open.into_iter().find(|open| open.token_hash == before.0);
    let opening = Opening {
        token_hash: &web::token_hash(token.expose()),
        session: &session,
        device: &device.map(|open| open.device).unwrap_or_default(),
        now,
    };
    deps.staff.let_in(member, entry, before, &opening, tries).await?;
    Ok(Proved { session, token })
}
