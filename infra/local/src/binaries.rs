//! Builds the functions and the sandbox, and finds where cargo puts them.

use std::path::{Path, PathBuf};
use std::process::Stdio;

use anyhow::{Context, bail};
use serde_json::Value;
use tokio::process::Command;

use crate::progress::Progress;
use template::part;

/// Debug for daily work, release for load runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Profile {
    Debug,
    Release,
}

impl Profile {
    fn folder(self) -> &'static str {
        match self {
            Self::Debug => "debug",
            Self::Release => "release",
        }
    }
}

/// The folder of cargo's output for this project.
pub(crate) async fn target(root: &Path) -> anyhow::Result<PathBuf> {
    let output = Command::new("cargo")
        .args(["metadata", "--format-version", "1", "--no-deps", "--offline"])
        .current_dir(root)
        .stderr(Stdio::inherit())
        .output()
        .await
        .context("cannot run cargo")?;
    let metadata: Value = serde_json::from_slice(&output.stdout).context("cargo metadata gave no JSON")?;
    let folder = part(&metadata, "/target_directory")
        .as_str()
        .context("cargo metadata names no target folder")?;
    Ok(PathBuf::from(folder))
}

/// Where the binaries of the profile lie.
pub(crate) fn folder(target: &Path, profile: Profile) -> PathBuf {
    target.join(profile.folder())
}

/// Not a part of the shop. With one of these in the set, cargo would choose other features for shared packages, and build more than runs.
const NOT_OF_THE_SHOP: [&str; 3] = ["local", "simulation", "xtask"];

/// Builds the functions and the sandbox; cargo shows its own progress.
pub(crate) async fn build(root: &Path, profile: Profile, progress: &Progress) -> anyhow::Result<()> {
    let mut command = Command::new("cargo");
    command.args(["build", "--workspace", "--bins"]);
    for package in NOT_OF_THE_SHOP {
        command.args(["--exclude", package]);
    }
    if !progress.is_spoken() {
        command.arg("--quiet");
    }
    if profile == Profile::Release {
        command.arg("--release");
    }
    let status = command.current_dir(root).status().await.context("cannot run cargo")?;
    if !status.success() {
        bail!("the build failed; its reasons stand above");
    }
    Ok(())
}
