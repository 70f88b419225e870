//! Reads a cart. A visitor without a session has an empty one, and looking at it makes none.

use domain::{Failure, cart::Cart, session::Session};

use crate::{Deps, owner};

/// Nothing for a visitor who has put nothing in yet.
pub(crate) async fn run(deps: &Deps, session: Option<&Session>) -> Result<Option<Cart>, Failure> {
    match owner::of(session)? {
        Some(customer) => deps.carts.load(customer, deps.clock.now()).await.map(Some),
        None => Ok(None),
    }
}
