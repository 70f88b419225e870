//! Other programs: where they are, and running them in the root with their output shown.

use std::path::PathBuf;
use std::process::{Command, Stdio};

use anyhow::{Context, Result};

use crate::tree::Tree;

/// A program on the search path or among the project's own tools.
pub(crate) fn find(tree: &Tree, name: &str) -> Option<PathBuf> {
    let own = tree.path("target/tools").join(name).join("bin").join(name);
    if own.is_file() {
        return Some(own);
    }
    let answers = Command::new(name)
        .arg("--version")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    // A program that does not know `--version` is there all the same.
    answers.is_ok().then(|| PathBuf::from(name))
}

/// A cargo command in the root.
pub(crate) fn cargo(tree: &Tree, words: &[&str]) -> Command {
    let mut command = Command::new("cargo");
    command.current_dir(tree.root()).args(words);
    command
}

/// True when the program ended well.
pub(crate) fn succeeds(command: &mut Command) -> Result<bool> {
    let name = command.get_program().to_string_lossy().into_owned();
    let status = command
        .stdin(Stdio::null())
        .status()
        .with_context(|| format!("starting {name}"))?;
    Ok(status.success())
}
