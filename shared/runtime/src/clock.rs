//! The time of day, as a value that travels in `Deps`.

use std::{
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use domain::Timestamp;

/// Names a file with a whole number of seconds by which this machine's clock is pretended to be ahead. Not set in production.
const AHEAD_FILE: &str = "CLOCK_AHEAD_FILE";

/// Says what time it is. Cheap to clone.
#[derive(Clone)]
pub struct Clock(Source);

#[derive(Clone)]
enum Source {
    System {
        ahead_file: Option<Arc<Path>>,
    },
    Fixed {
        millis: Arc<AtomicI64>,
        /// How many milliseconds this clock is wrong.
        wrong_by: i64,
    },
}

impl Clock {
    /// The clock of the machine.
    #[must_use]
    pub fn system() -> Self {
        #[expect(
            clippy::disallowed_methods,
            reason = "the runtime's own setting; no function declares it"
        )]
        let file = std::env::var_os(AHEAD_FILE);
        Self::ahead_by(file.filter(|path| !path.is_empty()).map(PathBuf::from))
    }

    fn ahead_by(file: Option<PathBuf>) -> Self {
        Self(Source::System {
            ahead_file: file.map(Into::into),
        })
    }

    /// A clock that stands still until a test moves it; its clones move with it.
    #[must_use]
    pub fn fixed(at: Timestamp) -> Self {
        Self(Source::Fixed {
            millis: Arc::new(AtomicI64::new(at.as_millis())),
            wrong_by: 0,
        })
    }

    /// A fixed clock that moves with this one and is wrong by so many milliseconds; the machine's clock is what it is.
    #[must_use]
    pub fn wrong_by(&self, wrong_by: i64) -> Self {
        match &self.0 {
            Source::Fixed { millis, .. } => Self(Source::Fixed {
                millis: Arc::clone(millis),
                wrong_by,
            }),
            Source::System { .. } => self.clone(),
        }
    }

    /// The time now.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        match &self.0 {
            Source::System { ahead_file: None } => machine_time(),
            Source::System { ahead_file: Some(file) } => machine_time().plus(ahead(file)),
            Source::Fixed { millis, wrong_by } => {
                Timestamp::from_millis(millis.load(Ordering::SeqCst).saturating_add(*wrong_by))
            }
        }
    }

    /// The time as a function, for packages that know no clock.
    pub fn reader(&self) -> impl Fn() -> Timestamp + Clone + Send + Sync + 'static {
        let clock = self.clone();
        move || clock.now()
    }

    /// Sets a fixed clock; the machine's clock does not move.
    pub fn set(&self, at: Timestamp) {
        if let Source::Fixed { millis, wrong_by } = &self.0 {
            millis.store(at.as_millis().saturating_sub(*wrong_by), Ordering::SeqCst);
        }
    }

    /// Moves a fixed clock forward; the machine's clock does not move.
    pub fn advance(&self, by: Duration) {
        self.set(self.now().plus(by));
    }
}

/// What the machine itself says; deadlines of an invocation are counted by it.
pub(crate) fn machine_time() -> Timestamp {
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place that asks the machine for the time"
    )]
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp::from_millis(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}

/// Absent, empty and unreadable all mean: not ahead.
fn ahead(file: &Path) -> Duration {
    let text = std::fs::read_to_string(file).unwrap_or_default();
    Duration::from_secs(text.trim().parse().unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fixed_clock_and_its_clones_move_only_when_told() {
        let clock = Clock::fixed(Timestamp::from_seconds(1_000));
        let clone = clock.clone();

        clock.advance(Duration::from_secs(60));

        assert_eq!(clone.now(), Timestamp::from_seconds(1_060));
        assert_eq!(clone.now(), clock.now());
    }

    #[test]
    fn a_wrong_clock_moves_with_the_one_it_was_made_of() {
        let clock = Clock::fixed(Timestamp::from_seconds(1_000));
        let wrong = clock.wrong_by(-300_000);

        clock.advance(Duration::from_secs(60));

        assert_eq!(wrong.now(), Timestamp::from_seconds(760));
    }

    #[test]
    fn the_machine_clock_runs_ahead_by_what_the_file_says_at_that_moment() {
        let file = std::env::temp_dir().join(format!("clock-ahead-{}", std::process::id()));
        let clock = Clock::ahead_by(Some(file.clone()));
        let hour = Duration::from_secs(3_600);

        assert!(clock.now().since(machine_time()) < hour);
        for (text, is_ahead) in [
            ("3600\n", true),
            ("", false),
            ("soon", false),
            ("-5", false),
            (" 7200 ", true),
        ] {
            std::fs::write(&file, text).unwrap();
            let ahead = clock.now().since(machine_time()) > hour.saturating_sub(Duration::from_secs(5));
            assert_eq!(ahead, is_ahead, "{text:?}");
        }
        std::fs::remove_file(&file).unwrap();
    }
}
