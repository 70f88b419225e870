//! The pretended clock: a file with a whole number of seconds by which this machine is ahead of real time.
//! Functions and the sandbox read the same file, so a test can let days pass in a moment.

use std::path::{Path, PathBuf};

use anyhow::Context;
use jiff::{SignedDuration, Timestamp};

/// The clock-ahead file of one data folder.
#[derive(Debug, Clone)]
pub(crate) struct Clock {
    file: PathBuf,
}

impl Clock {
    /// Uses `clock-ahead` in the data folder; an absent file means zero.
    pub(crate) fn in_folder(data: &Path) -> Self {
        Self {
            file: data.join("clock-ahead"),
        }
    }

    /// Where functions find it.
    pub(crate) fn file(&self) -> &Path {
        &self.file
    }

    /// How many seconds ahead the clock is.
    pub(crate) fn ahead(&self) -> i64 {
        std::fs::read_to_string(&self.file)
            .ok()
            .and_then(|text| text.trim().parse().ok())
            .unwrap_or(0)
    }

    /// Sets the clock; readers see either the old number or the new one, never half of it.
    pub(crate) fn set_ahead(&self, seconds: i64) -> anyhow::Result<()> {
        let draft = self.file.with_extension("new");
        std::fs::write(&draft, seconds.to_string()).context("cannot write the clock-ahead file")?;
        std::fs::rename(&draft, &self.file).context("cannot replace the clock-ahead file")
    }

    /// The pretended time of day.
    pub(crate) fn now(&self) -> Timestamp {
        let now = Timestamp::now();
        now.checked_add(SignedDuration::from_secs(self.ahead())).unwrap_or(now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_clock_is_as_far_ahead_as_its_file_says() {
        let folder = std::env::temp_dir().join(format!("clock-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let clock = Clock::in_folder(&folder);
        assert_eq!(clock.ahead(), 0);

        clock.set_ahead(86_400).unwrap();

        assert_eq!(clock.ahead(), 86_400);
        let day = clock.now().as_second() - Timestamp::now().as_second();
        assert!((86_399..=86_401).contains(&day), "{day}");
        std::fs::remove_dir_all(folder).unwrap();
    }
}
