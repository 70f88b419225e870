//! Per capability: the request that is built, a good answer, a refusal, and nonsense. The bodies are in `samples/`.

mod buying;
mod choosing;
mod trouble;

use std::collections::BTreeMap;

use domain::{Currency, Secret, Timestamp, address::Country, product::VariantRef};

use super::{AliExpress, Settings};
use crate::{
    error::Error,
    exchange::{Exchange, Step},
    request::{Body, Request},
    response::Response,
    suppliers::{RepeatSafety, StoreOrderState, Supplier, Terms},
};

const TERMS: Terms = Terms {
    ship_to: Country::US,
    currency: Currency::USD,
};

fn store() -> AliExpress {
    AliExpress::new(Settings {
        base_url: "https://gateway.example".parse().unwrap(),
        app_key: "500000".into(),
        app_secret: Secret::new("helloworld-test-secret"),
        session_token: Secret::new("50000000a00testtoken"),
    })
}

fn now() -> Timestamp {
    Timestamp::from_millis(1_767_225_600_000)
}

fn variant(product: &str, key: &str) -> VariantRef {
    VariantRef {
        store: "aliexpress".parse().unwrap(),
        product: product.into(),
        variant: key.into(),
    }
}

fn kettle() -> VariantRef {
    variant("1005007210045501", "12000039870010012|14:193#Coal;200007763:201336106")
}

/// The fields of a form, and the proof that it is signed.
fn fields(request: &Request) -> BTreeMap<String, String> {
    assert_eq!(request.url.as_str(), "https://gateway.example/sync");
    assert_eq!(
        request.body.content_type(),
        Some("application/x-www-form-urlencoded;charset=utf-8")
    );
    let mut fields: BTreeMap<String, String> = url::form_urlencoded::parse(&request.body.bytes())
        .into_owned()
        .collect();
    let signature = super::signing::sign(
        &Secret::new("helloworld-test-secret"),
        "",
        fields.iter().map(|(name, value)| (name.as_str(), value.as_str())),
    );
    assert_eq!(fields.remove("sign").as_ref(), Some(&signature));
    for (name, value) in [
        ("app_key", "500000"),
        ("session", "50000000a00testtoken"),
        ("timestamp", "1767225600000"),
        ("sign_method", "sha256"),
        ("format", "json"),
    ] {
        assert_eq!(fields.remove(name).as_deref(), Some(value), "{name}");
    }
    fields
}

fn told<T: 'static>(exchange: Exchange<T>, body: &'static str) -> Result<Step<T>, Error> {
    exchange.receive(&Response::new(200, body))
}

/// The value of an exchange that ends with this answer.
fn done<T: 'static>(exchange: Exchange<T>, body: &'static str) -> T {
    match told(exchange, body) {
        Ok(Step::Done(value)) => value,
        Ok(Step::Next(_)) => panic!("it goes on"),
        Err(error) => panic!("{error}: {error:?}"),
    }
}

/// The exchange that follows this answer.
fn next<T: 'static>(exchange: Exchange<T>, body: &'static str) -> Exchange<T> {
    match told(exchange, body) {
        Ok(Step::Next(next)) => next,
        Ok(Step::Done(_)) => panic!("it ends"),
        Err(error) => panic!("{error}: {error:?}"),
    }
}

/// The kind of the error with which an exchange ends.
fn ending<T: 'static>(exchange: Exchange<T>, body: &'static str) -> &'static str {
    told(exchange, body).map_or_else(|error| error.word(), |_| "ok")
}

const NONSENSE: [&str; 4] = ["<html>busy</html>", "{}", "[1]", r#"{"something_else_response":{}}"#];

#[test]
fn a_recorded_request_shows_neither_token_nor_signature() {
    let exchange = store().detail("1005007210045501", TERMS, now()).unwrap();

    let Body::Form(_) = &exchange.request().body else {
        panic!("a form")
    };
    let shown = exchange.request().redacted();
    let sent = exchange.request().body.bytes();
    let (_, signature) = url::form_urlencoded::parse(&sent)
        .find(|(name, _)| name == "sign")
        .unwrap();
    assert!(
        !shown.contains("50000000a00testtoken") && !shown.contains(&*signature),
        "{shown}"
    );
}

#[test]
fn every_status_code_of_the_tables_has_one_meaning_of_ours() {
    super::status::CODES
        .check(|word| super::status::state_named(word).is_some() || matches!(word, "problem" | "no_news"));
    super::ordering::ERRORS.check(|word| matches!(word, "refused" | "sold_out" | "account" | "repeated"));
}

#[test]
fn an_unknown_state_goes_to_a_person_as_the_store_wrote_it() {
    for (code, state) in [
        ("PLACE_ORDER_SUCCESS", StoreOrderState::Unpaid),
        ("RISK_CONTROL", StoreOrderState::Paying),
        ("WAIT_SELLER_SEND_GOODS", StoreOrderState::Placed),
        ("SELLER_PART_SEND_GOODS", StoreOrderState::Shipped),
        ("FINISH", StoreOrderState::Arrived),
        ("IN_CANCEL", StoreOrderState::Cancelling),
        ("IN_FROZEN", StoreOrderState::Problem("IN_FROZEN".into())),
        ("BRAND_NEW_WORD", StoreOrderState::Problem("BRAND_NEW_WORD".into())),
    ] {
        assert_eq!(super::status::state_of(code), state);
    }
}

#[test]
fn a_repeated_purchase_is_refused_by_this_store_and_not_replayed() {
    assert_eq!(store().repeat_safety(), RepeatSafety::DuplicateRejected);
}
