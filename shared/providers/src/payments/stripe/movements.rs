//! What moved after a payment was made: refunds, whoever made them, disputes and warnings of fraud. Stripe keeps three lists of these, each
//! of which can be asked for one payment or for a time.

use std::time::Duration;

use domain::{
    Money, Timestamp,
    id::PaymentId,
    order::{DisputeKind, DisputeNews, Verdict},
};
use stripe_client_core::{RequestBuilder, StripeMethod};

use super::{Stripe, amounts, checkout, plain_id, refunds, refusal, wire};
use crate::{
    error::Error,
    exchange::{Exchange, Step},
    payments::{Moved, Movement},
    response::Response,
};

const LIST: &str = "stripe movements.list";
const INTENT: &str = "stripe payment_intent.retrieve";
const CHARGE: &str = "stripe charge.retrieve";

/// Two clocks differ.
const CLOCKS: Duration = Duration::from_secs(300);

/// The lists, in the order in which they are read.
#[derive(Clone, Copy)]
enum List {
    Refunds,
    Disputes,
    Warnings,
}

impl List {
    const fn path(self) -> &'static str {
        match self {
            Self::Refunds => "/refunds",
            Self::Disputes => "/disputes",
            Self::Warnings => "/radar/early_fraud_warnings",
        }
    }

    const fn next(self) -> Option<Self> {
        match self {
            Self::Refunds => Some(Self::Disputes),
            Self::Disputes => Some(Self::Warnings),
            Self::Warnings => None,
        }
    }

    fn read(self, response: &Response) -> Result<Page, Error> {
        if response.status != 200 {
            return Err(refusal(LIST, response));
        }
        match self {
            Self::Refunds => Page::of(response.json(LIST)?, |refund: wire::Refund| {
                let payment = refund.payment_intent.as_ref().and_then(wire::Intent::payment);
                let id = refund.id.clone();
                Ok((id, payment, Movement::Refund(refunds::report(refund, LIST)?)))
            }),
            Self::Disputes => Page::of(response.json(LIST)?, |dispute: wire::Dispute| {
                let payment = dispute.payment_intent.as_ref().and_then(wire::Intent::payment);
                Ok((dispute.id.clone(), payment, Movement::Dispute(disputed(dispute)?)))
            }),
            Self::Warnings => Page::of(response.json(LIST)?, |warning: wire::Warning| {
                let payment = warning.payment_intent.as_ref().and_then(wire::Intent::payment);
                Ok((warning.id.clone(), payment, Movement::Dispute(warned(warning)?)))
            }),
        }
    }
}

/// What happened, and to which payment of ours, when that is told.
type Found = (Option<PaymentId>, Movement);

/// One page of a list, read.
struct Page {
    found: Vec<Found>,
    /// Where the next one begins; nothing at the end.
    after: Option<String>,
}

impl Page {
    fn of<T>(
        page: wire::Page<T>,
        read: impl Fn(T) -> Result<(String, Option<PaymentId>, Movement), Error>,
    ) -> Result<Self, Error> {
        let mut last = None;
        let mut found = Vec::new();
        for one in page.data {
            let (id, payment, movement) = read(one)?;
            last = Some(id);
            found.push((payment, movement));
        }
        Ok(Self {
            found,
            after: last.filter(|_| page.has_more),
        })
    }
}

/// Everything that moved of the payment behind a session.
pub(super) fn of_session(stripe: &Stripe, session: &str) -> Result<Exchange<Vec<Movement>>, Error> {
    let stripe = stripe.clone();
    Ok(
        checkout::look_up(&stripe, session)?.and_then(move |found| {
            match found.and_then(|it| it.settlement_reference) {
                Some(intent) => {
                    let scope = format!("payment_intent={}", plain_id(LIST, &intent)?);
                    let all = all(stripe, scope)?;
                    Ok(Step::Next(all.map(|found| {
                        found.into_iter().map(|(_, movement)| movement).collect()
                    })))
                }
                None => Ok(Step::Done(Vec::new())),
            }
        }),
    )
}

/// Everything of payments of ours that moved since a moment.
pub(super) fn since(stripe: &Stripe, since: Timestamp) -> Result<Exchange<Vec<Moved>>, Error> {
    let scope = format!("created[gte]={}", since.minus(CLOCKS).as_seconds());
    let ours = |(payment, movement): Found| payment.map(|payment| Moved { payment, movement });
    Ok(all(stripe.clone(), scope)?.map(move |found| found.into_iter().filter_map(ours).collect()))
}

fn all(stripe: Stripe, scope: String) -> Result<Exchange<Vec<Found>>, Error> {
    page(stripe, scope, (List::Refunds, None), Vec::new())
}

fn page(
    stripe: Stripe,
    scope: String,
    (list, after): (List, Option<String>),
    mut so_far: Vec<Found>,
) -> Result<Exchange<Vec<Found>>, Error> {
    let mut query = format!("{scope}&limit=100&expand[]=data.payment_intent");
    if let Some(after) = after {
        query.push_str(&format!("&starting_after={}", plain_id(LIST, &after)?));
    }
    let mut built = RequestBuilder::new(StripeMethod::Get, list.path());
    built.query = Some(query);
    let request = stripe.request(LIST, built, None)?;
    Ok(
        Exchange::reads(LIST, request, move |response| list.read(response)).and_then(move |read| {
            so_far.extend(read.found);
            let next = read.after.map(|after| (list, Some(after)));
            match next.or_else(|| list.next().map(|list| (list, None))) {
                Some(next) => page(stripe, scope, next, so_far).map(Step::Next),
                None => Ok(Step::Done(so_far)),
            }
        }),
    )
}

/// Our payment behind a PaymentIntent or a charge: both carry the metadata that went with the session.
pub(super) fn payment_of(stripe: &Stripe, id: &str) -> Result<Exchange<Option<PaymentId>>, Error> {
    let (call, path) = if id.starts_with("pi_") {
        (INTENT, "/payment_intents")
    } else {
        (CHARGE, "/charges")
    };
    let path = format!("{path}/{}", plain_id(call, id)?);
    let request = stripe.request(call, RequestBuilder::new(StripeMethod::Get, path), None)?;
    Ok(Exchange::reads(call, request, move |response| match response.status {
        200 => Ok(response.json::<wire::Marked>(call)?.payment()),
        404 => checkout::absent(refusal(call, response)),
        _ => Err(refusal(call, response)),
    }))
}

fn disputed(dispute: wire::Dispute) -> Result<DisputeNews, Error> {
    let status = dispute.status.as_deref();
    Ok(DisputeNews {
        amount: money(dispute.amount, &dispute.currency)?,
        kind: DisputeKind::Dispute,
        answer_by: dispute.answer_by(),
        is_withdrawn: dispute.is_withdrawn(),
        verdict: verdict(status),
        reason: format!(
            "{} ({})",
            dispute.reason.as_deref().unwrap_or("no reason given"),
            status.unwrap_or("no status")
        ),
        provider_reference: dispute.id,
    })
}

/// Stripe's words for how a dispute stands (API of 2026-09); one that we do not know is undecided.
fn verdict(status: Option<&str>) -> Verdict {
    match status {
        // A warning never took money, and one that was prevented was ended by a refund, which is in the list of refunds.
        Some("won" | "warning_closed" | "prevented") => Verdict::Won,
        Some("lost") => Verdict::Lost,
        Some("under_review" | "warning_under_review") => Verdict::Answered,
        _ => Verdict::Open,
    }
}

/// A warning moves no money and takes no evidence. Stripe says only whether something can still be done about it.
fn warned(warning: wire::Warning) -> Result<DisputeNews, Error> {
    let intent = warning.payment_intent.as_ref();
    let (units, currency) = intent
        .and_then(wire::Intent::amount)
        .ok_or_else(|| Error::malformed(LIST, "a warning without its payment"))?;
    Ok(DisputeNews {
        amount: money(units, currency)?,
        kind: DisputeKind::FraudWarning,
        answer_by: None,
        is_withdrawn: false,
        // What cannot be acted on any more was refunded in full or became a dispute, and stands in those lists.
        verdict: if warning.actionable == Some(false) {
            Verdict::Won
        } else {
            Verdict::Open
        },
        reason: warning.fraud_type.unwrap_or_else(|| "fraud warning".to_owned()),
        provider_reference: warning.id,
    })
}

fn money(units: i64, currency: &str) -> Result<Money, Error> {
    amounts::from_stripe(units, currency).ok_or_else(|| Error::malformed(LIST, "an amount in unknown units"))
}
