//! One page for one request, whatever is lost on the way.

use domain::{
    id::{PaymentId, RootId},
    lifecycle::{State, Task},
    order::{Draft, Order, Reported},
};
use providers::Loss;

use super::*;
use crate::fixture::{Shop, key};

fn form(provider: &str) -> PaymentForm {
    PaymentForm {
        provider: provider.parse().unwrap(),
        amount: Part::default(),
    }
}

async fn pay(shop: &Shop, order: &Order, name: &str) -> Result<Made<Page>, Failure> {
    run(&shop.deps, &shop.customer, &order.id, &key(name, "1"), form("stripe")).await
}

async fn now(shop: &Shop, order: &Order) -> Order {
    shop.deps.orders.load(&order.id).await.unwrap()
}

#[tokio::test]
async fn the_payment_is_written_down_before_the_provider_hears_of_it() {
    let (shop, order) = Shop::with_order().await;
    shop.world.lose_payment(|| Loss::NotConnected("closed".into()));

    assert!(pay(&shop, &order, "a").await.err().unwrap().is_retryable());

    let order = now(&shop, &order).await;
    assert_eq!(order.payments.len(), 1);
    assert_eq!(order.payments[0].life.state(), State::Pending);
    assert!(order.payments[0].life.due_at().is_some());
}

#[tokio::test]
async fn a_repeat_gets_the_same_page_and_opens_no_second_one() {
    let (shop, order) = Shop::with_order().await;

    let first = pay(&shop, &order, "a").await.unwrap();
    let again = pay(&shop, &order, "a").await.unwrap();

    assert_eq!(again.thing, first.thing);
    assert!(again.is_repeated && !first.is_repeated);
    assert_eq!(first.thing.amount, order.total);
    assert_eq!(shop.world.starts(), [format!("{}:create:1", first.thing.id)]);
    assert_eq!(now(&shop, &order).await.payments.len(), 1);
}

#[tokio::test]
async fn a_start_whose_answer_was_lost_is_started_again_under_the_same_key() {
    let (shop, order) = Shop::with_order().await;
    shop.world.lose_payment(|| Loss::NoAnswer("reset".into()));
    assert!(pay(&shop, &order, "a").await.err().unwrap().is_retryable());
    assert_eq!(now(&shop, &order).await.payments[0].life.state(), State::Unknown);

    shop.world.open_payments();
    let made = pay(&shop, &order, "a").await.unwrap();

    assert_eq!(made.thing.id, PaymentId::of(&order.id, 1));
    let [first, second] = shop.world.starts().try_into().unwrap();
    assert_eq!(first, second);
    let [first, second] = shop.world.start_bodies().try_into().unwrap();
    assert_eq!(first, second);
}

#[tokio::test]
async fn a_repeat_while_the_first_is_still_at_the_provider_is_told_to_wait() {
    let (shop, order) = Shop::with_order().await;
    shop.world.lose_payment(|| Loss::NotConnected("busy".into()));
    assert!(pay(&shop, &order, "a").await.err().unwrap().is_retryable());

    let again = pay(&shop, &order, "a").await;

    assert!(matches!(again, Err(Failure::Refused(Refusal::StillRunning))));
    assert_eq!(now(&shop, &order).await.payments.len(), 1);
}

#[tokio::test]
async fn a_second_payment_closes_the_page_of_the_first() {
    let (shop, order) = Shop::with_order().await;
    pay(&shop, &order, "a").await.unwrap();

    let second = pay(&shop, &order, "b").await.unwrap();

    assert_eq!(second.thing.id.number(), 2);
    assert_eq!(shop.sent(), [Task::VoidAtProvider]);
}

#[tokio::test]
async fn a_page_the_provider_refuses_to_open_leaves_the_order_payable() {
    let (shop, order) = Shop::with_order().await;
    shop.world.refuse_payment("amount_too_small");

    for _ in 0..2 {
        let refused = pay(&shop, &order, "a").await;
        assert!(matches!(refused, Err(Failure::Refused(Refusal::AmountNotTaken(_)))));
    }
    assert_eq!(now(&shop, &order).await.payments[0].life.state(), State::Failed);
    shop.world.open_payments();
    assert_eq!(pay(&shop, &order, "b").await.unwrap().thing.id.number(), 2);
}

#[tokio::test]
async fn a_paid_order_is_not_paid_again_and_a_lost_page_of_it_is_not_opened_any_more() {
    let (shop, order) = Shop::with_order().await;
    shop.world.lose_payment(|| Loss::NotConnected("closed".into()));
    assert!(pay(&shop, &order, "a").await.is_err());
    let mut draft = Draft::of(now(&shop, &order).await, Actor::System, shop.clock.now());
    draft
        .settle(&PaymentId::of(&order.id, 1), &Reported::Paid(order.total))
        .unwrap();
    drop(shop.deps.orders.commit(draft.finish(), shop.clock.now()).await.unwrap());
    shop.world.open_payments();

    for name in ["a", "b"] {
        assert!(
            matches!(
                pay(&shop, &order, name).await,
                Err(Failure::Refused(Refusal::NotPayable))
            ),
            "{name}"
        );
    }
    assert_eq!(shop.world.starts().len(), 1);
}

#[tokio::test]
async fn strangers_and_unknown_ways_of_paying_start_nothing() {
    let (shop, order) = Shop::with_order().await;
    let stranger = CustomerId::from_ulid("01JDB7M3N8Q4R5S6T7V8W9X0YA").unwrap();

    let theirs = run(&shop.deps, &stranger, &order.id, &key("a", "1"), form("stripe")).await;
    let unknown = run(&shop.deps, &shop.customer, &order.id, &key("a", "1"), form("cowries")).await;

    assert!(matches!(theirs, Err(Failure::NotFound("order"))));
    assert!(matches!(unknown, Err(Failure::Refused(Refusal::MethodNotOffered))));
    assert!(now(&shop, &order).await.payments.is_empty());
}

#[tokio::test]
async fn a_refusal_is_told_with_its_own_reason_each_time_it_is_asked_for() {
    for (code, told) in [
        ("amount_too_large", "amount_not_taken"),
        ("invalid_charge_amount_no_decimal_compatible", "amount_not_taken"),
        ("currency_not_supported", "amount_not_taken"),
        ("url_invalid", "payment_refused"),
        ("email_invalid", "email_not_taken"),
    ] {
        let (shop, order) = Shop::with_order().await;
        shop.world.refuse_payment(code);
        for _ in 0..2 {
            match pay(&shop, &order, "a").await {
                Err(Failure::Refused(refusal)) => assert_eq!(refusal.code(), told, "{code}"),
                other => panic!("{code}: {:?}", other.err()),
            }
        }
    }
}

#[tokio::test]
async fn an_email_address_that_the_provider_does_not_know_keeps_nobody_from_paying() {
    let (shop, order) = Shop::with_order().await;
    let mut draft = Draft::of(now(&shop, &order).await, Actor::Customer, shop.clock.now());
    draft.change_email("nobody@nowhere.example").unwrap();
    drop(shop.deps.orders.commit(draft.finish(), shop.clock.now()).await.unwrap());
    shop.world.refuse_emails();

    let first = pay(&shop, &order, "a").await.unwrap().thing;
    let again = pay(&shop, &order, "a").await.unwrap().thing;

    assert_eq!(first, again);
    let keys = [1, 2].map(|revision| format!("{}:create:{revision}", first.id));
    assert_eq!(shop.world.starts(), keys);
    let bodies = shop.world.start_bodies();
    assert!(!String::from_utf8_lossy(&bodies[1]).contains("customer_email"));
}

#[tokio::test]
async fn a_page_that_never_opened_is_not_opened_with_another_email_address() {
    let (shop, order) = Shop::with_order().await;
    shop.world.lose_payment(|| Loss::NoAnswer("reset".into()));
    assert!(pay(&shop, &order, "a").await.is_err());
    let mut draft = Draft::of(now(&shop, &order).await, Actor::Customer, shop.clock.now());
    draft.change_email("asha.new@example.com").unwrap();
    drop(shop.deps.orders.commit(draft.finish(), shop.clock.now()).await.unwrap());
    shop.world.open_payments();

    let again = pay(&shop, &order, "a").await;

    assert!(matches!(again, Err(Failure::Refused(Refusal::NotPayable))));
    assert_eq!(shop.world.starts().len(), 1);
    assert!(pay(&shop, &order, "b").await.is_ok());
}

#[tokio::test]
async fn a_page_that_opened_behind_a_500_is_given_to_whoever_clicks_again() {
    let (shop, order) = Shop::with_order().await;
    shop.world.fail_starts();
    assert!(pay(&shop, &order, "a").await.err().unwrap().is_retryable());
    shop.world.has_session(&PaymentId::of(&order.id, 1), "open", "unpaid");

    let first = pay(&shop, &order, "a").await.unwrap();
    let again = pay(&shop, &order, "a").await.unwrap();

    assert_eq!(first.thing.redirect_url, "https://pay.example/cs_9");
    assert_eq!(again.thing, first.thing);
    assert_eq!(shop.world.starts().len(), 1);
    let order = now(&shop, &order).await;
    assert_eq!(order.payments[0].provider_reference.as_deref(), Some("cs_9"));
}

#[tokio::test]
async fn a_500_that_is_repeated_under_our_key_comes_to_a_clear_end() {
    let (shop, order) = Shop::with_order().await;
    shop.world.fail_starts();
    assert!(pay(&shop, &order, "a").await.err().unwrap().is_retryable());

    for _ in 0..3 {
        let again = pay(&shop, &order, "a").await;
        assert!(matches!(again, Err(Failure::Refused(Refusal::PageNotOpened))));
    }

    let other = pay(&shop, &order, "b").await;
    assert!(
        other.err().unwrap().is_retryable(),
        "another click is another payment, and its own first try"
    );
    assert_eq!(now(&shop, &order).await.payments.len(), 2);
}

#[tokio::test]
async fn whoever_has_paid_behind_a_500_is_led_to_where_that_is_awaited() {
    let (shop, order) = Shop::with_order().await;
    shop.world.fail_starts();
    assert!(pay(&shop, &order, "a").await.is_err());
    let payment = PaymentId::of(&order.id, 1);
    shop.world.has_session(&payment, "complete", "paid");

    let page = pay(&shop, &order, "a").await.unwrap();

    assert_eq!(
        page.thing.redirect_url,
        format!("https://shop.example/payments/{payment}/return")
    );
    assert_eq!(shop.sent(), [Task::AskProvider]);
    assert_eq!(
        now(&shop, &order).await.payments[0].life.state(),
        State::Unknown,
        "here nothing is settled"
    );

    shop.world.has_session(&payment, "expired", "unpaid");
    let ended = pay(&shop, &order, "a").await;
    assert!(matches!(ended, Err(Failure::Refused(Refusal::PageNotOpened))));
}
