//! A matter for a person, with the answers that the reader may give.

use domain::{
    Timestamp,
    approval::Proposal,
    order::{Exception, Order},
};
use serde::Serialize;
use web::StaffMember;

use crate::{
    action::Action,
    proposal_view::ProposalView,
    words::{moment, plain},
};

/// An exception.
#[derive(Serialize)]
pub(crate) struct ExceptionView {
    pub(crate) id: String,
    pub(crate) kind: &'static str,
    pub(crate) about: String,
    pub(crate) opened_at: String,
    /// Until when somebody outside wants an answer.
    pub(crate) answer_by: Option<String>,
    pub(crate) resolved_at: Option<String>,
    pub(crate) answer: Option<String>,
    /// What this person may answer now.
    pub(crate) actions: Vec<&'static str>,
    /// What waits for a second person.
    pub(crate) proposal: Option<ProposalView>,
    #[serde(skip)]
    pub(crate) kind_text: String,
    #[serde(skip)]
    pub(crate) about_text: &'static str,
    #[serde(skip)]
    pub(crate) opened_text: String,
    /// Empty when nobody outside waits.
    #[serde(skip)]
    pub(crate) answer_by_text: String,
    #[serde(skip)]
    pub(crate) choices: Vec<(&'static str, &'static str)>,
}

impl ExceptionView {
    pub(crate) fn of(
        order: &Order,
        exception: &Exception,
        proposals: &[Proposal],
        member: &StaffMember,
        now: Timestamp,
    ) -> Self {
        let proposal = proposals.iter().find(|one| one.subject == exception.id.as_str());
        let offered = match (&exception.resolved, proposal) {
            (Some(_), _) | (None, Some(_)) => Vec::new(),
            (None, None) => Action::offered(order, exception, member, now),
        };
        let about = exception.about.id();
        let resolved = exception.resolved.as_ref();
        let answer_by = order.answer_by(&exception.about).filter(|_| resolved.is_none());
        Self {
            id: exception.id.to_string(),
            kind: exception.kind.word(),
            kind_text: plain(exception.kind.word()),
            about: if about.is_empty() {
                order.id.to_string()
            } else {
                about.to_owned()
            },
            about_text: exception.about.subject().word(),
            opened_at: exception.opened_at.to_string(),
            opened_text: moment(exception.opened_at),
            answer_by: answer_by.map(|by| by.to_string()),
            answer_by_text: answer_by.map(moment).unwrap_or_default(),
            resolved_at: resolved.map(|(at, _)| at.to_string()),
            answer: resolved.map(|(_, answer)| answer.clone()),
            proposal: proposal.map(|proposal| ProposalView::of(proposal, member)),
            actions: offered.iter().map(|action| action.word()).collect(),
            choices: offered.iter().map(|action| (action.word(), action.label())).collect(),
        }
    }
}
