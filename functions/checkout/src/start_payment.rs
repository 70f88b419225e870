//! Starts a payment: the intention is committed first, then the provider opens its page. A repeat of the request gets the same page.

use std::time::Duration;

use domain::{
    Failure, Refusal, RequestKey,
    id::{CustomerId, OrderId},
    order::Actor,
    product::ProviderCode,
};
use serde::Deserialize;
use store::{Once, Request};

use crate::{
    Deps, Made,
    open_page::{self, Page},
};

/// How long a payment page stays open. Stripe takes 30 minutes to 24 hours (API of 2026-09); within the first hour and a half a page whose
/// opening was lost can still be opened again under the same key.
const PAGE_LIFE: Duration = Duration::from_secs(2 * 3600);

/// With whom the customer pays.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PaymentForm {
    provider: ProviderCode,
}

pub(crate) async fn run(
    deps: &Deps,
    customer: &CustomerId,
    order: &OrderId,
    key: &RequestKey,
    form: PaymentForm,
) -> Result<Made<Page>, Failure> {
    deps.orders.load_own(order, customer).await?;
    if deps.payments.get(&form.provider).is_none() {
        return Err(Refusal::MethodNotOffered.into());
    }
    let now = deps.clock.now();
    let request = Request {
        id: order,
        actor: Actor::Customer,
        key,
        now,
    };
    let intended = deps.orders.decide_once(&deps.queues, request, |draft| {
        let id = draft.start_payment(form.provider.clone(), now.plus(PAGE_LIFE))?;
        Ok(id.to_string())
    });
    let Once { result, is_repeat } = intended.await?;
    tracing::info!(order.id = %order, payment.id = result, "Payment {result} is written down");
    let id = result
        .parse()
        .map_err(|_| Failure::internal("the request for a payment was answered with no payment"))?;
    Ok(Made {
        thing: open_page::run(deps, &id).await?,
        is_repeated: is_repeat,
    })
}

#[cfg(test)]
#[path = "../tests/unit/start_payment.rs"]
mod tests;
