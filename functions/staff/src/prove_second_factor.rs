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
use store::{Opening, Proof};
use web::{KnownDevice, LocalPath};

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
    /// The cookie by which the device is known from now on.
    pub(crate) device: String,
}

/// Somebody between their two steps: from where, on which device, and in which session.
pub(crate) struct Prover {
    pub(crate) staff: StaffId,
    pub(crate) session: Session,
    pub(crate) token_hash: String,
    pub(crate) source: String,
    pub(crate) known: KnownDevice,
}

impl Prover {
    /// What is counted for each code: on a device that has shown a second factor before, strangers' tries do not count.
    pub(crate) fn tries(&self, deps: &Deps) -> [Tries; 2] {
        let mark = self.known.mark_of(&deps.pepper, &KnownDevice::proved(&self.staff));
        [
            match mark {
                Some(mark) => Tries::of_known_device("second factor", mark),
                None => Tries::of_second_factor(&self.staff),
            },
            Tries::of_source("second factor", &self.source),
        ]
    }

    pub(crate) fn hand(&self) -> Hand {
        Hand {
            actor: Actor::Staff(self.staff.clone()),
            source: self.source.clone(),
        }
    }

    /// Writes down that this was no right code; a password that somebody else knows shows by it.
    pub(crate) async fn refused<T>(&self, deps: &Deps) -> Result<T, Failure> {
        let deed = deps.deed(
            &self.hand(),
            deps.clock.now(),
            "second_factor.refused",
            self.staff.as_str(),
        )?;
        deps.staff.note(&deed).await?;
        Err(Refusal::WrongCode.into())
    }
}

pub(crate) async fn run(deps: &Deps, prover: &Prover, typed: &Code) -> Result<Proved, Failure> {
    let (now, staff) = (deps.clock.now(), &prover.staff);
    let tries = prover.tries(deps);
    deps.credentials.count(&tries, now).await?;
    let mut member = deps.staff.member(staff).await?;
    member.may_come_in()?;
    let SecondFactor::Enrolled { secret, .. } = &member.second_factor else {
        return prover.refused(deps).await;
    };
    let secret = deps.seal.open(&totp::place(&member), secret)?;
    let Ok(entry) = spend(deps, prover, &mut member, &secret, typed) else {
        return prover.refused(deps).await;
    };
    let proved = let_in(deps, &member, &entry, prover, &tries).await?;
    tracing::info!(staff.id = %staff, "{staff} logged in");
    Ok(proved)
}

/// Spends the code of this moment or a recovery code, and tells which.
fn spend(deps: &Deps, prover: &Prover, member: &mut Member, secret: &Secret, typed: &Code) -> Result<Entry, Failure> {
    let (now, about) = (deps.clock.now(), prover.staff.as_str());
    match totp::step_of(member, secret, &typed.code, now)? {
        Some(step) => {
            member.take_code(step)?;
            deps.deed(&prover.hand(), now, "staff.logged_in", about)
        }
        None => {
            let left = member.take_recovery(&totp::code_hash(&typed.code))?;
            let entry = deps.deed(&prover.hand(), now, "staff.logged_in_by_recovery", about)?;
            Ok(entry.changing("", format!("{left} recovery codes left")))
        }
    }
}

/// Opens the full session in the place of the one from the password, and makes the device known.
pub(crate) async fn let_in(
    deps: &Deps,
    member: &Member,
    entry: &Entry,
    prover: &Prover,
    tries: &[Tries],
) -> Result<Proved, Failure> {
    let (token, now) = (deps.ids.token()?, deps.clock.now());
    let who = Who::Staff(member.id.clone(), member.roles.iter().copied().collect());
    let session = Session::begin(who, now).of_epoch(prover.session.epoch);
    let open = deps.sessions.of_person(member.id.as_str(), now).await?;
    let words = open.into_iter().find(|open| open.token_hash == prover.token_hash);
    let opening = Opening {
        token_hash: &web::token_hash(token.expose()),
        session: &session,
        device: &words.map(|open| open.device).unwrap_or_default(),
        now,
    };
    let tries = [tries, &[Tries::of_half_way(&member.id)]].concat();
    let proof = Proof {
        member,
        entry,
        before: (&prover.token_hash, &prover.session),
        tries: &tries,
    };
    deps.staff.let_in(&deps.credentials, &proof, &opening).await?;
    let whose = [member.id.to_string(), KnownDevice::proved(&member.id)];
    let device = prover.known.cookie(&deps.pepper, &whose, &deps.ids.token()?);
    Ok(Proved { session, token, device })
}
