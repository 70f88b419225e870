//! Puts something into the cart, as the store sells it now. The same request twice puts it in once.

use domain::{
    Failure, Refusal, RequestKey, Secret,
    cart::Cart,
    id::CustomerId,
    landed_cost::{Described, reach},
    session::{Session, Who},
};
use serde::Deserialize;

use crate::{
    Deps, edit,
    look::{self, Looked},
    owner,
};

/// What is sent: which variant and how many, and nothing else that could be believed.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewLine {
    store: String,
    product: String,
    /// Empty at stores where a product is its only variant.
    #[serde(default)]
    variant: String,
    quantity: u32,
}

/// How it went in.
pub(crate) struct Added {
    pub(crate) cart: Cart,
    /// True when this request had been answered before.
    pub(crate) is_repeat: bool,
    /// The session that was started for it, and its token.
    pub(crate) started: Option<(Session, Secret)>,
}

pub(crate) async fn run(
    deps: &Deps,
    session: Option<&Session>,
    key: &RequestKey,
    wanted: &NewLine,
) -> Result<Added, Failure> {
    let known = owner::of(session)?;
    let mut at_hand = None;
    if let Some(customer) = known {
        let cart = deps.carts.load(customer, deps.clock.now()).await?;
        // Before the store is asked: a repeat gets its answer even when the last piece is gone by now.
        if is_repeat(&cart, key)? {
            return Ok(Added {
                cart,
                is_repeat: true,
                started: None,
            });
        }
        at_hand = Some(cart);
    }
    let looked = look::run(deps, &wanted.store, &wanted.product, &wanted.variant, wanted.quantity).await?;
    check_it_can_travel(deps, &looked).await?;
    let customer: CustomerId = match known {
        Some(customer) => customer.clone(),
        None => deps.ids.next()?,
    };
    // Who is new has no cart that could be read.
    let at_hand = at_hand.unwrap_or_else(|| Cart::empty(customer.clone(), deps.clock.now()));
    let (cart, is_repeat) = edit::run(deps, &customer, Some(at_hand), |cart| put_in(deps, cart, key, &looked)).await?;
    let started = match known {
        Some(_) => None,
        None => Some(start_session(deps, customer).await?),
    };
    tracing::info!(
        cart.lines = cart.lines.len(),
        is_repeat,
        "Put a line into a cart of {} now",
        cart.lines.len()
    );
    Ok(Added {
        cart,
        is_repeat,
        started,
    })
}

/// What no country can be sent goes into no cart. What only some countries keep out may go in: the cart says to whom it cannot go.
async fn check_it_can_travel(deps: &Deps, looked: &Looked) -> Result<(), Failure> {
    let now = deps.clock.now();
    let rules = deps.rules.current(now).await?;
    let thing = Described {
        title: &looked.line.title,
        category: looked.line.category.as_deref(),
        hs_code: None,
    };
    match reach(&rules, thing, deps.terms.ship_to, now).nowhere {
        Some(verdict) => Err(Refusal::NotShippable(verdict.reason).into()),
        None => Ok(()),
    }
}

/// True when this request changed the cart before.
fn put_in(deps: &Deps, cart: &mut Cart, key: &RequestKey, looked: &Looked) -> Result<bool, Failure> {
    if is_repeat(cart, key)? {
        return Ok(true);
    }
    let number = cart.add(looked.line.clone(), &remembered(key), deps.clock.now())?;
    let quantity = cart
        .lines
        .iter()
        .find(|line| line.number == number)
        .map_or(0, |line| line.quantity);
    match looked.stock {
        Some(0) => Err(Failure::field("variant", "sold_out", "This is sold out at the store.")),
        Some(stock) if stock < quantity => {
            let message = format!("The store has only {stock} of this, and you would have {quantity} in your cart.");
            Err(Failure::field("quantity", "out_of_stock", message))
        }
        Some(_) | None => Ok(false),
    }
}

/// A key holds no space, so the two parts stay apart.
fn remembered(key: &RequestKey) -> String {
    format!("{} {}", key.key, key.request_hash)
}

fn is_repeat(cart: &Cart, key: &RequestKey) -> Result<bool, Failure> {
    if cart.remembers(&remembered(key)) {
        return Ok(true);
    }
    let is_reused = cart.keys.iter().any(|known| known.split(' ').next() == Some(&key.key));
    if is_reused {
        Err(Failure::Refused(Refusal::KeyReused))
    } else {
        Ok(false)
    }
}

async fn start_session(deps: &Deps, customer: CustomerId) -> Result<(Session, Secret), Failure> {
    let (token, now) = (deps.ids.token()?, deps.clock.now());
    let session = Session::begin(Who::Guest(customer), now);
    let hash = web::token_hash(token.expose());
    deps.sessions.start(&hash, &session, now).await?;
    Ok((session, token))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{self, COAL, PRODUCT, RED};

    fn wanted(variant: &str, quantity: u32) -> NewLine {
        NewLine {
            store: "aliexpress".into(),
            product: PRODUCT.into(),
            variant: variant.into(),
            quantity,
        }
    }

    fn key(key: &str, hash: &str) -> RequestKey {
        RequestKey {
            scope: "test".into(),
            key: key.into(),
            request_hash: hash.into(),
        }
    }

    fn shopper() -> Session {
        Session::begin(Who::Customer(fixture::customer()), fixture::now())
    }

    fn code(failure: &Failure) -> &'static str {
        if let Failure::Invalid(errors) = failure {
            return errors[0].code;
        }
        if let Failure::Refused(refusal) = failure {
            return refusal.code();
        }
        let Failure::NotFound(what) = failure else {
            panic!("{failure:?}")
        };
        what
    }

    #[tokio::test]
    async fn a_line_holds_what_the_store_says() {
        let added = run(&fixture::deps(), Some(&shopper()), &key("a", "1"), &wanted(COAL, 2))
            .await
            .unwrap();

        let line = &added.cart.lines[0];
        assert_eq!(line.unit_price.to_string(), "USD 16.74");
        assert_eq!(line.title, "Stovetop Kettle with Whistle");
        assert_eq!(line.variant_label, "Coal, United States");
        assert_eq!(line.package.unwrap().weight.0, 1_140);
        assert_eq!((line.number, line.quantity), (1, 2));
        assert!(added.started.is_none());
    }

    #[tokio::test]
    async fn the_same_request_twice_puts_in_once_and_asks_the_store_once() {
        let deps = fixture::deps();
        run(&deps, Some(&shopper()), &key("a", "1"), &wanted(COAL, 2))
            .await
            .unwrap();
        let closed = Deps {
            http: fixture::closed(),
            ..deps
        };

        let again = run(&closed, Some(&shopper()), &key("a", "1"), &wanted(COAL, 2))
            .await
            .unwrap();
        let reused = run(&closed, Some(&shopper()), &key("a", "2"), &wanted(COAL, 3)).await;

        assert!(again.is_repeat);
        assert_eq!((again.cart.version, again.cart.lines[0].quantity), (1, 2));
        assert_eq!(code(&reused.err().unwrap()), "idempotency_key_reused");
    }

    #[tokio::test]
    async fn what_cannot_be_bought_changes_nothing() {
        let deps = fixture::deps();
        run(&deps, Some(&shopper()), &key("a", "1"), &wanted(COAL, 10))
            .await
            .unwrap();

        for (wanted, refused) in [
            (wanted("1|no", 1), "unknown"),
            (wanted("", 1), "unknown"),
            (wanted(RED, 1), "sold_out"),
            (wanted(COAL, 5), "out_of_stock"),
            (wanted(COAL, 0), "out_of_range"),
            (wanted(COAL, 10_000), "out_of_range"),
            (
                NewLine {
                    product: "7".into(),
                    ..wanted(COAL, 1)
                },
                "product",
            ),
            (
                NewLine {
                    product: "../7".into(),
                    ..wanted(COAL, 1)
                },
                "product",
            ),
            (
                NewLine {
                    store: "elsewhere".into(),
                    ..wanted(COAL, 1)
                },
                "product",
            ),
        ] {
            let answer = run(&deps, Some(&shopper()), &key("b", "2"), &wanted).await;
            assert_eq!(
                code(&answer.err().unwrap()),
                refused,
                "{}/{}",
                wanted.product,
                wanted.variant
            );
        }
        let cart = deps.carts.load(&fixture::customer(), deps.clock.now()).await.unwrap();
        assert_eq!((cart.version, cart.lines[0].quantity), (1, 10));
    }

    #[tokio::test]
    async fn a_visitor_becomes_a_guest_whose_token_is_kept_only_as_a_hash() {
        let deps = fixture::deps();

        let added = run(&deps, None, &key("a", "1"), &wanted(COAL, 1)).await.unwrap();

        let (session, token) = added.started.unwrap();
        let found = deps
            .sessions
            .find(&web::token_hash(token.expose()), deps.clock.now())
            .await
            .unwrap()
            .unwrap();
        assert_eq!(found, session);
        assert_eq!(found.who, Who::Guest(added.cart.customer));
        assert!(
            deps.sessions
                .find(token.expose(), deps.clock.now())
                .await
                .unwrap()
                .is_none()
        );
    }

    #[tokio::test]
    async fn a_store_that_does_not_answer_puts_nothing_in() {
        let deps = Deps {
            http: fixture::closed(),
            ..fixture::deps()
        };

        let answer = run(&deps, Some(&shopper()), &key("a", "1"), &wanted(COAL, 1)).await;

        assert!(matches!(answer, Err(Failure::Unavailable { .. })));
    }
}
