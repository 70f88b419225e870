//! A repeat of a request is told by its key, by the version it was said about, or by a name of its own: every POST route says which.

use end_to_end::{Cast, Played, play};
use http::Method;
use local::actors::{Browser, Said, Shopper};
use serde_json::{Value, json};
use web::ROUTES;

/// How a route tells a repeat without a key.
enum Told {
    /// By the version of what it changes.
    Version,
    /// By something else, or it needs not.
    Otherwise(&'static str),
}

use Told::{Otherwise, Version};

/// Every POST route that does not ask for a key.
const OTHERS: &[(&str, Told)] = &[
    ("/restriction-checks", Otherwise("it asks and moves nothing")),
    (
        "/registrations",
        Otherwise("it sends a code, as often as its limit allows"),
    ),
    ("/accounts", Otherwise("an address has one account")),
    ("/resets", Otherwise("it sends a letter, as often as its limit allows")),
    ("/passwords", Otherwise("a letter serves once")),
    ("/me/profile", Otherwise("it puts the whole profile")),
    ("/me/tax-number", Otherwise("it puts the whole number")),
    ("/me/tax-number/deletion", Otherwise("removed twice is removed once")),
    ("/me/deletion", Otherwise("deleted twice is deleted once")),
    (
        "/desk/proposals/{id}/deletion",
        Otherwise("withdrawn twice is withdrawn once"),
    ),
    (
        "/sessions",
        Otherwise("who logs in twice has two sessions, and may end each"),
    ),
    ("/sessions/deletion", Otherwise("ended twice is ended once")),
    ("/sessions/{id}/deletion", Otherwise("ended twice is ended once")),
    ("/sessions/current/deletion", Otherwise("ended twice is ended once")),
    ("/invitations/{token}", Otherwise("an invitation serves once")),
    (
        "/me/contact-changes",
        Otherwise("it sends codes, as often as its limit allows"),
    ),
    ("/me/contact-changes/{ticket}", Otherwise("a ticket serves once")),
    ("/me/addresses/{id}", Otherwise("it puts the whole address")),
    (
        "/me/addresses/{id}/deletion",
        Otherwise("removed twice is removed once"),
    ),
    ("/cart/lines/{id}", Version),
    ("/cart/lines/{id}/deletion", Version),
    ("/cart/lines/{id}/renewal", Version),
    (
        "/orders/{id}/pay-links/{link}/deletion",
        Otherwise("ended twice is ended once"),
    ),
    ("/webhooks/stripe", Otherwise("the provider's event has an id")),
    ("/warehouse/scans", Otherwise("it looks and moves nothing")),
    (
        "/warehouse/receipts",
        Otherwise("the scan has an id, made by the device"),
    ),
    ("/warehouse/uploads", Otherwise("it signs an address and moves nothing")),
    (
        "/warehouse/parcels",
        Otherwise("the scan has an id, made by the device"),
    ),
    (
        "/staff/second-factor",
        Otherwise("a code of a second factor serves once"),
    ),
    ("/staff/sessions", Otherwise("a code of a second factor serves once")),
    ("/staff/{id}/roles", Otherwise("it puts the whole list")),
    ("/staff/{id}/suspension", Otherwise("suspended twice is suspended once")),
    (
        "/staff/{id}/suspension/deletion",
        Otherwise("ended twice is ended once"),
    ),
    (
        "/staff/{id}/second-factor/deletion",
        Otherwise("removed twice is removed once"),
    ),
    ("/staff/devices/{id}/revocation", Otherwise("ended twice is ended once")),
    ("/scanner", Otherwise("a code of a device serves once")),
    ("/desk/rule-previews", Version),
];

const ULID: &str = "01JDB7M3N8Q4R5S6T7V8W9X0YZ";

/// A path of this route with ids that fit.
fn path_of(route: &str, pay_link: &str) -> String {
    let id = |prefix: &str| format!("{prefix}_{ULID}");
    let named = match route.split('/').nth(1) {
        Some("orders") => id("ord"),
        Some("supplier-orders") => format!("{}-1", id("sup")),
        Some("shipments") => format!("{}-1", id("shp")),
        Some("desk") => format!("{}-1", id("exc")),
        Some("me") => id("adr"),
        Some(_) | None => "1".to_owned(),
    };
    route
        .replace("{id}", &named)
        .replace("{part}", &format!("{}-1", id("sup")))
        .replace("{token}", pay_link)
}

#[test]
fn every_post_route_asks_for_a_key_or_tells_a_repeat_in_another_way() -> Played {
    play(async |stage| {
        let cast = Cast::of(stage, "keys@example.com").await?;
        let purchase = stage.placed().await?;
        let made = purchase
            .shopper
            .browser
            .post(&format!("/orders/{}/pay-links", purchase.order), &json!({}))
            .await?
            .good("making a link")?;
        let url = made.text_at("/url")?;
        let token = url.rsplit('/').next().unwrap_or_default();
        for (listed, _) in OTHERS {
            let is_route = ROUTES
                .iter()
                .any(|route| route.method == "POST" && route.path == *listed);
            assert!(is_route, "{listed} is no POST route any more");
        }
        for route in ROUTES.iter().filter(|route| route.method == "POST") {
            let other = OTHERS
                .iter()
                .find(|(path, _)| *path == route.path)
                .map(|(_, told)| told);
            let (status, code) = match other {
                Some(Otherwise(how)) => {
                    assert!(!how.is_empty());
                    continue;
                }
                Some(Version) => (428, "version_missing"),
                None => (400, "idempotency_key_missing"),
            };
            let caller = if route.admits(web::Caller::Customer) {
                "customer"
            } else {
                "admin"
            };
            let said = cast
                .browser(caller)?
                .send(Method::POST, &path_of(route.path, token), None, &json!({}))
                .await?;
            assert_eq!(
                (said.status, said.text_at("/code")?.as_str()),
                (status, code),
                "{}: {}",
                route.path,
                said.text
            );
        }
        Ok(())
    })
}

/// What is sent first and again, and what is sent under the same key although it is something else.
struct Sent {
    path: String,
    body: Value,
    other: Value,
}

async fn is_told_as_a_repeat(browser: &Browser, key: &str, sent: &Sent) -> anyhow::Result<Said> {
    let Sent { path, body, other } = sent;
    let first = browser.post_again(path, key, body).await?.good("sending it")?;
    let again = browser.post_again(path, key, body).await?.good("sending it again")?;
    let reused = browser.post_again(path, key, other).await?;

    assert_eq!((again.status, &again.json), (first.status, &first.json), "{path}");
    assert!(!first.headers.contains_key("idempotency-replayed"), "{path}");
    assert_eq!(again.headers["idempotency-replayed"], "true", "{path}");
    assert_eq!(
        (reused.status, reused.text_at("/code")?.as_str()),
        (422, "idempotency_key_reused"),
        "{path}"
    );
    Ok(first)
}

#[test]
fn a_repeat_is_answered_as_the_first_time_and_another_request_under_its_key_is_refused() -> Played {
    play(async |stage| {
        let (shopper, basket) = stage.shopper_with_cart().await?;
        let line = |quantity: u32| {
            json!({
                "store": basket.store, "product": basket.product, "variant": basket.variant, "quantity": quantity
            })
        };
        let sent = |path: &str, body: Value, other: Value| Sent {
            path: path.to_owned(),
            body,
            other,
        };
        let browser = &shopper.browser;

        is_told_as_a_repeat(browser, "story-cart", &sent("/cart/lines", line(1), line(2))).await?;
        let asked = sent("/quotes", json!({ "country": "KE" }), json!({ "country": "UG" }));
        let quote = is_told_as_a_repeat(browser, "story-quote", &asked).await?;
        let placing = Shopper::placing(&quote.text_at("/id")?);
        let mut elsewhere = placing.clone();
        elsewhere["city"] = json!("Kisumu");
        let order = is_told_as_a_repeat(browser, "story-order", &sent("/orders", placing, elsewhere)).await?;
        let paying = sent(
            &format!("/orders/{}/payments", order.text_at("/id")?),
            json!({ "provider": "stripe" }),
            json!({ "provider": "stripe", "amount": "500" }),
        );
        is_told_as_a_repeat(browser, "story-payment", &paying).await?;
        Ok(())
    })
}
