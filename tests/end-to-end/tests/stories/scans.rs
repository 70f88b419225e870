//! The bench: the same scan twice, more than was bought, and parcels with pieces of nobody.

use domain::{lifecycle::State, order::Order};
use end_to_end::{Played, Stage, play};
use local::actors::Staff;
use serde_json::json;

#[test]
fn the_same_scan_twice_receives_once_and_more_than_was_bought_is_refused() -> Played {
    play(async |stage| {
        let (order, staff) = on_its_way(stage).await?;
        let (line, code) = (
            order.lines[0].id.as_str(),
            order.supplier_orders[0].tracking[0].as_str(),
        );
        let receipt = json!({
            "order": order.id, "line": line, "code": code, "count": 1, "weight_grams": 850, "condition": "good",
            "scan_id": "scan_01JDB7M3N8Q4R5S6T7V8W9X0YA"
        });

        let first = staff
            .browser
            .post("/warehouse/receipts", &receipt)
            .await?
            .good("receiving")?;
        let again = staff
            .browser
            .post("/warehouse/receipts", &receipt)
            .await?
            .good("receiving again")?;
        let too_many = staff.receive(order.id.as_str(), line, code, 2).await?;

        assert_eq!(first.json, again.json);
        assert!([409, 422].contains(&too_many.status), "{}", too_many.text);
        let units = stage.order(&order.id).await?.units;
        let received = units.iter().filter(|unit| unit.life.state() == State::Received);
        assert_eq!(received.count(), 1);
        staff
            .receive(order.id.as_str(), line, code, 1)
            .await?
            .good("receiving the second piece")?;
        stage.deliver_once(&order.id).await?;
        Ok(())
    })
}

#[test]
fn the_same_parcel_twice_is_packed_and_handed_over_once() -> Played {
    play(async |stage| {
        let (order, staff) = on_its_way(stage).await?;
        staff
            .receive_all(order.id.as_str(), &order.supplier_orders[0].tracking[0])
            .await?;
        let parcel = json!({
            "order": order.id, "units": "all", "weight_grams": 1350, "length_mm": 300, "width_mm": 220, "height_mm": 120,
            "scan_id": "scan_01JDB7M3N8Q4R5S6T7V8W9X0YB"
        });

        let packed = staff
            .browser
            .post("/warehouse/parcels", &parcel)
            .await?
            .good("packing")?;
        let again = staff
            .browser
            .post("/warehouse/parcels", &parcel)
            .await?
            .good("packing again")?;

        assert_eq!(packed.json, again.json);
        let order = stage.deliver_once(&order.id).await?;
        assert_eq!(order.shipments.len(), 1);
        let path = format!("/shipments/{}/handover", order.shipments[0].id);
        // The way to the door took longer than a session of the staff holds.
        let staff = stage.staff().await?;
        assert_eq!(
            staff.browser.post(&path, &json!({})).await?.status,
            409,
            "it is delivered already"
        );
        Ok(())
    })
}

/// An order whose goods are on their way to the warehouse, and who waits for them.
async fn on_its_way(stage: &Stage) -> anyhow::Result<(Order, Staff)> {
    let purchase = stage.paid().await?;
    let is_sent = |order: &Order| {
        order
            .supplier_orders
            .iter()
            .any(|bought| bought.life.state() == State::Dispatched)
    };
    Ok((
        stage.carry(&purchase.order, "dispatch", is_sent).await?,
        stage.staff().await?,
    ))
}
