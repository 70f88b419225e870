//! What is missing or doubtful is said, and never counted as nothing.

use serde_json::json;

use super::basket::{Book, amount, has_remark, line, now, usd, want};
use crate::{
    landed_cost::{LandedCost, NotPriced, Severity, WeightSource, price},
    measure::{Dimensions, Grams, Millimetres},
    product::Package,
    timestamp::Timestamp,
};

fn cost_with(book: &Book) -> LandedCost {
    price(
        &book.rules(),
        &want(vec![line("Running shoes", "120.00")], "118.40"),
        now(),
    )
    .unwrap()
}

#[test]
fn a_missing_duty_rate_is_flagged_and_a_cautious_figure_stands_in() {
    let cost = cost_with(&Book::bare().without("ke.duty."));

    let missing = cost.remarks.iter().find(|remark| remark.code == "row_missing").unwrap();
    assert_eq!((missing.severity, missing.line), (Severity::NeedsReview, Some(1)));
    // 35 % of 31,339.00 shillings.
    assert_eq!(cost.lines[0].taxes[0].1.amount(), 1_096_865);
    assert!(cost.low.amount() < cost.total.amount() && cost.total.amount() < cost.high.amount());
}

#[test]
fn a_missing_vat_rate_and_a_missing_value_base_are_flagged_and_not_zero() {
    let no_vat = cost_with(&Book::bare().without("ke.vat"));
    let no_base = cost_with(&Book::bare().without("ke.value-base"));

    assert!(has_remark(&no_vat, "row_missing") && !amount(&no_vat, "vat").is_zero());
    assert!(has_remark(&no_base, "row_missing"));
    assert_eq!(no_base.lines[0].customs_value.amount(), 3_133_900);
}

#[test]
fn without_the_rows_that_only_we_can_give_there_is_no_price() {
    for (id, table) in [
        ("shop.service-fee", "service_fee"),
        ("shop.packing", "packing"),
        ("shop.insurance", "insurance"),
        ("shop.payment", "payment_fee"),
        ("shop.tolerance", "tolerance"),
        ("shop.quote-life", "quote_life"),
        ("shop.weight-margin", "weight_margin"),
        ("dhl.rule", "carrier"),
    ] {
        let rules = Book::shipped().without(id).rules();
        let priced = price(&rules, &want(vec![line("Running shoes", "120.00")], "118.40"), now());
        assert!(
            matches!(&priced, Err(NotPriced::NoRow { table: missing, .. }) if *missing == table),
            "{id}: {priced:?}"
        );
    }
    let rules = Book::shipped().without("fx.shop.usd-kes").rules();
    let priced = price(&rules, &want(vec![line("Running shoes", "120.00")], "118.40"), now());
    assert!(matches!(priced, Err(NotPriced::NoRate { .. })), "{priced:?}");
}

#[test]
fn a_missing_customs_rate_is_flagged_and_ours_is_taken() {
    let cost = cost_with(&Book::bare().without("fx.customs.usd-kes"));

    assert!(has_remark(&cost, "row_missing"));
    assert_eq!(cost.lines[0].customs_value.amount(), 3_133_900);
}

#[test]
fn rows_that_nobody_looked_at_for_200_days_are_called_stale() {
    let rules = Book::shipped().rules();
    let basket = want(vec![line("Running shoes", "120.00")], "118.40");
    let at = |text: &str| price(&rules, &basket, text.parse::<Timestamp>().unwrap()).unwrap();

    assert!(!has_remark(&at("2027-06-11T23:59:59Z"), "row_stale"));
    assert!(has_remark(&at("2027-06-12T00:00:00Z"), "row_stale"));
}

#[test]
fn a_row_counts_from_its_first_to_its_last_day() {
    let second = json!({"table": "tax_rule", "id": "ke.levy.idf.2027", "dest": "KE", "kind": "levy:IDF", "base": "CIF",
        "hs_prefix": "", "rate": "0.05", "valid_from": "2026-11-24", "valid_to": null, "source": "a test",
        "checked_on": "2026-11-01", "confidence": "law"});
    let rules = Book::bare()
        .set("ke.levy.idf", "valid_to", "2026-11-23")
        .with(second)
        .rules();
    let basket = want(vec![line("Running shoes", "120.00")], "118.40");
    let idf = |at: &str| {
        let cost = price(&rules, &basket, at.parse().unwrap()).unwrap();
        amount(&cost, "levy:IDF").amount()
    };

    assert_eq!((idf("2026-11-23T23:59:59Z"), idf("2026-11-24T00:00:00Z")), (605, 1210));
}

#[test]
fn unknown_goods_are_flagged_and_widen_the_range() {
    let rules = Book::shipped().rules();
    let known = price(&rules, &want(vec![line("USB cable", "120.00")], "118.40"), now()).unwrap();
    let unknown = price(&rules, &want(vec![line("Zorbulator", "120.00")], "118.40"), now()).unwrap();

    assert!(has_remark(&unknown, "hs_unknown") && !has_remark(&known, "hs_unknown"));
    assert_eq!(known.total, unknown.total);
    assert!(has_remark(&unknown, "hs_unsure") && unknown.high.amount() >= known.high.amount());
}

#[test]
fn a_guess_by_category_covers_what_any_goods_may_cost() {
    let rules = Book::shipped().rules();
    let mut vague = line("Air Cushion Model 7", "120.00");
    vague.category = Some("Luggage & Bags".into());
    let mut sure = vague.clone();
    sure.hs_code = Some("4202".parse().unwrap());
    let range = |line| {
        let cost = price(&rules, &want(vec![line], "118.40"), now()).unwrap();
        (cost.low, cost.total)
    };

    assert_eq!(range(vague.clone()).1, range(sure.clone()).1);
    assert!(range(vague).0.amount() < range(sure).0.amount());
}

#[test]
fn an_exact_origin_wins_over_any_and_a_longer_code_over_a_shorter() {
    let row = |id: &str, prefix: &str, origin: &str, rate: &str| {
        json!({"table": "duty_rate", "id": id, "dest": "KE", "hs_prefix": prefix, "origin": origin, "rate": rate,
            "valid_from": "2026-01-01", "valid_to": null, "source": "a test", "checked_on": "2026-11-01",
            "confidence": "law"})
    };
    let duty = |book: &Book| cost_with(book).lines[0].taxes[0].1.amount();
    let book = Book::bare().with(row("t.origin", "64", "VN", "0.10"));

    assert_eq!(duty(&book), 313_390);
    assert_eq!(duty(&book.clone().with(row("t.longer", "6404", "*", "0.20"))), 626_780);
    assert_eq!(duty(&book.with(row("t.elsewhere", "640411", "CN", "0.90"))), 313_390);
}

#[test]
fn a_store_that_gives_no_weight_or_size_is_helped_and_it_is_said() {
    let rules = Book::shipped().rules();
    let mut silent = line("Running shoes", "120.00");
    silent.package = None;
    let mut flat = line("Running shoes", "120.00");
    flat.package = Some(Package {
        weight: Grams(1800),
        size: None,
    });

    let silent = price(&rules, &want(vec![silent], "118.40"), now()).unwrap();
    let flat = price(&rules, &want(vec![flat], "118.40"), now()).unwrap();

    assert_eq!(
        (silent.parcel.source, has_remark(&silent, "weight_assumed")),
        (WeightSource::Assumed, true)
    );
    assert_eq!(silent.parcel.pieces[0].weight, Grams(1100));
    // 1.8 kg and 15 % on it is 2.07 kg.
    assert_eq!(
        (flat.parcel.chargeable, has_remark(&flat, "size_assumed")),
        (Grams(2500), true)
    );
}

#[test]
fn weight_is_billed_in_the_steps_of_the_carrier() {
    for (sides, grams, billed) in [
        ((400, 300, 150), 1800, 4000),
        ((100, 200, 300), 100, 1500),
        ((600, 400, 400), 100, 19_500),
        ((610, 410, 410), 100, 21_000),
        ((100, 100, 100), 30_000, 35_000),
    ] {
        let mut shoes = line("Running shoes", "120.00");
        let (a, b, c) = sides;
        let size = Dimensions::new(Millimetres(a), Millimetres(b), Millimetres(c));
        shoes.package = Some(Package {
            weight: Grams(grams),
            size: Some(size),
        });
        let cost = price(&Book::shipped().rules(), &want(vec![shoes], "118.40"), now()).unwrap();
        assert_eq!(cost.parcel.chargeable, Grams(billed), "{sides:?} {grams} g");
    }
}

#[test]
fn a_large_value_is_flagged_for_a_formal_entry() {
    let rules = Book::shipped().rules();
    let at = |value: &str| price(&rules, &want(vec![line("Running shoes", value)], "118.40"), now()).unwrap();

    assert!(!has_remark(&at("999.99"), "formal_entry"));
    assert!(has_remark(&at("1000.00"), "formal_entry"));
}

#[test]
fn a_store_may_ask_the_larger_of_five_percent_and_three_dollars_more() {
    for (price_text, most) in [("10.00", "13.00"), ("60.00", "63.00"), ("100.00", "105.00")] {
        let cost = price(
            &Book::shipped().rules(),
            &want(vec![line("Running shoes", price_text)], "50.00"),
            now(),
        )
        .unwrap();
        assert_eq!(
            (cost.caps[0].expected, cost.caps[0].max_total),
            (usd(price_text), usd(most))
        );
    }
}
