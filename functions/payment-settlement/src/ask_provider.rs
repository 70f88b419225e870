//! Asks the provider what became of a payment, and books its answer. An open page that must not be paid any more is closed on the way.

use std::time::Duration;

use domain::{
    Failure, Timestamp,
    id::PaymentId,
    lifecycle::State,
    order::{Actor, Draft, Order, Payment, Reported, Settled},
};
use providers::payments::{PaymentLookUp, PaymentOutcome, PaymentReport};

use store::OnceApplied;

use crate::{
    Deps,
    commit::{commit, if_wanted},
    find_movements, void_payment,
};

/// No provider keeps a page open longer than this (Stripe: 24 hours, API of 2026-09), so no page is older than this before it closes.
const LONGEST_PAGE: Duration = Duration::from_secs(24 * 3600);

/// How long after its closing time a page that nobody can find is taken as never opened.
const SURELY_CLOSED: Duration = Duration::from_secs(10 * 60);

/// A deadline asks. When there is no answer the payment is unknown, and its next deadline asks again. Of a captured one, what moved since.
pub(crate) async fn run(deps: &Deps, id: &PaymentId) -> Result<(), Failure> {
    let order = deps.orders.load(&id.order()).await?;
    let payment = order.payment(id).ok_or(Failure::NotFound("payment"))?;
    if payment.life.state() == State::Captured {
        return Box::pin(find_movements::run(deps, id)).await;
    }
    let Err(failure) = Box::pin(find_out_applying(deps, order, id, None)).await else {
        return Ok(());
    };
    let order = deps.orders.load(&id.order()).await?;
    let unanswered = |draft: &mut Draft| if_wanted(draft.payment_unanswered(id));
    let (is_unanswered, _) = commit(deps, order, Actor::System, unanswered).await?;
    if is_unanswered || failure.is_retryable() {
        tracing::warn!(payment.id = %id, failure = ?failure, "Payment {id} has no answer yet; its deadline asks again");
        return Ok(());
    }
    Err(failure)
}

/// Asks, and books what the provider says. A payment that has ended is left alone, except that a failed one may still turn out paid.
pub(crate) async fn find_out(deps: &Deps, id: &PaymentId) -> Result<(), Failure> {
    let order = deps.orders.load(&id.order()).await?;
    find_out_applying(deps, order, id, None).await.map(drop)
}

/// The same of an order that was just read, for a webhook whose mark is written with what is booked; says whether it was.
pub(crate) async fn find_out_applying(
    deps: &Deps,
    order: Order,
    id: &PaymentId,
    mark: Option<&OnceApplied>,
) -> Result<bool, Failure> {
    let payment = order.payment(id).ok_or(Failure::NotFound("payment"))?;
    if !matches!(payment.life.state(), State::Pending | State::Unknown | State::Failed) {
        tracing::info!(payment.id = %id, "Payment {id} is {} already", payment.life.state());
        return Ok(false);
    }
    match look_up(deps, payment).await? {
        Some(report) if is_open(&report) && order.is_superseded(payment) => {
            void_payment::close(deps, payment, &report.provider_reference).await?;
            Ok(false)
        }
        Some(report) => book_on(deps, (order.clone(), mark), payment, &report).await,
        None => absent(deps, payment).await.map(|()| false),
    }
}

/// True while its page can be paid.
pub(crate) fn is_open(report: &PaymentReport) -> bool {
    matches!(report.outcome, PaymentOutcome::Open | PaymentOutcome::OpenAfterDecline)
}

/// What the provider says now.
pub(crate) async fn look_up(deps: &Deps, payment: &Payment) -> Result<Option<PaymentReport>, Failure> {
    let which = PaymentLookUp {
        payment: payment.id.clone(),
        provider_reference: payment.provider_reference.clone(),
        started_at: payment.expires_at.minus(LONGEST_PAGE),
    };
    let report = deps.http.send(deps.provider(payment)?.look_up(&which)?).await?;
    let is_other = |report: &PaymentReport| report.payment.as_ref().is_some_and(|theirs| *theirs != payment.id);
    if report.as_ref().is_some_and(is_other) {
        return Err(Failure::internal(format!(
            "the provider answered about another payment than {}",
            payment.id
        )));
    }
    Ok(report)
}

/// Books a report. Its reference is kept when it was not known: a refund needs it.
pub(crate) async fn book(deps: &Deps, payment: &Payment, report: &PaymentReport) -> Result<(), Failure> {
    let order = deps.orders.load(&payment.id.order()).await?;
    book_on(deps, (order, None), payment, report).await.map(drop)
}

async fn book_on(
    deps: &Deps,
    order: (Order, Option<&OnceApplied>),
    payment: &Payment,
    report: &PaymentReport,
) -> Result<bool, Failure> {
    let reported = match report.outcome {
        PaymentOutcome::Paid { amount } => Reported::Paid(amount),
        PaymentOutcome::Failed | PaymentOutcome::Expired => Reported::Declined,
        PaymentOutcome::OpenAfterDecline => Reported::CardDeclined,
        PaymentOutcome::Open | PaymentOutcome::AwaitingFunds => Reported::Open,
    };
    settle_on(deps, order, payment, (Some(&report.provider_reference), &reported)).await
}

/// Settles a payment with what is known of it.
pub(crate) async fn settle(
    deps: &Deps,
    payment: &Payment,
    reference: Option<&str>,
    reported: &Reported,
) -> Result<(), Failure> {
    let order = deps.orders.load(&payment.id.order()).await?;
    settle_on(deps, (order, None), payment, (reference, reported))
        .await
        .map(drop)
}

async fn settle_on(
    deps: &Deps,
    order: (Order, Option<&OnceApplied>),
    payment: &Payment,
    (reference, reported): (Option<&str>, &Reported),
) -> Result<bool, Failure> {
    let id = &payment.id;
    let actor = Actor::Provider(payment.provider.clone());
    let now = deps.clock.now();
    let decided = deps
        .orders
        .decide_applying(&deps.queues, order, actor, now, |draft| {
            let known = draft.order().payment(id).ok_or(Failure::NotFound("payment"))?;
            if let (Some(reference), None, Reported::Paid(_)) = (reference, &known.provider_reference, reported) {
                let page = known.redirect_url.clone().unwrap_or_default();
                draft.note_payment_page(id, reference, &page)?;
            }
            draft.settle(id, reported)
        })
        .await?;
    if decided.result == Settled::Changed {
        tracing::info!(order.id = %decided.order.id, payment.id = %id, "Settled payment {id} as {}", word(reported));
    }
    Ok(decided.is_written)
}

fn word(reported: &Reported) -> &'static str {
    match reported {
        Reported::Paid(_) => "paid",
        Reported::Declined => "declined",
        Reported::Open => "open",
        Reported::CardDeclined => "open after a declined card",
    }
}

/// The provider has no such payment. While its page could still be opened that means little; afterwards it never will be.
async fn absent(deps: &Deps, payment: &Payment) -> Result<(), Failure> {
    if payment.provider_reference.is_some() {
        return Err(Failure::internal(format!(
            "the provider does not know its own reference of {}",
            payment.id
        )));
    }
    if is_surely_closed(payment, deps.clock.now()) {
        return settle(deps, payment, None, &Reported::Declined).await;
    }
    tracing::info!(payment.id = %payment.id, "Payment {} is not at the provider yet", payment.id);
    Ok(())
}

fn is_surely_closed(payment: &Payment, now: Timestamp) -> bool {
    now >= payment.expires_at.plus(SURELY_CLOSED)
}

#[cfg(test)]
mod tests {
    use domain::{Money, lifecycle::Task};
    use providers::Loss;

    use super::*;
    use crate::fixture::{Shop, list, paid, session};

    const SESSION: &str = "/v1/checkout/sessions/cs_1";
    const SESSIONS: &str = "/v1/checkout/sessions";

    async fn state(shop: &Shop) -> State {
        shop.order().await.payments[0].life.state()
    }

    #[tokio::test]
    async fn a_payment_that_failed_or_ran_out_can_be_tried_again() {
        for (status, intent) in [("expired", "canceled"), ("complete", "requires_payment_method")] {
            let shop = Shop::with_payment().await;
            let answer = session(&shop.payment, status, "unpaid", 0).replace("succeeded", intent);
            shop.world.answers("GET", SESSION, 200, answer);

            run(&shop.deps, &shop.payment).await.unwrap();

            assert_eq!(state(&shop).await, State::Failed);
            assert_eq!(shop.order().await.life.state(), State::AwaitingPayment);
        }
    }

    #[tokio::test]
    async fn an_outage_makes_the_payment_unknown_and_the_answer_afterwards_still_counts() {
        let shop = Shop::with_payment().await;
        shop.world.fails(|| Loss::NoAnswer("reset".into()));
        run(&shop.deps, &shop.payment).await.unwrap();
        assert_eq!(state(&shop).await, State::Unknown);
        run(&shop.deps, &shop.payment).await.unwrap();
        assert_eq!(state(&shop).await, State::Unknown);

        shop.world.answers("GET", SESSION, 200, paid(&shop.order().await));
        run(&shop.deps, &shop.payment).await.unwrap();

        assert_eq!(state(&shop).await, State::Captured);
    }

    #[tokio::test]
    async fn another_amount_or_currency_is_never_booked_as_payment() {
        for (cents, currency) in [(1, "kes"), (0, "usd")] {
            let shop = Shop::with_payment().await;
            let total = shop.order().await.total.amount();
            let answer = session(&shop.payment, "complete", "paid", total + cents)
                .replace("\"kes\"", &format!("\"{currency}\""));
            shop.world.answers("GET", SESSION, 200, answer);

            run(&shop.deps, &shop.payment).await.unwrap();

            let order = shop.order().await;
            assert_eq!(order.payments[0].life.state(), State::Mismatch);
            assert_eq!(order.life.state(), State::AwaitingPayment);
            assert_eq!(order.open_exceptions().count(), 1);
            assert!(shop.sent().is_empty());
        }
    }

    #[tokio::test]
    async fn a_payment_whose_start_was_never_answered_is_found_by_our_own_id() {
        let shop = Shop::with_lost_start().await;
        let order = shop.order().await;
        shop.world.answers("GET", SESSIONS, 200, list(&paid(&order)));

        run(&shop.deps, &shop.payment).await.unwrap();

        let order = shop.order().await;
        assert_eq!(order.life.state(), State::Paid);
        assert_eq!(order.payments[0].provider_reference.as_deref(), Some("cs_1"));
        assert_eq!(shop.deps.orders.named("cs_1").await.unwrap(), [order.id]);
    }

    #[tokio::test]
    async fn a_payment_that_never_reached_the_provider_ends_when_its_page_could_not_open_any_more() {
        let shop = Shop::with_lost_start().await;
        shop.world
            .answers("GET", SESSIONS, 200, r#"{"data":[],"has_more":false}"#.into());

        run(&shop.deps, &shop.payment).await.unwrap();
        assert_eq!(state(&shop).await, State::Pending);

        shop.clock.advance(Duration::from_secs(3 * 3600));
        run(&shop.deps, &shop.payment).await.unwrap();
        assert_eq!(state(&shop).await, State::Failed);
    }

    #[tokio::test]
    async fn money_that_came_after_all_wins_over_an_earlier_failure() {
        let shop = Shop::with_payment().await;
        shop.world
            .answers("GET", SESSION, 200, session(&shop.payment, "expired", "unpaid", 0));
        run(&shop.deps, &shop.payment).await.unwrap();

        shop.world.answers("GET", SESSION, 200, paid(&shop.order().await));
        find_out(&shop.deps, &shop.payment).await.unwrap();

        assert_eq!(shop.order().await.life.state(), State::Paid);
    }

    #[tokio::test]
    async fn a_second_page_that_was_paid_too_is_paid_back() {
        let shop = Shop::with_payment().await;
        let second = shop.start_another("cs_2").await;
        let order = shop.order().await;
        shop.world.answers(
            "GET",
            "/v1/checkout/sessions/cs_2",
            200,
            paid(&order).replace(shop.payment.as_str(), second.as_str()),
        );
        shop.world.answers("GET", SESSION, 200, paid(&order));

        run(&shop.deps, &second).await.unwrap();
        run(&shop.deps, &shop.payment).await.unwrap();

        let order = shop.order().await;
        assert_eq!(order.life.state(), State::Paid);
        assert_eq!(order.refunds.len(), 1);
        assert_eq!(order.refunds[0].payment, shop.payment);
        assert_eq!(order.refunds[0].amount, order.total);
        assert!(shop.sent().contains(&Task::RefundAtProvider));
        assert!(
            order
                .balances
                .of(domain::ledger::Account::RefundPayable, order.total.currency())
                != Money::zero(order.total.currency())
        );
    }

    #[tokio::test]
    async fn a_page_that_a_newer_payment_replaced_is_closed_even_if_the_message_to_close_it_was_lost() {
        let shop = Shop::with_payment().await;
        shop.start_another("cs_2").await;
        shop.world
            .answers("GET", SESSION, 200, session(&shop.payment, "open", "unpaid", 0));
        shop.world.answers(
            "POST",
            "/v1/checkout/sessions/cs_1/expire",
            200,
            session(&shop.payment, "expired", "unpaid", 0),
        );

        run(&shop.deps, &shop.payment).await.unwrap();

        assert_eq!(state(&shop).await, State::Failed);
    }

    #[tokio::test]
    async fn an_answer_about_another_payment_is_not_booked() {
        let shop = Shop::with_payment().await;
        let other = paid(&shop.order().await).replace(shop.payment.as_str(), "pay_01JDB7M3N8Q4R5S6T7V8W9X0YA-1");
        shop.world.answers("GET", SESSION, 200, other);

        assert!(matches!(
            find_out(&shop.deps, &shop.payment).await,
            Err(Failure::Internal(_))
        ));

        assert_eq!(state(&shop).await, State::Pending);
    }
}
