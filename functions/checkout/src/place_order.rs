//! Makes an order of a quote, with everything the customer is asked once. It is committed, waiting for money, before any payment provider
//! hears of it; whoever wants to pay at once has the payment written down in the same commit.

use domain::{
    Failure, Money, Refusal, RequestKey, Timestamp,
    address::{Address, AddressInput},
    id::{CustomerId, OrderId, PaymentId, QuoteId},
    order::{Change, Choices, Consolidation, Draft, DriftPolicy, Order, Placing, StockPolicy},
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
    match Box::pin(place(deps, customer, key, form)).await {
        // The quote may have expired since the first sending; that one still counts.
        Err(refused @ (Failure::Refused(_) | Failure::Invalid(_) | Failure::NotFound(_))) => {
            match deps.orders.repeated(key).await? {
                Some(id) => repeated(deps, &id).await,
                None => Err(refused),
            }
        }
        done => done,
    }
}

async fn place(deps: &Deps, customer: &CustomerId, key: &RequestKey, form: OrderForm) -> Result<Made<Placed>, Failure> {
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
    let choices = choices(&form, quote)?;
    let id: OrderId = deps.ids.next()?;
    let mut destination = Address::try_from(form.address).map_err(|wrong| Failure::Invalid(wrong.0))?;
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
    let payment = provider.map(|provider| draft.start_payment(provider, now.plus(PAGE_LIFE)));
    Ok((draft.finish(), payment.transpose()?))
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

fn choices(form: &OrderForm, quote: &Quote) -> Result<Choices, Failure> {
    let reserve = form.reserve.trim();
    let currency = quote.total().currency();
    let wrong = |_| Failure::field("reserve", "bad_amount", "Please write an amount, for example 500.");
    Ok(Choices {
        drift: chosen("drift", &form.drift, DriftPolicy::from_word)?,
        out_of_stock: chosen("out_of_stock", &form.out_of_stock, StockPolicy::from_word)?,
        consolidation: chosen("consolidation", &form.consolidation, Consolidation::from_word)?,
        reserve: match reserve {
            "" => None,
            text => Some(Money::parse(text, currency).map_err(wrong)?),
        },
    })
}

fn chosen<T: Default>(field: &str, word: &str, known: impl Fn(&str) -> Option<T>) -> Result<T, Failure> {
    if word.is_empty() {
        return Ok(T::default());
    }
    known(word).ok_or_else(|| Failure::field(field, "unknown", "Please choose one of the values offered."))
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
        Some(payment) => opened(deps, &order, &payment.id).await,
        None => None,
    };
    Ok(Made {
        thing: Placed { order, page },
        is_repeated: true,
    })
}

/// The order stands whether its page opens or not; it is paid from its own page then.
async fn opened(deps: &Deps, order: &Order, payment: &PaymentId) -> Option<Page> {
    match open_page::of_order(deps, order, payment).await {
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
