//! Every destination can be priced, and thresholds do what the law of each says.

use serde_json::json;

use super::basket::{Book, amount, has_remark, line, now, shipped, usd, want};
use crate::{
    landed_cost::{LandedCost, price},
    money::Money,
};

fn to(destination: &str, items: &[(&str, &str)], book: &Book) -> LandedCost {
    let mut basket = want(items.iter().map(|(title, price)| line(title, price)).collect(), "50.00");
    basket.destination = destination.parse().unwrap();
    price(&book.rules(), &basket, now()).unwrap()
}

#[test]
fn every_destination_has_a_price_in_its_own_currency_without_a_missing_row() {
    let rules = shipped();
    let served: Vec<String> = rules
        .destinations(now().date())
        .iter()
        .map(|it| it.dest.to_string())
        .collect();

    for country in ["KE", "UG", "TZ", "RW", "NG", "GH", "ZA", "AE", "GB", "US", "DE", "FR"] {
        assert!(served.contains(&country.to_owned()), "{country}");
        let destinations = rules.destinations(now().date());
        let currency = destinations
            .iter()
            .find(|it| it.dest.to_string() == country)
            .unwrap()
            .customs_currency;
        for title in ["Running shoes", "Smartphone", "Zorbulator"] {
            let mut basket = want(vec![line(title, "400.00")], "50.00");
            basket.destination = country.parse().unwrap();
            basket.charge = currency;
            let cost = price(rules, &basket, now()).unwrap();
            assert_eq!(cost.total.currency(), currency);
            assert!(
                !has_remark(&cost, "row_missing"),
                "{country} {title}: {:#?}",
                cost.remarks
            );
            assert!(cost.low.amount() <= cost.total.amount() && cost.total.amount() <= cost.high.amount());
        }
    }
    assert_eq!(served.len(), 12);
}

#[test]
fn a_small_consignment_to_the_european_union_pays_three_euro_for_each_customs_item() {
    let book = Book::shipped().set("fx.customs.usd-eur", "rate", "1.00");
    let duty = |items: &[(&str, &str)]| -> i64 {
        let cost = to("DE", items, &book);
        cost.lines.iter().map(|line| line.taxes[0].1.amount()).sum()
    };

    assert_eq!(duty(&[("T shirt red", "20.00"), ("T shirt blue", "20.00")]), 300);
    assert_eq!(duty(&[("T shirt", "20.00"), ("Automatic watch", "100.00")]), 600);
    assert_eq!(duty(&[("T shirt", "150.00")]), 300);
    // Above the limit the tariff counts: 12 % of goods, freight and insurance.
    assert_eq!(duty(&[("T shirt", "150.01")]), 2454);
}

#[test]
fn british_relief_ends_at_135_pounds_and_leaves_vat() {
    let book = Book::shipped().set("fx.customs.usd-gbp", "rate", "1.00");

    let below = to("GB", &[("Running shoes", "135.00")], &book);
    let above = to("GB", &[("Running shoes", "135.01")], &book);
    let perfume = to("GB", &[("Eau de parfum", "100.00")], &book);

    assert!(amount(&below, "duty").is_zero() && !amount(&below, "vat").is_zero());
    assert!(!amount(&above, "duty").is_zero());
    assert!(!amount(&perfume, "duty").is_zero(), "perfume is left out of the relief");
}

#[test]
fn nigerian_relief_is_only_hoped_for() {
    let cost = to("NG", &[("Running shoes", "200.00")], &Book::shipped());

    assert!(!amount(&cost, "duty").is_zero());
    assert!(cost.low.amount() < cost.total.amount());
    assert!(
        amount(&cost, "levy:FOB").is_zero(),
        "never both the supervision and the levy that replaced it"
    );
    assert!(!amount(&cost, "levy:CISS").is_zero());
}

#[test]
fn american_duty_leaves_freight_out_and_depends_on_the_origin() {
    let book = Book::shipped();
    let cost = to("US", &[("Running shoes", "100.00")], &book);
    assert_eq!(cost.lines[0].customs_value, usd("100.00"));
    assert_eq!(amount(&cost, "duty"), usd("15.00"));
    // 0.3464 % would be 35 cents; the least is 2.69.
    assert_eq!(amount(&cost, "levy:MPF"), usd("2.69"));

    let mut basket = want(vec![line("Running shoes", "100.00")], "50.00");
    basket.destination = "US".parse().unwrap();
    basket.lines[0].origin = Some("CN".parse().unwrap());
    assert_eq!(
        amount(&price(&book.rules(), &basket, now()).unwrap(), "duty"),
        usd("40.00")
    );
}

#[test]
fn a_duty_by_the_piece_is_added_for_every_piece() {
    let book = Book::bare()
        .set("ke.duty.64", "specific", "KES 100.00")
        .set("ke.duty.64", "rate", "0");
    let mut basket = want(vec![line("Running shoes", "120.00")], "118.40");
    basket.lines[0].quantity = 3;

    let cost = price(&book.rules(), &basket, now()).unwrap();

    assert_eq!(
        cost.lines[0].taxes[0].1,
        Money::parse("300.00", "KES".parse().unwrap()).unwrap()
    );
}

#[test]
fn levies_may_enter_the_vat_base_by_row() {
    let with = |base| {
        to(
            "KE",
            &[("Running shoes", "120.00")],
            &Book::bare().set("ke.vat", "base", base),
        )
    };

    let without = with(json!("CIF_DUTY_EXCISE"));
    let inside = with(json!("CIF_DUTY_EXCISE_LEVIES"));

    assert!(amount(&inside, "vat").amount() > amount(&without, "vat").amount());
    assert_eq!(amount(&inside, "duty"), amount(&without, "duty"));
}
