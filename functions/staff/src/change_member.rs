//! An admin changes what somebody else may do. Roles, suspension and a lost second factor end all their sessions in the same transaction.

use domain::{Failure, audit::Hand, id::StaffId, staff::Member, text::REASON};
use serde::Deserialize;

use crate::{
    Deps,
    roles::{self, Ticked},
};

/// What is typed about roles.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RolesForm {
    #[serde(default)]
    roles: Ticked,
}

/// What is typed about everything else.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ReasonForm {
    #[serde(default)]
    reason: String,
}

/// The change.
pub(crate) enum Change {
    Roles(RolesForm),
    Suspend(ReasonForm),
    Readmit(ReasonForm),
    LoseSecondFactor(ReasonForm),
}

pub(crate) async fn run(deps: &Deps, by: (&StaffId, &Hand), id: &StaffId, change: Change) -> Result<Member, Failure> {
    let (admin, hand) = by;
    let mut member = deps.staff.member(id).await?;
    let now = deps.clock.now();
    let deed = |action: &str| deps.deed(hand, now, action, id.as_str());
    let entry = match change {
        Change::Roles(form) => {
            let (before, after) = (roles::words(&member.roles), form.roles.roles()?);
            let words = roles::words(&after);
            member.give_roles(admin, after)?;
            deed("staff.roles_changed")?.changing(before, words)
        }
        Change::Suspend(form) => {
            let reason = reason(&form.reason)?;
            member.suspend(admin, now)?;
            deed("staff.suspended")?.changing("in", "out").because(&reason)
        }
        Change::Readmit(form) => {
            let reason = reason(&form.reason)?;
            member.readmit(admin)?;
            deed("staff.readmitted")?.changing("out", "in").because(&reason)
        }
        Change::LoseSecondFactor(form) => {
            let reason = reason(&form.reason)?;
            member.lose_second_factor(admin)?;
            deed("second_factor.removed")?.because(&reason)
        }
    };
    deps.staff.save_and_log_out(&member, &entry).await?;
    tracing::info!(staff.id = %id, by = %admin, "{}: {id}", entry.action);
    Ok(member)
}

fn reason(typed: &str) -> Result<String, Failure> {
    REASON.note(typed).map_err(|wrong| Failure::Invalid(vec![wrong]))
}
