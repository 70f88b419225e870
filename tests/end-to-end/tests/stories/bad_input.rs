//! Requests that cannot be done get a problem document that says why, and change nothing.

use std::time::Duration;

use domain::order::Order;
use end_to_end::{Exchange, Played, Stage, play, raw};
use http::Method;
use local::actors::{Browser, Shopper};
use serde_json::{Value, json};

const NO_ORDER: &str = "ord_01JDB7M3N8Q4R5S6T7V8W9X0YZ";

async fn broken(stage: &Stage, browser: &Browser, method: &str, path: &str, body: &str) -> anyhow::Result<Exchange> {
    let cookie = browser.cookie().unwrap_or_default();
    let headers = [
        ("content-type", "application/json"),
        ("accept", "application/json"),
        ("idempotency-key", "key"),
        ("cookie", cookie.as_str()),
    ];
    raw(method, &format!("{}{path}", stage.shop()?), &headers, body).await
}

fn is_problem(answer: &Exchange) -> bool {
    let kind = answer
        .headers
        .get("content-type")
        .and_then(|kind| kind.to_str().ok())
        .unwrap_or_default();
    let told = |name: &str| answer.json[name].as_str().is_some_and(|text| !text.is_empty());
    kind == "application/problem+json"
        && ["type", "title", "detail", "code"].into_iter().all(told)
        && answer.json["status"] == answer.status
}

async fn cart(shopper: &Shopper) -> anyhow::Result<Value> {
    Ok(shopper.browser.get("/cart").await?.good("opening the cart")?.json)
}

#[test]
fn malformed_json_gets_a_problem_document_from_every_function() -> Played {
    play(async |stage| {
        let purchase = stage.placed().await?;
        let before: Order = stage.order(&purchase.order).await?;
        let (shopper, _) = stage.shopper_with_cart().await?;
        let full = cart(&shopper).await?;
        let staff = stage.staff().await?;
        let (customer, order, id) = (&purchase.shopper.browser, &purchase.order, purchase.order.ulid());
        let payments = format!("/orders/{order}/payments");
        let (placement, absence) = (
            format!("/supplier-orders/sup_{id}-1/placement"),
            format!("/supplier-orders/sup_{id}-1/absence"),
        );

        for (browser, method, path) in [
            (customer, "POST", "/registrations"),
            (customer, "POST", "/accounts"),
            (customer, "POST", "/resets"),
            (customer, "POST", "/passwords"),
            (customer, "POST", "/sessions"),
            (&shopper.browser, "POST", "/cart/lines"),
            (&shopper.browser, "PUT", "/cart/lines/1"),
            (&shopper.browser, "POST", "/quotes"),
            (customer, "POST", "/orders"),
            (customer, "POST", payments.as_str()),
            (&staff.browser, "POST", "/warehouse/scans"),
            (&staff.browser, "POST", "/warehouse/receipts"),
            (&staff.browser, "POST", "/warehouse/parcels"),
            (&staff.browser, "POST", placement.as_str()),
            (&staff.browser, "POST", absence.as_str()),
        ] {
            for body in ["{\"a\":", "[]", "\"text\"", "{\"no_such_field\":1}", "\u{0}"] {
                let answer = broken(stage, browser, method, path, body).await?;
                assert!(is_problem(&answer), "{method} {path} {body}: {answer:?}");
                // Doors count every knock of one address, also the malformed ones, and what names no ticket is a wrong code.
                let is_turned_away = [401, 429].contains(&answer.status)
                    && ["/registrations", "/accounts", "/resets", "/passwords", "/sessions"].contains(&path);
                assert!(
                    [400, 422, 428].contains(&answer.status) || is_turned_away,
                    "{method} {path} {body}: {answer:?}"
                );
            }
            let answer = raw(
                method,
                &format!("{}{path}", stage.shop()?),
                &[("content-type", "text/csv")],
                "a,b",
            )
            .await?;
            assert!(
                [400, 401, 415, 429].contains(&answer.status) && is_problem(&answer),
                "{method} {path}: {answer:?}"
            );
        }

        assert_eq!(stage.order(order).await?, before);
        assert_eq!(cart(&shopper).await?, full);
        Ok(())
    })
}

#[test]
fn unknown_ids_and_codes_are_not_found() -> Played {
    play(async |stage| {
        let (shopper, _) = stage.shopper_with_cart().await?;
        let staff = stage.staff().await?;
        for (browser, path) in [
            (&shopper.browser, format!("/orders/{NO_ORDER}")),
            (&shopper.browser, "/orders/7".to_owned()),
            (&shopper.browser, "/orders/ord_'%20OR%201=1".to_owned()),
            (&shopper.browser, "/quotes/quo_01JDB7M3N8Q4R5S6T7V8W9X0YZ".to_owned()),
            (
                &shopper.browser,
                "/payments/pay_01JDB7M3N8Q4R5S6T7V8W9X0YZ-1".to_owned(),
            ),
            (&shopper.browser, "/products/aliexpress/1".to_owned()),
            (&shopper.browser, "/products/no-such-store/1".to_owned()),
            (&staff.browser, format!("/desk/orders/{NO_ORDER}")),
            (&staff.browser, format!("/warehouse/orders/{NO_ORDER}")),
            (&staff.browser, "/shipments/shp_01JDB7M3N8Q4R5S6T7V8W9X0YZ-1".to_owned()),
            (&shopper.browser, "/no/such/place".to_owned()),
        ] {
            let said = browser.get(&path).await?;
            assert_eq!(
                (said.status, said.text_at("/code")?.as_str()),
                (404, "not_found"),
                "{path}"
            );
        }
        for code in [
            "JD000000000000000000",
            "0",
            "ord_01JDB7M3N8Q4R5S6T7V8W9X0YZ",
            "no such code",
        ] {
            let said = staff.browser.post("/warehouse/scans", &json!({ "code": code })).await?;
            assert_eq!(
                (said.status, said.text_at("/code")?.as_str()),
                (404, "unknown_code"),
                "{code}"
            );
        }
        let said = staff
            .receive(NO_ORDER, "line_01JDB7M3N8Q4R5S6T7V8W9X0YZ-1", "1", 1)
            .await?;
        assert_eq!(said.status, 404, "{}", said.text);
        Ok(())
    })
}

#[test]
fn impossible_quantities_change_nothing_in_cart_and_warehouse() -> Played {
    play(async |stage| {
        let (shopper, basket) = stage.shopper_with_cart().await?;
        let full = cart(&shopper).await?;
        for quantity in [
            json!(0),
            json!(10_000),
            json!(-1),
            json!(1.5),
            json!("2x"),
            json!(null),
            json!(u64::MAX),
        ] {
            let line = json!({ "store": basket.store, "product": basket.product, "variant": basket.variant, "quantity": quantity });
            let added = shopper.browser.post("/cart/lines", &line).await?;
            let set = json!({ "quantity": quantity });
            let changed = shopper
                .browser
                .send(Method::PUT, "/cart/lines/1", Some("key"), &set)
                .await?;
            for said in [added, changed] {
                // A change that does not say which version it is of is refused before anything else.
                assert!(
                    [400, 422, 428].contains(&said.status),
                    "{quantity}: {} {}",
                    said.status,
                    said.text
                );
                assert!(!said.text_at("/detail")?.is_empty());
            }
        }
        assert_eq!(cart(&shopper).await?, full);

        let purchase = stage.paid().await?;
        let sent = |order: &Order| {
            order
                .supplier_orders
                .iter()
                .any(|bought| !bought.store_orders.is_empty())
        };
        let before = stage.until(&purchase.order, "the purchase", sent).await?;
        stage.rest().await?;
        let staff = stage.staff().await?;
        for count in [0, 10_000] {
            let line = before.lines[0].id.as_str();
            let said = staff.receive(purchase.order.as_str(), line, "1", count).await?;
            assert!(
                [409, 422].contains(&said.status),
                "{count}: {} {}",
                said.status,
                said.text
            );
        }
        let early = staff.pack(purchase.order.as_str()).await.unwrap_err().to_string();
        assert!(
            early.contains("409") || early.contains("422"),
            "nothing was received yet: {early}"
        );
        assert_eq!(stage.order(&purchase.order).await?.units, before.units);
        Ok(())
    })
}

#[test]
fn an_expired_quote_is_refused_and_the_cart_is_unchanged() -> Played {
    play(async |stage| {
        let (shopper, _) = stage.shopper_with_cart().await?;
        let quote = shopper.quote().await?.text_at("/id")?;
        let full = cart(&shopper).await?;

        stage.pass(Duration::from_secs(24 * 3600))?;
        let said = shopper.browser.post("/orders", &Shopper::placing(&quote)).await?;

        assert_eq!((said.status, said.text_at("/code")?.as_str()), (410, "quote_expired"));
        assert_eq!(cart(&shopper).await?, full);
        let again = shopper.quote().await?.text_at("/id")?;
        shopper.order(&again).await?;
        Ok(())
    })
}

#[test]
fn a_page_of_another_site_cannot_act_in_a_shopper_s_name() -> Played {
    play(async |stage| {
        let purchase = stage.placed().await?;
        let cookie = purchase.shopper.browser.cookie().unwrap_or_default();
        let before = stage.order(&purchase.order).await?;
        let address = format!("{}/orders/{}/cancellation", stage.shop()?, purchase.order);
        let form = [
            ("content-type", "application/x-www-form-urlencoded"),
            ("cookie", cookie.as_str()),
        ];

        for from in [
            ("origin", "https://evil.example"),
            ("origin", "null"),
            ("sec-fetch-site", "cross-site"),
        ] {
            let headers = [form[0], form[1], from];
            let answer = raw("POST", &address, &headers, "idempotency_key=k").await?;
            assert_eq!((answer.status, answer.code()), (403, "cross_site"), "{from:?}");
        }

        assert_eq!(stage.order(&purchase.order).await?, before);
        Ok(())
    })
}
