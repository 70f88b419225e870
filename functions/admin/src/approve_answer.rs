//! The second person: approves an answer that somebody else proposed, or takes the proposal away.

use domain::{Failure, Refusal, RequestKey, approval::Proposal, id::ExceptionId, session::Role};
use serde::Deserialize;
use store::Once;
use web::StaffMember;

use crate::{
    Deps,
    action::Action,
    resolve_exception::{self, Deed},
};

/// What is typed by whoever takes a proposal away.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Withdrawal {
    #[serde(default)]
    reason: String,
}

pub(crate) async fn run(
    deps: &Deps,
    (member, source): (&StaffMember, String),
    id: &ExceptionId,
    key: &RequestKey,
) -> Result<Once, Failure> {
    let Some(proposal) = deps.proposals.about(id.as_str(), deps.clock.now()).await? else {
        let repeated = deps.orders.repeated(key).await?;
        return match repeated {
            Some(result) => Ok(Once {
                result,
                is_repeat: true,
            }),
            None => Err(Refusal::NotValidAnyMore.into()),
        };
    };
    let deed = Deed {
        id,
        action: action(&proposal)?,
        reason: &proposal.reason,
        staff: member.require(Role::Finance)?,
        source,
    };
    deed.apply(deps, key, Some(&proposal)).await
}

/// Whoever proposed it may take it back, and finance may decline it.
pub(crate) async fn withdraw(
    deps: &Deps,
    (member, source): (&StaffMember, String),
    id: &ExceptionId,
    typed: &Withdrawal,
) -> Result<(), Failure> {
    let found = deps.proposals.about(id.as_str(), deps.clock.now()).await?;
    let proposal = found.ok_or(Failure::NotFound("proposal"))?;
    if proposal.proposed_by != member.staff {
        member.require(Role::Finance)?;
    }
    let deed = Deed {
        id,
        action: action(&proposal)?,
        reason: &resolve_exception::reason(&typed.reason)?,
        staff: &member.staff,
        source,
    };
    let entry = deed.entry(deps, ".withdrawn")?;
    deps.proposals.withdraw(id.as_str(), &entry).await
}

fn action(proposal: &Proposal) -> Result<Action, Failure> {
    let found = Action::of_word(&proposal.action);
    found.ok_or_else(|| Failure::internal(format!("nothing is known of {}", proposal.action)))
}
