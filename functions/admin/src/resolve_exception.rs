//! A member of the staff answers an exception: the part it is about moves on, or the matter is put aside. The reason stays in the timeline.
//! An answer by which money leaves the shop is only proposed; `approve_answer` lets another person approve it.

use domain::{
    Failure, Refusal, RequestKey,
    approval::{Proposal, Proposed},
    audit::{Entry, Hand},
    id::{ExceptionId, StaffId},
    order::{Actor, Draft, Exception, Order},
    text::REASON,
};
use serde::{Deserialize, Serialize};
use store::{OnRecord, Once, Request};
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
    /// True while a second person has to approve it.
    waits: bool,
    /// What goes back to the customer, if that is known already.
    #[serde(skip_serializing_if = "String::is_empty")]
    amount: String,
}

impl Resolved {
    pub(crate) fn of(id: &ExceptionId, once: &Once) -> Self {
        Self {
            exception: id.to_string(),
            action: once.result.clone(),
            waits: false,
            amount: String::new(),
        }
    }

    pub(crate) fn proposed(id: &ExceptionId, proposal: &Proposal) -> Self {
        Self {
            exception: id.to_string(),
            action: proposal.action.clone(),
            waits: true,
            amount: proposal.amount.clone(),
        }
    }
}

/// How an answer ended.
pub(crate) enum Answered {
    /// The part moved on.
    Done(Once),
    /// It waits for a second person.
    Proposed(Proposal),
}

pub(crate) async fn run(
    deps: &Deps,
    member: (&StaffMember, String),
    id: &ExceptionId,
    key: &RequestKey,
    typed: &Resolution,
) -> Result<Answered, Failure> {
    let (member, source) = member;
    let order = deps.orders.load(&id.order()).await?;
    let exception = find(&order, id)?;
    let staff = member.require(typed.action.role(&exception.about))?;
    let deed = Deed {
        id,
        action: typed.action,
        reason: &reason(&typed.reason)?,
        staff,
        source,
    };
    if typed.action.needs_two() {
        return deed.propose(deps, &order, &exception).await.map(Answered::Proposed);
    }
    deed.apply(deps, key, None).await.map(Answered::Done)
}

/// An answer that somebody may give.
pub(crate) struct Deed<'a> {
    pub(crate) id: &'a ExceptionId,
    pub(crate) action: Action,
    pub(crate) reason: &'a str,
    pub(crate) staff: &'a StaffId,
    pub(crate) source: String,
}

impl Deed<'_> {
    /// The entry of the audit.
    pub(crate) fn entry(&self, deps: &Deps, what: &str) -> Result<Entry, Failure> {
        let hand = Hand {
            actor: Actor::Staff(self.staff.clone()),
            source: self.source.clone(),
        };
        let action = format!("exception.{}{what}", self.action.word());
        let (now, about) = (deps.clock.now(), self.id.order());
        Ok(hand
            .did(deps.ids.form_key()?, now, action, about.as_str())
            .because(self.reason))
    }

    async fn propose(&self, deps: &Deps, order: &Order, exception: &Exception) -> Result<Proposal, Failure> {
        if exception.resolved.is_some() {
            return Err(Refusal::AlreadyApplied.into());
        }
        let now = deps.clock.now();
        let proposed = Proposed {
            subject: self.id.as_str(),
            action: self.action.word(),
            amount: self.action.money_out(order, exception, now)?,
            reason: self.reason,
        };
        let proposal = Proposal::new(proposed, self.staff, now);
        let entry = self.entry(deps, ".proposed")?.changing("", proposal.amount.clone());
        deps.proposals.propose(&proposal, &entry).await?;
        tracing::info!(exception.id = %self.id, staff.id = %self.staff, "Proposed an answer to {}", self.id);
        Ok(proposal)
    }

    /// Moves the part; with a proposal, that is decided by it.
    pub(crate) async fn apply(
        &self,
        deps: &Deps,
        key: &RequestKey,
        proposal: Option<&Proposal>,
    ) -> Result<Once, Failure> {
        let (id, now) = (self.id, deps.clock.now());
        let order = id.order();
        let request = Request {
            id: &order,
            actor: Actor::Staff(self.staff.clone()),
            key,
            now,
        };
        let record = OnRecord {
            audit: Some(self.entry(deps, if proposal.is_some() { ".approved" } else { "" })?),
            proposal: proposal.map(|proposal| proposal.subject.clone()),
        };
        let answer = |draft: &mut Draft| {
            let exception = find(draft.order(), id)?;
            if exception.resolved.is_some() {
                return Err(Refusal::AlreadyApplied.into());
            }
            if let Some(proposal) = proposal {
                // What is approved is what was seen: the order as it is now must give the same.
                let amount = self.action.money_out(draft.order(), &exception, now)?;
                proposal.approve(self.staff, &amount, now)?;
            }
            self.action.apply(draft, &exception, self.staff.as_str(), self.reason)?;
            Ok(self.action.word().to_owned())
        };
        let once = deps
            .orders
            .decide_on_record(&deps.queues, request, &record, answer)
            .await?;
        tracing::info!(exception.id = %id, staff.id = %self.staff, action = once.result, "Answered {id} with {}", once.result);
        Ok(once)
    }
}

pub(crate) fn find(order: &Order, id: &ExceptionId) -> Result<Exception, Failure> {
    let found = order.exceptions.iter().find(|exception| exception.id == *id);
    found.cloned().ok_or(Failure::NotFound("exception"))
}

pub(crate) fn reason(typed: &str) -> Result<String, Failure> {
    REASON.note(typed).map_err(|wrong| Failure::Invalid(vec![wrong]))
}
