//! What `cargo xtask` can do: it holds the shape of the tree (arrows, mirrors, sizes, names, documents) and its budgets.
//! Every rule is a function from a `Tree` to findings, so each is tried on a small tree made in a test.

mod budget;
mod check;
mod cost;
mod docs;
mod layout;
mod lifecycle;
mod program;
mod rust_source;
mod sizes;
mod table;
mod tree;

use std::io::Write;

use anyhow::{Context, Result};

use tree::Tree;

const USAGE: &str = "\
cargo xtask check [--with-tests] [--all-tools]
                                   everything that holds the shape; CI wants all tools, a person may lack some
cargo xtask layout                 dependency arrows, the five mirrored places, settings, samples, queues
cargo xtask lifecycle [--write]    the table and diagram of the order life cycle; checks or rewrites infra/lifecycle.md
cargo xtask sizes                  lengths of files and packages, forbidden names
cargo xtask docs                   README table, links, file headers, reasons for dependencies
cargo xtask budget [NAME ..] [--write]
                                   zip size and instructions to ready of these functions, or of all
cargo xtask cost                   what one order's life costs: calls, units, requests, bytes, dollars per 1,000 orders";

/// Runs one command; false when it found something to mend.
///
/// # Errors
/// When the command itself could not be carried out.
pub fn run(words: &[String]) -> Result<bool> {
    let Some((command, options)) = words.split_first() else {
        say(USAGE);
        return Ok(true);
    };
    let here = std::env::current_dir().context("reading the current folder")?;
    let tree = Tree::around(&here)?;
    match command.as_str() {
        "check" => check::run(&tree, options),
        "layout" => Ok(report("layout", &layout::findings(&tree)?)),
        "lifecycle" => lifecycle::run(&tree, options),
        "sizes" => Ok(report("sizes", &sizes::findings(&tree)?)),
        "docs" => Ok(report("docs", &docs::findings(&tree)?)),
        "budget" => budget::run(&tree, options),
        "cost" => cost::run(&tree, options),
        "help" | "--help" | "-h" => {
            say(USAGE);
            Ok(true)
        }
        other => anyhow::bail!("there is no command {other:?}\n{USAGE}"),
    }
}

/// Prints one line, or several.
pub fn say(text: &str) {
    // A closed pipe (`cargo xtask layout | head`) is no reason to fail.
    drop(writeln!(std::io::stdout(), "{text}"));
}

fn report(rule: &str, findings: &[String]) -> bool {
    for finding in findings {
        say(&format!("{rule}: {finding}"));
    }
    if findings.is_empty() {
        say(&format!("{rule}: as it should be"));
    }
    findings.is_empty()
}

fn only_known(options: &[String], known: &[&str]) -> Result<()> {
    match options.iter().find(|option| !known.contains(&option.as_str())) {
        Some(option) => anyhow::bail!("there is no option {option:?} here; known: {}", known.join(" ")),
        None => Ok(()),
    }
}
