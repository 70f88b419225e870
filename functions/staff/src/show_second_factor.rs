//! Shows a member of the staff which step is next: to set up a second factor, or to show its code.

use domain::{Failure, Secret, id::StaffId, staff::SecondFactor};

use crate::{Deps, totp};

/// The next step.
pub(crate) enum Step {
    /// A code of the second factor in use.
    Prove,
    /// This secret is to be put into an app, which then shows a first code.
    Enrol {
        /// As it is typed.
        secret: Secret,
        /// As a picture of it is read.
        link: String,
    },
}

pub(crate) async fn run(deps: &Deps, staff: &StaffId) -> Result<Step, Failure> {
    let mut member = deps.staff.member(staff).await?;
    member.may_come_in()?;
    let secret = match &member.second_factor {
        SecondFactor::Enrolled { .. } => return Ok(Step::Prove),
        // The page opened once more: the same secret, so that what an app has read stays right.
        SecondFactor::Offered { secret } => deps.seal.open(&totp::place(&member), secret)?,
        SecondFactor::Missing => {
            let secret = totp::new_secret(&deps.ids)?;
            let sealed = deps.seal.seal(&deps.ids, &totp::place(&member), secret.expose())?;
            member.offer(sealed)?;
            deps.staff.offer_second_factor(&member).await?;
            secret
        }
    };
    let link = totp::link(&member, &secret)?;
    Ok(Step::Enrol { secret, link })
}
