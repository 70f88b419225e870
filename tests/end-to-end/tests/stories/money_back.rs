//! Orders that end before anything is bought: the money goes back once.

use domain::{lifecycle::State, order::Order};
use end_to_end::{Effects, Fault, Played, play};

#[test]
fn a_cancelled_order_is_paid_back_once_and_its_ledger_balances() -> Played {
    play(async |stage| {
        let purchase = stage.cancelled_after_payment().await?;

        let order = stage.until(&purchase.order, "the refund", is_back).await?;

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

            let order = stage.until(&purchase.order, "the refund", is_back).await?;

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

#[test]
fn an_order_that_was_paid_on_two_pages_is_bought_once_and_the_second_money_goes_back() -> Played {
    play(async |stage| {
        // No page can be closed for a while, so both can be paid.
        let closing = Fault::at("stripe", "session.expire", "error_500_before").with("count", 100);
        stage.fault(&closing).await?;
        let purchase = stage.placed().await?;
        let one = purchase.shopper.start_payment(purchase.order.as_str()).await?;
        let two = purchase.shopper.start_payment(purchase.order.as_str()).await?;
        stage.pay_page(&one).await?;
        stage.pay_page(&two).await?;
        stage.clear_faults().await?;

        let order = stage.deliver(&purchase.order).await?;
        let order = stage.until(&order.id, "the refund", is_back).await?;

        let expected = Effects {
            charges: 2,
            refunds: 1,
            ..Effects::DELIVERED
        };
        assert_eq!(stage.effects(&order).await?, expected);
        assert_eq!(order.refunds[0].amount, order.total);
        stage.ledger_is_level(&order).await
    })
}

#[test]
fn a_cancellation_while_the_store_is_selling_comes_too_late_and_the_order_goes_on() -> Played {
    play(async |stage| {
        stage
            .fault(&Fault::at("aliexpress", "order.create", "hold_after_effect"))
            .await?;
        let purchase = stage.paid().await?;
        stage.held("order.create").await?;

        stage.cancel(&purchase).await?;
        assert_eq!(purchase.status().await?, "on_hold");
        stage.release().await?;

        stage.deliver_once(&purchase.order).await?;
        assert!(stage.cancel(&purchase).await.is_err());
        Ok(())
    })
}

#[test]
fn a_cancellation_before_the_store_hears_of_the_order_gives_the_money_back() -> Played {
    play(async |stage| {
        stage.stack()?.lose_next("supplier-order-queue", 1)?;
        let purchase = stage.paid().await?;
        let planned = |order: &Order| !order.supplier_orders.is_empty();
        stage.until(&purchase.order, "the plan", planned).await?;
        stage.rest().await?;

        stage.cancel(&purchase).await?;

        let order = stage
            .until(&purchase.order, "the refund", |order| {
                !order.refunds.is_empty() && is_back(order)
            })
            .await?;
        assert_eq!(stage.effects(&order).await?, Effects::PAID_BACK);
        stage.ledger_is_level(&order).await
    })
}

fn is_back(order: &Order) -> bool {
    order.refunds.iter().all(|refund| refund.life.state() == State::Done)
}
