//! Worked figures for Kenya, reached by editing rows only.

use serde_json::{Value, json};

use super::basket::{Book, amount, line, now, usd, want};
use crate::{
    landed_cost::{LandedCost, Want, price},
    measure::Grams,
};

fn shoes() -> Want {
    want(vec![line("Running shoes", "120.00")], "118.40")
}

fn kenya(customs_freight: impl Into<Value>, vat_freight: impl Into<Value>) -> Book {
    Book::bare()
        .set("ke.value-base.air", "include_freight", customs_freight)
        .set("ke.vat", "include_freight", vat_freight)
        .set("ke.vat", "base", "CIF_DUTY_EXCISE")
}

fn taxes(cost: &LandedCost, line: usize) -> Vec<i64> {
    cost.lines[line]
        .taxes
        .iter()
        .map(|(_, tax)| tax.amount())
        .filter(|tax| *tax != 0)
        .collect()
}

#[test]
fn the_three_readings_of_kenyan_law_give_their_three_prices_by_rows_only() {
    for (case, customs, vat, landed, shillings) in [
        ("A", true, true, "371.39", [783_475, 78_348, 62_678, 626_780]),
        ("C", false, true, "331.73", [400_155, 40_016, 32_012, 565_449]),
        ("B", false, false, "312.78", [400_155, 40_016, 32_012, 320_124]),
    ] {
        let cost = price(&kenya(customs, vat).rules(), &shoes(), now()).unwrap();

        assert_eq!(cost.total, usd(landed), "case {case}");
        assert_eq!(taxes(&cost, 0), shillings, "case {case}: duty, IDF, RDL, VAT");
        assert_eq!(amount(&cost, "goods"), usd("120.00"));
        assert_eq!(amount(&cost, "service_fee"), usd("9.60"));
        assert_eq!(amount(&cost, "freight"), usd("118.40"));
        assert_eq!(amount(&cost, "insurance"), usd("3.60"));
        assert_eq!(cost.parcel.chargeable, Grams(4000));
    }
}

#[test]
fn the_open_question_of_air_freight_is_the_range_of_one_price() {
    let open = json!({"point": true, "low": false, "high": true});

    let cost = price(
        &kenya(open.clone(), open).set("ke.duty.64", "rate", "0.25").rules(),
        &shoes(),
        now(),
    )
    .unwrap();

    assert_eq!(
        (cost.low, cost.total, cost.high),
        (usd("312.78"), usd("371.39"), usd("371.39"))
    );
}

#[test]
fn every_reading_of_the_bases_is_said_with_the_price() {
    let open = json!({"point": true, "low": false, "high": true});
    let said = |customs: Value, vat: Value| -> Vec<String> {
        let cost = price(&kenya(customs, vat).rules(), &shoes(), now()).unwrap();
        let bases = cost.remarks.into_iter().filter(|remark| remark.code.ends_with("_base"));
        bases.map(|remark| remark.sentence).collect()
    };

    let [customs, vat] = said(json!(false), json!(true)).try_into().unwrap();
    assert!(
        customs.starts_with("For duty the customs value counts the goods, ") && !customs.contains("freight"),
        "{customs}"
    );
    assert_eq!(vat, "VAT is taken of customs value, duty and excise, with freight.");
    let [customs, vat] = said(open.clone(), open).try_into().unwrap();
    assert!(
        customs.contains("Not settled: ") && customs.contains("freight"),
        "{customs}"
    );
    assert_eq!(
        vat,
        "VAT is taken of customs value, duty and excise, with freight (not settled: freight)."
    );
}

#[test]
fn two_lines_share_the_freight_by_weight_and_are_taxed_each_for_itself() {
    let lines = vec![line("Running shoes", "120.00"), line("Rain jacket", "120.00")];

    let cost = price(&kenya(true, true).rules(), &want(lines, "118.40"), now()).unwrap();

    for line in &cost.lines {
        assert_eq!(line.customs_value.amount(), 2_367_260);
    }
    assert_eq!(amount(&cost, "insurance"), usd("7.20"));
    assert_eq!(taxes(&cost, 0), [591_815, 59_182, 47_345, 473_452]);
    assert_eq!(taxes(&cost, 1), [828_541, 59_182, 47_345, 511_328]);
    let all = amount(&cost, "duty").amount()
        + amount(&cost, "vat").amount()
        + amount(&cost, "levy:IDF").amount()
        + amount(&cost, "levy:RDL").amount()
        + amount(&cost, "rounding").amount();
    assert_eq!(all, 20_218);
}

#[test]
fn a_phone_pays_excise_too() {
    let rules = kenya(true, true)
        .set("shop.insurance", "share", "0")
        .set("shop.insurance", "min", "USD 5.00")
        .rules();

    let cost = price(&rules, &want(vec![line("Smartphone 256 GB", "300.00")], "45.00"), now()).unwrap();

    assert_eq!(cost.lines[0].classification.digits(), "851713");
    assert_eq!(cost.lines[0].customs_value.amount(), 4_532_500);
    assert_eq!(taxes(&cost, 0), [1_133_125, 566_563, 113_313, 90_650, 997_150]);
    assert_eq!(taxes(&cost, 0).iter().sum::<i64>(), 2_900_801);
}

#[test]
fn a_heavier_line_carries_more_of_the_freight() {
    let jacket = line("Rain jacket", "120.00");
    let mut shoes = line("Running shoes", "120.00");
    (shoes.quantity, shoes.unit_price) = (3, usd("40.00"));

    let cost = price(&kenya(true, true).rules(), &want(vec![shoes, jacket], "100.00"), now()).unwrap();

    // Three of four equal pieces carry 75 dollars: (120 + 75 + 3.60) and (120 + 25 + 3.60) at 129.50.
    let values: Vec<i64> = cost.lines.iter().map(|line| line.customs_value.amount()).collect();
    assert_eq!(values, [2_571_870, 1_924_370]);
}
