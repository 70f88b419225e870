//! Takes a line as its store sells it now: the answer to a price that moved.

use domain::{
    Failure,
    cart::{Cart, CartLine},
    session::Session,
};

use crate::{Deps, edit, look, owner};

pub(crate) async fn run(
    deps: &Deps,
    session: Option<&Session>,
    (number, version): (u32, u64),
) -> Result<Cart, Failure> {
    let customer = owner::of_a_line(session)?;
    let cart = deps.carts.load(customer, deps.clock.now()).await?;
    let known = cart.lines.iter().find(|line| line.number == number);
    let known = known.ok_or(Failure::NotFound("cart line"))?;
    let variant = &known.variant;
    let looked = look::run(
        deps,
        variant.store.as_str(),
        &variant.product,
        &variant.variant,
        known.quantity,
    )
    .await?;
    let (now, line) = (deps.clock.now(), looked.line);
    let is_done = |cart: &Cart| is_same(cart, number, &line);
    edit::run_at(deps, customer, version, is_done, |cart| {
        cart.renew(number, line.clone(), now)
    })
    .await
}

fn is_same(cart: &Cart, number: u32, line: &CartLine) -> bool {
    cart.lines
        .iter()
        .any(|known| known.number == number && known.unit_price == line.unit_price)
}
