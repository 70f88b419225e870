//! Proposals that wait for a second person.

use askama::Template;
use domain::{Failure, approval::Proposal, id::ExceptionId, session::Role};
use serde::Serialize;
use web::StaffMember;

use crate::{Deps, action::Action, words::moment};

/// All that wait.
#[derive(Serialize, Template)]
#[template(path = "proposals.html")]
pub(crate) struct ProposalsPage {
    proposals: Vec<ProposalView>,
    #[serde(skip)]
    wanted: String,
}

/// One proposal.
#[derive(Serialize)]
pub(crate) struct ProposalView {
    /// The exception it would answer, which also names it.
    pub(crate) id: String,
    pub(crate) order: String,
    pub(crate) action: String,
    pub(crate) amount: String,
    pub(crate) reason: String,
    pub(crate) proposed_by: String,
    pub(crate) expires_at: String,
    #[serde(skip)]
    pub(crate) action_text: String,
    #[serde(skip)]
    pub(crate) expires_text: String,
    #[serde(skip)]
    pub(crate) can_approve: bool,
    #[serde(skip)]
    pub(crate) can_withdraw: bool,
}

impl ProposalsPage {
    pub(crate) async fn load(deps: &Deps, member: &StaffMember) -> Result<Self, Failure> {
        let open = deps.proposals.open(deps.clock.now()).await?;
        Ok(Self {
            proposals: open.iter().map(|one| ProposalView::of(one, member)).collect(),
            wanted: String::new(),
        })
    }
}

impl ProposalView {
    pub(crate) fn of(proposal: &Proposal, reader: &StaffMember) -> Self {
        let is_own = proposal.proposed_by == reader.staff;
        let is_finance = reader.require(Role::Finance).is_ok();
        let order = proposal.subject.parse::<ExceptionId>().map(|id| id.order().to_string());
        let action = Action::of_word(&proposal.action);
        Self {
            id: proposal.subject.clone(),
            order: order.unwrap_or_default(),
            action: proposal.action.clone(),
            action_text: action.map(Action::label).unwrap_or_default().to_owned(),
            amount: proposal.amount.clone(),
            reason: proposal.reason.clone(),
            proposed_by: proposal.proposed_by.to_string(),
            expires_at: proposal.expires_at.to_string(),
            expires_text: moment(proposal.expires_at),
            can_approve: is_finance && !is_own,
            can_withdraw: is_finance || is_own,
        }
    }
}
