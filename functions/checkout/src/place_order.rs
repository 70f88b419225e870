//! Makes an order of a quote, with everything the customer is asked once. It is committed, waiting for money, before any payment provider
//! hears of it; whoever wants to pay at once has the payment written down in the same commit.

use domain::{
    Currency, Failure, FieldError, Money, Refusal, RequestKey, Timestamp,
    address::{Address, AddressInput},
    id::{CustomerId, OrderId, PaymentId, QuoteId},
    order::{Change, Choices, Consolidation, Draft, DriftPolicy, Order, Paying, PaymentRefusal, Placing, StockPolicy},
    payment_terms::Unpayable,
    product::ProviderCode,
    quote::Quote,
};
use runtime::customs_place;
use serde::Deserialize;
use store::Committed;

use crate::{
    Deps, Made,
    open_page::{self, Page},
    start_payment::PAGE_LIFE,
};

/// What a customer sends: the quote, the address field by field, the choices, and how to pay if that is to be at once.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct OrderForm {
    #[serde(default)]
    quote: String,
    #[serde(flatten)]
    address: AddressInput,
    #[serde(default)]
    drift: String,
    /// Decimal text in the quote's currency.
    #[serde(default)]
    reserve: String,
    #[serde(default)]
    out_of_stock: String,
    #[serde(default)]
    consolidation: String,
    #[serde(default)]
    provider: String,
}

/// An order, and the page on which it is paid when that was asked for and could be opened.
pub(crate) struct Placed {
    pub(crate) order: Order,
    pub(crate) page: Option<Page>,
}

pub(crate) async fn run(
    deps: &Deps,
    customer: &CustomerId,
    key: &RequestKey,
    form: OrderForm,
) -> Result<Made<Placed>, Failure> {
    let quote = form.quote.clone();
    match Box::pin(place(deps, customer, key, form)).await {
        // The quote may have expired since the first sending; that one still counts.
        Err(refused @ (Failure::Refused(_) | Failure::Invalid(_) | Failure::NotFound(_))) => {
            match deps.orders.repeated(key).await? {
                Some(id) => repeated(deps, &id).await,
                None => Err(used_or(deps, &quote, refused).await?),
            }
        }
        done => done,
    }
}

/// That the price was used says more than that its time is over.
async fn used_or(deps: &Deps, quote: &str, refused: Failure) -> Result<Failure, Failure> {
    let (Ok(id), Failure::Refused(Refusal::QuoteExpired)) = (quote.parse(), &refused) else {
        return Ok(refused);
    };
    let used = deps.orders.of_quote(&id).await?;
    Ok(used.map_or(refused, |order| Refusal::QuoteUsed { order }.into()))
}

async fn place(deps: &Deps, customer: &CustomerId, key: &RequestKey, form: OrderForm) -> Result<Made<Placed>, Failure> {
    if form.quote.is_empty() {
        return Err(without_quote(form));
    }
    let id: QuoteId = form.quote.parse().map_err(|_| Failure::NotFound("quote"))?;
    let quote = deps.quotes.get_own(&id, customer).await?;
    let now = deps.clock.now();
    let provider = provider(deps, &form.provider)?;
    let (change, payment) = decided(deps, &quote, form, provider, now)?;
    let emptying = deps.carts.emptying(customer, &quote.terms().cart_fingerprint, now)?;
    let result = change.order.id.to_string();
    let committed = deps.orders.commit_once_beside(&change, (key, &result), emptying, now);
    match committed.await? {
        Committed::Written(outgoing) => {
            let order = change.order;
            tracing::info!(order.id = %order.id, quote.id = %id, "Placed order {}", order.id);
            deps.queues.send(outgoing).await;
            let page = match payment {
                Some(payment) => opened(deps, &order, &payment).await,
                None => None,
            };
            Ok(Made {
                thing: Placed { order, page },
                is_repeated: false,
            })
        }
        Committed::Repeated(id) => repeated(deps, &id).await,
    }
}

fn decided(
    deps: &Deps,
    quote: &Quote,
    form: OrderForm,
    provider: Option<ProviderCode>,
    now: Timestamp,
) -> Result<(Change, Option<PaymentId>), Failure> {
    let id: OrderId = deps.ids.next()?;
    let (mut destination, choices) = checked(form, quote.total())?;
    let number = destination.take_tax_number();
    let number = number.map(|number| deps.seal.seal(&deps.ids, &customs_place(&id), number.expose()));
    let placing = Placing {
        id,
        customer: quote.terms().customer.clone(),
        destination,
        choices,
    };
    let mut draft = Draft::place(quote, placing, now)?;
    if let Some(sealed) = number.transpose()? {
        draft.keep_customs_number(sealed);
    }
    let unpayable = |why: Unpayable| Failure::field("quote", why.code(), why.to_string());
    let (_, limits) = deps.methods.payable(quote.total()).map_err(unpayable)?;
    draft.keep_limits(limits)?;
    let payment = provider.map(|provider| first_payment(deps, &mut draft, provider, now));
    let payment = payment.transpose()?;
    Ok((draft.finish(), payment))
}

/// All of it, or the first part of what cannot be paid at once.
fn first_payment(deps: &Deps, draft: &mut Draft, provider: ProviderCode, now: Timestamp) -> Result<PaymentId, Failure> {
    let due = draft.order().due();
    let limits = deps.methods.limits(&provider, due.currency());
    let limits = limits.ok_or_else(|| PaymentRefusal::Currency.refusal(due))?;
    let unpayable = |why: Unpayable| Failure::field("provider", why.code(), why.to_string());
    let amount = limits.payable(due).map_err(unpayable)?.next_part(due);
    draft.start_paying(Paying {
        provider,
        expires_at: now.plus(PAGE_LIFE),
        amount: Some(amount),
        payer: None,
        limits: Some(limits),
    })
}

/// Address and choices, with everything that is wrong with either.
fn checked(form: OrderForm, total: Money) -> Result<(Address, Choices), Failure> {
    let (choices, mut wrong) = choices(&form, total.currency());
    match Address::try_from(form.address) {
        Ok(address) if wrong.is_empty() => Ok((address, choices)),
        Ok(_) => Err(Failure::Invalid(wrong)),
        Err(fields) => {
            wrong.splice(0..0, fields.0);
            Err(Failure::Invalid(wrong))
        }
    }
}

/// An order without a price, with everything else that is wrong with it.
fn without_quote(form: OrderForm) -> Failure {
    let mut wrong = vec![FieldError::new("quote", "missing", "Please fill in this field.")];
    if let Err(fields) = Address::try_from(form.address) {
        wrong.extend(fields.0);
    }
    Failure::Invalid(wrong)
}

fn provider(deps: &Deps, typed: &str) -> Result<Option<ProviderCode>, Failure> {
    if typed.is_empty() {
        return Ok(None);
    }
    let code = typed.parse().map_err(|_| Refusal::MethodNotOffered)?;
    if deps.payments.get(&code).is_none() {
        return Err(Refusal::MethodNotOffered.into());
    }
    Ok(Some(code))
}

/// The choices, and what is wrong with them.
fn choices(form: &OrderForm, currency: Currency) -> (Choices, Vec<FieldError>) {
    let mut wrong = Vec::new();
    let mut unknown = |field: &str| {
        let message = "Please choose one of the values offered.";
        wrong.push(FieldError::new(field, "unknown", message));
    };
    let drift = chosen(&form.drift, DriftPolicy::from_word).unwrap_or_else(|| {
        unknown("drift");
        DriftPolicy::default()
    });
    let out_of_stock = chosen(&form.out_of_stock, StockPolicy::from_word).unwrap_or_else(|| {
        unknown("out_of_stock");
        StockPolicy::default()
    });
    let consolidation = chosen(&form.consolidation, Consolidation::from_word).unwrap_or_else(|| {
        unknown("consolidation");
        Consolidation::default()
    });
    let reserve = match form.reserve.trim() {
        "" => None,
        text => Money::parse(text, currency).map(Some).unwrap_or_else(|_| {
            let message = "Please write an amount, for example 500.";
            wrong.push(FieldError::new("reserve", "bad_amount", message));
            None
        }),
    };
    let choices = Choices {
        drift,
        out_of_stock,
        consolidation,
        reserve,
    };
    (choices, wrong)
}

fn chosen<T: Default>(word: &str, known: impl Fn(&str) -> Option<T>) -> Option<T> {
    if word.is_empty() {
        return Some(T::default());
    }
    known(word)
}

async fn repeated(deps: &Deps, id: &str) -> Result<Made<Placed>, Failure> {
    let id: OrderId = id
        .parse()
        .map_err(|_| Failure::internal("the request for an order was answered with no order"))?;
    let order = deps.orders.load(&id).await?;
    // Only a payment that was written down with the order itself belongs to the request that placed it.
    let closes = order.placed_at.plus(PAGE_LIFE);
    let first = order.payments.first().filter(|payment| payment.expires_at == closes);
    let page = match first {
        Some(payment) => logged(&order, Box::pin(open_page::again(deps, &order, &payment.id)).await),
        None => None,
    };
    Ok(Made {
        thing: Placed { order, page },
        is_repeated: true,
    })
}

/// The order stands whether its page opens or not; it is paid from its own page then.
async fn opened(deps: &Deps, order: &Order, payment: &PaymentId) -> Option<Page> {
    logged(order, open_page::of_order(deps, order, payment).await)
}

fn logged(order: &Order, opened: Result<Page, Failure>) -> Option<Page> {
    match opened {
        Ok(page) => Some(page),
        Err(failure) => {
            tracing::warn!(order.id = %order.id, failure = ?failure, "The order is placed, its payment page did not open");
            None
        }
    }
}

#[cfg(test)]
#[path = "../tests/unit/place_order.rs"]
mod tests;
