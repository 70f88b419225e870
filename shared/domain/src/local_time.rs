//! Times as the clock on the wall says where an order goes. The rules are those of POSIX, so no database of zones has to be shipped.

use jiff::tz::TimeZone;

use crate::{address::Country, timestamp::Timestamp};

/// Table: the time of each country we deliver to (IANA time zone database 2025b). The United States have several; there it is UTC.
const ZONES: &[(&str, &str)] = &[
    ("AE", "<+04>-4"),
    ("DE", "CET-1CEST,M3.5.0,M10.5.0/3"),
    ("FR", "CET-1CEST,M3.5.0,M10.5.0/3"),
    ("GB", "GMT0BST,M3.5.0/1,M10.5.0"),
    ("GH", "GMT0"),
    ("KE", "EAT-3"),
    ("NG", "WAT-1"),
    ("RW", "CAT-2"),
    ("TZ", "EAT-3"),
    ("UG", "EAT-3"),
    ("ZA", "SAST-2"),
];

/// A moment in this form (of `strftime`), in the time of the country; elsewhere in UTC, which is then said.
#[must_use]
pub fn written(at: Timestamp, country: Country, form: &str) -> String {
    let zone = ZONES.iter().find(|(known, _)| *known == country.code());
    let zone = zone.and_then(|(_, rule)| TimeZone::posix(rule).ok());
    let (zone, name) = match zone {
        Some(zone) => (zone, ""),
        None => (TimeZone::UTC, " UTC"),
    };
    format!("{}{name}", at.in_zone(zone).strftime(form))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_what_the_clock_there_says() {
        let winter: Timestamp = "2026-12-08T11:05:00Z".parse().unwrap();
        let summer: Timestamp = "2026-07-08T22:05:00Z".parse().unwrap();
        for (country, at, text) in [
            ("KE", winter, "Tue 8 Dec, 14:05"),
            ("DE", winter, "Tue 8 Dec, 12:05"),
            ("DE", summer, "Thu 9 Jul, 00:05"),
            ("GB", summer, "Wed 8 Jul, 23:05"),
            ("US", winter, "Tue 8 Dec, 11:05 UTC"),
        ] {
            assert_eq!(written(at, country.parse().unwrap(), "%a %-d %b, %H:%M"), text);
        }
    }

    #[test]
    fn every_rule_can_be_read() {
        for (country, rule) in ZONES {
            assert!(TimeZone::posix(rule).is_ok(), "{country}");
        }
    }
}
