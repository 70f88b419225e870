//! Orders that end before anything is bought: the money goes back once.

use domain::{lifecycle::State, order::Order};
use end_to_end::{Effects, Fault, Played, play};

#[test]
fn a_cancelled_order_is_paid_back_once_and_its_ledger_balances() -> Played {
    play(async |stage| {
        let purchase = stage.cancelled_after_payment().await?;

        let back = |order: &Order| order.refunds.iter().all(|refund| refund.life.state() == State::Done);
        let order = stage.until(&purchase.order, "the refund", back).await?;

        assert_eq!(stage.effects(&order).await?, Effects::PAID_BACK);
        assert_eq!(order.refunds[0].amount, order.total);
        stage.ledger_is_level(&order).await?;
        assert_eq!(purchase.status().await?, "refunded");
        Ok(())
    })
}

#[test]
fn a_refund_without_a_clear_answer_is_made_once() -> Played {
    play(async |stage| {
        for kind in ["error_500_after_effect", "error_500_before", "lose_answer"] {
            stage.fault(&Fault::at("stripe", "refund.create", kind)).await?;
            let purchase = stage.cancelled_after_payment().await?;

            let back = |order: &Order| order.refunds.iter().all(|refund| refund.life.state() == State::Done);
            let order = stage.until(&purchase.order, "the refund", back).await?;

            assert_eq!(stage.effects(&order).await?, Effects::PAID_BACK, "{kind}");
            stage.ledger_is_level(&order).await?;
        }
        Ok(())
    })
}

#[test]
fn an_order_that_nobody_pays_ends_by_itself_and_costs_nothing() -> Played {
    play(async |stage| {
        let purchase = stage.placed().await?;
        purchase.shopper.start_payment(purchase.order.as_str()).await?;

        let order = stage
            .until(&purchase.order, "its end", |order| order.life.state() == State::Expired)
            .await?;

        assert_eq!(purchase.status().await?, "cancelled");
        assert_eq!(stage.effects(&order).await?, Effects::default());
        assert!(stage.orders().journal(&order.id).await.unwrap().is_empty());
        Ok(())
    })
}
