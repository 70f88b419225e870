//! An admin invites somebody to the staff. The link is shown to be handed over, and again only to a repeat of the same request; whoever
//! follows it chooses a password.

use std::time::Duration;

use domain::{Failure, RequestKey, audit::Hand, person::Email};
use serde::Deserialize;
use store::Invitation;

use crate::{
    Deps,
    one_answer::{self, Answered},
    roles::{self, Ticked},
};

const LASTS: Duration = Duration::from_secs(3 * 24 * 3600);

/// What is typed.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct InvitationForm {
    #[serde(default)]
    email: String,
    #[serde(default)]
    roles: Ticked,
}

/// Gives the link.
pub(crate) async fn run(
    deps: &Deps,
    by: &Hand,
    request: &RequestKey,
    typed: InvitationForm,
) -> Result<Answered<String>, Failure> {
    let email = Email::new(&typed.email).map_err(|wrong| Failure::Invalid(vec![wrong]))?;
    let (roles, now) = (typed.roles.roles()?, deps.clock.now());
    let token = deps.ids.token()?;
    let entry = deps.deed(by, now, "staff.invited", email.as_str())?;
    let entry = entry.changing("", roles::words(&roles));
    let invitation = Invitation {
        email,
        roles,
        expires_at: now.plus(LASTS),
    };
    let hash = web::token_hash(token.expose());
    let answer = one_answer::sealed(deps, request, token.expose())?;
    let once = deps.staff.invite(&hash, &invitation, &entry, (request, answer)).await?;
    let told = one_answer::open(deps, request, once)?;
    Ok(told.map(|token| format!("{}/invitations/{token}", deps.shop_origin)))
}
