//! Somebody else pays: what they may do and see, and what they may not.

use domain::{
    Money,
    lifecycle::{State, Task},
    order::{Draft, Reported},
};

use super::*;
use crate::{
    fixture::{Shop, key},
    pay_view::PayPage,
};

fn form(amount: &str) -> PayForm {
    PayForm {
        provider: "stripe".parse().unwrap(),
        amount: Part::Text(amount.into()),
        name: "Aunt Rose".into(),
    }
}

async fn link(shop: &Shop, order: &Order) -> (PayLinkId, String) {
    let made = make(&shop.deps, &shop.customer, &order.id, &key("link", "1"))
        .await
        .unwrap();
    let url = made.url.unwrap();
    let token = url.strip_prefix("https://shop.example/pay/").unwrap();
    (made.id, token.to_owned())
}

async fn now(shop: &Shop, order: &Order) -> Order {
    shop.deps.orders.load(&order.id).await.unwrap()
}

#[tokio::test]
async fn somebody_else_pays_a_part_and_the_customer_the_rest() {
    let (shop, order) = Shop::with_order().await;
    let (id, token) = link(&shop, &order).await;

    let first = pay(&shop.deps, &token, &key("a", "1"), form("5000")).await.unwrap();

    assert_eq!(first.thing.amount, Money::new(500_000, order.total.currency()));
    let payment = now(&shop, &order).await.payments[0].clone();
    let payer = payment.payer.unwrap();
    assert_eq!((payer.link, payer.name.as_str()), (id, "Aunt Rose"));
    let mut draft = Draft::of(now(&shop, &order).await, Actor::System, shop.clock.now());
    draft.settle(&payment.id, &Reported::Paid(payment.amount)).unwrap();
    drop(shop.deps.orders.commit(draft.finish(), shop.clock.now()).await.unwrap());
    let after = now(&shop, &order).await;
    assert_eq!(after.life.state(), State::AwaitingPayment);
    assert_eq!(after.due().amount(), order.total.amount() - 500_000);
}

#[tokio::test]
async fn who_pays_learns_nothing_of_the_customer_and_comes_back_to_a_page_of_their_own() {
    let (shop, order) = Shop::with_order().await;
    let (_, token) = link(&shop, &order).await;
    pay(&shop.deps, &token, &key("a", "1"), form("")).await.unwrap();

    let (order, link) = find(&shop.deps, &token).await.unwrap();
    let page = PayPage::of(&order, &link, &token, "key".into());
    let shown = format!(
        "{} {} {}",
        serde_json::to_string(&page).unwrap(),
        askama::Template::render(&page).unwrap(),
        String::from_utf8_lossy(&shop.world.start_bodies()[0])
    );

    let to = order.destination.parts();
    for secret in [&to.name, &to.phone, &to.line1, &to.city, &order.customer.to_string()] {
        assert!(!shown.contains(secret.as_str()), "{secret}");
    }
    assert!(shown.contains("thanks"));
}

#[tokio::test]
async fn a_link_is_kept_only_as_a_hash_and_a_wrong_or_ended_one_is_not_found() {
    let (shop, order) = Shop::with_order().await;
    let (id, token) = link(&shop, &order).await;
    let (ulid, secret) = token.split_once('.').unwrap();
    assert!(!format!("{:?}", now(&shop, &order).await).contains(secret));

    for wrong in [
        format!("{ulid}.x"),
        ulid.to_string(),
        format!("x.{secret}"),
        String::new(),
    ] {
        assert!(
            matches!(find(&shop.deps, &wrong).await, Err(Failure::NotFound("pay link"))),
            "{wrong}"
        );
    }
    pay(&shop.deps, &token, &key("a", "1"), form("")).await.unwrap();
    for _ in 0..2 {
        end(&shop.deps, &shop.customer, &order.id, &id).await.unwrap();
    }
    let again = pay(&shop.deps, &token, &key("b", "1"), form("")).await;
    assert!(matches!(again, Err(Failure::NotFound("pay link"))));
    assert_eq!(shop.sent(), [Task::VoidAtProvider]);
}

#[tokio::test]
async fn a_link_ends_after_a_week() {
    let (shop, order) = Shop::with_order().await;
    let (_, token) = link(&shop, &order).await;

    shop.clock.advance(LINK_LIFE);

    assert!(matches!(
        find(&shop.deps, &token).await,
        Err(Failure::NotFound("pay link"))
    ));
}

#[tokio::test]
async fn the_same_request_makes_one_link_and_one_payment() {
    let (shop, order) = Shop::with_order().await;
    let (_, token) = link(&shop, &order).await;
    let again = make(&shop.deps, &shop.customer, &order.id, &key("link", "1"))
        .await
        .unwrap();
    let first = pay(&shop.deps, &token, &key("a", "1"), form("")).await.unwrap();
    let second = pay(&shop.deps, &token, &key("a", "1"), form("")).await.unwrap();

    assert!(again.url.is_none());
    assert_eq!(now(&shop, &order).await.pay_links.len(), 1);
    assert_eq!(first.thing, second.thing);
    assert!(second.is_repeated);
}

#[tokio::test]
async fn only_the_customer_makes_and_ends_links() {
    let (shop, order) = Shop::with_order().await;
    let (id, token) = link(&shop, &order).await;
    let stranger = CustomerId::from_ulid("01JDB7M3N8Q4R5S6T7V8W9X0YA").unwrap();

    assert!(make(&shop.deps, &stranger, &order.id, &key("b", "1")).await.is_err());
    assert!(end(&shop.deps, &stranger, &order.id, &id).await.is_err());
    assert!(find(&shop.deps, &token).await.is_ok());
}
