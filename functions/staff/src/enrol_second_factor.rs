//! A first right code shows that the secret has arrived in an app: from now on it is asked for. The recovery codes are shown this once.

use domain::{Failure, Refusal, staff::SecondFactor};

use crate::{
    Deps,
    prove_second_factor::{self, Code, Proved, Prover},
    totp,
};

/// A member who is in, and their recovery codes.
pub(crate) struct Enrolled {
    pub(crate) proved: Proved,
    pub(crate) recovery: Vec<String>,
}

pub(crate) async fn run(deps: &Deps, prover: &Prover, typed: &Code) -> Result<Enrolled, Failure> {
    let (now, staff) = (deps.clock.now(), &prover.staff);
    let tries = prover.tries(deps);
    deps.credentials.count(&tries, now).await?;
    let mut member = deps.staff.member(staff).await?;
    member.may_come_in()?;
    let SecondFactor::Offered { secret } = &member.second_factor else {
        return Err(Refusal::AlreadyApplied.into());
    };
    let secret = deps.seal.open(&totp::place(&member), secret)?;
    let Some(step) = totp::step_of(&member, &secret, &typed.code, now)? else {
        return prover.refused(deps).await;
    };
    let recovery = totp::new_recovery_codes(&deps.ids)?;
    member.enrol(step, recovery.iter().map(|code| totp::code_hash(code)).collect())?;
    let entry = deps.deed(&prover.hand(), now, "second_factor.enrolled", staff.as_str())?;
    let proved = prove_second_factor::let_in(deps, &member, &entry, prover, &tries).await?;
    tracing::info!(staff.id = %staff, "{staff} set up a second factor");
    Ok(Enrolled { proved, recovery })
}
