//! Starts a payment: the intention is committed first, then the provider opens its page. A repeat of the request gets the same page.

use std::time::Duration;

use domain::{
    Failure, Money, Refusal, RequestKey,
    id::{CustomerId, OrderId},
    order::{Actor, Draft, Payer, Paying, PaymentRefusal},
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
pub(crate) const PAGE_LIFE: Duration = Duration::from_secs(2 * 3600);

/// With whom the customer pays, and how much of it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PaymentForm {
    provider: ProviderCode,
    #[serde(default)]
    amount: Part,
}

/// A part of what is due: an amount as programs write it, or decimal text in the order's currency; nothing means all of it.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub(crate) enum Part {
    Money(Money),
    Text(String),
}

impl Default for Part {
    fn default() -> Self {
        Self::Text(String::new())
    }
}

/// What is to be paid, by whom, of which order.
pub(crate) struct Start<'a> {
    pub(crate) order: &'a OrderId,
    pub(crate) provider: &'a ProviderCode,
    pub(crate) part: &'a Part,
    pub(crate) payer: Option<Payer>,
}

pub(crate) async fn run(
    deps: &Deps,
    customer: &CustomerId,
    order: &OrderId,
    key: &RequestKey,
    form: PaymentForm,
) -> Result<Made<Page>, Failure> {
    let start = Start {
        order,
        provider: &form.provider,
        part: &form.amount,
        payer: None,
    };
    let is_theirs = |draft: &Draft| draft.order().customer == *customer;
    start_once(deps, key, &start, is_theirs).await
}

/// Writes the payment down, if this is still allowed on the order as it is, and opens its page.
pub(crate) async fn start_once(
    deps: &Deps,
    key: &RequestKey,
    start: &Start<'_>,
    is_allowed: impl Fn(&Draft) -> bool,
) -> Result<Made<Page>, Failure> {
    let now = deps.clock.now();
    let is_offered = deps.payments.get(start.provider).is_some();
    let request = Request {
        id: start.order,
        actor: Actor::Customer,
        key,
        now,
    };
    let intended = deps.orders.decide_once(&deps.queues, request, |draft| {
        if !is_allowed(draft) {
            return Err(Failure::NotFound("order"));
        }
        if !is_offered {
            return Err(Refusal::MethodNotOffered.into());
        }
        let currency = draft.order().total.currency();
        let Some(limits) = deps.methods.limits(start.provider, currency) else {
            return Err(PaymentRefusal::Currency.refusal(draft.order().due()).into());
        };
        let amount = amount(start.part, draft)?;
        let paying = Paying {
            provider: start.provider.clone(),
            expires_at: now.plus(PAGE_LIFE),
            amount,
            payer: start.payer.clone(),
            limits: Some(limits),
        };
        draft.start_paying(paying).map(|id| id.to_string())
    });
    let Once { result, is_repeat } = intended.await?;
    tracing::info!(order.id = %start.order, payment.id = result, "Payment {result} is written down");
    let id = result
        .parse()
        .map_err(|_| Failure::internal("the request for a payment was answered with no payment"))?;
    let order = deps.orders.load(start.order).await?;
    let thing = if is_repeat {
        Box::pin(open_page::again(deps, &order, &id)).await?
    } else {
        open_page::of_order(deps, &order, &id).await?
    };
    Ok(Made {
        thing,
        is_repeated: is_repeat,
    })
}

fn amount(part: &Part, draft: &Draft) -> Result<Option<Money>, Failure> {
    let wrong = |_| Failure::field("amount", "bad_amount", "Please write an amount, for example 2500.");
    match part {
        Part::Money(money) => Ok(Some(*money)),
        Part::Text(text) if text.trim().is_empty() => Ok(None),
        Part::Text(text) => Money::parse(text, draft.order().total.currency())
            .map(Some)
            .map_err(wrong),
    }
}

#[cfg(test)]
#[path = "../tests/unit/start_payment.rs"]
mod tests;
