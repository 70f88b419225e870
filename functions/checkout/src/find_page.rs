//! Finds the page of a payment whose start was asked for before: it may be open at the provider although its answer was lost.

use domain::{
    Failure, Refusal,
    id::PaymentId,
    lifecycle::Task,
    order::{Message, Order, Part, Payment},
};
use providers::{
    Error,
    payments::{PaymentLookUp, PaymentOutcome, PaymentReport},
};
use store::MessageRecord;

use crate::{
    Deps,
    open_page::{Page, check_still_wanted, decide, not_started, page, start, ways_back},
    start_payment::PAGE_LIFE,
};

/// For a request that is repeated. Its page may be open at the provider although the answer was lost, and a provider that once
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
