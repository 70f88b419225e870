//! Queue messages that never arrive: the order is late at most.

use end_to_end::{Played, play};

const QUEUES: [&str; 4] = [
    "payment-settlement-queue",
    "supplier-order-queue",
    "shipping-queue",
    "tracking-queue",
];

#[test]
fn losing_a_message_of_any_queue_makes_an_order_late_and_nothing_else() -> Played {
    play(async |stage| {
        for queue in QUEUES {
            stage.stack()?.lose_next(queue, 1)?;
            let purchase = stage.paid().await?;

            let order = stage.deliver_once(&purchase.order).await?;

            assert_eq!(order.open_exceptions().count(), 0, "{queue}");
        }
        Ok(())
    })
}

#[test]
fn losing_the_first_messages_of_every_queue_makes_an_order_late_and_nothing_else() -> Played {
    play(async |stage| {
        for queue in QUEUES {
            stage.stack()?.lose_next(queue, 2)?;
        }
        let purchase = stage.paid().await?;

        stage.deliver_once(&purchase.order).await?;
        Ok(())
    })
}

#[test]
fn losing_the_messages_of_a_refund_makes_it_late_and_nothing_else() -> Played {
    play(async |stage| {
        let purchase = stage.refused_by_the_store().await?;
        stage.stack()?.lose_next("payment-settlement-queue", 2)?;
        stage.cancel(&purchase).await?;

        let order = stage
            .until(&purchase.order, "the refund", |order| order.refunds.iter().all(is_done))
            .await?;

        assert_eq!(stage.effects(&order).await?, end_to_end::Effects::PAID_BACK);
        stage.ledger_is_level(&order).await
    })
}

fn is_done(refund: &domain::order::Refund) -> bool {
    refund.life.state() == domain::lifecycle::State::Done
}
