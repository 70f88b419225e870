//! The two publishers of exchange rates, and a market that moves.

use serde_json::json;

use crate::world::World;

const OPEN: &str = "/open-rates/v6/latest/USD";
const BANK: &str = "/ecb/stats/eurofxref/eurofxref-daily.xml";

#[tokio::test]
async fn both_publish_the_same_market_each_in_its_own_form() {
    let world = World::start().await;

    let open = world.get(OPEN).await;
    let bank = world.get(BANK).await;

    assert_eq!((open.status, bank.status), (200, 200));
    assert_eq!(open.body["rates"]["KES"], json!(129.2413));
    // 1 / 0.8621 dollars for a euro, and 0.7596 / 0.8621 pounds.
    assert!(bank.text.contains("currency='USD' rate='1.1599'"), "{}", bank.text);
    assert!(bank.text.contains("currency='GBP' rate='0.8811'"), "{}", bank.text);
    assert!(!bank.text.contains("KES"));
}

#[tokio::test]
async fn a_rate_can_be_moved_and_nonsense_is_refused() {
    let world = World::start().await;
    let set = |rate: &'static str| {
        let world = &world;
        async move {
            let answer = world
                .post("/control/rates/currencies/KES/set", json!({ "rate": rate }))
                .await;
            answer.status
        }
    };

    assert_eq!(set("160.5").await, 200);
    assert_eq!(set("many").await, 422);
    assert_eq!(set("-1").await, 422);

    let open = world.get(OPEN).await;
    assert_eq!(open.body["rates"]["KES"], json!(160.5));
}

#[tokio::test]
async fn a_publisher_in_trouble_says_so_in_its_own_words() {
    let world = World::start().await;
    world
        .order_fault(json!({ "provider": "rates", "kind": "refuse" }))
        .await;

    let refused = world.get(OPEN).await;

    assert_eq!(
        refused.body,
        json!({ "result": "error", "error-type": "quota-reached" })
    );
    assert_eq!(world.get(OPEN).await.body["result"], "success");
}
