//! The bench: the same scan twice, more than was bought, and parcels with pieces of nobody.

use domain::{lifecycle::State, order::Order};
use end_to_end::{Played, play};
use serde_json::json;

#[test]
fn the_same_scan_twice_receives_and_packs_once() -> Played {
    play(async |stage| {
        let purchase = stage.paid().await?;
        let sent = |order: &Order| order.supplier_orders.iter().any(|bought| bought.life.state() == State::Dispatched);
        let order = stage.carry(&purchase.order, "dispatch", sent).await?;
        let (staff, code) = (stage.staff().await?, &order.supplier_orders[0].tracking[0]);
        let receipt = json!({
            "order": order.id, "line": order.lines[0].id, "code": code, "count": 1, "weight_grams": 850, "condition": "good",
            "scan_id": "scan_01JDB7M3N8Q4R5S6T7V8W9X0YA"
        });
        let first = staff.browser.post("/warehouse/receipts", &receipt).await?.good("receiving")?;
        let again = staff.browser.post("/warehouse/receipts", &receipt).await?.good("receiving again")?;
        assert_eq!(first.json, again.json);
        let received = |order: &Order| order.units.iter().filter(|unit| unit.life.state() == State::Received).count();
        assert_eq!(received(&stage.order(&order.id).await?), 1);

        let too_many = staff.receive(order.id.as_str(), order.lines[0].id.as_str(), code, 2).await?;
        assert!([409, 422].contains(&too_many.status), "{}", too_many.text);
        staff.receive(order.id.as_str(), order.lines[0].id.as_str(), code, 1).await?.good("receiving the second piece")?;

        let parcel = json!({
            "order": order.id, "units": "all", "weight_grams": 1350, "length_mm": 300, "width_mm": 220, "height_mm": 120,
            "scan_id": "scan_01JDB7M3N8Q4R5S6T7V8W9X0YB"
        });
        let packed = staff.browser.post("/warehouse/parcels", &parcel).await?.good("packing")?;
        let again = staff.browser.post("/warehouse/parcels", &parcel).await?.good("packing again")?;
        assert_eq!(packed.json, again.json);
        let order = stage.deliver_once(&order.id).await?;
        assert_eq!(order.shipments.len(), 1);

        let twice = staff.hand_over(order.shipments[0].id.as_str()).await;
        assert!(twice.is_err(), "it is delivered already");
        Ok(())
    })
}
