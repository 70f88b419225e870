//! Stores and carriers that do something and do not say so, or do it twice.

use domain::{
    lifecycle::{ExceptionKind, State},
    order::Order,
};
use end_to_end::{Effects, Fault, Played, play};
use serde_json::{Value, json};

#[test]
fn a_store_that_does_not_answer_clearly_is_never_asked_to_sell_twice() -> Played {
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
fn a_store_that_failed_before_it_sold_anything_is_asked_again_when_that_is_proved() -> Played {
    play(async |stage| {
        for kind in ["error_500_before", "http_200_error_body"] {
            stage.fault(&Fault::at("aliexpress", "order.create", kind)).await?;
            let purchase = stage.paid().await?;
            let known = |order: &Order| {
                !order.supplier_orders[0].store_orders.is_empty() || order.open_exceptions().count() > 0
            };
            let order = stage
                .until(&purchase.order, "the purchase", |order| {
                    !order.supplier_orders.is_empty() && known(order)
                })
                .await?;

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
fn an_order_that_the_store_made_twice_and_told_once_is_delivered() -> Played {
    play(async |stage| {
        stage
            .fault(&Fault::at("aliexpress", "order.create", "made_twice"))
            .await?;
        let purchase = stage.paid_for("curtains").await?;

        let order = stage.deliver(&purchase.order).await?;

        let sent = stage.world()?.books().await?["calls"]["aliexpress"]["order.create"].as_u64();
        assert!(sent.is_some());
        assert_eq!(order.supplier_orders[0].store_orders.len(), 1);
        assert_eq!(
            stage.effects(&order).await?.purchases,
            2,
            "the second one was the store's doing"
        );
        let books = stage.world()?.books().await?;
        let at_store = books["aliexpress"]["orders"].as_array().cloned().unwrap_or_default();
        let known = &order.supplier_orders[0].store_orders[0];
        let ours = at_store
            .iter()
            .filter(|bought| bought["out_order_id"].to_string().contains(order.id.ulid()));
        let second = ours
            .filter(|bought| bought["id"] != known.as_str())
            .find_map(|bought| bought["mail_no"].as_str());
        let code = second.filter(|code| !code.is_empty()).unwrap();
        let scanned = stage
            .staff()
            .await?
            .browser
            .post("/warehouse/scans", &json!({ "code": code }))
            .await?;
        assert_eq!(
            scanned.status, 404,
            "whoever opens the second parcel sees that nobody waits for it"
        );
        stage.ledger_is_level(&order).await
    })
}

#[test]
fn two_purchases_that_cannot_be_told_apart_end_with_a_person_told_and_no_third_one() -> Played {
    play(async |stage| {
        stage
            .fault(&Fault::at("aliexpress", "order.create", "lose_answer").with("count", 2))
            .await?;
        let (one, two) = (stage.paid().await?, stage.paid().await?);

        let told = |order: &Order| {
            order
                .open_exceptions()
                .any(|open| open.kind == ExceptionKind::UnsureBuy)
        };
        for purchase in [&one, &two] {
            let order = stage.until(&purchase.order, "a person is told", told).await?;
            assert_eq!(
                stage.effects(&order).await?,
                Effects {
                    purchases: 1,
                    ..Effects::PAID
                }
            );
        }

        // The buyer finds the first one in the store's account, where each order's memo names ours. What is left over is then the second.
        let books = stage.world()?.books().await?;
        let at_store = books["aliexpress"]["orders"].as_array().cloned().unwrap_or_default();
        let is_ours = |bought: &&Value| bought["out_order_id"].to_string().contains(one.order.ulid());
        let placement = json!({ "store_order": at_store.iter().find(is_ours).unwrap()["id"] });
        let path = format!("/supplier-orders/sup_{}-1/placement", one.order.ulid());
        stage
            .staff()
            .await?
            .browser
            .post(&path, &placement)
            .await?
            .good("recording the placement")?;
        for purchase in [&one, &two] {
            stage.deliver_once(&purchase.order).await?;
        }
        Ok(())
    })
}

#[test]
fn a_carrier_that_does_not_answer_clearly_is_never_asked_for_a_second_label() -> Played {
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
fn a_label_that_may_or_may_not_exist_waits_for_a_person() -> Played {
    play(async |stage| {
        let purchase = stage.paid().await?;
        stage.fault(&Fault::at("dhl", "shipments", "error_500_before")).await?;

        let waits = |order: &Order| {
            order
                .shipments
                .iter()
                .any(|parcel| parcel.life.state() == State::StaffDecision)
        };
        let order = stage.carry(&purchase.order, "a decision to take", waits).await?;

        assert_eq!(
            stage.effects(&order).await?,
            Effects {
                labels: 0,
                ..Effects::DELIVERED
            }
        );
        let open = order
            .open_exceptions()
            .find(|open| open.kind == ExceptionKind::UnsureLabel)
            .unwrap();

        let answer = json!({ "action": "label_absent", "reason": "called the carrier: nothing booked" });
        let path = format!("/desk/exceptions/{}/resolution", open.id);
        stage
            .staff()
            .await?
            .browser
            .post(&path, &answer)
            .await?
            .good("answering at the desk")?;
        stage.deliver_once(&purchase.order).await?;
        Ok(())
    })
}

#[test]
fn a_payment_page_without_a_clear_answer_is_paid_once() -> Played {
    play(async |stage| {
        for kind in ["error_500_after_effect", "lose_answer", "error_500_before"] {
            stage.fault(&Fault::at("stripe", "session.create", kind)).await?;
            let purchase = stage.placed().await?;
            let path = format!("/orders/{}/payments", purchase.order);
            let body = json!({ "provider": "stripe" });
            let lost = purchase.shopper.browser.post_again(&path, "key", &body).await?;
            assert!(lost.status >= 500, "{kind}: {} {}", lost.status, lost.text);

            let again = purchase.shopper.browser.post_again(&path, "key", &body).await?;
            // Stripe repeats its error to the same key: then the shopper begins anew, and the lost page is closed.
            let started = if again.status == 201 {
                again
            } else {
                purchase.shopper.start_payment(purchase.order.as_str()).await?
            };
            stage.pay_page(&started).await?;

            let order = stage.deliver_once(&purchase.order).await?;
            assert!(order.payments.len() <= 2, "{kind}");
        }
        Ok(())
    })
}
