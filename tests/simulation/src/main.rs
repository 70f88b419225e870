//! `cargo run --release -p simulation -- --orders N --seed S [--faults PERCENT] [--store memory|dynoxide] [--bug NAME]
//! [--only TOWN] [--usage]`; `--exhaustive`, `--bugs` and `--meter` are runs of their own.

use std::{process::ExitCode, time::Instant};

use anyhow::{Context, bail};
use simulation::{Asked, Bug, Level, Report, exhaust, run};

/// Half of a simulation is making and dropping small maps.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> anyhow::Result<ExitCode> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if arguments.iter().any(|argument| argument == "--bugs") {
        return bugs();
    }
    if arguments.iter().any(|argument| argument == "--meter") {
        return meter();
    }
    let asked = read(&arguments)?;
    let is_exhaustive = arguments.iter().any(|argument| argument == "--exhaustive");
    #[expect(
        clippy::disallowed_methods,
        reason = "orders per second are told to a person, nothing depends on them"
    )]
    let began = Instant::now();
    let report = if is_exhaustive {
        let (points, report) = exhaust(asked.seed, asked.only)?;
        for (work, count) in &points {
            say(&format!("{count:>8} points of {work}"));
        }
        say(&format!("{} points, each killed once", points.values().sum::<usize>()));
        report
    } else {
        run(&asked)?
    };
    let again = |town| {
        if is_exhaustive {
            let seed = asked.seed;
            format!("cargo run --release -p simulation -- --exhaustive --seed {seed} --only {town}")
        } else {
            again(&asked, town)
        }
    };
    tell(&asked, &report, began.elapsed().as_secs_f64(), again);
    Ok(if report.violations.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

#[expect(clippy::print_stdout, reason = "a command speaks to the person who called it")]
fn say(line: &str) {
    println!("{line}");
}

fn read(arguments: &[String]) -> anyhow::Result<Asked> {
    let value = |name: &str| {
        let place = arguments.iter().position(|argument| argument == name)?;
        arguments.get(place.saturating_add(1)).cloned()
    };
    let number = |name: &str, usual: u64| match value(name) {
        Some(text) => text
            .parse::<u64>()
            .with_context(|| format!("{name} wants a whole number")),
        None => Ok(usual),
    };
    let bug = match value("--bug") {
        Some(name) => Some(Bug::named(&name).with_context(|| format!("no bug is called {name}; --bugs lists them"))?),
        None => None,
    };
    let only = value("--only").map(|_| number("--only", 0)).transpose()?;
    let faults = value("--faults").map(|_| number("--faults", 0)).transpose()?;
    let level = match value("--store").as_deref() {
        None | Some("memory") => Level::Memory,
        Some("dynoxide") => Level::Dynoxide,
        Some(other) => bail!("no store is called {other}"),
    };
    Ok(Asked {
        orders: number("--orders", 1000)?,
        seed: number("--seed", 1)?,
        faults: faults.map(|percent| percent.saturating_mul(10)),
        level,
        bug,
        only,
        stops: false,
        counts: arguments.iter().any(|argument| argument == "--usage"),
        threads: number("--threads", 2)?,
    })
}

fn tell(asked: &Asked, report: &Report, seconds: f64, again: impl Fn(u64) -> String) {
    for line in &report.lines {
        say(line);
    }
    let orders = u32::try_from(report.orders).map(f64::from).unwrap_or(f64::MAX);
    say(&format!(
        "{} orders in {seconds:.1} s: {:.0} orders per second",
        report.orders,
        orders / seconds
    ));
    for (reason, count) in &report.gone {
        say(&format!("  {count} customers went away: {reason}"));
    }
    let struck: u64 = report.struck.values().sum();
    say(&format!(
        "{struck} faults of {} kinds ({} known):",
        report.struck.len(),
        Report::kinds_of_faults()
    ));
    for (word, count) in &report.struck {
        say(&format!("  {count:>8} {word}"));
    }
    if asked.counts {
        for (work, (runs, cost)) in &report.usage {
            say(&format!("  {runs:>8} {work}: {} calls", cost.calls));
        }
    }
    let rows = report.walked.len().saturating_add(report.not_walked().len());
    say(&format!(
        "{} of {rows} moves of the life-cycle table",
        report.walked.len()
    ));
    for (row, reason) in report.not_walked() {
        let reason = if reason.is_empty() { "not this time" } else { reason };
        say(&format!("  never: {row} ({reason})"));
    }
    say(&format!(
        "{} invariants checked; {} messages given up by queues",
        Report::invariants().len(),
        report.given_up
    ));
    say(&format!("trace {:016x}", report.trace));
    say(&format!("{} violations", report.violations.len()));
    for (town, violation) in report.violations.iter().take(8) {
        say(&format!("  invariant {}: {}", violation.invariant, violation.what));
        let words = Report::invariants()
            .iter()
            .find(|(number, _)| *number == violation.invariant);
        say(&format!("    it says: {}", words.map_or("", |(_, words)| words)));
        say(&format!("    again: {}", again(*town)));
    }
}

fn again(asked: &Asked, town: u64) -> String {
    let mut line = format!(
        "cargo run --release -p simulation -- --orders {} --seed {} --only {town}",
        asked.orders, asked.seed
    );
    if let Some(rate) = asked.faults {
        line.push_str(&format!(" --faults {}", rate / 10));
    }
    if asked.level == Level::Dynoxide {
        line.push_str(" --store dynoxide");
    }
    if let Some(bug) = asked.bug {
        line.push_str(&format!(" --bug {}", bug.word()));
    }
    line
}

/// What each use case costs in the lives of some orders in which nothing goes wrong, as JSON for `cargo xtask cost`.
fn meter() -> anyhow::Result<ExitCode> {
    let report = run(&Asked {
        orders: 100,
        seed: 1,
        faults: Some(0),
        level: Level::Memory,
        bug: None,
        only: None,
        stops: false,
        counts: true,
        threads: 1,
    })?;
    let uses: Vec<serde_json::Value> = report
        .usage
        .iter()
        .map(|(work, (runs, cost))| {
            serde_json::json!({
                "work": work, "runs": runs, "calls": cost.calls, "half_reads": cost.half_reads, "writes": cost.writes,
                "queue_requests": cost.queue_requests, "file_puts": cost.file_puts, "file_gets": cost.file_gets, "bytes": cost.bytes
            })
        })
        .collect();
    say(&serde_json::json!({ "orders": report.orders, "uses": uses }).to_string());
    Ok(if report.violations.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// Runs every planted bug until it is found.
fn bugs() -> anyhow::Result<ExitCode> {
    let mut unfound = 0_u32;
    for bug in Bug::ALL {
        let asked = Asked {
            orders: 10_000,
            seed: 1,
            faults: None,
            level: Level::Memory,
            bug: Some(*bug),
            only: None,
            stops: true,
            counts: false,
            threads: 2,
        };
        let report = run(&asked)?;
        let found = match report.violations.first() {
            Some((_, violation)) => format!(
                "found within {} orders by invariant {}",
                report.orders, violation.invariant
            ),
            None => {
                unfound = unfound.saturating_add(1);
                "NOT FOUND within 10,000 orders".to_owned()
            }
        };
        say(&format!("{:<24} {found}\n{:>24} {}", bug.word(), "", bug.says()));
    }
    Ok(if unfound == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}
