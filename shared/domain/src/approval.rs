//! Four eyes: what takes money out of the shop is proposed by one person and approved by another, who sees the same thing. A proposal that
//! nobody approves in time is over.

use std::time::Duration;

use crate::{failure::Failure, id::StaffId, refusal::Refusal, timestamp::Timestamp};

/// So long a proposal waits for somebody else.
const WAITS: Duration = Duration::from_secs(3 * 24 * 3600);

/// What somebody wants to do and somebody else has to approve.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proposal {
    /// To what: an id. There is one proposal about it at a time.
    pub subject: String,
    /// What is to be done, as a stable word.
    pub action: String,
    /// What leaves the shop by it, as text; an approval is for this and nothing else.
    pub amount: String,
    /// Why.
    pub reason: String,
    /// Who proposed it.
    pub proposed_by: StaffId,
    /// When.
    pub proposed_at: Timestamp,
    /// Nobody approves it from then on.
    pub expires_at: Timestamp,
}

/// What is proposed, before anybody did.
#[derive(Clone, Debug)]
pub struct Proposed<'a> {
    /// To what.
    pub subject: &'a str,
    /// What.
    pub action: &'a str,
    /// What leaves the shop by it.
    pub amount: String,
    /// Why.
    pub reason: &'a str,
}

impl Proposal {
    /// Proposes something.
    #[must_use]
    pub fn new(proposed: Proposed<'_>, by: &StaffId, now: Timestamp) -> Self {
        Self {
            subject: proposed.subject.to_owned(),
            action: proposed.action.to_owned(),
            amount: proposed.amount,
            reason: proposed.reason.to_owned(),
            proposed_by: by.clone(),
            proposed_at: now,
            expires_at: now.plus(WAITS),
        }
    }

    /// True while it can be approved.
    #[must_use]
    pub fn is_open(&self, now: Timestamp) -> bool {
        now < self.expires_at
    }

    /// Lets another person approve what they see: the same action with the same amount.
    ///
    /// # Errors
    /// `Refused(NeedsAnother)` for whoever proposed it; `Refused(NotValidAnyMore)` after its time; `Conflict` when something else would
    /// leave now than what was proposed.
    pub fn approve(&self, by: &StaffId, amount_now: &str, now: Timestamp) -> Result<(), Failure> {
        if !self.is_open(now) {
            return Err(Refusal::NotValidAnyMore.into());
        }
        if self.proposed_by == *by {
            return Err(Refusal::NeedsAnother.into());
        }
        if self.amount == amount_now {
            Ok(())
        } else {
            Err(Failure::Conflict)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::RootId;

    #[test]
    fn only_another_person_approves_and_only_what_was_proposed_and_in_time() {
        let id = |last| StaffId::from_ulid(&format!("01JDB7M3N8Q4R5S6T7V8W9X0Y{last}")).unwrap();
        let now = Timestamp::from_seconds(1_000);
        let proposed = Proposed {
            subject: "exc_1",
            action: "cancel_order",
            amount: "KES 10.00".into(),
            reason: "the customer asked",
        };

        let proposal = Proposal::new(proposed, &id('A'), now);

        assert!(matches!(
            proposal.approve(&id('A'), "KES 10.00", now),
            Err(Failure::Refused(Refusal::NeedsAnother))
        ));
        assert!(matches!(
            proposal.approve(&id('B'), "KES 11.00", now),
            Err(Failure::Conflict)
        ));
        let end = now.plus(WAITS);
        assert!(matches!(
            proposal.approve(&id('B'), "KES 10.00", end),
            Err(Failure::Refused(Refusal::NotValidAnyMore))
        ));
        assert!(
            proposal
                .approve(&id('B'), "KES 10.00", end.minus(Duration::from_millis(1)))
                .is_ok()
        );
    }
}
