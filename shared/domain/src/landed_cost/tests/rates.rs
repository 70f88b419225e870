//! Exchange rates of the day on top of the shipped ones, and editions on top of both.

use super::basket::{Book, has_remark, line, now, shipped, want};
use crate::{
    currency::Currency,
    landed_cost::{Edition, Editor, PublishedRates, RateSheet, RowEdits, Rules, price},
    timestamp::Timestamp,
};

fn published(kes: &str, day: &str) -> PublishedRates {
    PublishedRates {
        base: Currency::USD,
        rates: [(Currency::KES, kes.parse().unwrap())].into(),
        day: day.parse().unwrap(),
        source: "A bank".into(),
    }
}

fn editor() -> Editor {
    Editor {
        by: "stf_01JDB7M3N8Q4R5S6T7V8W9X0YZ".parse().unwrap(),
        at: now(),
        reason: "a test".into(),
    }
}

fn edited(row: serde_json::Value) -> Edition {
    Edition::next(None, &RowEdits::read(&row.to_string()).unwrap(), editor())
        .unwrap()
        .0
}

fn kes_rate(rules: &Rules, at: Timestamp) -> (String, Vec<String>) {
    let mut basket = want(vec![line("Running shoes", "120.00")], "118.40");
    basket.charge = Currency::KES;
    let cost = price(rules, &basket, at).unwrap();
    let used = cost
        .exchanges
        .into_iter()
        .find(|used| used.to == Currency::KES)
        .unwrap();
    (
        used.rate.to_string(),
        used.rules.iter().map(ToString::to_string).collect(),
    )
}

#[test]
fn a_quote_names_the_rate_of_the_day_and_yesterdays_quote_named_yesterdays() {
    let day = std::time::Duration::from_secs(24 * 3600);
    let (tomorrow, day_after) = (now().plus(day), now().plus(day * 2));
    let first = RateSheet::of(shipped(), None, &[published("130.00", "2026-11-24")], tomorrow);
    let rules = Rules::current(None, Some(&first)).unwrap();
    assert_eq!(
        kes_rate(&rules, tomorrow),
        ("130.00".into(), vec!["fx.shop.usd-kes.2026-11-24".into()])
    );

    let second = RateSheet::of(&rules, Some(&first), &[published("131.00", "2026-11-25")], day_after);
    let rules = Rules::current(None, Some(&second)).unwrap();

    assert_eq!(
        kes_rate(&rules, day_after),
        ("131.00".into(), vec!["fx.shop.usd-kes.2026-11-25".into()])
    );
    assert_eq!(
        rules.version().as_str(),
        format!("{}+fx.2026-11-25", Rules::SHIPPED_VERSION)
    );
}

#[test]
fn a_rate_that_a_person_entered_later_wins_over_the_sheet() {
    let sheet = RateSheet::of(shipped(), None, &[published("130.00", "2026-11-24")], now());
    let row = serde_json::json!({"table": "exchange_rate", "id": "fx.shop.usd-kes", "purpose": "shop", "from": "USD", "to": "KES",
        "rate": "150", "margin": "0.03", "printed": "Entered by hand", "valid_from": "2026-01-01", "source": "the central bank",
        "checked_on": "2026-11-25", "confidence": "law"});

    let rules = Rules::current(Some(&edited(row)), Some(&sheet)).unwrap();

    assert_eq!(kes_rate(&rules, now()).0, "150");
}

#[test]
fn a_rate_that_nobody_renewed_is_flagged_within_days() {
    let basket = {
        let mut basket = want(vec![line("Running shoes", "120.00")], "118.40");
        basket.charge = Currency::KES;
        basket
    };
    let later = now().plus(std::time::Duration::from_secs(6 * 24 * 3600));

    assert!(!has_remark(&price(shipped(), &basket, now()).unwrap(), "rate_stale"));
    assert!(has_remark(&price(shipped(), &basket, later).unwrap(), "rate_stale"));
}

#[test]
fn without_a_guard_no_published_rate_is_believed() {
    let rules = Book::shipped().without("fx.guard").rules();

    let sheet = RateSheet::of(&rules, None, &[published("130.00", "2026-11-23")], now());

    assert!(sheet.rates.is_empty() && !sheet.refused.is_empty());
}

#[test]
fn editions_add_up_and_each_names_what_it_changed() {
    let fee = |id: &str, share: &str, from: &str, to: Option<&str>| {
        serde_json::json!({"table": "service_fee", "id": id, "share": share, "min": "USD 1.50", "valid_from": from, "valid_to": to,
            "source": "The shop's own decision", "checked_on": "2026-11-23", "confidence": "shop"})
    };
    let first = edited(fee("shop.service-fee", "0.09", "2026-01-01", None));
    let both = serde_json::json!([
        fee("shop.service-fee", "0.09", "2026-01-01", Some("2026-12-31")),
        fee("shop.service-fee.2027", "0.12", "2027-01-01", None)
    ]);

    let (second, rules) = Edition::next(Some(&first), &RowEdits::read(&both.to_string()).unwrap(), editor()).unwrap();

    assert_eq!((second.number, second.changed.len(), second.rows.len()), (2, 2, 2));
    let basket = want(vec![line("Running shoes", "100.00")], "118.40");
    let share =
        |at: &str| super::basket::amount(&price(&rules, &basket, at.parse().unwrap()).unwrap(), "service_fee").amount();
    assert_eq!(
        (share("2026-12-31T23:00:00Z"), share("2027-01-01T00:00:00Z")),
        (900, 1_200)
    );
}
