//! A first right code shows that the secret has arrived in an app: from now on it is asked for. The recovery codes are shown this once.

use domain::{
    Failure, Refusal, audit::Hand, id::StaffId, order::Actor, session::Session, staff::SecondFactor, tries::Tries,
};

use crate::{
    Deps,
    prove_second_factor::{self, Code, Proved},
    totp,
};

/// A member who is in, and their recovery codes.
pub(crate) struct Enrolled {
    pub(crate) proved: Proved,
    pub(crate) recovery: Vec<String>,
}

pub(crate) async fn run(
    deps: &Deps,
    staff: &StaffId,
    source: String,
    before: (&str, &Session),
    typed: &Code,
) -> Result<Enrolled, Failure> {
    let now = deps.clock.now();
    let tries = [Tries::of_second_factor(staff)];
    deps.credentials.count(&tries, now).await?;
    let mut member = deps.staff.member(staff).await?;
    member.may_come_in()?;
    let SecondFactor::Offered { secret } = &member.second_factor else {
        return Err(Refusal::AlreadyApplied.into());
    };
    let secret = deps.seal.open(&totp::place(&member), secret)?;
    let step = totp::step_of(&member, &secret, &typed.code, now)?.ok_or(Refusal::WrongCode)?;
    let recovery = totp::new_recovery_codes(&deps.ids)?;
    member.enrol(step, recovery.iter().map(|code| totp::code_hash(code)).collect())?;
    let hand = Hand {
        actor: Actor::Staff(staff.clone()),
        source,
    };
    let entry = deps.deed(&hand, now, "second_factor.enrolled", staff.as_str())?;
    let proved = prove_second_factor::let_in(deps, &member, &entry, before, &tries).await?;
    tracing::info!(staff.id = %staff, "{staff} set up a second factor");
    Ok(Enrolled { proved, recovery })
}
