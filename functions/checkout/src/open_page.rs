//! Opens the provider's page of a payment that is already written down, and keeps where it is. Opening it twice opens it once: the payment's
//! id is the provider's idempotency key, and what is asked is the same to the letter.

use std::time::Duration;

use domain::{
    Cause, Failure, Money, Refusal,
    id::PaymentId,
    lifecycle::{State, Task},
    order::{Actor, Draft, Message, Order, Part, Payment, PaymentRefusal},
};
use providers::{
    Error,
    payments::{PaymentLookUp, PaymentOutcome, PaymentReport, StartPayment, Started},
};
use store::MessageRecord;

use crate::{Deps, start_payment::PAGE_LIFE};

/// When a page that did not open may be asked for again.
const PAUSE: Duration = Duration::from_secs(5);

/// A payment page. Only what never changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Page {
    pub(crate) id: PaymentId,
    pub(crate) amount: Money,
    pub(crate) redirect_url: String,
}

/// Of an order as it was just written or read.
pub(crate) async fn of_order(deps: &Deps, order: &Order, id: &PaymentId) -> Result<Page, Failure> {
    let payment = order.payment(id).ok_or(Failure::NotFound("payment"))?;
    if let Some(url) = payment.redirect_url.as_deref().filter(|url| !url.is_empty()) {
        return Ok(page(payment, url));
    }
    check_still_wanted(order, payment)?;
    let started = match start(deps, order, payment).await {
        Ok(started) => started,
        Err(error) => return Err(not_started(deps, order, id, error).await),
    };
    let (reference, url) = (&started.provider_reference, &started.redirect_url);
    decide(deps, order, |draft| draft.note_payment_page(id, reference, url)).await?;
    Ok(page(payment, url))
}

/// The same for a request that is repeated. Its page may be open at the provider although the answer was lost, and a provider that once
/// answered with an error repeats it under our key for a day: so it is looked for before it is asked for again.
pub(crate) async fn again(deps: &Deps, order: &Order, id: &PaymentId) -> Result<Page, Failure> {
    let payment = order.payment(id).ok_or(Failure::NotFound("payment"))?;
    if let Some(url) = payment.redirect_url.as_deref().filter(|url| !url.is_empty()) {
        return Ok(page(payment, url));
    }
    check_still_wanted(order, payment)?;
    match look_up(deps, payment).await? {
        Some(report) => found(deps, order, payment, &report).await,
        None => match start(deps, order, payment).await {
            Ok(started) => {
                let (reference, url) = (&started.provider_reference, &started.redirect_url);
                decide(deps, order, |draft| draft.note_payment_page(id, reference, url)).await?;
                Ok(page(payment, url))
            }
            // The provider has no page and will not open one under this key: the end of this payment, and another can be started.
            Err(error @ (Error::OutcomeUnknown { .. } | Error::Malformed { .. })) => {
                not_started(deps, order, id, error).await;
                Err(Refusal::PageNotOpened.into())
            }
            // It answers questions, so the first sending is at it with this payment.
            Err(Error::NotSent { .. } | Error::Unavailable { .. } | Error::Throttled { .. }) => {
                Err(Refusal::StillRunning.into())
            }
            Err(error) => Err(not_started(deps, order, id, error).await),
        },
    }
}

async fn look_up(deps: &Deps, payment: &Payment) -> Result<Option<PaymentReport>, Failure> {
    let provider = deps.payments.get(&payment.provider).ok_or(Refusal::MethodNotOffered)?;
    let which = PaymentLookUp {
        payment: payment.id.clone(),
        provider_reference: payment.provider_reference.clone(),
        started_at: payment.expires_at.minus(PAGE_LIFE),
    };
    Ok(deps.http.send(provider.look_up(&which)?).await?)
}

/// A page that was opened without our hearing of it: it is given out while it can be paid. What became of one that cannot is the
/// settlement's to ask; here only the way on is told.
async fn found(deps: &Deps, order: &Order, payment: &Payment, report: &PaymentReport) -> Result<Page, Failure> {
    let id = &payment.id;
    match (report.outcome, &report.redirect_url) {
        (PaymentOutcome::Open | PaymentOutcome::OpenAfterDecline, Some(url)) => {
            let reference = &report.provider_reference;
            decide(deps, order, |draft| draft.note_payment_page(id, reference, url)).await?;
            Ok(page(payment, url))
        }
        (PaymentOutcome::Paid { .. } | PaymentOutcome::AwaitingFunds, _) => {
            let (back, _) = ways_back(deps, order, payment);
            ask(deps, order, payment).await;
            Ok(page(payment, &back))
        }
        (PaymentOutcome::Open | PaymentOutcome::OpenAfterDecline, None)
        | (PaymentOutcome::Failed | PaymentOutcome::Expired, _) => {
            ask(deps, order, payment).await;
            Err(Refusal::PageNotOpened.into())
        }
    }
}

async fn ask(deps: &Deps, order: &Order, payment: &Payment) {
    let message = Message {
        task: Task::AskProvider,
        order: order.id.clone(),
        about: Part::Payment(payment.id.clone()),
    };
    deps.queues.send(MessageRecord::from(message).into()).await;
}

fn page(payment: &Payment, url: &str) -> Page {
    Page {
        id: payment.id.clone(),
        amount: payment.amount,
        redirect_url: url.to_owned(),
    }
}

/// A page is opened only while it may be paid.
fn check_still_wanted(order: &Order, payment: &Payment) -> Result<(), Failure> {
    let state = payment.life.state();
    if state == State::Failed {
        let why = payment.refused.unwrap_or(PaymentRefusal::Other);
        return Err(why.refusal(payment.amount).into());
    }
    if payment.is_open() && !order.is_superseded(payment) {
        Ok(())
    } else {
        Err(Refusal::NotPayable.into())
    }
}

async fn start(deps: &Deps, order: &Order, payment: &Payment) -> Result<Started, Error> {
    const CALL: &str = "start payment";
    let provider = deps
        .payments
        .get(&payment.provider)
        .ok_or(Error::Unsupported { call: CALL })?;
    // Somebody who pays for somebody else learns nothing of them, and comes back to a page of their own.
    let is_theirs = payment.payer.is_none();
    let email = Some(order.destination.parts().email.clone()).filter(|email| is_theirs && !email.is_empty());
    let (return_url, cancel_url) = ways_back(deps, order, payment);
    let asked = StartPayment {
        payment: payment.id.clone(),
        order: order.id.clone(),
        amount: payment.amount,
        lines: order
            .lines
            .iter()
            .map(|line| format!("{} × {}", line.quantity, line.title))
            .collect(),
        return_url,
        cancel_url,
        email,
        revision: 1,
        expires_at: payment.expires_at,
    };
    match deps.http.send(provider.start(&asked)?).await {
        // An address that the provider does not know keeps nobody from paying: it asks the payer for one itself.
        Err(Error::Refused { code, .. })
            if asked.email.is_some() && provider.refusal(&code) == PaymentRefusal::Email =>
        {
            tracing::warn!(payment.id = %payment.id, "The provider does not know the e-mail address of payment {}", payment.id);
            let without = StartPayment {
                email: None,
                revision: 2,
                ..asked
            };
            deps.http.send(provider.start(&without)?).await
        }
        started => started,
    }
}

/// What a definite no is about; nothing for what is none.
fn reason(deps: &Deps, payment: &Payment, error: &Error) -> Option<PaymentRefusal> {
    let provider = deps.payments.get(&payment.provider);
    match error {
        Error::Refused { code, .. } => Some(provider.map_or(PaymentRefusal::Other, |provider| provider.refusal(code))),
        Error::Unsupported { .. } | Error::Invalid { .. } => {
            let limits = deps.methods.limits(&payment.provider, payment.amount.currency());
            Some(limits.map_or(PaymentRefusal::Currency, |_| PaymentRefusal::Amount))
        }
        Error::NotSent { .. }
        | Error::Unavailable { .. }
        | Error::Throttled { .. }
        | Error::OutcomeUnknown { .. }
        | Error::Unauthorized { .. }
        | Error::Malformed { .. } => None,
    }
}

/// Where whoever pays comes back to: after paying, and without it.
fn ways_back(deps: &Deps, order: &Order, payment: &Payment) -> (String, String) {
    if payment.payer.is_some() {
        let thanks = format!("{}/payments/{}/thanks", deps.shop_origin, payment.id);
        return (thanks.clone(), thanks);
    }
    let back = format!("{}/payments/{}/return", deps.shop_origin, payment.id);
    (back, format!("{}/orders/{}", deps.shop_origin, order.id))
}

/// Books how the start ended, and says what the customer is told. A definite no ends the payment, so that another can be tried; whatever
/// leaves the page in the dark leaves the payment to be asked after.
async fn not_started(deps: &Deps, order: &Order, id: &PaymentId, error: Error) -> Failure {
    tracing::warn!(payment.id = %id, error = %error, "The page of payment {id} did not open");
    let payment = order.payment(id);
    let refused = payment.and_then(|payment| Some((reason(deps, payment, &error)?, payment.amount)));
    let is_open = matches!(error, Error::OutcomeUnknown { .. } | Error::Malformed { .. });
    let booked = if let Some((why, _)) = refused {
        decide(deps, order, |draft| draft.payment_refused(id, why)).await
    } else if is_open {
        decide(deps, order, |draft| match draft.payment_unanswered(id) {
            Err(Failure::Refused(_)) => Ok(()),
            unanswered => unanswered,
        })
        .await
    } else {
        Ok(())
    };
    match (booked, refused) {
        (Err(failure), _) => failure,
        (Ok(()), Some((why, amount))) => why.refusal(amount).into(),
        // Unlike a purchase, opening a page under the payment's own key may be repeated, and the customer may as well do it.
        (Ok(()), None) if is_open => Failure::Unavailable {
            retry_after: PAUSE,
            cause: Cause::with("opening a payment page", error),
        },
        (Ok(()), None) => error.into(),
    }
}

/// Writes what is decided on the order, as it was or as it is by then. The provider is not called again for it.
async fn decide(deps: &Deps, order: &Order, decide: impl Fn(&mut Draft) -> Result<(), Failure>) -> Result<(), Failure> {
    let now = deps.clock.now();
    deps.orders
        .decide_from(&deps.queues, order.clone(), Actor::System, now, decide)
        .await
        .map(drop)
}
