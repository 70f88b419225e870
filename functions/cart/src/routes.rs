//! One handler per route: extract, call, answer.

use axum::extract::State;
use domain::{Failure, Timestamp, address::Country, cart::Cart};
use serde::Deserialize;
use web::{Answer, Keyed, MaybeSession, Nothing, Path, Query, Reply, Typed, Versioned};

use crate::{
    Deps,
    add_line::{self, Added, NewLine},
    find_problems, remove_line, renew_line,
    set_quantity::{self, Quantity},
    show_cart,
    views::{CartPage, Refused},
};

/// Where it shall go: what may travel depends on it.
#[derive(Deserialize)]
pub(crate) struct Destination {
    #[serde(default)]
    ship_to: Option<Country>,
}

pub(crate) async fn show(
    State(deps): State<Deps>,
    MaybeSession(session): MaybeSession,
    Query(Destination { ship_to }): Query<Destination>,
) -> Answer<CartPage> {
    let Some(cart) = show_cart::run(&deps, session.as_ref()).await? else {
        return Ok(Reply::ok(CartPage::empty()).with_etag(0));
    };
    let now = deps.clock.now();
    let rules = deps.rules.current(now).await?;
    let to = ship_to.unwrap_or(Country::KE);
    let problems = find_problems::run(&deps, &rules, &cart, to).await;
    let page = CartPage::of(&cart)?.going_to(to, rules.destinations(now.date()));
    Ok(Reply::ok(page.with_problems(&problems)).with_version(cart.version))
}

pub(crate) async fn add(
    State(deps): State<Deps>,
    MaybeSession(session): MaybeSession,
    typed: Typed<Keyed<NewLine>>,
) -> Answer<CartPage> {
    let add = |form: Keyed<NewLine>| async move {
        let added = add_line::run(&deps, session.as_ref(), &form.key, &form.input).await?;
        put_in(&added, deps.clock.now())
    };
    typed.run(add, |draft| Refused::product(&draft)).await
}

pub(crate) async fn set_quantity(
    State(deps): State<Deps>,
    Path(number): Path<u32>,
    MaybeSession(session): MaybeSession,
    typed: Typed<Versioned<Quantity>>,
) -> Answer<CartPage> {
    let change = |Versioned { version, input }: Versioned<Quantity>| async move {
        changed(&set_quantity::run(&deps, session.as_ref(), (number, version), &input).await?)
    };
    typed.run(change, |draft| Refused::cart(&draft)).await
}

pub(crate) async fn remove(
    State(deps): State<Deps>,
    Path(number): Path<u32>,
    MaybeSession(session): MaybeSession,
    typed: Typed<Versioned<Nothing>>,
) -> Answer<CartPage> {
    let change = |Versioned { version, .. }: Versioned<Nothing>| async move {
        changed(&remove_line::run(&deps, session.as_ref(), (number, version)).await?)
    };
    typed.run(change, |draft| Refused::cart(&draft)).await
}

pub(crate) async fn renew(
    State(deps): State<Deps>,
    Path(number): Path<u32>,
    MaybeSession(session): MaybeSession,
    typed: Typed<Versioned<Nothing>>,
) -> Answer<CartPage> {
    let change = |Versioned { version, .. }: Versioned<Nothing>| async move {
        changed(&renew_line::run(&deps, session.as_ref(), (number, version)).await?)
    };
    typed.run(change, |draft| Refused::cart(&draft)).await
}

fn changed(cart: &Cart) -> Result<Reply<CartPage>, Failure> {
    Ok(Reply::changed(CartPage::of(cart)?, "/cart").with_etag(cart.version))
}

fn put_in(added: &Added, now: Timestamp) -> Result<Reply<CartPage>, Failure> {
    let mut reply = Reply::created(CartPage::of(&added.cart)?, "/cart").with_etag(added.cart.version);
    if let Some((session, token)) = &added.started {
        reply = reply.with_cookie(web::session_cookie(token, session, now));
    }
    Ok(if added.is_repeat { reply.replayed() } else { reply })
}
