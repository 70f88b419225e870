//! The list of the staff, with what an admin may do about each of them.

use askama::Template;
use domain::{
    Failure,
    id::StaffId,
    session::Role,
    staff::{Member, SecondFactor},
};
use serde::Serialize;
use store::Invitation;
use web::Draft;

use crate::{Deps, roles};

/// The staff.
#[derive(Serialize, Template)]
#[template(path = "staff.html")]
pub(crate) struct StaffPage {
    members: Vec<MemberView>,
    invitations: Vec<InvitationView>,
    /// The link of an invitation that was just made; nobody else is shown it.
    #[serde(skip_serializing_if = "Option::is_none")]
    link: Option<String>,
    #[serde(skip)]
    boxes: Vec<RoleBox>,
    /// Names the invitation that the form will make.
    #[serde(skip)]
    form_key: String,
    #[serde(skip)]
    draft: Draft,
}

/// Somebody who works here.
#[derive(Serialize)]
pub(crate) struct MemberView {
    id: String,
    name: String,
    email: String,
    roles: Vec<Role>,
    is_suspended: bool,
    has_second_factor: bool,
    #[serde(skip)]
    is_reader: bool,
    #[serde(skip)]
    roles_text: String,
    #[serde(skip)]
    boxes: Vec<RoleBox>,
}

#[derive(Serialize)]
struct InvitationView {
    email: String,
    roles: Vec<Role>,
    expires_at: String,
    #[serde(skip)]
    roles_text: String,
}

/// A role to tick.
struct RoleBox {
    word: &'static str,
    label: &'static str,
    is_ticked: bool,
}

impl StaffPage {
    pub(crate) async fn load(deps: &Deps, reader: &StaffId) -> Result<Self, Failure> {
        let (members, invitations) = (
            deps.staff.members().await?,
            deps.staff.invitations(deps.clock.now()).await?,
        );
        Ok(Self {
            members: members.iter().map(|member| MemberView::of(member, reader)).collect(),
            invitations: invitations.iter().map(InvitationView::of).collect(),
            link: None,
            boxes: boxes(|_| false),
            form_key: deps.ids.form_key()?,
            draft: Draft::empty(),
        })
    }

    pub(crate) fn with_link(self, link: String) -> Self {
        Self {
            link: Some(link),
            ..self
        }
    }

    /// The form as it was typed, with what is wrong.
    pub(crate) fn again(self, draft: Draft) -> Self {
        Self { draft, ..self }
    }
}

fn boxes(is_ticked: impl Fn(&Role) -> bool) -> Vec<RoleBox> {
    let boxes = roles::LABELS.iter().map(|(role, word, label)| RoleBox {
        word,
        label,
        is_ticked: is_ticked(role),
    });
    boxes.collect()
}

impl MemberView {
    pub(crate) fn of(member: &Member, reader: &StaffId) -> Self {
        Self {
            id: member.id.to_string(),
            name: member.name.as_str().to_owned(),
            email: member.email.to_string(),
            roles: member.roles.iter().copied().collect(),
            roles_text: roles::words(&member.roles).replace(' ', ", "),
            is_suspended: member.suspended_at.is_some(),
            has_second_factor: matches!(member.second_factor, SecondFactor::Enrolled { .. }),
            is_reader: member.id == *reader,
            boxes: boxes(|role| member.roles.contains(role)),
        }
    }
}

impl InvitationView {
    fn of(invitation: &Invitation) -> Self {
        Self {
            email: invitation.email.to_string(),
            roles: invitation.roles.iter().copied().collect(),
            roles_text: roles::words(&invitation.roles).replace(' ', ", "),
            expires_at: invitation.expires_at.to_string(),
        }
    }
}
