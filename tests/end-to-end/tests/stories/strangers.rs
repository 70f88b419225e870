//! What belongs to somebody else does not exist, and a session that has ended opens nothing.

use std::time::Duration;

use domain::{lifecycle::State, order::Order};
use end_to_end::{Played, Stage, play};
use http::Method;
use local::actors::{Browser, Shopper, account};
use serde_json::{Value, json};

fn address() -> Value {
    json!({ "name": "Asha Mwangi", "phone": "+254712345678", "line1": "Ngong Road 44", "city": "Nairobi", "country": "KE" })
}

async fn registered(stage: &Stage, email: &str) -> anyhow::Result<Browser> {
    let browser = Browser::new(stage.shop()?);
    account::register(&browser, &stage.world()?, email).await?;
    Ok(browser)
}

#[test]
fn the_order_quote_payment_and_address_of_somebody_else_are_not_found() -> Played {
    play(async |stage| {
        let purchase = stage.placed().await?;
        let payment = purchase
            .shopper
            .start_payment(purchase.order.as_str())
            .await?
            .text_at("/id")?;
        let before = stage.order(&purchase.order).await?;
        let owner = registered(stage, "owner@example.com").await?;
        let kept = owner
            .post("/me/addresses", &address())
            .await?
            .good("keeping an address")?
            .text_at("/id")?;
        let (stranger, _) = stage.shopper_with_cart().await?;
        let registered = registered(stage, "stranger@example.com").await?;

        let order = &purchase.order;
        for browser in [&stranger.browser, &registered] {
            finds_nothing(browser, &before, &payment).await?;
        }
        let path = format!("/me/addresses/{kept}");
        assert_eq!(registered.send(Method::PUT, &path, None, &address()).await?.status, 404);
        assert_eq!(
            registered.send(Method::DELETE, &path, None, &Value::Null).await?.status,
            404
        );

        assert_eq!(stage.order(order).await?, before);
        let addresses = owner.get("/me/addresses").await?.good("reading the addresses")?;
        assert!(addresses.text.contains(&kept), "{}", addresses.text);
        Ok(())
    })
}

/// Tries every door to an order, its quote and its payment.
async fn finds_nothing(browser: &Browser, order: &Order, payment: &str) -> anyhow::Result<()> {
    let (id, quote) = (&order.id, &order.quote);
    for path in ["", "/timeline", "/money"] {
        let said = browser.get(&format!("/orders/{id}{path}")).await?;
        assert_eq!(
            (said.status, said.text_at("/code")?.as_str()),
            (404, "not_found"),
            "{path}"
        );
    }
    for path in [
        format!("/quotes/{quote}"),
        format!("/payments/{payment}"),
        format!("/payments/{payment}/return"),
    ] {
        assert_eq!(browser.get(&path).await?.status, 404, "{path}");
    }
    for (path, body) in [
        (format!("/orders/{id}/payments"), json!({ "provider": "stripe" })),
        (format!("/orders/{id}/cancellation"), json!({})),
        ("/orders".to_owned(), Shopper::placing(quote.as_str())),
    ] {
        assert_eq!(browser.post(&path, &body).await?.status, 404, "{path}");
    }
    Ok(())
}

#[test]
fn customers_and_visitors_do_not_reach_the_staff_s_doors() -> Played {
    play(async |stage| {
        let purchase = stage.paid().await?;
        let id = purchase.order.ulid();
        let visitor = Browser::new(stage.shop()?);
        for (browser, status) in [(&visitor, 401), (&purchase.shopper.browser, 403)] {
            for path in ["/desk", "/desk/orders", "/warehouse"] {
                assert_eq!(browser.get(path).await?.status, status, "{path}");
            }
            for path in [
                format!("/desk/orders/ord_{id}"),
                format!("/warehouse/orders/ord_{id}"),
                format!("/shipments/shp_{id}-1"),
            ] {
                assert_eq!(browser.get(&path).await?.status, status, "{path}");
            }
            for (path, body) in [
                ("/warehouse/scans".to_owned(), json!({ "code": "1" })),
                (
                    format!("/supplier-orders/sup_{id}-1/placement"),
                    json!({ "store_order": "1" }),
                ),
                (
                    format!("/supplier-orders/sup_{id}-1/absence"),
                    json!({ "note": "looked everywhere" }),
                ),
                (format!("/shipments/shp_{id}-1/handover"), json!({})),
            ] {
                assert_eq!(browser.post(&path, &body).await?.status, status, "{path}");
            }
        }
        Ok(())
    })
}

#[test]
fn an_ended_session_opens_nothing_and_the_order_stays() -> Played {
    play(async |stage| {
        let purchase = stage.placed().await?;
        let browser = registered(stage, "once@example.com").await?;
        let staff = stage.staff().await?;
        assert_eq!(browser.get("/me").await?.status, 200);
        let path = format!("/orders/{}", purchase.order);

        stage.pass(Duration::from_secs(400 * 24 * 3600))?;

        assert_eq!(browser.get("/me").await?.text_at("/signed_in").unwrap_or_default(), "");
        for (browser, path) in [
            (&purchase.shopper.browser, path.as_str()),
            (&browser, "/me/addresses"),
            (&staff.browser, "/desk"),
        ] {
            let said = browser.get(path).await?;
            assert_eq!(
                (said.status, said.text_at("/code")?.as_str()),
                (401, "unauthenticated"),
                "{path}"
            );
        }
        assert_eq!(stage.order(&purchase.order).await?.life.state(), State::AwaitingPayment);
        Ok(())
    })
}

#[test]
fn who_has_logged_out_is_out_at_once() -> Played {
    play(async |stage| {
        let browser = registered(stage, "leaving@example.com").await?;
        let kept = browser.get("/me/addresses").await?;
        let cookie = browser.cookie().unwrap_or_default();

        browser
            .send(Method::DELETE, "/sessions/current", None, &Value::Null)
            .await?
            .good("logging out")?;

        let address = format!("{}/me/addresses", stage.shop()?);
        let again = end_to_end::raw(
            "GET",
            &address,
            &[("cookie", &cookie), ("accept", "application/json")],
            "",
        )
        .await?;
        assert_eq!((kept.status, again.status), (200, 401));
        Ok(())
    })
}
