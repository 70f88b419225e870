//! How long each story took, kept where `.ci/run` and a person can read it: nothing else tells when stories grow slower.

use std::fs::OpenOptions;
use std::io::Write;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::Context;

/// Begins the list of a run anew.
pub(crate) fn begin() -> anyhow::Result<()> {
    let path = list()?;
    std::fs::write(&path, "").with_context(|| format!("cannot write {}", path.display()))
}

/// Adds a line: milliseconds, and the story that took them.
pub(crate) fn keep(story: &str, took: Duration) -> anyhow::Result<()> {
    let path = list()?;
    let mut list = OpenOptions::new()
        .create(true)
        .append(true)
        .open(&path)
        .with_context(|| format!("cannot write {}", path.display()))?;
    writeln!(list, "{:>7} {story}", took.as_millis())?;
    Ok(())
}

/// The test program lies in `target/PROFILE/deps`, the list in `target`.
fn list() -> anyhow::Result<PathBuf> {
    let program = std::env::current_exe()?;
    let target = program
        .ancestors()
        .nth(3)
        .context("this program is in no target folder")?;
    Ok(target.join("story-times.txt"))
}
