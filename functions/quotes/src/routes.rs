//! One handler per route: extract, call, answer.

use axum::extract::State;
use domain::{Failure, cart::Cart, id::QuoteId};
use serde::Deserialize;
use web::{Answer, Keyed, MaybeSession, Path, Problem, Query, Reply, Shopper, Typed};

use crate::{
    Deps,
    make_quote::{self, QuoteForm},
    quote_view::{QuoteView, Reader},
    show_quote,
    views::{AskPage, NotYoursPage},
};

/// What a shared link carries.
#[derive(Deserialize)]
pub(crate) struct Shared {
    #[serde(default)]
    token: String,
}

pub(crate) async fn ask(State(deps): State<Deps>, MaybeSession(session): MaybeSession) -> Answer<AskPage> {
    let now = deps.clock.now();
    let page = match session.as_ref().and_then(|session| session.customer()) {
        Some(customer) => ask_page(&deps, &deps.carts.load(customer, now).await?).await?,
        // Who has no session has put nothing into a cart; the id is shown nowhere.
        None => ask_page(&deps, &Cart::empty(deps.ids.next()?, now)).await?,
    };
    Ok(Reply::ok(page))
}

pub(crate) async fn make_quote(
    State(deps): State<Deps>,
    who: Shopper,
    typed: Typed<Keyed<QuoteForm>>,
) -> Answer<QuoteView> {
    let cart = deps.carts.load(&who.customer, deps.clock.now()).await?;
    let page = ask_page(&deps, &cart).await?;
    let (deps, cart) = (&deps, &cart);
    let work = |Keyed { key, input }| async move { make_quote::run(deps, cart, &key, input).await };
    let made = typed.run(work, |draft| page.with(draft)).await?;
    let location = format!("/quotes/{}", made.thing.id());
    let view = match made.is_repeated {
        true => show_quote::view(deps, &made.thing, Reader::Customer).await?,
        false => show_quote::view_of_new(deps, &made.thing).await?,
    };
    let reply = Reply::created(view, location);
    Ok(if made.is_repeated { reply.replayed() } else { reply })
}

pub(crate) async fn quote(
    State(deps): State<Deps>,
    MaybeSession(session): MaybeSession,
    Path(id): Path<QuoteId>,
    Query(Shared { token }): Query<Shared>,
) -> Answer<QuoteView> {
    match show_quote::run(&deps, session.as_ref(), &id, &token).await {
        Ok((quote, reader)) => Ok(Reply::ok(show_quote::view(&deps, &quote, reader).await?)),
        // A friend who was sent the plain address reads what to ask for; whether there is such a price is not theirs to know.
        Err(failure @ (Failure::NotFound(_) | Failure::Unauthenticated)) => {
            let page = NotYoursPage::of(&id);
            Err(Problem::from(failure).with_page(page))
        }
        Err(failure) => Err(failure.into()),
    }
}

async fn ask_page(deps: &Deps, cart: &Cart) -> Result<AskPage, Failure> {
    let now = deps.clock.now();
    let rules = deps.rules.current(now).await?;
    Ok(AskPage::of(cart, (&rules, &deps.methods), deps.ids.form_key()?, now))
}
