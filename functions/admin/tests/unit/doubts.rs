//! Matters about money that moved at the provider: each has answers that lead to an end.

use domain::{
    id::RefundId,
    order::{DisputeKind, DisputeNews, RefundNews, Verdict},
};

use super::*;

impl Shop {
    async fn paid_order(&self) -> Order {
        paid(&self.deps.orders, &self.quotes, ULID, Self::now()).await.unwrap()
    }

    /// A paid order whose payment is questioned like this.
    async fn doubted(&self, kind: DisputeKind, verdict: Verdict) -> Order {
        let order = self.paid_order().await;
        let news = DisputeNews {
            provider_reference: "dp_1".into(),
            kind,
            amount: Money::new(100, order.total.currency()),
            reason: "fraudulent".into(),
            answer_by: Some("2026-12-05T12:00:00Z".parse().unwrap()),
            is_withdrawn: kind == DisputeKind::Dispute,
            verdict,
        };
        let payment = order.payments[0].id.clone();
        self.act(&order.id, |draft| draft.dispute_news(&payment, &news)).await
    }

    async fn offered(&self, order: &Order, token: &str) -> Vec<String> {
        let page = self.get(&format!("/desk/orders/{}", order.id), token).await;
        let actions = page["exceptions"][0]["actions"].as_array().unwrap().clone();
        actions.iter().map(|word| word.as_str().unwrap().to_owned()).collect()
    }
}

#[tokio::test]
async fn a_dispute_shows_until_when_it_is_answered_and_what_speaks_for_us() {
    let shop = Shop::open().await;
    let order = shop.doubted(DisputeKind::Dispute, Verdict::Open).await;
    let path = format!("/desk/orders/{}", order.id);

    let view = shop.get(&path, "finance").await;
    let page = shop.page(&path, "finance").await;

    assert_eq!(view["exceptions"][0]["kind"], "disputed");
    assert_eq!(view["exceptions"][0]["answer_by"], "2026-12-05T12:00:00.000Z");
    assert!(page.contains("Answer by 5 Dec 2026, 12:00 UTC"), "{page}");
    assert!(
        view["disputes"][0]["facts"][1].as_str().unwrap().starts_with("Paid "),
        "{view}"
    );
    assert_eq!(
        shop.offered(&order, "finance").await,
        ["release_order", "cancel_order", "evidence_given", "put_aside"]
    );
    assert_eq!(shop.offered(&order, "warehouse").await, [""; 0]);

    let answer = shop.answer(&order, "finance", "evidence_given").await;

    assert_eq!(answer["statusCode"], 200, "{answer}");
    let order = shop.order(&order.id).await;
    assert_eq!(
        (order.disputes[0].life.state(), order.disputes[0].evidence.as_str()),
        (State::Answered, WHY)
    );
    assert_eq!(order.open_exceptions().count(), 0);
}

#[tokio::test]
async fn a_warning_of_fraud_is_cleared_or_the_order_ends() {
    for action in ["clear_dispute", "cancel_order"] {
        let shop = Shop::open().await;
        let order = shop.doubted(DisputeKind::FraudWarning, Verdict::Open).await;
        assert_eq!(order.life.state(), State::OnHold);

        match action {
            "clear_dispute" => shop.answer(&order, "finance", action).await,
            _ => shop.two_answer(&order, ("finance", "admin"), action).await,
        };

        let order = shop.order(&order.id).await;
        let ended = if action == "clear_dispute" {
            State::Paid
        } else {
            State::Cancelled
        };
        assert_eq!(order.life.state(), ended, "{action}");
    }
}

#[tokio::test]
async fn a_lost_dispute_lets_the_order_go_on_or_ends_it_and_the_matter_is_answered() {
    for (action, state) in [("release_order", State::Paid), ("cancel_order", State::Cancelled)] {
        let shop = Shop::open().await;
        let order = shop.doubted(DisputeKind::Dispute, Verdict::Lost).await;
        // The second one: it was open before it was lost.
        let matter = format!("exc_{}-2", order.id.ulid());
        let typed = Some(json!({ "action": action, "reason": WHY }));

        shop.ask(
            "POST",
            &format!("/desk/exceptions/{matter}/resolution"),
            "finance",
            typed,
        )
        .await;
        shop.ask(
            "POST",
            &format!("/desk/proposals/{matter}/approval"),
            "admin",
            Some(json!({})),
        )
        .await;

        let order = shop.order(&order.id).await;
        assert_eq!(
            (order.life.state(), order.open_exceptions().count()),
            (state, 0),
            "{action}"
        );
    }
}

#[tokio::test]
async fn money_sent_back_by_hand_is_looked_at_and_put_aside_or_ends_the_order() {
    let shop = Shop::open().await;
    let order = shop.paid_order().await;
    let payment = order.payments[0].id.clone();
    let news = RefundNews {
        provider_reference: "re_hand".into(),
        amount: Money::new(100, order.total.currency()),
    };
    let order = shop
        .act(&order.id, |draft| {
            let refund = draft.refund_found(&payment, &news)?;
            draft.refunded(&refund, "re_hand")
        })
        .await;
    assert_eq!(shop.offered(&order, "finance").await, ["cancel_order", "put_aside"]);

    shop.two_answer(&order, ("finance", "admin"), "cancel_order").await;

    let order = shop.order(&order.id).await;
    assert_eq!(
        (order.life.state(), order.open_exceptions().count()),
        (State::Cancelled, 0)
    );
    assert_eq!(order.refunds[1].amount.amount(), order.total.amount() - 100);
}

#[tokio::test]
async fn a_refund_that_came_back_is_paid_out_another_way_by_two_persons() {
    let shop = Shop::open().await;
    let order = shop.paid_order().await;
    let refund = RefundId::of(&order.id, 1);
    shop.act(&order.id, Draft::cancel).await;
    shop.act(&order.id, |draft| draft.lease_refund(&refund, true)).await;
    shop.act(&order.id, |draft| draft.refunded(&refund, "re_1")).await;
    let order = shop
        .act(&order.id, |draft| {
            draft.refund_bounced(&refund, "expired_or_canceled_card")
        })
        .await;
    assert_eq!(
        shop.offered(&order, "finance").await,
        ["retry", "paid_out", "put_aside"]
    );

    let proposed = shop.answer(&order, "finance", "paid_out").await;
    assert_eq!(document(&proposed)["amount"], order.total.to_string());
    shop.approve(&order, "admin").await;

    let order = shop.order(&order.id).await;
    assert_eq!(
        (order.refunds[0].life.state(), order.refunds[0].paid_out.as_deref()),
        (State::Done, Some(WHY))
    );
    assert!(order.balances.is_level());
}
