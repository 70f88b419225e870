//! Points in time: milliseconds since 1970 in UTC, written as RFC 3339 with exactly three decimals so that text order is time order.

use std::{fmt, str::FromStr, time::Duration};

use jiff::{civil::Date, tz::TimeZone};
use serde::{Deserialize, Serialize};

/// A moment in UTC, to the millisecond.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Timestamp(i64);

/// The text is not an RFC 3339 moment between the years 1970 and 9999.
#[derive(Debug, thiserror::Error)]
#[error("not an RFC 3339 time")]
pub struct NotATimestamp;

impl Timestamp {
    /// From milliseconds since 1970; outside 1970 to 9999 it is pulled to the nearer end.
    #[must_use]
    pub fn from_millis(millis: i64) -> Self {
        const END_OF_9999: i64 = 253_402_300_799_999;
        Self(millis.clamp(0, END_OF_9999))
    }

    /// From whole seconds since 1970.
    #[must_use]
    pub fn from_seconds(seconds: i64) -> Self {
        Self::from_millis(seconds.saturating_mul(1000))
    }

    /// Milliseconds since 1970.
    #[must_use]
    pub fn as_millis(self) -> i64 {
        self.0
    }

    /// Whole seconds since 1970, as providers and DynamoDB's time to live count.
    #[must_use]
    pub fn as_seconds(self) -> i64 {
        self.0 / 1000
    }

    /// This moment and a while later.
    #[must_use]
    pub fn plus(self, wait: Duration) -> Self {
        Self::from_millis(self.0.saturating_add(millis(wait)))
    }

    /// This moment and a while earlier.
    #[must_use]
    pub fn minus(self, wait: Duration) -> Self {
        Self::from_millis(self.0.saturating_sub(millis(wait)))
    }

    /// How long ago `earlier` was; zero when it lies ahead.
    #[must_use]
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_millis(u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or(0))
    }

    /// The calendar day in UTC.
    #[must_use]
    pub fn date(self) -> Date {
        self.instant().to_zoned(TimeZone::UTC).date()
    }

    /// The same moment in a time zone.
    pub(crate) fn in_zone(self, zone: TimeZone) -> jiff::Zoned {
        self.instant().to_zoned(zone)
    }

    fn instant(self) -> jiff::Timestamp {
        jiff::Timestamp::from_millisecond(self.0).unwrap_or_default()
    }
}

fn millis(wait: Duration) -> i64 {
    i64::try_from(wait.as_millis()).unwrap_or(i64::MAX)
}

impl fmt::Display for Timestamp {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{:.3}", self.instant())
    }
}

impl FromStr for Timestamp {
    type Err = NotATimestamp;

    fn from_str(text: &str) -> Result<Self, NotATimestamp> {
        let at: jiff::Timestamp = text.parse().map_err(|_| NotATimestamp)?;
        let this = Self::from_millis(at.as_millisecond());
        if this.0 == at.as_millisecond() {
            Ok(this)
        } else {
            Err(NotATimestamp)
        }
    }
}

impl TryFrom<String> for Timestamp {
    type Error = NotATimestamp;

    fn try_from(text: String) -> Result<Self, NotATimestamp> {
        text.parse()
    }
}

impl From<Timestamp> for String {
    fn from(at: Timestamp) -> Self {
        at.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_order_is_time_order() {
        let early = Timestamp::from_millis(1_764_000_000_009);
        let late = Timestamp::from_millis(1_764_000_000_010);

        assert!(early.to_string() < late.to_string());
        assert_eq!(early.to_string(), "2025-11-24T16:00:00.009Z");
    }

    #[test]
    fn a_moment_survives_its_text() {
        for text in ["2026-11-23T07:19:52.120Z", "1970-01-01T00:00:00.000Z"] {
            assert_eq!(text.parse::<Timestamp>().unwrap().to_string(), text);
        }
        assert_eq!(
            "2026-11-23T10:19:52+03:00".parse::<Timestamp>().unwrap().to_string(),
            "2026-11-23T07:19:52.000Z"
        );
    }

    #[test]
    fn nonsense_and_times_before_1970_are_refused() {
        for text in ["", "yesterday", "2026-13-01T00:00:00Z", "1969-12-31T23:59:59Z"] {
            assert!(text.parse::<Timestamp>().is_err(), "{text}");
        }
    }
}
