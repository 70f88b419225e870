//! The same request again, after an answer, instead of one, or at the same time.

use end_to_end::{Effects, Played, play};
use futures::future::{join, join_all};
use local::actors::Shopper;
use serde_json::json;

#[test]
fn the_same_key_twice_makes_one_order_and_one_payment_and_another_request_under_it_is_refused() -> Played {
    play(async |stage| {
        let (shopper, _) = stage.shopper_with_cart().await?;
        let quote = shopper.quote().await?.text_at("/id")?;
        let (browser, placing) = (&shopper.browser, Shopper::placing(&quote));

        let first = browser
            .post_again("/orders", "key-1", &placing)
            .await?
            .good("placing the order")?;
        let again = browser
            .post_again("/orders", "key-1", &placing)
            .await?
            .good("placing it again")?;
        let mut elsewhere = placing.clone();
        elsewhere["line1"] = json!("Moi Avenue 1");
        let other = browser.post_again("/orders", "key-1", &elsewhere).await?;

        let id = first.text_at("/id")?;
        assert_eq!((again.status, again.text_at("/id")?), (201, id.clone()));
        assert_eq!(again.headers["idempotency-replayed"], "true");
        assert!(!first.headers.contains_key("idempotency-replayed"));
        assert_eq!(
            (other.status, other.text_at("/code")?.as_str()),
            (422, "idempotency_key_reused")
        );

        let path = format!("/orders/{id}/payments");
        let stripe = json!({ "provider": "stripe" });
        let page = browser.post_again(&path, "key-2", &stripe).await?.good("paying")?;
        let same = browser
            .post_again(&path, "key-2", &stripe)
            .await?
            .good("paying again")?;
        assert_eq!(page.text_at("/redirect_url")?, same.text_at("/redirect_url")?);
        stage.pay_page(&page).await?;
        stage.deliver_once(&id.parse()?).await?;
        Ok(())
    })
}

#[test]
fn the_same_request_many_times_at_once_has_one_effect() -> Played {
    play(async |stage| {
        let (shopper, _) = stage.shopper_with_cart().await?;
        let quote = shopper.quote().await?.text_at("/id")?;
        let (browser, placing) = (&shopper.browser, Shopper::placing(&quote));

        let clicks = (0..4).map(|_| browser.post_again("/orders", "key-3", &placing));
        let mut orders = Vec::new();
        for said in join_all(clicks).await {
            orders.push(said?.good("placing")?.text_at("/id")?);
        }
        orders.dedup();
        assert_eq!(orders.len(), 1, "{orders:?}");

        let path = format!("/orders/{}/payments", orders[0]);
        let stripe = json!({ "provider": "stripe" });
        let (one, two) = join(
            browser.post_again(&path, "key-4", &stripe),
            browser.post_again(&path, "key-4", &stripe),
        )
        .await;
        // The one that comes while the other is at the provider may be told to look again; none may open a second page.
        let pages: Vec<_> = [one?, two?].into_iter().filter(|said| said.status == 201).collect();
        assert!(!pages.is_empty());
        stage.pay_page(&pages[0]).await?;
        let order = stage
            .until(&orders[0].parse()?, "payment", |order| {
                order.life.state() != domain::lifecycle::State::AwaitingPayment
            })
            .await?;
        assert_eq!((order.payments.len(), stage.effects(&order).await?.charges), (1, 1));
        assert_eq!(Effects::PAID.refunds, stage.effects(&order).await?.refunds);
        Ok(())
    })
}
