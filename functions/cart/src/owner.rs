//! Whose cart it is. Staff have none: they never buy as themselves at the desk.

use domain::{
    Failure,
    id::CustomerId,
    session::{Session, Who},
};

/// Nobody for a visitor who has no session yet.
pub(crate) fn of(session: Option<&Session>) -> Result<Option<&CustomerId>, Failure> {
    match session.map(|session| &session.who) {
        None => Ok(None),
        Some(Who::Guest(customer) | Who::Customer(customer)) => Ok(Some(customer)),
        Some(Who::Staff(..) | Who::Unproven(_) | Who::Device(_)) => Err(Failure::Forbidden),
    }
}

/// The owner of a cart that holds something; a visitor without a session has no line to name.
pub(crate) fn of_a_line(session: Option<&Session>) -> Result<&CustomerId, Failure> {
    of(session)?.ok_or(Failure::NotFound("cart line"))
}
