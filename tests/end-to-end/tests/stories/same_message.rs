//! Queues deliver at least once: the same message many times, also at the same moment, has one effect.

use domain::{lifecycle::State, order::Order};
use end_to_end::{Effects, Fault, Outcome, Played, Stage, play};
use futures::future::join_all;
use serde_json::{Value, json};

/// Brings the same message to a function many times at once.
async fn deliver_many(stage: &Stage, function: &str, task: &str, about: &str, order: &Order) -> anyhow::Result<()> {
    let body = json!({ "format": 1, "task": task, "order": order.id, "about": about }).to_string();
    let record = json!({
        "messageId": "m-1", "receiptHandle": "r-1", "body": body, "attributes": {}, "messageAttributes": {}, "md5OfBody": "",
        "eventSource": "aws:sqs", "eventSourceARN": "arn:aws:sqs:us-east-1:000000000000:any", "awsRegion": "us-east-1"
    });
    let event = json!({ "Records": [record] }).to_string();
    for outcome in join_all((0..6).map(|_| stage.invoke(function, &event))).await {
        let Outcome::Answered(answer) = outcome? else {
            panic!("{function} failed")
        };
        assert_eq!(
            answer
                .pointer("/batchItemFailures")
                .and_then(Value::as_array)
                .map(Vec::len),
            Some(0),
            "{answer}"
        );
    }
    Ok(())
}

#[test]
fn the_same_message_many_times_at_once_buys_and_books_once() -> Played {
    play(async |stage| {
        // The first message is lost, so that all six meet an order that is still to be bought.
        stage.stack()?.lose_next("supplier-order-queue", 1)?;
        let purchase = stage.paid().await?;
        let planned = |order: &Order| {
            order
                .supplier_orders
                .iter()
                .any(|bought| bought.life.state() == State::Planned)
        };
        let order = stage.until(&purchase.order, "a plan", planned).await?;
        stage.rest().await?;
        deliver_many(
            stage,
            "supplier-order",
            "place_at_store",
            order.supplier_orders[0].id.as_str(),
            &order,
        )
        .await?;

        stage.stack()?.lose_next("shipping-queue", 1)?;
        let packed = |order: &Order| {
            order
                .shipments
                .iter()
                .any(|parcel| parcel.life.state() == State::Packed)
        };
        let order = stage.carry(&purchase.order, "packing", packed).await?;
        stage.rest().await?;
        deliver_many(stage, "shipping", "buy_label", order.shipments[0].id.as_str(), &order).await?;

        let order = stage.deliver_once(&purchase.order).await?;
        assert_eq!(order.exceptions.len(), 0);
        Ok(())
    })
}

#[test]
fn the_same_message_many_times_at_once_refunds_once() -> Played {
    play(async |stage| {
        let purchase = stage.refused_by_the_store().await?;
        stage.stack()?.lose_next("payment-settlement-queue", 1)?;
        stage.cancel(&purchase).await?;
        stage.rest().await?;
        let order = stage.order(&purchase.order).await?;

        deliver_many(
            stage,
            "payment-settlement",
            "refund_at_provider",
            order.refunds[0].id.as_str(),
            &order,
        )
        .await?;

        let order = stage.order(&purchase.order).await?;
        assert_eq!(order.refunds[0].life.state(), State::Done);
        assert_eq!(stage.effects(&order).await?, Effects::PAID_BACK);
        stage.ledger_is_level(&order).await
    })
}

#[test]
fn a_message_that_comes_again_while_its_call_is_under_way_starts_no_second_call() -> Played {
    play(async |stage| {
        stage
            .fault(&Fault::at("aliexpress", "order.create", "hold_after_effect"))
            .await?;
        let purchase = stage.paid().await?;
        stage.held("order.create").await?;
        let order = stage.order(&purchase.order).await?;
        let event = |task: &str| {
            let body = json!({ "format": 1, "task": task, "order": order.id, "about": order.supplier_orders[0].id })
                .to_string();
            json!({ "Records": [{ "messageId": "m-1", "body": body, "eventSource": "aws:sqs" }] }).to_string()
        };
        for task in ["place_at_store", "look_up_at_store", "ask_store"] {
            let Outcome::Answered(answer) = stage.invoke("supplier-order", &event(task)).await? else {
                panic!("it failed")
            };
            assert_eq!(answer, json!({ "batchItemFailures": [] }), "{task}");
        }
        stage.release().await?;

        let order = stage.deliver_once(&purchase.order).await?;
        assert_eq!(order.exceptions.len(), 0);
        Ok(())
    })
}
