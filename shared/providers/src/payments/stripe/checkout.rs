//! Opens a Checkout Session, asks what became of it, and closes it.

use domain::{Timestamp, id::PaymentId};
use stripe_checkout::{
    CheckoutSessionMode, CheckoutSessionUiMode,
    checkout_session::{
        CreateCheckoutSession, CreateCheckoutSessionAdaptivePricing, CreateCheckoutSessionAllowedPaymentMethodTypes,
        CreateCheckoutSessionLineItems, CreateCheckoutSessionLineItemsPriceData,
        CreateCheckoutSessionPaymentIntentData, ExpireCheckoutSession, ProductData, RetrieveCheckoutSession,
    },
};
use stripe_client_core::{RequestBuilder, StripeMethod, StripeRequest};

use super::{Stripe, amounts, plain_id, refusal, wire};
use crate::{
    error::Error,
    exchange::{Exchange, Step},
    payments::{PaymentLookUp, PaymentOutcome, PaymentReport, StartPayment, Started, VoidOutcome},
    response::Response,
};

const CREATE: &str = "stripe session.create";
const RETRIEVE: &str = "stripe session.retrieve";
const LIST: &str = "stripe session.list";
const EXPIRE: &str = "stripe session.expire";

/// A session may be older than our note of it by the difference of two clocks, and lives at most a day after we first asked for it.
const CLOCKS: std::time::Duration = std::time::Duration::from_secs(300);
const A_DAY: std::time::Duration = std::time::Duration::from_secs(86_400);

/// Stripe shows more, a customer reads less.
const MOST_TEXT: usize = 500;

pub(super) fn start(stripe: &Stripe, payment: &StartPayment) -> Result<Exchange<Started>, Error> {
    let amount = payment.amount;
    if amount.is_negative() || amount.is_zero() {
        return Err(Error::Invalid {
            call: CREATE,
            problem: "there is nothing to pay",
        });
    }
    let units = amounts::to_stripe(amount).ok_or(Error::Unsupported { call: CREATE })?;
    // The key names what is asked, so that asking again is answered as the first time. Other contents need another number.
    let key = format!("{}:create:{}", payment.payment, payment.revision);
    let request = stripe.request(CREATE, session(payment, units).build(), Some(&key))?;
    let ours = payment.payment.clone();
    Ok(Exchange::moves(
        CREATE,
        payment.payment.as_str(),
        request,
        move |response| started(response, &ours),
    ))
}

fn session(payment: &StartPayment, units: i64) -> CreateCheckoutSession {
    // One line for the whole price: the parts of a landed price are not what Stripe would multiply and add. And one key of metadata:
    // the builder keeps them in a map of random order, and a repeat must be the same to the byte.
    let metadata = std::collections::HashMap::from([(wire::PAYMENT_KEY.to_owned(), payment.payment.to_string())]);
    let mut product = ProductData::new(format!("Order {}", payment.order));
    product.description = Some(description(&payment.lines)).filter(|text| !text.is_empty());
    let Ok(currency) = payment.amount.currency().code().to_lowercase().parse();
    let price = CreateCheckoutSessionLineItemsPriceData {
        currency,
        product: None,
        product_data: Some(product),
        recurring: None,
        tax_behavior: None,
        unit_amount: Some(units),
        unit_amount_decimal: None,
    };
    let mut line = CreateCheckoutSessionLineItems::new();
    line.price_data = Some(price);
    line.quantity = Some(1);
    let mut intent = CreateCheckoutSessionPaymentIntentData::new();
    intent.metadata = Some(metadata.clone());
    // Our quote is the price: no currency of Stripe's choosing, and no method whose money comes days later. Since version 2026-09-30 a
    // session no longer takes `payment_method_types` (Stripe's changelog), only this filter.
    let mut pricing = CreateCheckoutSessionAdaptivePricing::new();
    pricing.enabled = Some(false);
    let session = CreateCheckoutSession::new()
        .mode(CheckoutSessionMode::Payment)
        .ui_mode(CheckoutSessionUiMode::HostedPage)
        .adaptive_pricing(pricing)
        .allowed_payment_method_types(vec![CreateCheckoutSessionAllowedPaymentMethodTypes::Card])
        .line_items(vec![line])
        .client_reference_id(payment.payment.as_str())
        .metadata(metadata)
        .payment_intent_data(intent)
        .success_url(payment.return_url.as_str())
        .cancel_url(payment.cancel_url.as_str())
        .expires_at(payment.expires_at.as_seconds());
    match &payment.email {
        Some(email) => session.customer_email(email.as_str()),
        None => session,
    }
}

fn description(lines: &[String]) -> String {
    let whole = lines.join(", ");
    if whole.chars().count() <= MOST_TEXT {
        return whole;
    }
    whole.chars().take(MOST_TEXT - 1).chain(['…']).collect()
}

fn started(response: &Response, ours: &PaymentId) -> Result<Started, Error> {
    if !response.is_success() {
        return Err(refusal(CREATE, response));
    }
    let session: wire::Session = response.json(CREATE)?;
    if session.payment().is_some_and(|theirs| theirs != *ours) {
        return Err(Error::malformed(CREATE, "the session of another payment"));
    }
    let (Some(redirect_url), Some(expires_at)) = (session.url, session.expires_at) else {
        return Err(Error::malformed(CREATE, "a session without url or expires_at"));
    };
    Ok(Started {
        provider_reference: session.id,
        redirect_url,
        expires_at: Timestamp::from_seconds(expires_at),
    })
}

pub(super) fn look_up(stripe: &Stripe, session: &str) -> Result<Exchange<Option<PaymentReport>>, Error> {
    let wanted = RetrieveCheckoutSession::new(plain_id(RETRIEVE, session)?).expand(vec!["payment_intent".to_owned()]);
    let request = stripe.request(RETRIEVE, wanted.build(), None)?;
    Ok(Exchange::reads(RETRIEVE, request, |response| match response.status {
        200 => report(response.json(RETRIEVE)?, RETRIEVE).map(Some),
        404 => absent(refusal(RETRIEVE, response)),
        _ => Err(refusal(RETRIEVE, response)),
    }))
}

/// A 404 in Stripe's own words means that there is no such thing; in any other it may be a wrong address.
pub(super) fn absent<T>(error: Error) -> Result<Option<T>, Error> {
    let is_absent = matches!(&error, Error::Refused { code, .. } if code == "resource_missing");
    if is_absent { Ok(None) } else { Err(error) }
}

/// Stripe cannot be asked for a session by our id, so its list is read page by page over the time in which it can have been made.
pub(super) fn search(stripe: &Stripe, which: &PaymentLookUp) -> Result<Exchange<Option<PaymentReport>>, Error> {
    page(stripe.clone(), which.clone(), None)
}

fn page(stripe: Stripe, which: PaymentLookUp, after: Option<String>) -> Result<Exchange<Option<PaymentReport>>, Error> {
    let mut query = format!(
        "limit=100&created[gte]={}&created[lte]={}&expand[]=data.payment_intent",
        which.started_at.minus(CLOCKS).as_seconds(),
        which.started_at.plus(A_DAY).as_seconds(),
    );
    if let Some(after) = after {
        query.push_str(&format!("&starting_after={}", plain_id(LIST, &after)?));
    }
    let mut built = RequestBuilder::new(StripeMethod::Get, "/checkout/sessions");
    built.query = Some(query);
    let exchange = Exchange::reads(LIST, stripe.request(LIST, built, None)?, |response| {
        match response.status {
            200 => response.json::<wire::Page<wire::Session>>(LIST),
            _ => Err(refusal(LIST, response)),
        }
    });
    Ok(exchange.and_then(move |page_read| {
        let last = page_read.data.last().map(|session| session.id.clone());
        // Should there be two after all, the one that took money is the one that counts.
        let found = page_read
            .data
            .into_iter()
            .filter(|session| session.payment().as_ref() == Some(&which.payment))
            .max_by_key(|session| session.payment_status.as_deref() == Some("paid"));
        match (found, last) {
            (Some(session), _) => report(session, LIST).map(Some).map(Step::Done),
            (None, Some(last)) if page_read.has_more => page(stripe, which, Some(last)).map(Step::Next),
            (None, _) => Ok(Step::Done(None)),
        }
    }))
}

fn report(session: wire::Session, call: &'static str) -> Result<PaymentReport, Error> {
    Ok(PaymentReport {
        payment: session.payment(),
        outcome: outcome(&session, call)?,
        redirect_url: session.url.clone(),
        settlement_reference: session.payment_intent.as_ref().map(|intent| intent.id().to_owned()),
        provider_reference: session.id,
    })
}

fn outcome(session: &wire::Session, call: &'static str) -> Result<PaymentOutcome, Error> {
    let intent = session.payment_intent.as_ref().and_then(wire::Intent::status);
    Ok(match (session.status.as_deref(), session.payment_status.as_deref()) {
        (_, Some("paid" | "no_payment_required")) => {
            let (Some(units), Some(currency)) = (session.amount_total, &session.currency) else {
                return Err(Error::malformed(
                    call,
                    "a paid session without amount_total or currency",
                ));
            };
            let amount = amounts::from_stripe(units, currency);
            PaymentOutcome::Paid {
                amount: amount.ok_or_else(|| Error::malformed(call, "an amount in unknown units"))?,
            }
        }
        (Some("expired"), _) => PaymentOutcome::Expired,
        // A delayed method that failed leaves the session complete and unpaid; only the intent tells.
        (Some("complete"), _) if matches!(intent, Some("requires_payment_method" | "canceled")) => {
            PaymentOutcome::Failed
        }
        (Some("complete"), Some("unpaid")) => PaymentOutcome::AwaitingFunds,
        // The page stays open for another try; what is known of the last one stands at the intent.
        (Some("open"), _) if session.payment_intent.as_ref().is_some_and(wire::Intent::was_declined) => {
            PaymentOutcome::OpenAfterDecline
        }
        _ => PaymentOutcome::Open,
    })
}

pub(super) fn expire(stripe: &Stripe, payment: &PaymentId, session: &str) -> Result<Exchange<VoidOutcome>, Error> {
    let built = ExpireCheckoutSession::new(plain_id(EXPIRE, session)?).build();
    let request = stripe.request(EXPIRE, built, None)?;
    Ok(Exchange::moves(
        EXPIRE,
        payment.as_str(),
        request,
        |response| match response.status {
            200 => {
                let session: wire::Session = response.json(EXPIRE)?;
                Ok(if session.status.as_deref() == Some("expired") {
                    VoidOutcome::Voided
                } else {
                    VoidOutcome::NotOpen
                })
            }
            // Only an open session can be closed; whether it was paid or had run out, the look-up tells.
            400 => not_open(refusal(EXPIRE, response)),
            _ => Err(refusal(EXPIRE, response)),
        },
    ))
}

fn not_open(error: Error) -> Result<VoidOutcome, Error> {
    if let Error::Refused { .. } = error {
        Ok(VoidOutcome::NotOpen)
    } else {
        Err(error)
    }
}
