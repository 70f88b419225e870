//! One handler per route: extract, call, answer.

use axum::extract::State;
use domain::{
    Failure,
    id::{AddressId, OrderId, PayLinkId, PaymentId, QuoteId},
    order::{Order, PayLink},
    quote::Quote,
};
use serde::Deserialize;
use web::{Answer, Input, JsonOnly, Keyed, NoView, Nothing, Path, Problem, Query, Reply, Shopper, Typed, View};

use crate::{
    Deps, Made,
    not_started::NotStartedPage,
    open_page::Page,
    order_form::OrderFormPage,
    pay_links::{self, PayForm},
    pay_view::{PayPage, ThanksPage},
    payment_view::PaymentView,
    place_order::{self, OrderForm},
    start_payment::{self, PaymentForm},
    views::{LinkMade, OrderPlaced, PaymentStarted},
};

/// How often the page after the provider's has looked.
#[derive(Deserialize)]
pub(crate) struct Looks {
    #[serde(default)]
    look: u32,
}

/// Which of the kept addresses fills the form.
#[derive(Deserialize)]
pub(crate) struct Sent {
    address: Option<AddressId>,
}

pub(crate) async fn order_form(
    State(deps): State<Deps>,
    who: Shopper,
    Path(quote): Path<QuoteId>,
    Query(Sent { address }): Query<Sent>,
) -> Answer<OrderFormPage> {
    let quote = deps.quotes.get_own(&quote, &who.customer).await?;
    let used = deps.orders.of_quote(quote.id()).await?;
    let page = form_of(&deps, &quote)?.with_order(used);
    if !who.is_registered() {
        return Ok(Reply::ok(page));
    }
    let kept = deps.people.addresses(&who.customer).await?;
    Ok(Reply::ok(page.with_addresses(&kept, address.as_ref())?))
}

pub(crate) async fn place_order(
    State(deps): State<Deps>,
    who: Shopper,
    typed: Typed<Keyed<OrderForm>>,
) -> Answer<JsonOnly<OrderPlaced>> {
    let quote = typed.draft.value("quote").to_owned();
    let page = form_page(&deps, &who, &quote).await?;
    let (deps, customer) = (&deps, &who.customer);
    let work = |Keyed { key, input }| async move { Box::pin(place_order::run(deps, customer, &key, input)).await };
    let made = match page {
        Some(page) => match typed.run(work, |draft| page.clone().with(draft)).await {
            Ok(made) => made,
            Err(problem) => return Err(with_order(deps, problem, page, &quote).await?),
        },
        None => work(typed.parsed?).await?,
    };
    let page = made.thing.page.as_ref().map(|page| page.redirect_url.clone());
    let location = page.unwrap_or_else(|| format!("/orders/{}", made.thing.order.id));
    Ok(created(
        JsonOnly(OrderPlaced::from(made.thing)),
        location,
        made.is_repeated,
    ))
}

pub(crate) async fn make_link(
    State(deps): State<Deps>,
    who: Shopper,
    Path(order): Path<OrderId>,
    Keyed { key, .. }: Keyed<Nothing>,
) -> Answer<LinkMade> {
    let link = pay_links::make(&deps, &who.customer, &order, &key).await?;
    let is_repeated = link.url.is_none();
    let reply = Reply::created_here(LinkMade::of(order, link));
    Ok(if is_repeated { reply.replayed() } else { reply })
}

pub(crate) async fn end_link(
    State(deps): State<Deps>,
    who: Shopper,
    Path((order, link)): Path<(OrderId, PayLinkId)>,
    Input(Nothing {}): Input<Nothing>,
) -> Answer<NoView> {
    pay_links::end(&deps, &who.customer, &order, &link).await?;
    Ok(Reply::done(format!("/orders/{order}")))
}

pub(crate) async fn pay_page(State(deps): State<Deps>, Path(token): Path<String>) -> Answer<PayPage> {
    let (order, link) = pay_links::find(&deps, &token).await?;
    Ok(Reply::ok(pay_page_of(&deps, (&order, &link), &token)?))
}

pub(crate) async fn pay(
    State(deps): State<Deps>,
    Path(token): Path<String>,
    typed: Typed<Keyed<PayForm>>,
) -> Answer<JsonOnly<PaymentStarted>> {
    let (order, link) = pay_links::find(&deps, &token).await?;
    let page = pay_page_of(&deps, (&order, &link), &token)?;
    let (deps, token) = (&deps, &token);
    let work = |Keyed { key, input }| async move { pay_links::pay(deps, token, &key, input).await };
    let made = Box::pin(typed.run(work, |draft| page.with(draft))).await?;
    Ok(started(made))
}

/// Where the provider sends back who paid for somebody else. Whoever knows the payment's id has been there.
pub(crate) async fn thanks(
    State(deps): State<Deps>,
    Path(id): Path<PaymentId>,
    Query(looks): Query<Looks>,
) -> Answer<ThanksPage> {
    let order = deps.orders.load(&id.order()).await?;
    let theirs = order.payment(&id).filter(|payment| payment.payer.is_some());
    let payment = theirs.ok_or(Failure::NotFound("payment"))?;
    Ok(Reply::ok(ThanksPage::of(payment, looks.look)))
}

pub(crate) async fn start_payment(
    State(deps): State<Deps>,
    who: Shopper,
    Path(order): Path<OrderId>,
    Keyed { key, input }: Keyed<PaymentForm>,
) -> Answer<JsonOnly<PaymentStarted>> {
    match start_payment::run(&deps, &who.customer, &order, &key, input).await {
        Ok(made) => Ok(started(made)),
        Err(failure) => Err(NotStartedPage::shown(&order, failure)),
    }
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

fn started(made: Made<Page>) -> Reply<JsonOnly<PaymentStarted>> {
    let page = made.thing.redirect_url.clone();
    created(JsonOnly(PaymentStarted::from(made.thing)), page, made.is_repeated)
}

fn created<T: View>(view: T, location: String, is_repeated: bool) -> Reply<T> {
    let reply = Reply::created(view, location);
    if is_repeated { reply.replayed() } else { reply }
}

fn pay_page_of(deps: &Deps, (order, link): (&Order, &PayLink), token: &str) -> Result<PayPage, Failure> {
    let page = PayPage::of(order, link, token, deps.ids.form_key()?);
    let pages = order
        .payments
        .iter()
        .filter(|payment| payment.is_page_open(deps.clock.now()));
    let due = order.due();
    let how = deps.methods.payable(due).ok().and_then(|(how, _)| how.sentence());
    Ok(page.with_open_pages(pages.count()).with_parts(how))
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

/// A price that was used says so on the page, and leads to the order.
async fn with_order(deps: &Deps, problem: Problem, page: OrderFormPage, quote: &str) -> Result<Problem, Failure> {
    let (Ok(id), "quote_used") = (quote.parse(), problem.code()) else {
        return Ok(problem);
    };
    let used = deps.orders.of_quote(&id).await?;
    Ok(problem.with_page(page.with_order(used)))
}

async fn payment_page(deps: &Deps, who: &Shopper, id: &PaymentId, looks: Option<u32>) -> Result<PaymentView, Failure> {
    let order = deps.orders.load_own(&id.order(), &who.customer).await?;
    let payment = order.payment(id).ok_or(Failure::NotFound("payment"))?;
    Ok(PaymentView::of(&order, payment, looks, deps.ids.form_key()?))
}
