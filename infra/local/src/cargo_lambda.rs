//! cargo-lambda, the Lambda service of this machine: found, or put under `target/tools`, never into the system.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use anyhow::{Context, bail};
use tokio::process::Command;

use crate::process::{Environment, Program};
use crate::progress::Progress;

const VERSION: &str = "1.9.2";

/// The program to run; installs it when it is nowhere.
pub(crate) async fn find(target: &Path, progress: &Progress) -> anyhow::Result<PathBuf> {
    let tools = target.join("tools");
    let ours = [
        tools.join("cargo-lambda/bin/cargo-lambda"),
        tools.join("bin/cargo-lambda"),
    ];
    let theirs = std::env::var_os("PATH").unwrap_or_default();
    let theirs = std::env::split_paths(&theirs).map(|folder| folder.join("cargo-lambda"));
    if let Some(found) = ours.iter().cloned().chain(theirs).find(|path| path.is_file()) {
        return Ok(found);
    }
    let [by_pip, by_cargo] = ours;
    progress.say(&format!(
        "Fetching cargo-lambda {VERSION} into {} (once)",
        tools.display()
    ));
    if install_with_pip(&tools.join("cargo-lambda")).await && by_pip.is_file() {
        return Ok(by_pip);
    }
    progress.say("No ready-made cargo-lambda for this machine: building it, which takes some minutes");
    let status = Command::new("cargo")
        .args([
            "install",
            "--locked",
            "--quiet",
            "cargo-lambda",
            "--version",
            VERSION,
            "--root",
        ])
        .arg(&tools)
        .status()
        .await
        .context("cannot run cargo")?;
    if !status.success() || !by_cargo.is_file() {
        bail!("cannot install cargo-lambda; `cargo install --locked cargo-lambda` by hand would also do");
    }
    Ok(by_cargo)
}

/// The wheel is the tool itself; its dependency, a compiler for other processors, is not needed here.
async fn install_with_pip(folder: &Path) -> bool {
    let status = Command::new("python3")
        .args([
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
            "--no-deps",
            "--target",
        ])
        .arg(folder)
        .arg(format!("cargo-lambda=={VERSION}"))
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .await;
    status.is_ok_and(|status| status.success())
}

/// Runs only the Lambda APIs; the functions are started by us, each with its own settings.
pub(crate) fn program(path: PathBuf, root: &Path, port: u16, log: PathBuf) -> Program {
    let port = port.to_string();
    let arguments = [
        "lambda",
        "watch",
        "--only-lambda-apis",
        "--disable-cors",
        "--invoke-address",
        "127.0.0.1",
        "--invoke-port",
        &port,
    ];
    Program {
        name: "cargo-lambda".to_owned(),
        path,
        arguments: arguments.map(str::to_owned).to_vec(),
        folder: root.to_owned(),
        environment: Environment::Ours(BTreeMap::from([("NO_COLOR".to_owned(), "1".to_owned())])),
        log,
    }
}
