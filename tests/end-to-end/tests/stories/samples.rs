//! Plays every event of `events/` through Lambda's own endpoint.

use std::collections::BTreeMap;

use anyhow::{Context, bail};
use end_to_end::{Cast, Played, compare, play, samples};

#[test]
fn every_sample_comes_out_as_its_expectation_says() -> Played {
    play(async |stage| {
        let mut wrong = Vec::new();
        let cast = Cast::of(stage, "samples@example.com").await?;
        for sample in samples()? {
            let outcome = stage.invoke(&sample.function, &cast.fill(&sample.event)?).await?;
            if let Err(difference) = compare(&sample.expected, &outcome) {
                wrong.push(format!("{}/{}: {difference:#}", sample.function, sample.name));
            }
        }
        if wrong.is_empty() {
            Ok(())
        } else {
            bail!("{}", wrong.join("\n"))
        }
    })
}

#[test]
fn every_function_shows_something_it_does_and_something_it_refuses() -> anyhow::Result<()> {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../functions");
    let mut shown: BTreeMap<String, [bool; 2]> = BTreeMap::new();
    for folder in std::fs::read_dir(&root).context("no functions")? {
        shown.insert(folder?.file_name().to_string_lossy().into_owned(), [false; 2]);
    }

    for sample in samples()? {
        let seen = shown
            .get_mut(&sample.function)
            .with_context(|| format!("{} is no function", sample.function))?;
        seen[usize::from(sample.is_refused())] = true;
    }

    let missing: Vec<_> = shown.iter().filter(|(_, seen)| seen.contains(&false)).collect();
    assert!(missing.is_empty(), "[does, refuses]: {missing:?}");
    Ok(())
}
