//! The publisher's sheet: asked for, read, refused, nonsense.

use super::*;
use crate::exchange::Step;

const OK: &str = include_str!("samples/latest.ok.json");
const REFUSED: &str = include_str!("samples/latest.refused.json");

fn read(body: &str) -> Result<PublishedRates, Error> {
    let source = OpenRates::new("https://rates.example".parse().unwrap());
    match source.latest()?.receive(&Response::new(200, body.to_owned()))? {
        Step::Done(rates) => Ok(rates),
        Step::Next(_) => panic!("one question, one answer"),
    }
}

#[test]
fn rates_for_one_dollar_are_asked_for() {
    let exchange = OpenRates::new("https://rates.example".parse().unwrap())
        .latest()
        .unwrap();

    assert_eq!(exchange.request().url.as_str(), "https://rates.example/v6/latest/USD");
    assert_eq!(exchange.effect(), &crate::Effect::Reads);
}

#[test]
fn rates_are_kept_as_they_are_written_and_unknown_codes_are_left_out() {
    let rates = read(OK).unwrap();

    assert_eq!(
        (rates.base, rates.day.to_string()),
        (Currency::USD, "2026-11-26".to_owned())
    );
    let kes = rates.rates.get(&Currency::KES).map(ToString::to_string);
    assert_eq!(kes.as_deref(), Some("129.241305"));
    assert_eq!(rates.rates.len(), 6);
}

#[test]
fn a_refusal_keeps_the_publishers_word() {
    assert!(matches!(read(REFUSED), Err(Error::Refused { code, .. }) if code == "unsupported-code"));
}

#[test]
fn nonsense_is_malformed() {
    for body in [
        "",
        "[]",
        "{}",
        r#"{"result":"success"}"#,
        r#"{"result":"success","base_code":"USD","time_last_update_unix":1,"rates":{}}"#,
    ] {
        assert!(matches!(read(body), Err(Error::Malformed { .. })), "{body}");
    }
}
