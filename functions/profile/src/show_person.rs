//! Whose account this is: for the pages under `/me`, where a visitor without an account is asked to log in.

use domain::{
    Failure,
    id::CustomerId,
    person::Person,
    session::{Session, Who},
};

use crate::Deps;

/// The registered shopper behind a session.
pub(crate) fn customer(session: Option<&Session>) -> Result<CustomerId, Failure> {
    match session.map(|session| &session.who) {
        Some(Who::Customer(id)) => Ok(id.clone()),
        Some(Who::Guest(_) | Who::Staff(..) | Who::Unproven(_) | Who::Device(_)) | None => {
            Err(Failure::Unauthenticated)
        }
    }
}

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
