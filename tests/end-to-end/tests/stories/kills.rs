//! Processes that die with a call to the outside in their hands: before the outside did it, and after.
//! A killed process never makes a second purchase, charge, label or refund, and never loses the order.

use domain::{
    lifecycle::{ExceptionKind, State},
    order::{Order, Shipment},
};
use end_to_end::{Effects, Fault, Played, Purchase, Stage, play};
use serde_json::json;

const STAGES: [&str; 2] = ["hold_before_effect", "hold_after_effect"];

#[test]
fn a_checkout_that_dies_while_it_opens_the_payment_page_opens_one_page() -> Played {
    play(async |stage| {
        for moment in STAGES {
            let purchase = stage.placed().await?;
            stage.fault(&Fault::at("stripe", "session.create", moment)).await?;
            let path = format!("/orders/{}/payments", purchase.order);
            let (body, browser) = (json!({ "provider": "stripe" }), &purchase.shopper.browser);

            let (lost, killed) = futures::future::join(
                browser.post_again(&path, "key", &body),
                stage.kill_in_call("checkout", "session.create"),
            )
            .await;
            killed?;
            assert!(lost?.status >= 500, "the answer is lost");
            let started = browser
                .post_again(&path, "key", &body)
                .await?
                .good("asking again for the page")?;
            stage.pay_page(&started).await?;

            let order = stage.deliver_once(&purchase.order).await?;
            assert_eq!((order.payments.len(), pages(stage, &order).await?), (1, 1), "{moment}");
        }
        Ok(())
    })
}

#[test]
fn a_page_whose_opening_died_and_that_was_paid_without_us_is_found() -> Played {
    play(async |stage| {
        let purchase = stage.placed().await?;
        stage
            .fault(&Fault::at("stripe", "session.create", "hold_after_effect"))
            .await?;
        stage.fault(&Fault::at("stripe", "webhook", "drop_webhook")).await?;
        let path = format!("/orders/{}/payments", purchase.order);
        let stripe = json!({ "provider": "stripe" });
        let asked = purchase.shopper.browser.post(&path, &stripe);
        let (lost, killed) = futures::future::join(asked, stage.kill_in_call("checkout", "session.create")).await;
        killed?;
        assert!(lost?.status >= 500);

        let books = stage.world()?.books().await?;
        let sessions = books["stripe"]["sessions"].as_array().cloned().unwrap_or_default();
        let session = sessions
            .iter()
            .find(|session| session.to_string().contains(purchase.order.ulid()));
        stage.world()?.pay(session.unwrap()["id"].as_str().unwrap()).await?;

        stage.deliver_once(&purchase.order).await?;
        Ok(())
    })
}

#[test]
fn a_purchase_whose_process_dies_is_made_once() -> Played {
    play(async |stage| {
        for moment in STAGES {
            let purchase = died_while_buying(stage, moment).await?;

            let order = stage.deliver_once(&purchase.order).await?;

            assert_eq!(order.supplier_orders.len(), 1, "{moment}");
            assert_eq!(purchase.status().await?, "delivered");
        }
        Ok(())
    })
}

#[test]
fn a_purchase_that_dies_before_the_store_hears_of_it_is_made_after_all() -> Played {
    play(async |stage| {
        // The look just before buying is held: the process dies before it has sent anything.
        stage
            .fault(&Fault::at("aliexpress", "freight.query", "hold_before_effect").with("skip", 1))
            .await?;
        let purchase = stage.placed().await?;
        stage.pay(&purchase).await?;
        stage.kill_in_call("supplier-order", "freight.query").await?;

        stage.deliver_once(&purchase.order).await?;
        Ok(())
    })
}

#[test]
fn a_label_whose_booking_process_dies_is_bought_once_and_its_missing_papers_are_told_to_staff() -> Played {
    play(async |stage| {
        for moment in STAGES {
            let purchase = stage.paid().await?;
            stage.fault(&Fault::at("dhl", "shipments", moment)).await?;
            stage
                .carry(&purchase.order, "packing", |order| !order.shipments.is_empty())
                .await?;
            stage.kill_in_call("shipping", "shipments").await?;

            let order = stage.deliver_once(&purchase.order).await?;

            let told: Vec<_> = order.exceptions.iter().map(|exception| exception.kind).collect();
            assert_eq!(told, [ExceptionKind::LabelMissing], "{moment}");
            let desk = stage.staff().await?.desk(order.id.as_str()).await?.to_string();
            assert!(desk.contains("label_missing"), "{desk}");
        }
        Ok(())
    })
}

#[test]
fn a_refund_whose_process_dies_is_made_once() -> Played {
    play(async |stage| {
        for moment in STAGES {
            stage.fault(&Fault::at("stripe", "refund.create", moment)).await?;
            let purchase = stage.cancelled_after_payment().await?;
            stage.kill_in_call("payment-settlement", "refund.create").await?;

            let back = |order: &Order| order.refunds.iter().all(|refund| refund.life.state() == State::Done);
            let order = stage.until(&purchase.order, "the refund", back).await?;

            assert_eq!(stage.effects(&order).await?, Effects::PAID_BACK, "{moment}");
            assert_eq!(
                (order.life.state(), order.refunds.len()),
                (State::Cancelled, 1),
                "{moment}"
            );
            stage.ledger_is_level(&order).await?;
            assert_eq!(purchase.status().await?, "refunded");
        }
        Ok(())
    })
}

#[test]
fn an_order_survives_that_every_function_is_killed_at_every_station() -> Played {
    play(async |stage| {
        let purchase = stage.paid().await?;
        kill_all(stage).await?;
        let bought = |order: &Order| {
            order
                .supplier_orders
                .iter()
                .any(|bought| bought.life.state() == State::Dispatched)
        };
        stage.carry(&purchase.order, "dispatch", bought).await?;
        kill_all(stage).await?;
        stage
            .carry(&purchase.order, "a label", |order| {
                order.shipments.iter().any(is_labelled)
            })
            .await?;
        kill_all(stage).await?;
        stage
            .carry(&purchase.order, "the way", |order| {
                order.shipments.iter().any(is_on_its_way)
            })
            .await?;
        kill_all(stage).await?;

        stage.deliver_once(&purchase.order).await?;
        Ok(())
    })
}

async fn kill_all(stage: &Stage) -> anyhow::Result<()> {
    let functions: Vec<String> = stage.stack()?.status().await?.functions.into_keys().collect();
    for function in functions {
        stage.stack()?.kill(&function).await?;
    }
    Ok(())
}

fn is_labelled(parcel: &Shipment) -> bool {
    parcel.life.state() == State::Labelled
}

fn is_on_its_way(parcel: &Shipment) -> bool {
    parcel.life.state() == State::InTransit
}

async fn died_while_buying(stage: &Stage, moment: &str) -> anyhow::Result<Purchase> {
    stage.fault(&Fault::at("aliexpress", "order.create", moment)).await?;
    let purchase = stage.placed().await?;
    stage.pay(&purchase).await?;
    stage.kill_in_call("supplier-order", "order.create").await?;
    Ok(purchase)
}

/// Payment pages that were ever opened for an order.
async fn pages(stage: &Stage, order: &Order) -> anyhow::Result<usize> {
    let books = stage.world()?.books().await?;
    let sessions = books["stripe"]["sessions"].as_array().cloned().unwrap_or_default();
    Ok(sessions
        .iter()
        .filter(|session| session["client_reference_id"].to_string().contains(order.id.ulid()))
        .count())
}
