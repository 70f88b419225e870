//! One handler per route: extract, call, answer.

use axum::extract::State;
use domain::{
    Failure,
    id::{OrderId, PaymentId, QuoteId},
    quote::Quote,
};
use serde::Deserialize;
use web::{Answer, JsonOnly, Keyed, Path, Query, Reply, Shopper, Typed, View};

use crate::{
    Deps,
    order_form::OrderFormPage,
    payment_view::PaymentView,
    place_order::{self, OrderForm},
    start_payment::{self, PaymentForm},
    views::{OrderPlaced, PaymentStarted},
};

/// How often the page after the provider's has looked.
#[derive(Deserialize)]
pub(crate) struct Looks {
    #[serde(default)]
    look: u32,
}

pub(crate) async fn order_form(
    State(deps): State<Deps>,
    who: Shopper,
    Path(quote): Path<QuoteId>,
) -> Answer<OrderFormPage> {
    let quote = deps.quotes.get_own(&quote, &who.customer).await?;
    Ok(Reply::ok(form_of(&deps, &quote)?))
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

fn form_of(deps: &Deps, quote: &Quote) -> Result<OrderFormPage, Failure> {
    Ok(OrderFormPage::of(quote, deps.ids.form_key()?, deps.clock.now()))
}

/// The page a form came from, so that it can be shown again; nothing for a program.
async fn form_page(deps: &Deps, who: &Shopper, quote: &str) -> Result<Option<OrderFormPage>, Failure> {
    let Ok(id) = quote.parse() else { return Ok(None) };
    match deps.quotes.get_own(&id, &who.customer).await {
        Ok(quote) => form_of(deps, &quote).map(Some),
        Err(Failure::NotFound(_)) => Ok(None),
        Err(failure) => Err(failure),
    }
}

async fn payment_page(deps: &Deps, who: &Shopper, id: &PaymentId, looks: Option<u32>) -> Result<PaymentView, Failure> {
    let order = deps.orders.load_own(&id.order(), &who.customer).await?;
    let payment = order.payment(id).ok_or(Failure::NotFound("payment"))?;
    Ok(PaymentView::of(&order, payment, looks, deps.ids.form_key()?))
}
