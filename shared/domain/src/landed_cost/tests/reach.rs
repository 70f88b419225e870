//! Where a thing may go before anybody has said where it shall go.

use super::basket::{Book, now, shipped};
use crate::{
    address::Country,
    landed_cost::{Described, Reach, Rules, reach},
};

fn of(rules: &Rules, title: &str) -> Reach {
    let thing = Described {
        title,
        category: None,
        hs_code: None,
    };
    reach(rules, thing, Country::US, now())
}

fn barred(reach: &Reach) -> Vec<&str> {
    reach.not_to.iter().map(|barred| barred.country.code()).collect()
}

#[test]
fn what_no_carrier_takes_goes_nowhere_and_one_reason_is_enough() {
    for (title, row) in [
        ("Power bank 10000 mAh", "any.accepts.battery-alone"),
        ("Hairspray aerosol 300 ml", "any.accepts.aerosol"),
        ("Oil based paint 1 l", "any.accepts.flammable-liquid"),
    ] {
        let found = of(shipped(), title);

        assert_eq!(found.nowhere.as_ref().unwrap().row.as_str(), row, "{title}");
        assert!(found.not_to.is_empty(), "{title}");
    }
}

#[test]
fn what_some_countries_forbid_goes_to_the_others() {
    let found = of(shipped(), "Foldable drone with camera");

    assert_eq!(found.nowhere, None);
    assert!(barred(&found).contains(&"KE"), "{:?}", barred(&found));
    assert!(!barred(&found).contains(&"DE"));
    assert!(found.heed.iter().any(|verdict| verdict.code == "battery_with"));
}

#[test]
fn ordinary_things_go_everywhere() {
    assert_eq!(of(shipped(), "Running shoes"), Reach::default());
}

#[test]
fn a_country_that_is_not_served_bars_nothing() {
    let rules = Book::shipped().without("dhl.zone.ke").rules();

    assert!(!barred(&of(&rules, "Foldable drone with camera")).contains(&"KE"));
}
