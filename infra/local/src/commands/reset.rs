//! `cargo run -- reset`: throws away what the stack stored.

use std::io::ErrorKind;

use anyhow::Context;

use super::{Line, start};
use crate::startup;

pub(super) fn run(line: &Line) -> anyhow::Result<()> {
    if !line.data.exists() {
        return start::show(&format!("{} is empty already.", line.data.display()));
    }
    // Held until all is gone, so that nobody starts in between.
    let lock = startup::lock(&line.data)?;
    // The staff account goes with the tables it stands in.
    for part in [
        "tables.sqlite",
        "tables.sqlite-wal",
        "tables.sqlite-shm",
        "clock-ahead",
        "staff.json",
    ] {
        gone(std::fs::remove_file(line.data.join(part)), part)?;
    }
    for part in ["files", "sandbox", "logs", "demo"] {
        gone(std::fs::remove_dir_all(line.data.join(part)), part)?;
    }
    drop(lock);
    start::show(&format!("{} is empty.", line.data.display()))
}

fn gone(removal: std::io::Result<()>, part: &str) -> anyhow::Result<()> {
    match removal {
        Err(error) if error.kind() != ErrorKind::NotFound => {
            Err(error).with_context(|| format!("cannot remove {part}"))
        }
        Ok(()) | Err(_) => Ok(()),
    }
}
