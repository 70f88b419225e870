//! `cargo xtask check`: everything that holds the shape, each part run to its end, with one line per part at the foot.

use std::time::{Duration, Instant};

use anyhow::Result;

use crate::program::{self, cargo, succeeds};
use crate::tree::Tree;
use crate::{docs, layout, lifecycle, only_known, report, say, sizes, table};

enum Outcome {
    Passed,
    Failed,
    /// The tool for it is not on this machine.
    Absent,
    /// Something outside that it needs did not answer.
    OutOfReach(&'static str),
}

type Part = (&'static str, fn(&Tree) -> Result<Outcome>);

const PARTS: &[Part] = &[
    ("layout", |tree| Ok(outcome(report("layout", &layout::findings(tree)?)))),
    ("lifecycle", |tree| {
        Ok(outcome(report("lifecycle", &lifecycle::findings(tree)?)))
    }),
    ("sizes", |tree| Ok(outcome(report("sizes", &sizes::findings(tree)?)))),
    ("docs", |tree| Ok(outcome(report("docs", &docs::findings(tree)?)))),
    ("format", |tree| {
        run_cargo(tree, &["fmt", "--all", "--check", "--", "-l"])
    }),
    ("typos", typos),
    ("unused dependencies", |tree| {
        tool(tree, "cargo-machete", &["--with-metadata"])
    }),
    ("licences and sources", licences),
    ("advisories", advisories),
    ("lints", |tree| {
        run_cargo(
            tree,
            &[
                "clippy",
                "--workspace",
                "--all-targets",
                "--keep-going",
                "--quiet",
                "--",
                "-D",
                "warnings",
            ],
        )
    }),
    ("documentation", documentation),
];

pub(crate) fn run(tree: &Tree, options: &[String]) -> Result<bool> {
    only_known(options, &["--with-tests", "--all-tools"])?;
    let asked = |name: &str| options.iter().any(|option| option == name);
    let with_tests: Option<Part> =
        asked("--with-tests").then_some(("tests", |tree| run_cargo(tree, &["test", "--workspace"])));
    let mut rows = Vec::new();
    let mut all_well = true;
    for (name, part) in PARTS.iter().chain(&with_tests) {
        say(&format!("== {name}"));
        let start = started();
        let verdict = match part(tree)? {
            Outcome::Passed => "passed".to_owned(),
            Outcome::Absent if asked("--all-tools") => {
                all_well = false;
                "FAILED: the tool is not installed".to_owned()
            }
            Outcome::Absent => "SKIPPED: the tool is not installed".to_owned(),
            Outcome::OutOfReach(what) => format!("SKIPPED: {what} cannot be reached"),
            Outcome::Failed => {
                all_well = false;
                "FAILED".to_owned()
            }
        };
        rows.push(vec![(*name).to_owned(), seconds(start.elapsed()), verdict]);
    }
    say(&format!("\n{}", table::write(&["part", "took", "verdict"], &rows)));
    Ok(all_well)
}

fn outcome(well: bool) -> Outcome {
    if well { Outcome::Passed } else { Outcome::Failed }
}

fn run_cargo(tree: &Tree, words: &[&str]) -> Result<Outcome> {
    Ok(outcome(succeeds(&mut cargo(tree, words))?))
}

fn documentation(tree: &Tree) -> Result<Outcome> {
    let mut command = cargo(tree, &["doc", "--workspace", "--no-deps", "--quiet"]);
    Ok(outcome(succeeds(command.env("RUSTDOCFLAGS", "-D warnings"))?))
}

fn typos(tree: &Tree) -> Result<Outcome> {
    tool(tree, "typos", &[])
}

fn licences(tree: &Tree) -> Result<Outcome> {
    let words = [
        "--offline",
        "--config",
        ".cargo/deny.toml",
        "check",
        "licenses",
        "bans",
        "sources",
    ];
    tool(tree, "cargo-deny", &words)
}

/// Known weaknesses of what we depend on. Their database lies outside the package registry, so it is fetched first: a machine that cannot
/// reach it says so in one line, and checks nothing.
fn advisories(tree: &Tree) -> Result<Outcome> {
    const CONFIG: [&str; 2] = ["--config", ".cargo/deny.toml"];
    match tool(tree, "cargo-deny", &[&CONFIG[..], &["fetch", "db"]].concat())? {
        Outcome::Passed => tool(
            tree,
            "cargo-deny",
            &[&CONFIG[..], &["check", "--disable-fetch", "advisories"]].concat(),
        ),
        Outcome::Failed => Ok(Outcome::OutOfReach("the database of advisories")),
        other @ (Outcome::Absent | Outcome::OutOfReach(_)) => Ok(other),
    }
}

/// A tool that a person may lack; `.ci/run` installs those that CI must have.
fn tool(tree: &Tree, name: &str, words: &[&str]) -> Result<Outcome> {
    let Some(path) = program::find(tree, name) else {
        return Ok(Outcome::Absent);
    };
    let mut command = std::process::Command::new(path);
    Ok(outcome(succeeds(command.current_dir(tree.root()).args(words))?))
}

#[expect(
    clippy::disallowed_methods,
    reason = "how long a part took is for the person who waits, no logic depends on it"
)]
fn started() -> Instant {
    Instant::now()
}

fn seconds(taken: Duration) -> String {
    format!("{}.{} s", taken.as_secs(), taken.subsec_millis() / 100)
}
