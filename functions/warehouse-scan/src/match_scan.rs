//! Finds the orders that a scanned code belongs to. Nothing is changed by looking.

use std::{collections::BTreeMap, time::Duration};

use domain::{
    Failure, Refusal, Timestamp,
    barcode::Scan,
    id::OrderId,
    lifecycle::{State, Subject, is_final},
    order::Order,
};

use crate::Deps;

/// Carriers use their numbers again after months.
const NUMBERS_LIVE: Duration = Duration::from_secs(90 * 24 * 3600);
/// One parcel holds goods of a few orders, never of more.
const MOST_ORDERS: usize = 20;
/// A two-dimensional code of many fields is not looked up for ever.
const MOST_KEYS: usize = 16;

/// A scan and the orders it may be for.
#[derive(Debug)]
pub(crate) struct Found {
    pub(crate) scan: Scan,
    /// Those that still wait for something first.
    pub(crate) orders: Vec<Match>,
}

/// One order and the number it was found by; none for an id of ours, which no parcel of a store carries.
#[derive(Debug)]
pub(crate) struct Match {
    pub(crate) order: Order,
    pub(crate) code: String,
}

pub(crate) async fn run(deps: &Deps, raw: &str) -> Result<Found, Failure> {
    let scan = Scan::read(raw);
    if scan.text.is_empty() {
        return Err(Failure::field("code", "missing", "Scan or type a code."));
    }
    let mut codes: BTreeMap<OrderId, String> = scan.order.iter().map(|id| (id.clone(), String::new())).collect();
    for key in scan.keys().into_iter().take(MOST_KEYS) {
        for id in deps.orders.on_parcels(key).await? {
            codes.entry(id).or_insert_with(|| key.to_owned());
        }
    }
    let mut orders = Vec::new();
    // Ids begin with their time, so the newest orders are looked at when there are too many.
    for (id, code) in codes.into_iter().rev().take(MOST_ORDERS) {
        match deps.orders.load(&id).await {
            Ok(order) if is_over(&order, deps.clock.now()) => {}
            Ok(order) => orders.push(Match { order, code }),
            Err(Failure::NotFound(_)) => {}
            Err(failure) => return Err(failure),
        }
    }
    if orders.is_empty() {
        tracing::info!(
            code.length = scan.text.len(),
            code.doubtful = scan.is_doubtful(),
            "No parcel is expected under a scanned code"
        );
        return Err(Refusal::UnknownCode.into());
    }
    orders.sort_by_key(|found| !waits(&found.order));
    Ok(Found { scan, orders })
}

fn is_over(order: &Order, now: Timestamp) -> bool {
    is_final(Subject::Order, order.life.state()) && now.since(order.life.since()) > NUMBERS_LIVE
}

fn waits(order: &Order) -> bool {
    order.units.iter().any(|unit| unit.life.state() == State::Expected)
}

#[cfg(test)]
mod tests {
    use domain::order::StoreNews;

    use super::*;
    use crate::tests::{OTHER, Shop, ULID};

    #[tokio::test]
    async fn a_parcel_is_found_by_any_code_on_its_label() {
        let shop = Shop::new();
        let order = shop.bought(ULID, "9400111206206406260787").await;

        for code in [
            "9400111206206406260787",
            "]C14201234592009400111206206406260787",
            "9400 1112 0620 6406 2607 87",
            order.supplier_orders[0].id.as_str(),
            order.units[0].id.as_str(),
        ] {
            let found = run(&shop.deps, code).await.unwrap();
            assert_eq!(found.orders.len(), 1, "{code}");
            assert_eq!(found.orders[0].order.id, order.id, "{code}");
        }
    }

    #[tokio::test]
    async fn the_bench_finds_its_own_short_number_and_nobody_by_name_or_phone() {
        let shop = Shop::new();
        let order = shop.bought(ULID, "LP00123456789012").await;
        let parts = order.destination.parts();

        let found = run(&shop.deps, domain::order::short_number(&order.id)).await.unwrap();
        assert_eq!(found.orders[0].order.id, order.id);
        for personal in [&parts.name, &parts.phone] {
            assert_eq!(
                shop.deps.orders.named(personal).await.unwrap(),
                [order.id.clone()],
                "{personal}"
            );
            let scanned = run(&shop.deps, personal).await;
            assert!(
                matches!(scanned, Err(Failure::Refused(Refusal::UnknownCode))),
                "{personal}"
            );
        }
    }

    #[tokio::test]
    async fn a_code_that_no_parcel_carries_is_refused_and_blanks_are_no_code() {
        let shop = Shop::new();
        shop.bought(ULID, "LP00123456789012").await;

        let unknown = run(&shop.deps, "LP00123456789013").await;
        assert!(matches!(unknown, Err(Failure::Refused(Refusal::UnknownCode))));
        let nobodys = run(&shop.deps, "ord_01JDB7M3N8Q4R5S6T7V8W9X0YA").await;
        assert!(matches!(nobodys, Err(Failure::Refused(Refusal::UnknownCode))));
        assert!(matches!(run(&shop.deps, " \r\n").await, Err(Failure::Invalid(_))));
    }

    #[tokio::test]
    async fn one_parcel_for_two_orders_gives_both() {
        let shop = Shop::new();
        shop.bought(ULID, "LP00123456789012").await;
        shop.bought(OTHER, "LP00123456789012").await;

        let found = run(&shop.deps, "lp00123456789012").await.unwrap();

        assert_eq!(found.orders.len(), 2);
        assert!(found.orders.iter().all(|found| found.code == "LP00123456789012"));
    }

    #[tokio::test]
    async fn a_misread_number_still_finds_its_parcel() {
        let shop = Shop::new();
        let order = shop.bought(ULID, "LP1").await;
        let news = StoreNews {
            tracking: vec!["1Z5R89390357567128".into()],
            ..StoreNews::default()
        };
        shop.act(&order.id, |draft| draft.store_news(&order.supplier_orders[0].id, &news))
            .await;

        let found = run(&shop.deps, "1Z5R89390357567128").await.unwrap();

        assert!(found.scan.is_doubtful());
        assert_eq!(found.orders[0].order.id, order.id);
    }

    #[tokio::test]
    async fn a_number_of_an_order_that_ended_months_ago_may_belong_to_somebody_else_now() {
        let shop = Shop::new();
        let order = shop.placed(ULID).await;
        shop.act(&order.id, domain::order::Draft::cancel).await;
        shop.clock.advance(NUMBERS_LIVE);
        assert!(run(&shop.deps, order.id.as_str()).await.is_ok());

        shop.clock.advance(Duration::from_secs(1));

        assert!(run(&shop.deps, order.id.as_str()).await.is_err());
    }
}
