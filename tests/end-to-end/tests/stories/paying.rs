//! Ordering and paying as people do it: in few requests, with two tabs, by several people, too late, or for something that became dearer.

use std::time::Duration;

use domain::{
    lifecycle::State,
    order::{Order, RefundReason},
};
use end_to_end::{Effects, Fault, Played, play};
use http::Method;
use local::actors::{Browser, Shopper};
use serde_json::{Value, json};

/// What orders and pays in one request.
fn at_once(quote: &str) -> Value {
    let mut placing = Shopper::placing(quote);
    placing["provider"] = json!("stripe");
    placing
}

#[test]
fn a_guest_needs_three_requests_from_product_to_payment_page() -> Played {
    play(async |stage| {
        let shopper = Shopper::at(stage.shop()?);
        let basket = shopper.find("shoes").await?;

        shopper.take(&basket, 1).await?;
        let quote = shopper.quote().await?.text_at("/id")?;
        let placed = shopper
            .browser
            .post("/orders", &at_once(&quote))
            .await?
            .good("ordering and paying")?;

        // Cart, quote, order with its payment: everything else on the way is only looked at.
        let order: domain::id::OrderId = placed.text_at("/id")?.parse()?;
        let page = placed.text_at("/payment/redirect_url")?;
        assert!(page.contains("/stripe/"), "{page}");
        let stored = stage.order(&order).await?;
        assert_eq!(
            (stored.life.state(), stored.payments.len()),
            (State::AwaitingPayment, 1)
        );
        stage.world()?.pay(&page).await?;
        stage.deliver_once(&order).await?;
        Ok(())
    })
}

#[test]
fn two_clicks_on_the_button_make_one_order_and_one_page() -> Played {
    play(async |stage| {
        let (shopper, _) = stage.shopper_with_cart().await?;
        let quote = shopper.quote().await?.text_at("/id")?;
        let (browser, form) = (&shopper.browser, at_once(&quote));

        let (one, two) = futures::future::join(
            browser.post_again("/orders", "click", &form),
            browser.post_again("/orders", "click", &form),
        )
        .await;
        let (one, two) = (one?.good("clicking")?, two?.good("clicking again")?);

        assert_eq!(one.text_at("/id")?, two.text_at("/id")?);
        let order = stage.order(&one.text_at("/id")?.parse()?).await?;
        assert_eq!(order.payments.len(), 1);
        Ok(())
    })
}

#[test]
fn a_cart_edited_in_another_tab_while_paying_changes_neither_the_order_nor_itself() -> Played {
    play(async |stage| {
        let (shopper, basket) = stage.shopper_with_cart().await?;
        let quote = shopper.quote().await?.text_at("/id")?;

        let edited = shopper.take(&basket, 1).await?;
        let pieces = edited.json["pieces"].clone();
        let placed = shopper
            .browser
            .post("/orders", &at_once(&quote))
            .await?
            .good("ordering")?;
        let cart = shopper.browser.get("/cart").await?.good("looking at the cart")?;

        let order = stage.order(&placed.text_at("/id")?.parse()?).await?;
        assert_eq!(order.units.len(), 2);
        assert_eq!(cart.json["pieces"], pieces);
        // And the old tab's idea of the cart is not written over the new one.
        let stale = shopper
            .browser
            .send(Method::DELETE, "/cart/lines/1", None, &json!({}))
            .await?;
        assert_eq!(stale.status, 428);
        Ok(())
    })
}

#[test]
fn an_expired_price_makes_no_order_and_another_currency_is_another_price() -> Played {
    play(async |stage| {
        let (shopper, _) = stage.shopper_with_cart().await?;
        let first = shopper.quote().await?;
        let asked = json!({ "country": "KE", "currency": "USD" });
        let dollars = shopper
            .browser
            .post("/quotes", &asked)
            .await?
            .good("asking in dollars")?;
        assert_eq!(first.json["total"]["currency"], "KES");
        assert_eq!(dollars.json["total"]["currency"], "USD");
        assert_ne!(first.text_at("/hash")?, dollars.text_at("/hash")?);

        stage.pass(Duration::from_secs(5 * 3600))?;
        let late = shopper
            .browser
            .post("/orders", &at_once(&first.text_at("/id")?))
            .await?;
        assert_eq!((late.status, late.text_at("/code")?.as_str()), (410, "quote_expired"));

        let again = shopper.browser.post("/quotes", &asked).await?.good("asking again")?;
        let placed = shopper
            .browser
            .post("/orders", &at_once(&again.text_at("/id")?))
            .await?
            .good("ordering")?;
        assert_eq!(placed.json["total"], again.json["total"]);
        stage.world()?.pay(&placed.text_at("/payment/redirect_url")?).await?;
        let order = stage.deliver_once(&placed.text_at("/id")?.parse()?).await?;
        assert_eq!(order.total.currency().to_string(), "USD");
        Ok(())
    })
}

/// Somebody who was sent the link and has no session here.
async fn pays_by(link: &str, stage: &mut end_to_end::Stage, amount: &str) -> anyhow::Result<()> {
    let shop = stage.shop()?.to_owned();
    let path = link.rsplit_once("/pay/").map(|(_, token)| format!("/pay/{token}"));
    let (path, somebody) = (path.unwrap_or_default(), Browser::new(&shop));
    let seen = somebody.get(&path).await?.good("looking at the link")?;
    for secret in ["Ngong Road", "254712345678", "Demo Customer", "demo@example.com"] {
        assert!(!seen.text.contains(secret), "{secret} in {}", seen.text);
    }
    let form = json!({ "provider": "stripe", "amount": amount, "name": "Aunt Rose" });
    let started = somebody
        .post(&format!("{path}/payments"), &form)
        .await?
        .good("paying by the link")?;
    stage.pay_page(&started).await
}

async fn link_of(purchase: &end_to_end::Purchase) -> anyhow::Result<String> {
    let path = format!("/orders/{}/pay-links", purchase.order);
    let made = purchase.shopper.browser.post(&path, &json!({})).await?;
    made.good("making a link")?.text_at("/url")
}

fn captured(count: usize) -> impl Fn(&Order) -> bool {
    move |order| {
        let is_there = |payment: &&domain::order::Payment| payment.life.state() == State::Captured;
        order.payments.iter().filter(is_there).count() == count
    }
}

#[test]
fn two_people_pay_for_a_third_and_the_order_is_bought_once_it_is_covered() -> Played {
    play(async |stage| {
        let purchase = stage.placed().await?;
        let link = link_of(&purchase).await?;

        pays_by(&link, stage, "3000").await?;
        let order = stage.until(&purchase.order, "the first part", captured(1)).await?;
        assert_eq!(order.life.state(), State::AwaitingPayment);
        assert_eq!(
            purchase
                .shopper
                .look(purchase.order.as_str())
                .await?
                .text_at("/money_status")?,
            "part_paid"
        );
        assert_eq!(stage.effects(&order).await?.purchases, 0);

        pays_by(&link, stage, "").await?;
        let order = stage.deliver(&purchase.order).await?;

        let expected = Effects {
            charges: 2,
            ..Effects::DELIVERED
        };
        assert_eq!(stage.effects(&order).await?, expected);
        stage.ledger_is_level(&order).await
    })
}

#[test]
fn a_part_whose_rest_never_comes_goes_back_to_who_paid_it() -> Played {
    play(async |stage| {
        let purchase = stage.placed().await?;
        let link = link_of(&purchase).await?;
        pays_by(&link, stage, "3000").await?;

        let is_back = |order: &Order| {
            order.life.state() == State::Expired
                && order.refunds.iter().all(|refund| refund.life.state() == State::Done)
        };
        let order = stage.until(&purchase.order, "the end", is_back).await?;

        assert_eq!(order.refunds.len(), 1);
        assert_eq!(order.refunds[0].reason, RefundReason::NotCovered);
        assert_eq!(order.refunds[0].amount, order.payments[0].amount);
        assert_eq!(stage.effects(&order).await?, Effects::PAID_BACK);
        assert_eq!(purchase.status().await?, "refunded");
        stage.ledger_is_level(&order).await
    })
}

#[test]
fn a_link_that_was_ended_pays_nothing_any_more() -> Played {
    play(async |stage| {
        let purchase = stage.placed().await?;
        let link = link_of(&purchase).await?;
        let shown = purchase.shopper.look(purchase.order.as_str()).await?;
        let id = shown.text_at("/pay_links/0/id")?;

        let path = format!("/orders/{}/pay-links/{id}", purchase.order);
        let ended = purchase
            .shopper
            .browser
            .send(Method::DELETE, &path, None, &json!({}))
            .await?;
        assert_eq!(ended.status, 204, "{}", ended.text);

        assert!(pays_by(&link, stage, "").await.is_err());
        Ok(())
    })
}

#[test]
fn what_became_dearer_is_asked_about_and_left_out_without_an_answer() -> Played {
    play(async |stage| {
        let (shopper, _) = stage.shopper_with_cart().await?;
        let quote = shopper.quote().await?.text_at("/id")?;
        let mut form = at_once(&quote);
        form["drift"] = json!("ask");
        let placed = shopper.browser.post("/orders", &form).await?.good("ordering")?;
        let fault = Fault::at("aliexpress", "product.get", "dearer")
            .with("amount", 30)
            .with("count", 100);
        stage.fault(&fault).await?;
        stage.world()?.pay(&placed.text_at("/payment/redirect_url")?).await?;

        let id = placed.text_at("/id")?.parse()?;
        let asked = |order: &Order| order.supplier_orders.iter().any(|s| s.life.state() == State::Asked);
        stage.until(&id, "the question", asked).await?;
        let shown = shopper.look(id.as_str()).await?;
        assert_eq!(shown.list_at("/questions").len(), 1, "{}", shown.text);
        let back = |order: &Order| {
            !order.refunds.is_empty() && order.refunds.iter().all(|refund| refund.life.state() == State::Done)
        };
        let order = stage.until(&id, "the money back", back).await?;

        assert_eq!(order.supplier_orders[0].life.state(), State::Stopped);
        assert_eq!(stage.effects(&order).await?, Effects::PAID_BACK);
        stage.ledger_is_level(&order).await
    })
}

#[test]
fn who_adds_what_it_costs_more_gets_it_and_the_rest_of_it_back() -> Played {
    play(async |stage| {
        let (shopper, _) = stage.shopper_with_cart().await?;
        let quote = shopper.quote().await?.text_at("/id")?;
        let mut form = at_once(&quote);
        form["drift"] = json!("ask");
        let placed = shopper.browser.post("/orders", &form).await?.good("ordering")?;
        let dearer = Fault::at("aliexpress", "product.get", "dearer")
            .with("amount", 30)
            .with("count", 100);
        stage.fault(&dearer).await?;
        stage.world()?.pay(&placed.text_at("/payment/redirect_url")?).await?;
        let id = placed.text_at("/id")?.parse()?;
        let asked = |order: &Order| order.supplier_orders.iter().any(|s| s.life.state() == State::Asked);
        stage.until(&id, "the question", asked).await?;
        let question = shopper.look(id.as_str()).await?.text_at("/questions/0/href")?;

        let answer = json!({ "answer": "add" });
        let said = shopper
            .browser
            .post_again(&question, "add", &answer)
            .await?
            .good("answering")?;
        let again = shopper
            .browser
            .post_again(&question, "add", &answer)
            .await?
            .good("answering again")?;
        assert_eq!(said.json, again.json);
        let due = stage.order(&id).await?.due();
        assert!(due.amount() > 0);
        let started = shopper.start_payment(id.as_str()).await?;
        assert_eq!(started.json["amount"]["amount"], due.amount());
        stage.pay_page(&started).await?;

        let order = stage.deliver(&id).await?;
        let expected = Effects {
            charges: 2,
            ..Effects::DELIVERED
        };
        assert_eq!(stage.effects(&order).await?, expected);
        stage.ledger_is_level(&order).await
    })
}
