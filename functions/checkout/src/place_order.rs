//! Makes an order of a quote. It is committed, waiting for money, before any payment provider hears of it.

use domain::{
    Failure, RequestKey,
    address::{Address, AddressInput},
    id::{CustomerId, OrderId, QuoteId},
    order::{Choices, Draft, Order, Placing},
    quote::Quote,
};
use serde::Deserialize;
use store::Committed;

use crate::{Deps, Made};

/// What a customer sends: the quote and the address, field by field.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct OrderForm {
    quote: String,
    #[serde(flatten)]
    address: AddressInput,
}

pub(crate) async fn run(
    deps: &Deps,
    customer: &CustomerId,
    key: &RequestKey,
    form: OrderForm,
) -> Result<Made<Order>, Failure> {
    match place(deps, customer, key, form).await {
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

async fn place(deps: &Deps, customer: &CustomerId, key: &RequestKey, form: OrderForm) -> Result<Made<Order>, Failure> {
    let id: QuoteId = form.quote.parse().map_err(|_| Failure::NotFound("quote"))?;
    let quote = deps.quotes.get_own(&id, customer).await?;
    let destination = Address::try_from(form.address).map_err(|wrong| Failure::Invalid(wrong.0))?;
    let now = deps.clock.now();
    let placing = Placing {
        id: deps.ids.next()?,
        customer: customer.clone(),
        destination,
        choices: Choices::default(),
    };
    let change = Draft::place(&quote, placing, now)?.finish();
    let order = change.order.clone();
    match deps.orders.commit_once(change, key, order.id.as_str(), now).await? {
        Committed::Written(outgoing) => {
            tracing::info!(order.id = %order.id, quote.id = %id, "Placed order {}", order.id);
            deps.queues.send(outgoing).await;
            empty_cart(deps, &quote).await;
            Ok(Made {
                thing: order,
                is_repeated: false,
            })
        }
        Committed::Repeated(id) => repeated(deps, &id).await,
    }
}

async fn repeated(deps: &Deps, id: &str) -> Result<Made<Order>, Failure> {
    let id: OrderId = id
        .parse()
        .map_err(|_| Failure::internal("the request for an order was answered with no order"))?;
    Ok(Made {
        thing: deps.orders.load(&id).await?,
        is_repeated: true,
    })
}

/// What was ordered leaves the cart; a cart that has changed since stays as it is. The order stands whether this works or not.
async fn empty_cart(deps: &Deps, quote: &Quote) {
    let now = deps.clock.now();
    let emptied = async {
        let mut cart = deps.carts.load(&quote.terms().customer, now).await?;
        if !quote.is_of_cart(&cart.fingerprint()) {
            return Ok(());
        }
        let version = cart.version;
        cart.clear(now);
        deps.carts.save(&cart, version).await
    };
    let emptied: Result<(), Failure> = emptied.await;
    if let Err(failure) = emptied {
        tracing::warn!(failure = ?failure, "An ordered cart could not be emptied");
    }
}

#[cfg(test)]
#[path = "../tests/unit/place_order.rs"]
mod tests;
