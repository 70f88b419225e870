//! What a change would do to prices, shown before it holds.

use domain::{
    Currency, RequestKey,
    landed_cost::{Freight, Mode, Speed, Want, price},
    quote::{Heading, Quote},
};

use super::*;

#[tokio::test]
async fn a_preview_says_which_prices_move_and_keeps_nothing() {
    let desk = Desk::open().await;

    let answer = desk.preview(&fee("0.10")).await;

    assert_eq!(answer["statusCode"], 200, "{answer}");
    let shown = body(&answer);
    assert_eq!(shown["changed"], json!(["shop.service-fee"]));
    assert_eq!(
        shown["samples"].as_array().unwrap().len(),
        36,
        "a fee moves every price"
    );
    let kenya = shown["samples"]
        .as_array()
        .unwrap()
        .iter()
        .find(|it| it["name"] == "a pair of running shoes to Kenya");
    // 2 % of 120 dollars at 129.50, and 3.5 % payment fee on it, in whole shillings.
    assert_eq!(
        kenya.unwrap()["difference"],
        json!({"amount": 32_200, "currency": "KES"})
    );
    assert_eq!(desk.version().await, "0");
}

#[tokio::test]
async fn a_change_that_is_dated_ahead_is_priced_on_the_day_it_starts() {
    let desk = Desk::open().await;
    let ends = json!({"table": "service_fee", "id": "shop.service-fee", "share": "0.08", "min": "USD 1.50",
        "valid_from": "2026-01-01", "valid_to": "2027-01-31", "source": "The shop's own decision",
        "checked_on": "2026-11-26", "confidence": "shop"});
    let next = json!({"table": "service_fee", "id": "shop.service-fee.2027", "share": "0.10", "min": "USD 1.50",
        "valid_from": "2027-02-01", "source": "The shop's own decision", "checked_on": "2026-11-26", "confidence": "shop"});

    let shown = body(&desk.preview(&json!([ends, next]).to_string()).await);

    assert_eq!(shown["priced_for"], "2027-02-01");
    assert_eq!(shown["samples"].as_array().unwrap().len(), 36, "{shown}");
}

#[tokio::test]
async fn a_preview_prices_the_newest_quotes_again_and_leaves_them_as_they_are() {
    let desk = Desk::open().await;
    let line = sample_baskets::wanted("Running shoes", 12_000);
    let mut promised = Vec::new();
    for (ulid, to) in [
        ("01JDB7M3N8Q4R5S6T7V8W9X0Y1", "KE"),
        ("01JDB7M3N8Q4R5S6T7V8W9X0Y2", "GB"),
    ] {
        let want = Want {
            lines: vec![line.clone()],
            destination: to.parse().unwrap(),
            export_from: Country::US,
            charge: Currency::USD,
            freight: Freight::Tariff("dhl".parse().unwrap(), Speed::Economy),
            mode: Mode::Air,
            payment: None,
        };
        let heading = Heading {
            id: format!("quo_{ulid}").parse().unwrap(),
            customer: format!("cus_{ulid}").parse().unwrap(),
            cart_fingerprint: "1".into(),
            made_at: now(),
        };
        let cost = price(&Rules::shipped().unwrap(), &want, now()).unwrap();
        let quote = Quote::promise(heading, want.clone(), cost).unwrap();
        let key = RequestKey {
            scope: "c".into(),
            key: ulid.into(),
            request_hash: "1".into(),
        };
        desk.deps
            .quotes
            .put_once(&[(quote.clone(), want)], &key, now())
            .await
            .unwrap();
        promised.push(quote);
    }
    let vat = json!({"table": "tax_rule", "id": "gb.vat", "dest": "GB", "kind": "vat", "base": "CIF_DUTY_EXCISE", "rate": "0.25",
        "hs_prefix": "", "valid_from": "2021-01-01", "source": "a new law", "checked_on": "2026-11-26", "confidence": "law"});

    let shown = body(&desk.preview(&vat.to_string()).await);

    assert_eq!(shown["quotes_priced"], 2);
    let [moved] = shown["quotes"].as_array().unwrap().as_slice() else {
        panic!("{shown}")
    };
    let name = moved["name"].as_str().unwrap();
    assert!(
        name.contains(promised[1].id().as_str()) && name.contains("1 × Running shoes to GB"),
        "{name}"
    );
    assert_eq!(moved["before"], promised[1].total().to_string());
    assert!(moved["difference"]["amount"].as_i64().unwrap() > 0);
    for quote in promised {
        assert_eq!(desk.deps.quotes.get(quote.id()).await.unwrap(), quote);
    }
}

#[tokio::test]
async fn a_rule_of_one_country_moves_its_prices_only() {
    let desk = Desk::open().await;
    let vat = json!({"table": "tax_rule", "id": "gb.vat", "dest": "GB", "kind": "vat", "base": "CIF_DUTY_EXCISE", "rate": "0.25",
        "hs_prefix": "", "valid_from": "2021-01-01", "source": "a new law", "checked_on": "2026-11-26", "confidence": "law"});

    let shown = body(&desk.preview(&vat.to_string()).await);

    let samples = shown["samples"].as_array().unwrap();
    assert_eq!(samples.len(), 3);
    assert!(
        samples
            .iter()
            .all(|sample| sample["name"].as_str().unwrap().ends_with("United Kingdom"))
    );
}
