//! One handler per route: extract, call, answer.

use axum::extract::State;
use domain::{Failure, Timestamp, cart::Cart};
use web::{Answer, Input, Keyed, MaybeSession, Nothing, Path, Reply, Typed};

use crate::{
    Deps,
    add_line::{self, Added, NewLine},
    remove_line,
    set_quantity::{self, Quantity},
    show_cart,
    views::{CartPage, Refused},
};

pub(crate) async fn show(State(deps): State<Deps>, MaybeSession(session): MaybeSession) -> Answer<CartPage> {
    let cart = show_cart::run(&deps, session.as_ref()).await?;
    let page = cart.as_ref().map_or_else(|| Ok(CartPage::empty()), CartPage::of)?;
    let version = page.version();
    Ok(Reply::ok(page).with_etag(version))
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
    typed: Typed<Input<Quantity>>,
) -> Answer<CartPage> {
    let change = |Input(quantity): Input<Quantity>| async move {
        changed(&set_quantity::run(&deps, session.as_ref(), number, &quantity).await?)
    };
    typed.run(change, |draft| Refused::cart(&draft)).await
}

pub(crate) async fn remove(
    State(deps): State<Deps>,
    Path(number): Path<u32>,
    MaybeSession(session): MaybeSession,
    Input(Nothing {}): Input<Nothing>,
) -> Answer<CartPage> {
    Ok(changed(&remove_line::run(&deps, session.as_ref(), number).await?)?)
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
