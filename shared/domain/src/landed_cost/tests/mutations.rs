//! Rule rows that went wrong in any way: they are refused by name, or the price says that somebody has to look, or it is as it was.

use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::basket::{Book, amount, line, now, want};
use crate::landed_cost::{LandedCost, Severity, price};

/// What is put into a field, besides taking the row or the field away.
fn junk() -> Vec<Value> {
    vec![
        json!(null),
        json!(true),
        json!(0),
        json!(""),
        json!("0"),
        json!("-1"),
        json!("0.25"),
        json!("99999999999999999999"),
        json!("0.0000000000000000001"),
        json!("KE"),
        json!("*"),
        json!("USD 0.00"),
        json!("USD 92233720368547758.07"),
        json!("KES 1.00"),
        json!("2026-01-01"),
        json!("2199-01-01"),
        json!([]),
        json!([""]),
        json!(["e"]),
        json!({"point": "0", "low": "0", "high": "0"}),
        json!({"point": "1", "low": "0", "high": "9"}),
        json!({"point": true, "low": false, "high": true}),
        json!(4_294_967_295_u32),
    ]
}

#[derive(Clone, Debug)]
enum Slip {
    RowGone,
    FieldGone(usize),
    FieldIs(usize, usize),
}

fn slips() -> impl Strategy<Value = Vec<(usize, Slip)>> {
    let slip = prop_oneof![
        2 => Just(Slip::RowGone),
        1 => (0..40_usize).prop_map(Slip::FieldGone),
        6 => (0..40_usize, 0..40_usize).prop_map(|(field, value)| Slip::FieldIs(field, value)),
    ];
    prop::collection::vec((0..10_000_usize, slip), 1..4)
}

fn slip(rows: &mut Vec<Map<String, Value>>, (place, slip): (usize, Slip)) {
    let place = place % rows.len();
    let name = |row: &Map<String, Value>, field: usize| row.keys().nth(field % row.len()).unwrap().clone();
    match slip {
        Slip::RowGone => drop(rows.remove(place)),
        Slip::FieldGone(field) => {
            let name = name(&rows[place], field);
            rows[place].remove(&name);
        }
        Slip::FieldIs(field, value) => {
            let (name, junk) = (name(&rows[place], field), junk());
            rows[place].insert(name, junk[value % junk.len()].clone());
        }
    }
}

/// Rows of duty, VAT, bases and limits of one country, so that a slip mostly matters.
fn of_interest(row: &Map<String, Value>) -> bool {
    let id = row["id"].as_str().unwrap();
    [
        "ke.",
        "shop.",
        "fx.",
        "dhl.",
        "any.carrier",
        "hs.6404",
        "danger.",
        "weight.",
        "fx.guard",
    ]
    .iter()
    .any(|start| id.starts_with(start))
}

/// A row that makes a tax nothing on purpose: a rate of zero, or a limit below which it is waived.
fn makes_it_nothing(book: &Book, id: &str) -> bool {
    let row = book
        .rows()
        .iter()
        .find(|row| row.get("id").and_then(Value::as_str) == Some(id));
    row.is_some_and(|row| {
        let rate = row.get("rate").map(|rate| rate.get("point").unwrap_or(rate).clone());
        let table = row.get("table").and_then(Value::as_str);
        table == Some("threshold")
            || rate
                .as_ref()
                .and_then(Value::as_str)
                .is_some_and(|rate| rate.trim_matches(['0', '.']).is_empty())
    })
}

fn is_flagged(cost: &LandedCost) -> bool {
    cost.remarks
        .iter()
        .any(|remark| remark.severity == Severity::NeedsReview)
}

/// Nothing where something is usual has a row that says so, or is flagged.
fn has_a_reason(cost: &LandedCost, book: &Book, kind: &str) -> bool {
    !amount(cost, kind).is_zero()
        || is_flagged(cost)
        || cost.rules.iter().any(|row| makes_it_nothing(book, row.as_str()))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_slip_in_a_row_never_panics_and_never_makes_a_part_silently_nothing(slips in slips()) {
        let (mut interesting, mut others): (Vec<_>, Vec<_>) = Book::shipped().into_rows().into_iter().partition(of_interest);
        for one in slips {
            slip(&mut interesting, one);
        }
        interesting.append(&mut others);
        let book = Book::of(interesting);
        // A wrong row is refused by name; that it is, other tests say.
        let Ok(rules) = book.read() else { return Ok(()) };
        let Ok(cost) = price(&rules, &want(vec![line("Running shoes", "120.00")], "118.40"), now()) else { return Ok(()) };

        let sum: i64 = cost.components.iter().map(|part| part.amount.amount()).sum();
        prop_assert_eq!(sum, cost.total.amount());
        for kind in ["duty", "vat", "guarantee", "carrier_fee"] {
            prop_assert!(has_a_reason(&cost, &book, kind), "{} is nothing and nobody is told: {:?}", kind, cost.rules);
        }
        for kind in ["goods", "service_fee", "packing", "freight", "insurance", "payment_fee"] {
            let is_set_to_nothing = cost.components.iter().all(|part| part.kind.code() != kind)
                && cost.rules.iter().any(|row| row.as_str().starts_with("shop."));
            prop_assert!(!amount(&cost, kind).is_zero() || is_set_to_nothing, "{}", kind);
        }
    }
}

#[test]
fn every_row_that_is_taken_away_leaves_a_refusal_or_a_flag() {
    let one = || want(vec![line("Running shoes", "120.00")], "118.40");
    for id in [
        "ke.duty",
        "ke.vat",
        "ke.value-base.air",
        "shop.guarantee",
        "any.carrier-fee.ddp",
        "fx.customs.usd-kes",
        "hs.6404",
    ] {
        let rules = Book::shipped().without(id).rules();
        let cost = price(&rules, &one(), now()).unwrap();

        let told = |code: &str| {
            cost.remarks
                .iter()
                .any(|it| it.code == code && it.severity == Severity::NeedsReview)
        };
        assert!(
            told("row_missing") || told("hs_unknown") || told("hs_unsure"),
            "{id}: {:?}",
            cost.remarks
        );
    }
    for id in [
        "shop.service-fee",
        "shop.insurance",
        "shop.packing",
        "shop.payment",
        "shop.quote-life",
        "shop.tolerance",
        "fx.shop.usd-kes",
        "dhl.rule",
        "shop.weight-margin",
    ] {
        let mut basket = one();
        basket.charge = crate::currency::Currency::KES;
        assert!(
            price(&Book::shipped().without(id).rules(), &basket, now()).is_err(),
            "{id}"
        );
    }
}

#[test]
fn rates_that_cannot_be_are_refused_by_name() {
    for (id, field, value) in [
        ("ke.vat", "rate", json!("16")),
        ("ke.duty.64", "rate", json!("25")),
        ("shop.service-fee", "share", json!("8")),
        ("shop.insurance", "share", json!("1.01")),
        ("fx.shop.usd-kes", "margin", json!("2")),
        ("fx.guard", "max_jump", json!("0")),
    ] {
        let error = Book::shipped().set(id, field, value).read().unwrap_err().to_string();
        assert!(error.contains(id), "{error}");
    }
}
