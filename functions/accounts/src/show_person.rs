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
        Some(Who::Guest(_) | Who::Staff(..)) | None => Err(Failure::Unauthenticated),
    }
}

pub(crate) async fn run(deps: &Deps, session: Option<&Session>) -> Result<Person, Failure> {
    let id = match session.map(|session| &session.who) {
        Some(Who::Customer(id)) => id.as_str(),
        Some(Who::Staff(id, _)) => id.as_str(),
        Some(Who::Guest(_)) | None => return Err(Failure::Unauthenticated),
    };
    deps.people.by_id(id).await?.ok_or(Failure::Unauthenticated)
}
