//! Stores and carriers that do something and do not say so, or do it twice.

use domain::{
    lifecycle::{ExceptionKind, State},
    order::Order,
};
use end_to_end::{Effects, Fault, play};

#[test]
fn a_store_that_does_not_answer_clearly_is_never_asked_to_sell_twice() -> anyhow::Result<()> {
    play(async |stage| {
        for kind in ["error_500_after_effect", "lose_answer"] {
            stage.fault(&Fault::at("aliexpress", "order.create", kind)).await?;
            let purchase = stage.paid().await?;

            let order = stage.deliver_once(&purchase.order).await?;

            assert_eq!(order.open_exceptions().count(), 0, "{kind}");
        }
        Ok(())
    })
}

#[test]
fn a_store_that_failed_before_it_sold_anything_is_asked_again_when_that_is_proved() -> anyhow::Result<()> {
    play(async |stage| {
        for kind in ["error_500_before", "http_200_error_body"] {
            stage.fault(&Fault::at("aliexpress", "order.create", kind)).await?;
            let purchase = stage.paid().await?;
            let known = |order: &Order| !order.supplier_orders[0].store_orders.is_empty() || order.open_exceptions().count() > 0;
            let order = stage.until(&purchase.order, "the purchase", |order| !order.supplier_orders.is_empty() && known(order)).await?;

            if order.open_exceptions().count() > 0 {
                // The store's word was a refusal: nothing was bought, and a buyer decides.
                assert_eq!(stage.effects(&order).await?, Effects::PAID, "{kind}");
            } else {
                stage.deliver_once(&purchase.order).await?;
            }
        }
        Ok(())
    })
}

#[test]
fn an_order_that_the_store_made_twice_and_told_once_is_delivered() -> anyhow::Result<()> {
    play(async |stage| {
        stage.fault(&Fault::at("aliexpress", "order.create", "made_twice")).await?;
        let purchase = stage.paid().await?;

        let order = stage.deliver(&purchase.order).await?;

        let sent = stage.world()?.books().await?["calls"]["aliexpress"]["order.create"].as_u64();
        assert!(sent.is_some());
        assert_eq!(order.supplier_orders[0].store_orders.len(), 1);
        assert_eq!(stage.effects(&order).await?.purchases, 2, "the second one was the store's doing");
        stage.ledger_is_level(&order).await
    })
}

#[test]
fn an_order_that_the_store_made_twice_without_an_answer_ends_with_a_person_told() -> anyhow::Result<()> {
    play(async |stage| {
        stage.fault(&Fault::at("aliexpress", "order.create", "made_twice")).await?;
        stage.fault(&Fault::at("aliexpress", "order.get", "error_500_before")).await?;
        let purchase = stage.paid().await?;

        let told = |order: &Order| order.open_exceptions().any(|open| open.kind == ExceptionKind::UnsureBuy || open.kind == ExceptionKind::DoubleBuy);
        stage.until(&purchase.order, "a person is told", told).await?;
        Ok(())
    })
}

#[test]
fn a_carrier_that_does_not_answer_clearly_is_never_asked_for_a_second_label() -> anyhow::Result<()> {
    play(async |stage| {
        for kind in ["error_500_after_effect", "lose_answer"] {
            let purchase = stage.paid().await?;
            stage.fault(&Fault::at("dhl", "shipments", kind)).await?;

            let order = stage.deliver_once(&purchase.order).await?;

            let told: Vec<_> = order.exceptions.iter().map(|exception| exception.kind).collect();
            assert_eq!(told, [ExceptionKind::LabelMissing], "{kind}");
        }
        Ok(())
    })
}

#[test]
fn a_label_that_may_or_may_not_exist_waits_for_a_person() -> anyhow::Result<()> {
    play(async |stage| {
        let purchase = stage.paid().await?;
        stage.fault(&Fault::at("dhl", "shipments", "error_500_before")).await?;

        let waits = |order: &Order| order.shipments.iter().any(|parcel| parcel.life.state() == State::StaffDecision);
        let order = stage.carry(&purchase.order, "a decision to take", waits).await?;

        assert_eq!(stage.effects(&order).await?, Effects { labels: 0, ..Effects::DELIVERED });
        assert!(order.open_exceptions().any(|open| open.kind == ExceptionKind::UnsureLabel));
        Ok(())
    })
}

#[test]
fn a_payment_page_without_a_clear_answer_is_opened_once() -> anyhow::Result<()> {
    play(async |stage| {
        for kind in ["error_500_after_effect", "lose_answer", "error_500_before"] {
            stage.fault(&Fault::at("stripe", "session.create", kind)).await?;
            let purchase = stage.placed().await?;
            let path = format!("/orders/{}/payments", purchase.order);
            let body = serde_json::json!({ "provider": "stripe" });
            let lost = purchase.shopper.browser.post_again(&path, "key", &body).await?;
            assert!(lost.status >= 500, "{kind}: {} {}", lost.status, lost.text);

            let started = purchase.shopper.browser.post_again(&path, "key", &body).await?.good("asking again")?;
            stage.pay_page(&started).await?;

            stage.deliver_once(&purchase.order).await?;
        }
        Ok(())
    })
}
