//! Orders that reach their customer, also through a power cut.

use domain::{ledger::Account, lifecycle::State};
use end_to_end::{Effects, Played, play};

#[test]
fn an_order_is_delivered_and_its_ledger_balances() -> Played {
    play(async |stage| {
        let purchase = stage.paid().await?;

        let order = stage.deliver_once(&purchase.order).await?;

        assert_eq!(purchase.status().await?, "delivered");
        assert_eq!(order.open_exceptions().count(), 0);
        let currency = order.total.currency();
        assert_eq!(
            order.balances.of(Account::Provider, currency),
            order.total,
            "all of it came"
        );
        let shipment = &order.shipments[0];
        let kinds: Vec<&str> = shipment.documents.iter().map(|file| file.kind.as_str()).collect();
        assert!(kinds.contains(&"label") && kinds.contains(&"invoice"), "{kinds:?}");
        let timeline = purchase
            .shopper
            .browser
            .get(&format!("/orders/{}/timeline", purchase.order))
            .await?;
        let timeline = timeline.good("reading the timeline")?.text;
        for word in [
            "Order placed",
            "Payment received",
            "Bought at the store",
            "Received at our warehouse",
            "Delivered",
        ] {
            assert!(timeline.contains(word), "{word} is missing in {timeline}");
        }
        Ok(())
    })
}

#[test]
fn an_order_goes_on_after_a_power_cut_at_every_station() -> Played {
    play(async |stage| {
        let mut purchase = stage.paid().await?;
        stage.power_cut().await?;

        let bought = stage
            .until(&purchase.order, "the purchase", |order| {
                order.supplier_orders.iter().any(is_bought)
            })
            .await?;
        assert_eq!(
            stage.effects(&bought).await?,
            Effects {
                purchases: 1,
                ..Effects::PAID
            }
        );
        stage.power_cut().await?;
        stage
            .carry(&purchase.order, "packing", |order| !order.shipments.is_empty())
            .await?;
        stage.power_cut().await?;
        stage.deliver_once(&purchase.order).await?;

        purchase.shopper.browser.move_to(stage.shop()?);
        assert_eq!(purchase.status().await?, "delivered");
        Ok(())
    })
}

fn is_bought(bought: &domain::order::SupplierOrder) -> bool {
    matches!(bought.life.state(), State::Placed | State::Dispatched | State::Arrived)
}
