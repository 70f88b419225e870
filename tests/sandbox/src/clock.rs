//! The sandbox's time: the system clock plus the seconds found in a file, so that a demo can jump over days.

use std::path::PathBuf;
use std::time::{SystemTime, UNIX_EPOCH};

use jiff::Timestamp;
use jiff::tz::Offset;

#[derive(Debug)]
pub(crate) struct Clock {
    ahead_file: Option<PathBuf>,
}

impl Clock {
    pub(crate) fn new(ahead_file: Option<PathBuf>) -> Clock {
        Clock { ahead_file }
    }

    /// Milliseconds since 1970 as the sandbox sees them.
    pub(crate) fn now(&self) -> i64 {
        system_nanos()
            .saturating_div(1_000_000)
            .saturating_add(self.seconds_ahead().saturating_mul(1000))
    }

    fn seconds_ahead(&self) -> i64 {
        self.ahead_file
            .as_ref()
            .and_then(|path| std::fs::read_to_string(path).ok())
            .and_then(|text| text.trim().parse().ok())
            .unwrap_or(0)
    }
}

/// The system clock, which nothing but this and the seed of the books may read.
#[expect(
    clippy::disallowed_methods,
    reason = "the sandbox is a world of its own and has no clock but the system's"
)]
pub(crate) fn system_nanos() -> i64 {
    let system = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(system.as_nanos()).unwrap_or(i64::MAX)
}

/// Writes a time in a fixed offset from UTC, in strftime terms.
pub(crate) fn write(millis: i64, offset_minutes: i32, format: &str) -> String {
    let time = Timestamp::from_millisecond(millis).unwrap_or(Timestamp::UNIX_EPOCH);
    let offset = Offset::from_seconds(offset_minutes.saturating_mul(60)).unwrap_or(Offset::UTC);
    time.to_zoned(offset.to_time_zone()).strftime(format).to_string()
}

/// Reads `2026-11-25 10:00:00` or `2026-11-25T10:00:00` as a time of the given offset from UTC.
pub(crate) fn read(text: &str, offset_minutes: i32) -> Option<i64> {
    let local: jiff::civil::DateTime = text.trim().replacen(' ', "T", 1).parse().ok()?;
    let offset = Offset::from_seconds(offset_minutes.checked_mul(60)?).ok()?;
    Some(offset.to_timestamp(local).ok()?.as_millisecond())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_moves_the_clock_ahead() {
        let path = std::env::temp_dir().join(format!("sandbox-clock-{}", std::process::id()));
        std::fs::write(&path, "86400\n").unwrap();
        let ahead = Clock::new(Some(path.clone())).now();
        let plain = Clock::new(None).now();
        std::fs::remove_file(path).unwrap();

        assert!((86_390_000..=86_410_000).contains(&(ahead - plain)));
    }

    #[test]
    fn times_are_written_and_read_in_an_offset() {
        let noon = read("2026-11-25T12:00:00", -300).unwrap();

        assert_eq!(write(noon, 0, "%Y-%m-%d %H:%M:%S"), "2026-11-25 17:00:00");
        assert_eq!(write(noon, 180, "%H:%M"), "20:00");
    }
}
