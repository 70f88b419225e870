//! Takes a line out of the cart.

use domain::{Failure, cart::Cart, session::Session};

use crate::{Deps, edit, owner};

pub(crate) async fn run(deps: &Deps, session: Option<&Session>, number: u32) -> Result<Cart, Failure> {
    let customer = owner::of_a_line(session)?;
    let now = deps.clock.now();
    edit::run(deps, customer, |cart| cart.remove(number, now))
        .await
        .map(|(cart, ())| cart)
}
