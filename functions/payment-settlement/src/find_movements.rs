//! Finds out what moved of a captured payment without us: refunds that came back or were made at the provider, disputes, warnings of fraud.
//! Whoever gives the hint (webhook, deadline, daily comparison), the provider is asked and its answer is booked here.

use domain::{
    Failure,
    id::{DisputeId, PaymentId},
    lifecycle::State,
    order::{Actor, Draft, Order, Payment, Refund, RefundNews},
};
use providers::payments::{Movement, RefundOutcome, RefundReport};

use crate::{
    Deps, ask_provider,
    commit::{commit, if_wanted},
    refund_case::Case,
    send_refund,
};

/// Asks and books everything. A payment that we do not know as captured is asked after first.
pub(crate) async fn run(deps: &Deps, id: &PaymentId) -> Result<(), Failure> {
    let order = deps.orders.load(&id.order()).await?;
    let payment = order.payment(id).ok_or(Failure::NotFound("payment"))?;
    if payment.life.state() != State::Captured {
        Box::pin(ask_provider::find_out(deps, id)).await?;
    }
    let order = deps.orders.load(&id.order()).await?;
    let payment = order.payment(id).ok_or(Failure::NotFound("payment"))?;
    let (State::Captured, Some(reference)) = (payment.life.state(), &payment.provider_reference) else {
        tracing::info!(payment.id = %id, "Nothing can have moved of payment {id}, which is {}", payment.life.state());
        return Ok(());
    };
    let movements = deps.http.send(deps.provider(payment)?.movements(reference)?).await?;
    for movement in movements {
        Box::pin(book(deps, id, movement)).await?;
    }
    Ok(())
}

/// The same of the payment that is disputed: its deadline asks how that stands.
pub(crate) async fn of_dispute(deps: &Deps, id: &DisputeId) -> Result<(), Failure> {
    let order = deps.orders.load(&id.order()).await?;
    let dispute = order.dispute(id).ok_or(Failure::NotFound("dispute"))?;
    run(deps, &dispute.payment).await
}

async fn book(deps: &Deps, id: &PaymentId, movement: Movement) -> Result<(), Failure> {
    // Read again for each: what the one before changed may decide what this one is.
    let order = deps.orders.load(&id.order()).await?;
    let payment = order.payment(id).ok_or(Failure::NotFound("payment"))?;
    match movement {
        Movement::Dispute(news) => {
            let actor = Actor::Provider(payment.provider.clone());
            let before = order.version;
            let heard = |draft: &mut Draft| draft.dispute_news(id, &news);
            let ((), order) = commit(deps, order, actor, heard).await?;
            if order.version != before {
                tracing::warn!(order.id = %order.id, payment.id = %id, dispute = news.provider_reference, "Payment {id} is disputed: {}", news.reason);
            }
            Ok(())
        }
        Movement::Refund(report) => match ours(&order, &report) {
            Some(refund) => settle(deps, order.clone(), refund, &report).await,
            None => book_theirs(deps, (order.clone(), payment), &report).await,
        },
    }
}

/// The refund of ours that a report is about. A report about an attempt before the newest is about something else: what it did counts.
fn ours<'a>(order: &'a Order, report: &RefundReport) -> Option<&'a Refund> {
    let is_same =
        |refund: &&Refund| report.refund.as_ref() == Some(&refund.id) && report.attempt == Some(refund.attempt);
    let is_known = |refund: &&Refund| refund.provider_reference.as_ref() == Some(&report.provider_reference);
    order.refunds.iter().find(|refund| is_same(refund) || is_known(refund))
}

async fn settle(deps: &Deps, order: Order, refund: &Refund, report: &RefundReport) -> Result<(), Failure> {
    send_refund::settle(deps, Case::of(order, &refund.id)?, report).await
}

/// Somebody gave money back at the provider. One that failed before we heard of it has moved nothing.
async fn book_theirs(deps: &Deps, (order, payment): (Order, &Payment), report: &RefundReport) -> Result<(), Failure> {
    if let RefundOutcome::Failed { .. } = report.outcome {
        return Ok(());
    }
    let news = RefundNews {
        provider_reference: report.provider_reference.clone(),
        amount: report.amount,
    };
    let is_done = report.outcome == RefundOutcome::Done;
    let actor = Actor::Provider(payment.provider.clone());
    let found = |draft: &mut Draft| {
        let refund = draft.refund_found(&payment.id, &news)?;
        if is_done {
            if_wanted(draft.refunded(&refund, &news.provider_reference))?;
        }
        Ok(refund)
    };
    let (refund, order) = commit(deps, order, actor, found).await?;
    tracing::warn!(order.id = %order.id, payment.id = %payment.id, refund.id = %refund, "Found {}, which was made at the provider, and booked it as {refund}", news.provider_reference);
    Ok(())
}

#[cfg(test)]
mod tests {
    use domain::{ledger::Account, lifecycle::ExceptionKind, order::DisputeKind};
    use serde_json::{Value, json};

    use super::*;
    use crate::{
        apply_webhook, compare_books,
        fixture::{Shop, paid},
    };

    /// The provider's three lists of what moved, and the payment behind its money.
    fn lists(shop: &Shop, refunds: &[Value], disputes: &[Value], warnings: &[Value]) {
        let intent = json!({ "id": "pi_1", "status": "succeeded", "metadata": { "payment_id": shop.payment.as_str() },
            "amount": 100, "currency": "kes" });
        for (path, found) in [
            ("/v1/refunds", refunds),
            ("/v1/disputes", disputes),
            ("/v1/radar/early_fraud_warnings", warnings),
        ] {
            let with_intent = |one: &Value| {
                let mut one = one.clone();
                one["payment_intent"] = intent.clone();
                one
            };
            let data: Vec<Value> = found.iter().map(with_intent).collect();
            let list = json!({ "data": data, "has_more": false }).to_string();
            shop.world.answers("GET", path, 200, list);
        }
        shop.world
            .answers("GET", "/v1/payment_intents/pi_1", 200, intent.to_string());
    }

    fn by_hand(amount: i64, status: &str) -> Value {
        json!({ "id": "re_hand", "amount": amount, "currency": "kes", "status": status, "metadata": {} })
    }

    fn dispute(amount: i64, status: &str, moved: &[i64]) -> Value {
        let moved: Vec<Value> = moved
            .iter()
            .map(|amount| json!({ "amount": amount, "currency": "usd" }))
            .collect();
        json!({ "id": "dp_1", "amount": amount, "currency": "kes", "status": status, "reason": "fraudulent",
            "balance_transactions": moved, "evidence_details": { "due_by": 1_796_800_000 } })
    }

    /// What a webhook of the provider's looks like that does not know our ids.
    async fn told(shop: &Shop, event: &str, name: &str) {
        let body = json!({ "id": event, "type": name, "data": { "object": { "id": "x_1", "payment_intent": "pi_1", "metadata": {} } } });
        let key = shop.webhook(&body.to_string()).await;
        Box::pin(apply_webhook::run(&shop.deps, &key, None)).await.unwrap();
        assert!(shop.deps.inbox.load(&key).await.unwrap().is_applied);
    }

    fn kinds(order: &Order) -> Vec<ExceptionKind> {
        order.open_exceptions().map(|matter| matter.kind).collect()
    }

    /// A paid order whose money is with the provider.
    async fn paid_shop() -> Shop {
        let shop = Box::pin(Shop::with_payment()).await;
        shop.world
            .answers("GET", "/v1/checkout/sessions/cs_1", 200, paid(&shop.order().await));
        Box::pin(ask_provider::find_out(&shop.deps, &shop.payment))
            .await
            .unwrap();
        assert_eq!(shop.order().await.life.state(), State::Paid);
        shop
    }

    #[tokio::test]
    async fn a_refund_made_in_the_dashboard_is_booked_and_stops_the_purchase() {
        let shop = Box::pin(paid_shop()).await;
        let total = shop.order().await.total.amount();
        lists(&shop, &[by_hand(total, "succeeded")], &[], &[]);

        for (event, name) in [
            ("evt_1", "refund.created"),
            ("evt_2", "charge.refunded"),
            ("evt_1", "refund.created"),
        ] {
            told(&shop, event, name).await;
        }

        let order = shop.order().await;
        assert_eq!(order.life.state(), State::Cancelled);
        assert_eq!((order.refunds.len(), order.refunds[0].life.state()), (1, State::Done));
        assert_eq!(order.refunds[0].provider_reference.as_deref(), Some("re_hand"));
        assert!(order.balances.of(Account::Provider, order.total.currency()).is_zero());
        assert!(order.balances.is_level());
        assert_eq!(shop.world.count("POST /v1/refunds"), 0);
    }

    #[tokio::test]
    async fn a_refund_that_is_still_pending_there_is_followed_to_its_end() {
        let shop = Box::pin(paid_shop()).await;
        lists(&shop, &[by_hand(100, "pending")], &[], &[]);
        told(&shop, "evt_1", "refund.created").await;
        assert_eq!(shop.order().await.refunds[0].life.state(), State::Unknown);

        lists(&shop, &[by_hand(100, "succeeded")], &[], &[]);
        let refund = shop.order().await.refunds[0].id.clone();
        Box::pin(send_refund::run(&shop.deps, &refund)).await.unwrap();

        assert_eq!(shop.order().await.refunds[0].life.state(), State::Done);
        assert_eq!(shop.world.count("POST /v1/refunds"), 0);
    }

    #[tokio::test]
    async fn one_that_failed_before_we_heard_of_it_has_moved_nothing() {
        let shop = Box::pin(paid_shop()).await;
        lists(&shop, &[by_hand(100, "failed")], &[], &[]);

        told(&shop, "evt_1", "refund.failed").await;

        assert!(shop.order().await.refunds.is_empty());
    }

    #[tokio::test]
    async fn a_dispute_holds_the_order_with_its_due_date_and_its_end_lets_it_go() {
        let shop = Box::pin(paid_shop()).await;
        let total = shop.order().await.total.amount();
        lists(&shop, &[], &[dispute(total, "needs_response", &[-24_000])], &[]);

        for (event, name) in [
            ("evt_1", "charge.dispute.created"),
            ("evt_2", "charge.dispute.funds_withdrawn"),
        ] {
            told(&shop, event, name).await;
        }
        let held = shop.order().await;
        lists(&shop, &[], &[dispute(total, "won", &[-24_000, 24_000])], &[]);
        told(&shop, "evt_3", "charge.dispute.closed").await;
        // The first one comes once more, after the end: what the provider says now is what counts.
        told(&shop, "evt_4", "charge.dispute.created").await;

        assert_eq!(
            (held.life.state(), kinds(&held)),
            (State::OnHold, vec![ExceptionKind::Disputed])
        );
        assert_eq!(
            held.disputes[0].answer_by.map(|by| by.as_seconds()),
            Some(1_796_800_000)
        );
        assert_eq!(held.balances.of(Account::Disputed, held.total.currency()), held.total);
        let order = shop.order().await;
        assert_eq!((order.life.state(), order.disputes.len()), (State::Paid, 1));
        assert_eq!(
            order.balances.of(Account::Provider, order.total.currency()),
            order.total
        );
    }

    #[tokio::test]
    async fn a_webhook_of_a_dispute_is_not_believed_when_the_provider_has_none() {
        let shop = Box::pin(paid_shop()).await;
        lists(&shop, &[], &[], &[]);

        told(&shop, "evt_1", "charge.dispute.created").await;

        assert_eq!(shop.order().await.life.state(), State::Paid);
    }

    #[tokio::test]
    async fn a_warning_of_fraud_holds_what_was_not_bought() {
        let shop = Box::pin(paid_shop()).await;
        let warning = json!({ "id": "issfr_1", "actionable": true, "fraud_type": "made_with_stolen_card" });
        lists(&shop, &[], &[], std::slice::from_ref(&warning));

        told(&shop, "evt_1", "radar.early_fraud_warning.created").await;

        let order = shop.order().await;
        assert_eq!(
            (order.life.state(), order.disputes[0].kind),
            (State::OnHold, DisputeKind::FraudWarning)
        );
        assert_eq!(order.disputes[0].reason, "made_with_stolen_card");
    }

    #[tokio::test]
    async fn a_dispute_that_nobody_told_of_is_found_when_the_books_are_compared() {
        let shop = Box::pin(paid_shop()).await;
        let total = shop.order().await.total.amount();
        lists(
            &shop,
            &[by_hand(100, "succeeded")],
            &[dispute(total - 100, "needs_response", &[-1])],
            &[],
        );
        let before = shop.sent().len();

        compare_books::run(&shop.deps).await.unwrap();
        assert_eq!(shop.sent().len(), before + 1);
        Box::pin(ask_provider::run(&shop.deps, &shop.payment)).await.unwrap();
        compare_books::run(&shop.deps).await.unwrap();

        let order = shop.order().await;
        assert_eq!((order.refunds.len(), order.disputes.len()), (1, 1));
        assert_eq!(shop.sent().len(), before + 1, "what is booked is no news");
    }

    #[tokio::test]
    async fn a_refund_of_ours_that_comes_back_days_later_is_owed_again() {
        let (shop, refund) = Shop::with_refund().await;
        let ours = |status: &str| -> Value {
            json!({ "id": "re_1", "amount": 0, "currency": "kes", "status": status, "failure_reason": "expired_or_canceled_card",
                "metadata": { "refund_id": refund.as_str(), "attempt": "1" } })
        };
        let amount = shop.order().await.refunds[0].amount;
        let ours = |status: &str| {
            let mut ours = ours(status);
            ours["amount"] = json!(amount.amount());
            ours
        };
        shop.world
            .answers("POST", "/v1/refunds", 200, ours("succeeded").to_string());
        Box::pin(send_refund::run(&shop.deps, &refund)).await.unwrap();
        lists(&shop, &[ours("failed")], &[], &[]);

        let body = json!({ "id": "evt_9", "type": "refund.failed", "data": { "object": ours("failed") } });
        for _ in 0..2 {
            let key = shop.webhook(&body.to_string()).await;
            Box::pin(apply_webhook::run(&shop.deps, &key, None)).await.unwrap();
        }

        let order = shop.order().await;
        assert_eq!(order.refunds[0].life.state(), State::Refused);
        assert_eq!(kinds(&order), [ExceptionKind::RefundRefused]);
        assert_eq!(
            order.balances.of(Account::RefundPayable, amount.currency()),
            amount.negated().unwrap()
        );
    }
}
