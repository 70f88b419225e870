//! What a quote rests on, and what has none.

use domain::{
    Currency, Money,
    landed_cost::{FreightSource, Severity},
};
use providers::{Loss, error::Source};

use super::*;
use crate::fixture::{Shop, World, form, key};

async fn quote(shop: &Shop, form: QuoteForm) -> Result<Made<Quote>, Failure> {
    run(&shop.deps, &shop.cart().await, &key("a", "1"), form).await
}

#[tokio::test]
async fn a_quote_rests_on_what_store_and_carrier_say_now() {
    let shop = Shop::with_cart().await;

    let made = quote(&shop, form("KE", "")).await.unwrap();

    let terms = made.thing.terms();
    assert_eq!(terms.total.currency(), Currency::KES);
    assert_eq!(terms.freight.source, FreightSource::Live);
    assert_eq!((terms.lines.len(), terms.lines[0].quantity), (1, 2));
    assert_eq!(terms.lines[0].store_delivery, Money::new(199, Currency::USD));
    assert!(made.thing.is_of_cart(&shop.cart().await.fingerprint()));
    assert_eq!(shop.deps.quotes.get(made.thing.id()).await.unwrap(), made.thing);
    assert!(!terms.remarks.iter().any(|remark| remark.code == "price_moved"));
}

#[tokio::test]
async fn every_way_of_the_carrier_has_a_quote_of_its_own_and_the_plain_one_is_answered() {
    let shop = Shop::with_cart().await;

    let plain = quote(&shop, form("KE", "")).await.unwrap().thing;

    let [other] = plain.terms().other_ways.as_slice() else {
        panic!("two ways")
    };
    let fast = shop.deps.quotes.get_own(&other.quote, &shop.customer).await.unwrap();
    assert_eq!(
        (
            plain.terms().freight.service.as_str(),
            fast.terms().freight.service.as_str()
        ),
        ("P", "Y")
    );
    assert_eq!((other.speed, other.total), (Speed::Express, fast.total()));
    assert!(plain.total().amount() < fast.total().amount());
    assert_eq!(fast.terms().expires_at, plain.terms().expires_at);
    assert_eq!(fast.ways(), plain.ways());
}

#[tokio::test]
async fn a_price_that_moved_is_charged_as_it_is_now_and_said() {
    let shop = Shop::with_cart().await;
    shop.world.sell_for("45.00");

    let made = quote(&shop, form("KE", "USD")).await.unwrap();

    assert_eq!(made.thing.lines()[0].unit_price, Money::new(4_500, Currency::USD));
    let told = made
        .thing
        .terms()
        .remarks
        .iter()
        .find(|remark| remark.code == "price_moved")
        .unwrap();
    assert_eq!((told.line, told.severity), (Some(1), Severity::Warning));
    assert!(told.sentence.contains("USD 45.00"), "{}", told.sentence);
}

#[tokio::test]
async fn without_the_carrier_the_tariff_stands_in_and_is_flagged() {
    let silences: [fn(Source) -> Loss; 2] = [Loss::NotConnected, Loss::NoAnswer];
    for silence in silences {
        let shop = Shop::with_cart().await;
        shop.world.loses_carrier(silence);

        let made = quote(&shop, form("KE", "")).await.unwrap();

        assert_eq!(made.thing.terms().freight.source, FreightSource::Tariff);
        assert!(
            made.thing
                .terms()
                .remarks
                .iter()
                .any(|remark| remark.code == "freight_from_table")
        );
    }
}

#[tokio::test]
async fn what_the_store_cannot_deliver_is_refused_before_anything_is_promised() {
    for stop in [World::sell_out, World::forget_product, World::stop_delivery] {
        let shop = Shop::with_cart().await;
        stop(&shop.world);

        assert!(matches!(
            quote(&shop, form("KE", "")).await,
            Err(Failure::Refused(Refusal::NotAvailable))
        ));
    }
}

#[tokio::test]
async fn an_outage_of_the_store_is_no_refusal() {
    let shop = Shop::with_cart().await;
    shop.world.lose_store();

    assert!(quote(&shop, form("KE", "")).await.err().unwrap().is_retryable());
}

#[tokio::test]
async fn a_repeated_request_is_answered_with_the_first_quote_and_asks_nobody() {
    let shop = Shop::with_cart().await;
    let first = quote(&shop, form("KE", "")).await.unwrap();
    shop.world.lose_store();

    let again = quote(&shop, form("KE", "")).await.unwrap();
    let other = run(&shop.deps, &shop.cart().await, &key("a", "2"), form("KE", "")).await;

    assert!(again.is_repeated && !first.is_repeated);
    assert_eq!(again.thing, first.thing);
    assert!(matches!(other, Err(Failure::Refused(Refusal::KeyReused))));
}

#[tokio::test]
async fn countries_and_currencies_that_are_not_served_are_refused() {
    let shop = Shop::with_cart().await;

    assert!(matches!(
        quote(&shop, form("AQ", "")).await,
        Err(Failure::Refused(Refusal::CountryNotServed))
    ));
    for currency in ["XXX", "ARS", "dollars"] {
        assert!(
            matches!(quote(&shop, form("KE", currency)).await, Err(Failure::Invalid(_))),
            "{currency}"
        );
    }
}

#[tokio::test]
async fn an_empty_cart_and_one_too_large_for_an_order_have_no_price() {
    let shop = Shop::with_cart().await;
    let mut cart = shop.cart().await;
    cart.set_quantity(1, 80, shop.deps.clock.now()).unwrap();
    let too_large = run(&shop.deps, &cart, &key("b", "1"), form("KE", "")).await;
    cart.clear(shop.deps.clock.now());
    let empty = run(&shop.deps, &cart, &key("c", "1"), form("KE", "")).await;

    assert!(matches!(too_large, Err(Failure::Invalid(_))));
    assert!(matches!(empty, Err(Failure::Refused(Refusal::CartEmpty))));
}
