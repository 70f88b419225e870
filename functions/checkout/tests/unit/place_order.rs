//! What makes an order, and what does not.

use std::time::Duration;

use domain::{Refusal, id::RootId, lifecycle::State};

use super::*;
use crate::fixture::{Shop, key};

fn form(quote: &Quote) -> OrderForm {
    OrderForm {
        quote: quote.id().to_string(),
        name: "Asha Mwangi".into(),
        phone: "+254712345678".into(),
        line1: "Ngong Road 44".into(),
        city: "Nairobi".into(),
        country: "KE".into(),
        ..OrderForm::default()
    }
}

async fn place_as(shop: &Shop, name: &str, hash: &str, form: OrderForm) -> Result<Made<Placed>, Failure> {
    run(&shop.deps, &shop.customer, &key(name, hash), form).await
}

#[tokio::test]
async fn an_order_waits_for_money_and_takes_what_was_ordered_out_of_the_cart() {
    let shop = Shop::with_cart().await;
    let quote = shop.quote().await;

    let made = place_as(&shop, "a", "1", form(&quote)).await.unwrap();

    let order = shop.deps.orders.load(&made.thing.order.id).await.unwrap();
    assert_eq!(order.life.state(), State::AwaitingPayment);
    assert_eq!(
        (order.total, &order.quote, order.units.len()),
        (quote.total(), quote.id(), 3)
    );
    assert!(shop.cart().await.lines.is_empty());
    assert!(shop.sent().is_empty());
}

#[tokio::test]
async fn the_number_for_customs_is_sealed_before_it_is_written_anywhere() {
    const PIN: &str = "A123456789Z";
    let shop = Shop::with_cart().await;
    let quote = shop.quote().await;
    let mut wanted = form(&quote);
    wanted.tax_number = PIN.into();

    let made = place_as(&shop, "a", "1", wanted).await.unwrap();

    let order = shop.deps.orders.load(&made.thing.order.id).await.unwrap();
    assert!(!format!("{order:?}").contains(PIN));
    let opened = shop
        .deps
        .seal
        .open(&customs_place(&order.id), order.customs_number.as_deref().unwrap());
    assert_eq!(opened.unwrap().expose(), PIN);
    let elsewhere = shop
        .deps
        .seal
        .open("customs number of another", order.customs_number.as_deref().unwrap());
    assert!(elsewhere.is_err());
}

#[tokio::test]
async fn the_same_request_makes_one_order_even_after_its_quote_has_expired() {
    let shop = Shop::with_cart().await;
    let quote = shop.quote().await;
    let first = place_as(&shop, "a", "1", form(&quote)).await.unwrap();

    let again = place_as(&shop, "a", "1", form(&quote)).await.unwrap();
    shop.clock.advance(Duration::from_secs(5 * 3600));
    let late = place_as(&shop, "a", "1", form(&quote)).await.unwrap();

    assert!(again.is_repeated && late.is_repeated && !first.is_repeated);
    assert_eq!(
        (&again.thing.order.id, &late.thing.order.id),
        (&first.thing.order.id, &first.thing.order.id)
    );
    let other = place_as(&shop, "a", "2", form(&quote)).await;
    assert!(matches!(other, Err(Failure::Refused(Refusal::KeyReused))));
}

#[tokio::test]
async fn an_expired_quote_or_one_for_another_country_is_not_ordered() {
    let shop = Shop::with_cart().await;
    let quote = shop.quote().await;

    let mut elsewhere = form(&quote);
    elsewhere.country = "UG".into();
    assert!(matches!(
        place_as(&shop, "a", "1", elsewhere).await,
        Err(Failure::Invalid(_))
    ));
    shop.clock.advance(Duration::from_secs(4 * 3600));
    let expired = place_as(&shop, "b", "1", form(&quote)).await;

    assert!(matches!(expired, Err(Failure::Refused(Refusal::QuoteExpired))));
    assert_eq!(shop.cart().await.lines.len(), 1);
}

#[tokio::test]
async fn the_quote_of_somebody_else_is_not_found() {
    let shop = Shop::with_cart().await;
    let quote = shop.quote().await;
    let other = CustomerId::from_ulid("01JDB7M3N8Q4R5S6T7V8W9X0YA").unwrap();

    let placed = run(&shop.deps, &other, &key("a", "1"), form(&quote)).await;

    assert!(matches!(placed, Err(Failure::NotFound("quote"))));
}

#[tokio::test]
async fn every_wrong_field_of_the_address_is_named() {
    let shop = Shop::with_cart().await;
    let mut wrong = form(&shop.quote().await);
    wrong.phone = "0712".into();
    wrong.city = String::new();

    let Err(Failure::Invalid(errors)) = place_as(&shop, "a", "1", wrong).await else {
        panic!("wrong fields")
    };

    let names: Vec<_> = errors.iter().map(|error| error.pointer.as_str()).collect();
    assert_eq!(names, ["/city", "/phone"]);
}

#[tokio::test]
async fn an_order_goes_to_a_pickup_point_without_a_street_and_keeps_it_for_the_label() {
    let shop = Shop::with_cart().await;
    let mut at_a_point = form(&shop.quote().await);
    at_a_point.line1 = String::new();
    at_a_point.landmark = "opposite the market".into();
    at_a_point.pickup_point = "Mega City".into();
    at_a_point.pickup_courier = "Posta".into();

    let made = place_as(&shop, "a", "1", at_a_point).await.unwrap();

    let order = shop.deps.orders.load(&made.thing.order.id).await.unwrap();
    assert_eq!(
        order.destination.lines(),
        ["Posta pickup: Mega City", "opposite the market"]
    );
}

#[tokio::test]
async fn a_cart_that_was_changed_after_the_quote_stays_as_it_is() {
    let shop = Shop::with_cart().await;
    let quote = shop.quote().await;
    shop.change_cart().await;

    place_as(&shop, "a", "1", form(&quote)).await.unwrap();

    assert_eq!(shop.cart().await.lines.len(), 1);
}

#[tokio::test]
async fn whoever_pays_at_once_gets_order_and_page_from_one_request_and_the_same_from_a_repeat() {
    let shop = Shop::with_cart().await;
    let quote = shop.quote().await;
    let at_once = || OrderForm {
        provider: "stripe".into(),
        ..form(&quote)
    };

    let first = place_as(&shop, "a", "1", at_once()).await.unwrap().thing;
    let again = place_as(&shop, "a", "1", at_once()).await.unwrap().thing;

    assert_eq!(first.page.clone().unwrap().amount, quote.total());
    assert_eq!((again.order.id, again.page), (first.order.id.clone(), first.page));
    assert_eq!(shop.world.starts().len(), 1);
    assert_eq!(shop.deps.orders.load(&first.order.id).await.unwrap().payments.len(), 1);
}

#[tokio::test]
async fn an_order_stands_when_its_payment_page_does_not_open() {
    let shop = Shop::with_cart().await;
    let quote = shop.quote().await;
    shop.world
        .lose_payment(|| providers::Loss::NotConnected("closed".into()));
    let at_once = OrderForm {
        provider: "stripe".into(),
        ..form(&quote)
    };

    let made = place_as(&shop, "a", "1", at_once).await.unwrap().thing;

    assert!(made.page.is_none());
    let order = shop.deps.orders.load(&made.order.id).await.unwrap();
    assert_eq!((order.life.state(), order.payments.len()), (State::AwaitingPayment, 1));
}

#[tokio::test]
async fn what_is_asked_once_is_kept_with_the_order_and_an_addition_is_paid_with_it() {
    let shop = Shop::with_cart().await;
    let quote = shop.quote().await;
    let chosen = OrderForm {
        drift: "use_mine".into(),
        reserve: "500".into(),
        out_of_stock: "ask".into(),
        consolidation: "as_it_comes".into(),
        ..form(&quote)
    };

    let made = place_as(&shop, "a", "1", chosen).await.unwrap().thing;

    let order = shop.deps.orders.load(&made.order.id).await.unwrap();
    assert_eq!(order.choices.drift, DriftPolicy::UseMine);
    assert_eq!(order.choices.out_of_stock, StockPolicy::Ask);
    assert_eq!(order.choices.consolidation, Consolidation::AsItComes);
    assert_eq!(order.due().amount(), quote.total().amount() + 50_000);
    assert_eq!(order.freight.unwrap().carrier.as_str(), "dhl");
    for (drift, reserve) in [("guess", ""), ("use_mine", ""), ("ask", "5"), ("use_mine", "a lot")] {
        let wrong = OrderForm {
            drift: drift.into(),
            reserve: reserve.into(),
            ..form(&quote)
        };
        assert!(
            matches!(place_as(&shop, drift, "1", wrong).await, Err(Failure::Invalid(_))),
            "{drift} {reserve}"
        );
    }
}

#[tokio::test]
async fn a_quote_makes_one_order_however_many_ask_at_once() {
    let shop = Shop::with_cart().await;
    let quote = shop.quote().await;
    let names: Vec<String> = (0..20).map(|number| format!("tab{number}")).collect();

    let placed = futures::future::join_all(names.iter().map(|name| place_as(&shop, name, "1", form(&quote)))).await;

    let mut first = None;
    for made in &placed {
        match made {
            Ok(made) => assert!(first.replace(made.thing.order.id.clone()).is_none()),
            Err(Failure::Refused(Refusal::QuoteUsed { .. })) => {}
            Err(other) => panic!("{other:?}"),
        }
    }
    let used = shop.deps.orders.of_quote(quote.id()).await.unwrap();
    assert!(first.is_some() && used == first);
    shop.clock.advance(Duration::from_secs(4 * 3600));
    let late = place_as(&shop, "late", "1", form(&quote)).await;
    assert!(matches!(late, Err(Failure::Refused(Refusal::QuoteUsed { order })) if Some(&order) == used.as_ref()));
}

#[tokio::test]
async fn a_form_that_was_left_empty_names_every_field_that_is_missing() {
    let shop = Shop::with_cart().await;
    let quote = shop.quote().await;
    let empty = OrderForm {
        quote: quote.id().to_string(),
        drift: "guess".into(),
        reserve: "a lot".into(),
        ..OrderForm::default()
    };

    let named = |placed: Result<Made<Placed>, Failure>| match placed {
        Err(Failure::Invalid(fields)) => fields.into_iter().map(|field| field.pointer).collect::<Vec<_>>(),
        other => panic!("wrong fields, not {:?}", other.err()),
    };
    let fields = named(place_as(&shop, "a", "1", empty).await);
    let nothing = named(place_as(&shop, "b", "1", OrderForm::default()).await);

    for field in ["/name", "/phone", "/line1", "/city", "/country", "/drift", "/reserve"] {
        assert!(fields.contains(&field.to_owned()), "{field} in {fields:?}");
    }
    assert_eq!(nothing[0], "/quote");
    assert!(nothing.contains(&"/name".to_owned()));
}

#[tokio::test]
async fn the_checkout_of_a_used_price_says_so_and_has_no_form() {
    let shop = Shop::with_cart().await;
    let quote = shop.quote().await;
    let page = |order| {
        let page = crate::order_form_view::OrderFormPage::of(&quote, "key".into(), shop.clock.now()).with_order(order);
        askama::Template::render(&page).unwrap()
    };
    let before = page(shop.deps.orders.of_quote(quote.id()).await.unwrap());
    let order = place_as(&shop, "a", "1", form(&quote)).await.unwrap().thing.order.id;

    let after = page(shop.deps.orders.of_quote(quote.id()).await.unwrap());

    assert!(before.contains("action=\"/orders\"") && !before.contains("already ordered"));
    assert!(!after.contains("action=\"/orders\"") && after.contains("already ordered"));
    assert!(after.contains(&format!("/orders/{order}")) && after.contains("href=\"/quotes\""));
}
