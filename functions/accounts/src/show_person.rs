//! Whose account this is.

use domain::{
    Failure,
    person::Person,
    session::{Session, Who},
};

use crate::Deps;

/// Whoever has an account: a customer or a member of the staff.
pub(crate) fn registered(session: Option<&Session>) -> Result<&str, Failure> {
    match session.map(|session| &session.who) {
        Some(Who::Customer(id)) => Ok(id.as_str()),
        Some(Who::Staff(id, _)) => Ok(id.as_str()),
        Some(Who::Guest(_) | Who::Unproven(_) | Who::Device(_)) | None => Err(Failure::Unauthenticated),
    }
}

pub(crate) async fn run(deps: &Deps, session: Option<&Session>) -> Result<Person, Failure> {
    let id = registered(session)?;
    deps.people.by_id(id).await?.ok_or(Failure::Unauthenticated)
}
