//! Orders that reach their customer, also through a power cut.

use anyhow::Context;
use domain::{landed_cost::Speed, ledger::Account, lifecycle::State};
use end_to_end::{Effects, Played, Purchase, play};
use serde_json::json;

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
fn who_pays_for_speed_gets_the_carriers_fast_service() -> Played {
    play(async |stage| {
        let (shopper, _) = stage.shopper_with_cart().await?;
        let quote = shopper.quote().await?;
        let ways = quote.list_at("/ways");
        let fast = ways
            .iter()
            .find(|way| way["speed"] == "express")
            .context("a fast way")?;
        let order = shopper
            .order(fast["quote"].as_str().context("its quote")?)
            .await?
            .parse()?;
        let purchase = Purchase { shopper, order };
        stage.pay(&purchase).await?;

        let order = stage.deliver_once(&purchase.order).await?;

        assert_eq!(json!(order.total), fast["total"]);
        let plain = quote.json["total"]["amount"].as_i64().context("a total")?;
        assert!(order.total.amount() > plain);
        let promised = order.freight.context("a promise")?;
        assert_eq!((promised.speed, promised.service.as_str()), (Speed::Express, "Y"));
        let books = stage.world()?.books().await?;
        let parcels = books["dhl"]["shipments"].as_array().context("the carrier's books")?;
        let number = order.shipments[0].tracking_number.as_deref();
        let booked = parcels.iter().find(|parcel| parcel["awb"].as_str() == number);
        let booked = booked.context("our parcel")?;
        assert_eq!(booked["product"], "Y");
        // The number for customs is read by nobody until it stands in the carrier's papers.
        let receiver = &booked["request"]["customerDetails"]["receiverDetails"];
        assert_eq!(receiver["registrationNumbers"][0]["number"], "A123456789Z");
        assert_eq!(order.destination.parts().tax_number, "");
        assert!(
            order
                .customs_number
                .is_some_and(|sealed| !sealed.contains("A123456789Z"))
        );
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
