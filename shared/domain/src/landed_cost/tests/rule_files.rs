//! The rule files: what is shipped is whole, and what is wrong is named.

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::basket::{Book, now};
use crate::landed_cost::{Rules, RulesError};

#[test]
fn every_shipped_file_parses_alone_and_all_together() {
    for (name, text) in Rules::SHIPPED {
        assert!(
            Rules::parse(&[(name, text)]).is_ok(),
            "{name}: {:?}",
            Rules::parse(&[(name, text)]).err()
        );
    }
}

#[test]
fn what_a_process_reads_at_its_start_is_what_was_checked() {
    let (quick, mut checked) = (Rules::shipped().unwrap(), Rules::parse(Rules::SHIPPED).unwrap());
    checked.version = quick.version.clone();

    assert!(format!("{quick:?}") == format!("{checked:?}"));
}

#[test]
fn the_shipped_version_is_that_of_the_files() {
    let mut hash = Sha256::new();
    for (_, text) in Rules::SHIPPED {
        hash.update(text);
    }
    let beginning: String = hash
        .finalize()
        .iter()
        .take(4)
        .map(|byte| format!("{byte:02x}"))
        .collect();

    let (_, known) = Rules::SHIPPED_VERSION.rsplit_once('-').unwrap();
    assert_eq!(
        known, beginning,
        "the rows were edited: SHIPPED_VERSION wants today's date and {beginning}"
    );
}

#[test]
fn no_shipped_row_holds_a_number_with_a_point() {
    // Rates and amounts are text; a JSON number would pass through floating point on its way.
    for (name, text) in Rules::SHIPPED {
        let rows: serde_json::Value = serde_json::from_str(text).unwrap();
        let mut open = vec![&rows];
        while let Some(value) = open.pop() {
            assert!(!value.is_f64(), "{name}: {value}");
            open.extend(value.as_array().into_iter().flatten());
            open.extend(value.as_object().into_iter().flat_map(|fields| fields.values()));
        }
    }
}

fn is_named(id: &str, field: &str, value: impl Into<Value>, reason: &str) {
    let error = Book::shipped().set(id, field, value).read().unwrap_err().to_string();

    assert!(
        error.contains(&format!("row {id}")) && error.contains(reason),
        "{id} {field}: {error}"
    );
}

#[test]
fn a_row_with_a_wrong_rule_is_named_with_what_is_wrong() {
    is_named("ke.vat", "table", "tax_rules", "there is no table");
    is_named("ke.vat", "kind", "gst", "not a kind of price component");
    is_named("ke.vat", "kind", "freight", "neither vat nor excise");
    is_named("ke.vat", "base", "CIFF", "wants one value");
    is_named("ke.vat", "rate", 0.16, "one value, or point");
    is_named("ke.vat", "rate", "-0.16", "out of order");
    is_named(
        "ke.vat",
        "rate",
        json!({"point": "0.1", "low": "0.2", "high": "0.3"}),
        "out of order",
    );
    is_named("ke.vat", "colour", "red", "unknown field");
    is_named("ke.value-base.air", "mode", "rail", "unknown variant");
    is_named("any.accepts.aerosol", "danger", "spray", "unknown variant");
    is_named("any.drugs", "verdict", "maybe", "unknown variant");
    is_named("ke.drones", "agency", json!(null), "a permit has an agency");
    is_named("fx.shop.usd-kes", "rate", "0", "above zero");
    is_named("fx.customs.usd-kes", "margin", "0.01", "customs takes no margin");
    is_named("shop.service-fee", "min", "USD 1.505", "not an amount");
}

#[test]
fn a_row_with_wrong_dates_or_without_a_source_is_named() {
    is_named("ke.vat", "source", "", "source is missing");
    is_named("ke.vat", "source", json!(null), "source is missing");
    is_named("ke.vat", "confidence", "sure", "confidence");
    is_named("ke.vat", "valid_from", "yesterday", "valid_from");
    is_named("ke.vat", "valid_to", "2001-01-01", "before valid_from");
    is_named("ke.vat", "checked_on", json!(null), "checked_on is missing");
    for (id, reason) in [("ke.vat", "used twice"), ("KE duty", "not the id")] {
        let error = Book::shipped()
            .set("ke.duty.64", "id", id)
            .read()
            .unwrap_err()
            .to_string();
        assert!(error.contains(id) && error.contains(reason), "{error}");
    }
}

#[test]
fn two_rows_about_the_same_on_the_same_day_are_refused() {
    let second = json!({"table": "insurance", "id": "shop.insurance.new", "share": "0.02", "min": "USD 1.00",
        "valid_from": "2026-06-01", "valid_to": null, "source": "a new decision", "checked_on": "2026-06-01",
        "confidence": "shop"});

    let both = Book::shipped().with(second.clone()).read();
    let closed = Book::shipped()
        .set("shop.insurance", "valid_to", "2026-05-31")
        .with(second)
        .read();

    assert!(matches!(both, Err(RulesError::Overlap(..))), "{both:?}");
    assert!(closed.is_ok(), "{closed:?}");
}

#[test]
fn a_text_that_is_no_list_of_rows_names_the_file() {
    let error = Rules::parse(&[("half.json", "[{\"id\": ")]).unwrap_err();

    assert!(
        matches!(&error, RulesError::File { file, .. } if file == "half.json"),
        "{error}"
    );
}

#[test]
fn the_price_page_prints_the_rows_that_prices_are_made_of() {
    let day = now().date();
    let book = Book::shipped().set("shop.service-fee", "share", "0.125");

    let sentences: Vec<String> = book
        .rules()
        .printed(day)
        .into_iter()
        .flat_map(|section| section.rules)
        .map(|rule| rule.sentence)
        .collect();

    assert!(
        sentences
            .iter()
            .any(|it| it == "Our service costs 12.5 % of the items, at least USD 1.50."),
        "{sentences:#?}"
    );
    assert!(
        sentences.iter().any(|it| it.starts_with("1 USD = 129.50 KES.")),
        "{sentences:#?}"
    );
}
