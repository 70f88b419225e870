//! Gives money back, and looks for a refund whose answer was lost. Stripe refunds a PaymentIntent, so the session is asked for it first.

use stripe_client_core::{RequestBuilder, StripeMethod};
use url::form_urlencoded;

use super::{Stripe, amounts, checkout, plain_id, refusal, wire};
use crate::{
    error::Error,
    exchange::{Exchange, Step},
    payments::{RefundLookUp, RefundOutcome, RefundReport, RefundRequest},
    response::Response,
};

const CREATE: &str = "stripe refund.create";
const LIST: &str = "stripe refund.list";

pub(super) fn refund(stripe: &Stripe, wanted: &RefundRequest) -> Result<Exchange<RefundReport>, Error> {
    if wanted.amount.is_negative() || wanted.amount.is_zero() {
        return Err(Error::Invalid {
            call: CREATE,
            problem: "there is nothing to give back",
        });
    }
    let units = amounts::to_stripe(wanted.amount).ok_or(Error::Unsupported { call: CREATE })?;
    let (stripe, wanted) = (stripe.clone(), wanted.clone());
    Ok(
        checkout::look_up(&stripe, &wanted.provider_reference)?.and_then(move |found| {
            let Some(intent) = found.and_then(|report| report.settlement_reference) else {
                return Err(Error::Refused {
                    call: CREATE,
                    code: "not_paid".into(),
                    text: "Nothing was paid here.".into(),
                });
            };
            create(&stripe, &wanted, &intent, units).map(Step::Next)
        }),
    )
}

fn create(stripe: &Stripe, wanted: &RefundRequest, intent: &str, units: i64) -> Result<Exchange<RefundReport>, Error> {
    let form = form_urlencoded::Serializer::new(String::new())
        .append_pair("payment_intent", intent)
        .append_pair("amount", &units.to_string())
        .append_pair("reason", "requested_by_customer")
        .append_pair(&format!("metadata[{}]", wire::REFUND_KEY), wanted.refund.as_str())
        .append_pair(&format!("metadata[{}]", wire::ATTEMPT_KEY), &wanted.attempt.to_string())
        .append_pair(&format!("metadata[{}]", wire::PAYMENT_KEY), wanted.payment.as_str())
        .finish();
    let mut built = RequestBuilder::new(StripeMethod::Post, "/refunds");
    built.body = Some(form);
    let request = stripe.request(
        CREATE,
        built,
        Some(&format!("{}:create:{}", wanted.refund, wanted.attempt)),
    )?;
    Ok(Exchange::moves(
        CREATE,
        wanted.refund.as_str(),
        request,
        |response| match response.status {
            200 => report(response.json(CREATE)?, CREATE),
            _ => Err(refusal(CREATE, response)),
        },
    ))
}

pub(super) fn find(stripe: &Stripe, which: &RefundLookUp) -> Result<Exchange<Option<RefundReport>>, Error> {
    let (stripe, which) = (stripe.clone(), which.clone());
    Ok(
        checkout::look_up(&stripe, &which.provider_reference)?.and_then(move |found| {
            match found.and_then(|report| report.settlement_reference) {
                Some(intent) => page(stripe, which, intent, None).map(Step::Next),
                None => Ok(Step::Done(None)),
            }
        }),
    )
}

fn page(
    stripe: Stripe,
    which: RefundLookUp,
    intent: String,
    after: Option<String>,
) -> Result<Exchange<Option<RefundReport>>, Error> {
    let mut query = format!("payment_intent={}&limit=100", plain_id(LIST, &intent)?);
    if let Some(after) = after {
        query.push_str(&format!("&starting_after={}", plain_id(LIST, &after)?));
    }
    let mut built = RequestBuilder::new(StripeMethod::Get, "/refunds");
    built.query = Some(query);
    let exchange = Exchange::reads(LIST, stripe.request(LIST, built, None)?, read_page);
    Ok(exchange.and_then(move |page_read| {
        let last = page_read.data.last().map(|refund| refund.id.clone());
        let is_it = |refund: &wire::Refund| {
            let is_ours = refund.refund().as_ref() == Some(&which.refund) && refund.attempt() == Some(which.attempt);
            is_ours || which.known_as.as_ref() == Some(&refund.id)
        };
        let found = page_read.data.into_iter().find(is_it);
        match (found, last) {
            (Some(refund), _) => report(refund, LIST).map(Some).map(Step::Done),
            (None, Some(last)) if page_read.has_more => page(stripe, which, intent, Some(last)).map(Step::Next),
            (None, _) => Ok(Step::Done(None)),
        }
    }))
}

fn read_page(response: &Response) -> Result<wire::Page<wire::Refund>, Error> {
    match response.status {
        200 => response.json(LIST),
        _ => Err(refusal(LIST, response)),
    }
}

pub(super) fn report(refund: wire::Refund, call: &'static str) -> Result<RefundReport, Error> {
    let amount = amounts::from_stripe(refund.amount, &refund.currency);
    let reason = || refund.failure_reason.clone().unwrap_or_else(|| "unknown".to_owned());
    Ok(RefundReport {
        refund: refund.refund(),
        attempt: refund.attempt(),
        amount: amount.ok_or_else(|| Error::malformed(call, "an amount in unknown units"))?,
        outcome: match refund.status.as_deref() {
            Some("succeeded") => RefundOutcome::Done,
            Some("failed") => RefundOutcome::Failed { reason: reason() },
            Some("canceled") => RefundOutcome::Failed {
                reason: "canceled".to_owned(),
            },
            _ => RefundOutcome::Pending,
        },
        provider_reference: refund.id,
    })
}
