//! Takes a line out of the cart that its owner looked at.

use domain::{Failure, cart::Cart, session::Session};

use crate::{Deps, edit, owner};

pub(crate) async fn run(
    deps: &Deps,
    session: Option<&Session>,
    (number, version): (u32, u64),
) -> Result<Cart, Failure> {
    let customer = owner::of_a_line(session)?;
    let now = deps.clock.now();
    // A number is never used twice: a line that was there and is not any more was taken out, as by the second click on a button.
    let is_done = |cart: &Cart| number < cart.next_number && cart.lines.iter().all(|line| line.number != number);
    edit::run_at(deps, customer, version, is_done, |cart| cart.remove(number, now)).await
}
