//! A member of the staff answers an exception: the part it is about moves on, or the matter is put aside. The reason stays in the timeline.

use domain::{
    Failure, Refusal, RequestKey,
    id::ExceptionId,
    order::{Actor, Draft, Exception, Order},
};
use serde::{Deserialize, Serialize};
use store::{Once, Request};
use web::StaffMember;

use crate::{Deps, action::Action};

/// What is typed.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Resolution {
    action: Action,
    #[serde(default)]
    reason: String,
}

/// What the desk is answered.
#[derive(Serialize)]
pub(crate) struct Resolved {
    exception: String,
    action: String,
}

impl Resolved {
    pub(crate) fn of(id: &ExceptionId, once: &Once) -> Self {
        Self {
            exception: id.to_string(),
            action: once.result.clone(),
        }
    }
}

pub(crate) async fn run(
    deps: &Deps,
    member: &StaffMember,
    id: &ExceptionId,
    key: &RequestKey,
    typed: &Resolution,
) -> Result<Once, Failure> {
    let order = id.order();
    let about = find(&deps.orders.load(&order).await?, id)?.about;
    let staff = member.require(typed.action.role(&about))?;
    let reason = reason(&typed.reason)?;
    let request = Request {
        id: &order,
        actor: Actor::Staff(staff.clone()),
        key,
        now: deps.clock.now(),
    };
    let answer = |draft: &mut Draft| {
        let exception = find(draft.order(), id)?;
        if exception.resolved.is_some() {
            return Err(Refusal::AlreadyApplied.into());
        }
        typed.action.apply(draft, &exception, staff.as_str(), reason)?;
        Ok(typed.action.word().to_owned())
    };
    let once = deps.orders.decide_once(&deps.queues, request, answer).await?;
    tracing::info!(exception.id = %id, staff.id = %staff, action = once.result, "Answered {id} with {}", once.result);
    Ok(once)
}

fn find(order: &Order, id: &ExceptionId) -> Result<Exception, Failure> {
    let found = order.exceptions.iter().find(|exception| exception.id == *id);
    found.cloned().ok_or(Failure::NotFound("exception"))
}

fn reason(typed: &str) -> Result<&str, Failure> {
    let reason = typed.trim();
    if (5..=500).contains(&reason.chars().count()) {
        Ok(reason)
    } else {
        Err(Failure::field("reason", "length", "Say why, in 5 to 500 characters."))
    }
}
