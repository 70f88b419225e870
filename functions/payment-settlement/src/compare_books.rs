//! Compares the provider's books with ours, once a day: what moved there and is not known here is asked about like after a webhook, so that
//! an event that was never sent, or lost, costs a day at most.

use std::{collections::BTreeSet, time::Duration};

use domain::{
    Failure,
    id::PaymentId,
    lifecycle::{State, Task},
    order::{DisputeKind, DisputeNews, Message, Order, Part, Verdict},
};
use store::MessageRecord;

use providers::payments::{Moved, Movement, PaymentProvider, RefundOutcome, RefundReport};

use crate::Deps;

/// A refund may come back to Stripe weeks later (docs.stripe.com: up to 30 days); the list is by when it was made.
const LOOKS_BACK: Duration = Duration::from_secs(35 * 24 * 3600);

pub(crate) async fn run(deps: &Deps) -> Result<(), Failure> {
    let since = deps.clock.now().minus(LOOKS_BACK);
    for provider in deps.payments.iter() {
        let moved = deps.http.send(provider.moved_since(since)?).await?;
        let count = moved.len();
        let news = news(deps, provider, moved).await?;
        tracing::info!(
            payment.provider = %provider.code(),
            movements = count,
            news = news.len(),
            "Compared {count} movements; {} payments have news",
            news.len()
        );
        for payment in news {
            let message = Message {
                task: Task::AskProvider,
                order: payment.order(),
                about: Part::Payment(payment),
            };
            deps.queues.send(MessageRecord::from(message).into()).await;
        }
    }
    Ok(())
}

/// The payments of which something is not in our books as the provider has it.
async fn news(deps: &Deps, provider: &dyn PaymentProvider, moved: Vec<Moved>) -> Result<BTreeSet<PaymentId>, Failure> {
    let mut news = BTreeSet::new();
    for Moved { payment, movement } in moved {
        if news.contains(&payment) {
            continue;
        }
        let order = match deps.orders.load(&payment.order()).await {
            Ok(order) => order,
            // Another shop may share the account.
            Err(Failure::NotFound(_)) => continue,
            Err(failure) => return Err(failure),
        };
        let is_theirs = order
            .payment(&payment)
            .is_some_and(|payment| payment.provider == provider.code());
        if is_theirs && !is_booked(&order, &movement) {
            news.insert(payment);
        }
    }
    Ok(news)
}

fn is_booked(order: &Order, movement: &Movement) -> bool {
    match movement {
        Movement::Refund(report) => is_refund_booked(order, report),
        Movement::Dispute(news) => is_dispute_booked(order, news),
    }
}

fn is_refund_booked(order: &Order, report: &RefundReport) -> bool {
    let known = order
        .refunds
        .iter()
        .find(|refund| refund.provider_reference.as_ref() == Some(&report.provider_reference));
    let state = known.map(|refund| refund.life.state());
    match report.outcome {
        RefundOutcome::Done => state == Some(State::Done),
        RefundOutcome::Pending => matches!(state, Some(State::Unknown | State::Sending)),
        // What failed moved nothing, unless we have it as done or under way. A retry takes its reference away.
        RefundOutcome::Failed { .. } => !matches!(state, Some(State::Done | State::Unknown | State::Sending)),
    }
}

fn is_dispute_booked(order: &Order, news: &DisputeNews) -> bool {
    let known = order
        .disputes
        .iter()
        .find(|dispute| dispute.provider_reference == news.provider_reference);
    let Some(dispute) = known else {
        return news.verdict == Verdict::Won;
    };
    let is_same_money = dispute.is_withdrawn == news.is_withdrawn || !dispute.is_open();
    match news.verdict {
        Verdict::Open => (is_same_money && dispute.answer_by == news.answer_by) || !dispute.is_open(),
        Verdict::Answered => (is_same_money && dispute.life.state() == State::Answered) || !dispute.is_open(),
        Verdict::Won => dispute.life.state() == State::Won || dispute.kind == DisputeKind::FraudWarning,
        Verdict::Lost => dispute.life.state() == State::Lost,
    }
}
