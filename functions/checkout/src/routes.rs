//! One handler per route: extract, call, answer.

use axum::extract::State;
use domain::{
    Failure,
    cart::Cart,
    id::{OrderId, PaymentId, QuoteId},
    quote::Quote,
};
use serde::Deserialize;
use web::{Answer, JsonOnly, Keyed, MaybeSession, Path, Query, Reply, Shopper, Typed, View};

use crate::{
    Deps,
    make_quote::{self, QuoteForm},
    payment_view::PaymentView,
    place_order::{self, OrderForm},
    quote_view::QuoteView,
    start_payment::{self, PaymentForm},
    views::{CheckoutPage, OrderPlaced, PaymentStarted},
};

/// How often the page after the provider's has looked.
#[derive(Deserialize)]
pub(crate) struct Looks {
    #[serde(default)]
    look: u32,
}

pub(crate) async fn checkout(State(deps): State<Deps>, MaybeSession(session): MaybeSession) -> Answer<CheckoutPage> {
    let now = deps.clock.now();
    let page = match session.as_ref().and_then(|session| session.customer()) {
        Some(customer) => checkout_page(&deps, &deps.carts.load(customer, now).await?).await?,
        // Who has no session has put nothing into a cart; the id is shown nowhere.
        None => checkout_page(&deps, &Cart::empty(deps.ids.next()?, now)).await?,
    };
    Ok(Reply::ok(page))
}

pub(crate) async fn make_quote(
    State(deps): State<Deps>,
    who: Shopper,
    typed: Typed<Keyed<QuoteForm>>,
) -> Answer<QuoteView> {
    let cart = deps.carts.load(&who.customer, deps.clock.now()).await?;
    let page = checkout_page(&deps, &cart).await?;
    let (deps, cart) = (&deps, &cart);
    let work = |Keyed { key, input }| async move { make_quote::run(deps, cart, &key, input).await };
    let made = typed.run(work, |draft| page.with(draft)).await?;
    let location = format!("/quotes/{}", made.thing.id());
    Ok(created(
        quote_page(deps, &made.thing).await?,
        location,
        made.is_repeated,
    ))
}

pub(crate) async fn quote(State(deps): State<Deps>, who: Shopper, Path(id): Path<QuoteId>) -> Answer<QuoteView> {
    let quote = deps.quotes.get_own(&id, &who.customer).await?;
    Ok(Reply::ok(quote_page(&deps, &quote).await?))
}

pub(crate) async fn place_order(
    State(deps): State<Deps>,
    who: Shopper,
    typed: Typed<Keyed<OrderForm>>,
) -> Answer<JsonOnly<OrderPlaced>> {
    let page = form_page(&deps, &who, typed.draft.value("quote")).await?;
    let (deps, customer) = (&deps, &who.customer);
    let work = |Keyed { key, input }| async move { place_order::run(deps, customer, &key, input).await };
    let made = match page {
        Some(page) => typed.run(work, |draft| page.with(draft)).await?,
        None => work(typed.parsed?).await?,
    };
    let location = format!("/orders/{}", made.thing.id);
    Ok(created(
        JsonOnly(OrderPlaced::from(&made.thing)),
        location,
        made.is_repeated,
    ))
}

pub(crate) async fn start_payment(
    State(deps): State<Deps>,
    who: Shopper,
    Path(order): Path<OrderId>,
    Keyed { key, input }: Keyed<PaymentForm>,
) -> Answer<JsonOnly<PaymentStarted>> {
    let made = start_payment::run(&deps, &who.customer, &order, &key, input).await?;
    let page = made.thing.redirect_url.clone();
    Ok(created(
        JsonOnly(PaymentStarted::from(made.thing)),
        page,
        made.is_repeated,
    ))
}

pub(crate) async fn payment(State(deps): State<Deps>, who: Shopper, Path(id): Path<PaymentId>) -> Answer<PaymentView> {
    Ok(Reply::ok(payment_page(&deps, &who, &id, None).await?))
}

pub(crate) async fn payment_return(
    State(deps): State<Deps>,
    who: Shopper,
    Path(id): Path<PaymentId>,
    Query(looks): Query<Looks>,
) -> Answer<PaymentView> {
    Ok(Reply::ok(payment_page(&deps, &who, &id, Some(looks.look)).await?))
}

fn created<T: View>(view: T, location: String, is_repeated: bool) -> Reply<T> {
    let reply = Reply::created(view, location);
    if is_repeated { reply.replayed() } else { reply }
}

async fn checkout_page(deps: &Deps, cart: &Cart) -> Result<CheckoutPage, Failure> {
    let now = deps.clock.now();
    let rules = deps.rules.current(now).await?;
    Ok(CheckoutPage::of(cart, &rules, deps.ids.form_key()?, now))
}

async fn quote_page(deps: &Deps, quote: &Quote) -> Result<QuoteView, Failure> {
    let now = deps.clock.now();
    let to = quote.terms().destination;
    let rules = deps.rules.current(now).await?;
    let destinations = rules.destinations(now.date());
    let name = destinations
        .iter()
        .find(|row| row.dest == to)
        .map_or_else(|| to.to_string(), |row| row.name.clone());
    Ok(QuoteView::of(quote, name, deps.ids.form_key()?, now))
}

/// The page a form came from, so that it can be shown again; nothing for a program.
async fn form_page(deps: &Deps, who: &Shopper, quote: &str) -> Result<Option<QuoteView>, Failure> {
    let Ok(id) = quote.parse() else { return Ok(None) };
    match deps.quotes.get_own(&id, &who.customer).await {
        Ok(quote) => quote_page(deps, &quote).await.map(Some),
        Err(Failure::NotFound(_)) => Ok(None),
        Err(failure) => Err(failure),
    }
}

async fn payment_page(deps: &Deps, who: &Shopper, id: &PaymentId, looks: Option<u32>) -> Result<PaymentView, Failure> {
    let order = deps.orders.load_own(&id.order(), &who.customer).await?;
    let payment = order.payment(id).ok_or(Failure::NotFound("payment"))?;
    Ok(PaymentView::of(&order, payment, looks, deps.ids.form_key()?))
}
