//! The carrier's way to write a planned time: `2026-11-25T15:00:00 GMT-05:00`, not past and at most ten days ahead.

use super::problem::Problem;
use crate::clock;

const TEN_DAYS_MS: i64 = 10 * 24 * 60 * 60 * 1000;

/// Reads a planned time in milliseconds.
pub(super) fn read(text: &str, now: i64) -> Result<i64, Problem> {
    let malformed = || {
        Problem::one(
            "998: ShipTimeStamp is not well formatted.(Expected Sample Format : '2010-02-11T17:10:09 GMT+01:00')",
        )
    };
    let at = parse(text).ok_or_else(malformed)?;
    if at < now {
        return Err(Problem::one("996: The planned date and time must not be in the past."));
    }
    if at > now.saturating_add(TEN_DAYS_MS) {
        return Err(Problem::one("996: The planned date and time must be within 10 days."));
    }
    Ok(at)
}

fn parse(text: &str) -> Option<i64> {
    if text.chars().count() > 29 {
        return None;
    }
    let (time, offset) = text.split_once("GMT")?;
    let sign = match offset.chars().next()? {
        '+' => 1,
        '-' => -1,
        _ => return None,
    };
    let (hours, minutes) = offset.get(1..)?.split_once(':')?;
    let offset = hours
        .parse::<i32>()
        .ok()?
        .checked_mul(60)?
        .checked_add(minutes.parse().ok()?)?;
    let time = time.trim_end();
    time.contains('T').then(|| clock::read(time, sign * offset))?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_with_or_without_the_space() {
        let spaced = parse("2026-11-25T15:00:00 GMT-05:00");

        assert!(spaced.is_some());
        assert_eq!(spaced, parse("2026-11-25T15:00:00GMT-05:00"));
        assert_eq!(spaced, parse("2026-11-25T23:00:00 GMT+03:00"));
        for text in [
            "2026-11-25",
            "2026-11-25T15:00:00Z",
            "2026-11-25 15:00:00 GMT-05:00",
            "x GMT+1",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    #[test]
    fn the_past_and_the_far_future_are_refused() {
        let at = parse("2026-11-25T15:00:00 GMT-05:00").unwrap();

        assert!(read("2026-11-25T15:00:00 GMT-05:00", at).is_ok());
        assert!(read("2026-11-25T15:00:00 GMT-05:00", at + 1).is_err());
        assert!(read("2026-11-25T15:00:00 GMT-05:00", at - TEN_DAYS_MS - 1).is_err());
    }
}
