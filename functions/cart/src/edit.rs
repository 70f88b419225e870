//! Changes a cart on the version that was read, and again when another tab was quicker.

use domain::{Failure, Refusal, cart::Cart, id::CustomerId};

use crate::Deps;

const TRIES: u32 = 3;

/// The cart after `change`, with what it gave. `known` is the cart when it was just read, or cannot exist yet. A change that leaves the version as it was writes nothing.
pub(crate) async fn run<T>(
    deps: &Deps,
    customer: &CustomerId,
    mut known: Option<Cart>,
    mut change: impl FnMut(&mut Cart) -> Result<T, Failure>,
) -> Result<(Cart, T), Failure> {
    for _ in 0..TRIES {
        let mut cart = match known.take() {
            Some(cart) => cart,
            None => deps.carts.load(customer, deps.clock.now()).await?,
        };
        let loaded = cart.version;
        let given = change(&mut cart)?;
        if cart.version == loaded {
            return Ok((cart, given));
        }
        match deps.carts.save(&cart, loaded).await {
            Ok(()) => return Ok((cart, given)),
            Err(Failure::Conflict) => {}
            Err(failure) => return Err(failure),
        }
    }
    Err(Failure::Conflict)
}

/// The cart after `change`, if it is still of the version that its owner looked at. A repeat that finds its wish fulfilled is no conflict.
pub(crate) async fn run_at(
    deps: &Deps,
    customer: &CustomerId,
    version: u64,
    is_done: impl FnOnce(&Cart) -> bool,
    change: impl FnOnce(&mut Cart) -> Result<(), Failure>,
) -> Result<Cart, Failure> {
    let mut cart = deps.carts.load(customer, deps.clock.now()).await?;
    if cart.version != version {
        return if is_done(&cart) {
            Ok(cart)
        } else {
            Err(Refusal::VersionStale.into())
        };
    }
    change(&mut cart)?;
    match deps.carts.save(&cart, version).await {
        Err(Failure::Conflict) => Err(Refusal::VersionStale.into()),
        saved => saved.map(|()| cart),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture;

    /// Changes the cart and, for the first `rivals` times, lets somebody else be quicker.
    async fn against(rivals: u32) -> Result<(Cart, ()), Failure> {
        let deps = fixture::deps();
        let (customer, now) = (fixture::customer(), deps.clock.now());
        let mut left = rivals;
        run(&deps, &customer, None, |cart| {
            if left > 0 {
                left -= 1;
                let mut theirs = cart.clone();
                theirs.add(fixture::line(&format!("theirs-{left}")), "theirs", now)?;
                fixture::at_once(deps.carts.save(&theirs, cart.version))?;
            }
            cart.add(fixture::line("ours"), "ours", now).map(|_| ())
        })
        .await
    }

    #[tokio::test]
    async fn a_change_is_made_again_on_what_another_tab_left() {
        let (cart, ()) = against(2).await.unwrap();

        let variants: Vec<_> = cart.lines.iter().map(|line| line.variant.variant.as_str()).collect();
        assert_eq!(variants, ["theirs-1", "theirs-0", "ours"]);
    }

    #[tokio::test]
    async fn after_three_tries_the_other_tab_has_won() {
        assert!(matches!(against(3).await, Err(Failure::Conflict)));
    }
}
