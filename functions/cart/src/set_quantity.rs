//! Changes how many of a line are wanted. The store is asked at checkout, so a cart may wish for more than there is.

use domain::{Failure, cart::Cart, session::Session};
use serde::Deserialize;

use crate::{Deps, edit, owner};

/// What is typed.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Quantity {
    quantity: u32,
}

pub(crate) async fn run(
    deps: &Deps,
    session: Option<&Session>,
    number: u32,
    typed: &Quantity,
) -> Result<Cart, Failure> {
    let customer = owner::of_a_line(session)?;
    let now = deps.clock.now();
    let change = |cart: &mut Cart| cart.set_quantity(number, typed.quantity, now);
    edit::run(deps, customer, change).await.map(|(cart, ())| cart)
}
