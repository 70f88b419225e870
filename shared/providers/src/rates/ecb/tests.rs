//! The bank's sheet: asked for, read, refused, nonsense.

use domain::landed_cost::PublishedRates;

use super::*;
use crate::exchange::Step;

const OK: &str = include_str!("samples/daily.ok.xml");

fn read(status: u16, body: &str) -> Result<PublishedRates, Error> {
    let source = Ecb::new("https://www.bank.example".parse().unwrap());
    match source.latest()?.receive(&Response::new(status, body.to_owned()))? {
        Step::Done(rates) => Ok(rates),
        Step::Next(_) => panic!("one question, one answer"),
    }
}

#[test]
fn the_sheet_is_one_document() {
    let exchange = Ecb::new("https://www.bank.example".parse().unwrap()).latest().unwrap();

    let request = exchange.request();
    assert_eq!(
        request.url.as_str(),
        "https://www.bank.example/stats/eurofxref/eurofxref-daily.xml"
    );
    assert_eq!(exchange.effect(), &crate::Effect::Reads);
}

#[test]
fn every_rate_is_for_one_euro_and_exact() {
    let rates = read(200, OK).unwrap();

    assert_eq!(
        (rates.base.code(), rates.day.to_string()),
        ("EUR", "2026-11-25".to_owned())
    );
    let written: Vec<_> = rates
        .rates
        .iter()
        .map(|(currency, rate)| format!("{currency} {rate}"))
        .collect();
    assert_eq!(written, ["CNY 8.2592", "GBP 0.8816", "USD 1.1600", "ZAR 20.4160"]);
}

#[test]
fn a_currency_we_do_not_know_and_a_rate_of_nothing_are_left_out() {
    let odd = OK
        .replace("'GBP'", "'XXX'")
        .replace("'20.4160'", "'0'")
        .replace("'8.2592'", "'many'");

    let rates = read(200, &odd).unwrap();

    assert_eq!(rates.rates.len(), 1);
}

#[test]
fn a_bank_in_trouble_is_unavailable_and_nonsense_is_malformed() {
    assert!(matches!(read(404, ""), Err(Error::Unavailable { .. })));
    for body in [
        "",
        "<html>busy</html>",
        "{}",
        "<Cube><Cube time='soon'/></Cube>",
        "<Cube time='2026-11-25'/>",
        "<Cube",
    ] {
        assert!(matches!(read(200, body), Err(Error::Malformed { .. })), "{body}");
    }
}
