//! `cargo xtask budget`: how large a function is and how much work it does before it can take its first event,
//! against the limits of infra/budget.toml. Instructions are counted, not seconds: they are the same on a busy machine.

mod limits;
mod runtime_api;
mod start;
mod weight;

use anyhow::Result;

use crate::program::{cargo, succeeds};
use crate::tree::Tree;
use crate::{say, table};
use limits::{Limit, Limits};

/// What was measured of one function.
pub(crate) struct Measure {
    zip_bytes: u64,
    /// Nothing where valgrind is not installed.
    instructions: Option<u64>,
}

pub(crate) fn run(tree: &Tree, options: &[String]) -> Result<bool> {
    let names = chosen(tree, options)?;
    let mut limits = Limits::read(tree)?;
    if !build(tree, &names)? {
        return Ok(false);
    }
    let mut rows = Vec::new();
    let mut all_well = true;
    for name in &names {
        say(&format!("measuring {name}"));
        let binary = tree.path("target/ship").join(name);
        let zip_bytes = weight::zipped(&binary)?;
        let instructions = start::instructions_to_ready(tree, name, &limits.settings)?;
        let measure = Measure {
            zip_bytes,
            instructions,
        };
        if options.iter().any(|option| option == "--write") {
            limits.record(name, &measure);
        }
        let (row, well) = judge(name, &measure, &limits);
        all_well &= well;
        rows.push(row);
    }
    if options.iter().any(|option| option == "--write") {
        limits.write(tree)?;
    }
    let head = [
        "function",
        "zip kB",
        "limit",
        "instructions to ready",
        "limit",
        "verdict",
    ];
    say(&table::write(&head, &rows));
    Ok(all_well)
}

fn chosen(tree: &Tree, options: &[String]) -> Result<Vec<String>> {
    let functions = tree.functions()?;
    let (flags, names): (Vec<_>, Vec<_>) = options.iter().cloned().partition(|option| option.starts_with("--"));
    crate::only_known(&flags, &["--all", "--write"])?;
    if let Some(unknown) = names.iter().find(|name| !functions.contains(name)) {
        anyhow::bail!("there is no function {unknown:?}; there are: {}", functions.join(" "));
    }
    Ok(if names.is_empty() || flags.iter().any(|flag| flag == "--all") {
        functions
    } else {
        names
    })
}

fn build(tree: &Tree, names: &[String]) -> Result<bool> {
    // Plain cargo for this machine's processor, so that everybody who measures here measures the same thing.
    let mut command = cargo(tree, &["build", "--profile", "ship", "--bins"]);
    command.args(names.iter().flat_map(|name| ["--package", name.as_str()]));
    succeeds(&mut command)
}

fn judge(name: &str, measure: &Measure, limits: &Limits) -> (Vec<String>, bool) {
    let limit = limits.of(name);
    let kilobytes = |bytes: u64| (bytes / 1_000).to_string();
    let millions = |count: u64| format!("{}.{:02} M", count / 1_000_000, count % 1_000_000 / 10_000);
    let mut complaints = Vec::new();
    let Some(recorded) = limit else {
        complaints.push("no limit recorded (--write)".to_owned());
        let ready = measure.instructions.map_or("no valgrind".to_owned(), millions);
        let row = [
            name.to_owned(),
            kilobytes(measure.zip_bytes),
            String::new(),
            ready,
            String::new(),
        ];
        return (row.into_iter().chain(complaints).collect(), false);
    };
    let Limit {
        zip_bytes,
        instructions,
    } = recorded;
    if measure.zip_bytes > *zip_bytes {
        complaints.push("TOO LARGE".to_owned());
    }
    if measure.instructions.is_some_and(|count| count > *instructions) {
        complaints.push("TOO MUCH WORK".to_owned());
    }
    let well = complaints.is_empty();
    if measure.zip_bytes > limits.target.zip_bytes {
        complaints.push("zip above the target".to_owned());
    }
    if measure
        .instructions
        .is_some_and(|count| count > limits.target.instructions)
    {
        complaints.push("work above the target".to_owned());
    }
    let verdict = if complaints.is_empty() {
        "within".to_owned()
    } else {
        complaints.join(", ")
    };
    let ready = measure.instructions.map_or("no valgrind".to_owned(), millions);
    let row = vec![
        name.to_owned(),
        kilobytes(measure.zip_bytes),
        kilobytes(*zip_bytes),
        ready,
        millions(*instructions),
        verdict,
    ];
    (row, well)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::sample::SampleTree;

    fn limits() -> Limits {
        let text = "[target]\nzip_bytes = 1_500_000\ninstructions = 6_000_000\n[settings]\n\
                    [functions.cart]\nzip_bytes = 1_000_000\ninstructions = 5_000_000\n";
        Limits::parse(text).unwrap()
    }

    #[test]
    fn a_function_over_its_recorded_limit_fails_and_one_at_it_passes() {
        for (zip_bytes, instructions, well) in [
            (1_000_000, Some(5_000_000), true),
            (1_000_001, Some(5_000_000), false),
            (1_000_000, Some(5_000_001), false),
            (1_000_000, None, true),
        ] {
            let measure = Measure {
                zip_bytes,
                instructions,
            };

            assert_eq!(
                judge("cart", &measure, &limits()).1,
                well,
                "{zip_bytes} {instructions:?}"
            );
        }
    }

    #[test]
    fn a_function_without_a_limit_fails() {
        let (row, well) = judge(
            "orders",
            &Measure {
                zip_bytes: 1,
                instructions: Some(1_234_567),
            },
            &limits(),
        );

        assert!(!well);
        assert_eq!(row[3], "1.23 M");
    }

    #[test]
    fn only_functions_that_exist_are_measured() {
        let tree = SampleTree::with(&[("functions/cart/Cargo.toml", "")]);
        let words = |words: &[&str]| words.iter().map(|&word| word.to_owned()).collect::<Vec<_>>();

        assert_eq!(chosen(&tree, &words(&["--all", "--write"])).unwrap(), ["cart"]);
        assert!(chosen(&tree, &words(&["basket"])).is_err());
        assert_eq!(chosen(&tree, &[]).unwrap(), ["cart"]);
        assert!(chosen(&tree, &words(&["cart", "--writ"])).is_err());
    }
}
