//! Changes how many of a line are wanted, on the cart that its owner looked at. The store is asked at the quote, so a cart may wish for more
//! than there is.

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
    (number, version): (u32, u64),
    typed: &Quantity,
) -> Result<Cart, Failure> {
    let customer = owner::of_a_line(session)?;
    let (now, wanted) = (deps.clock.now(), typed.quantity);
    let is_done = |cart: &Cart| {
        cart.lines
            .iter()
            .any(|line| line.number == number && line.quantity == wanted)
    };
    edit::run_at(deps, customer, version, is_done, |cart| {
        cart.set_quantity(number, wanted, now)
    })
    .await
}
