//! infra/budget.toml: what each function may weigh and do at its start, and the settings it is started with.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};

use super::Measure;
use crate::tree::Tree;

const PATH: &str = "infra/budget.toml";
const OPENING: &str = "\
# What a function may weigh (zip, bytes) and do before it asks for its first event (instructions, counted by callgrind).
# `target` is where all should be. The limits below are rewritten by `cargo xtask budget --write`: what was measured
# and a little room; a change that raises one says why. `settings` are the values a function is started with; others get a word.

";

#[derive(Debug, Deserialize, Serialize)]
pub(crate) struct Limits {
    pub(crate) target: Limit,
    #[serde(default)]
    pub(crate) settings: BTreeMap<String, String>,
    #[serde(default)]
    functions: BTreeMap<String, Limit>,
}

#[derive(Debug, Deserialize, Serialize, PartialEq, Eq)]
pub(crate) struct Limit {
    pub(crate) zip_bytes: u64,
    pub(crate) instructions: u64,
}

impl Limits {
    pub(crate) fn read(tree: &Tree) -> Result<Self> {
        Self::parse(&tree.read(PATH)?).with_context(|| format!("reading {PATH}"))
    }

    pub(crate) fn parse(text: &str) -> Result<Self> {
        Ok(toml::from_str(text)?)
    }

    pub(crate) fn write(&self, tree: &Tree) -> Result<()> {
        tree.write(PATH, &format!("{OPENING}{}", toml::to_string(self)?))
    }

    pub(crate) fn of(&self, function: &str) -> Option<&Limit> {
        self.functions.get(function)
    }

    /// Records a measure with room for the small differences between two builds of the same code: 2 % of size, 5 % of work.
    pub(crate) fn record(&mut self, function: &str, measure: &Measure) {
        let before = self
            .of(function)
            .map_or(self.target.instructions, |limit| limit.instructions);
        let limit = Limit {
            zip_bytes: round_up(measure.zip_bytes + measure.zip_bytes / 50, 10_000),
            instructions: measure
                .instructions
                .map_or(before, |count| round_up(count + count / 20, 100_000)),
        };
        self.functions.insert(function.to_owned(), limit);
    }
}

fn round_up(value: u64, step: u64) -> u64 {
    value.div_ceil(step) * step
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::sample::SampleTree;

    const TEXT: &str = "[target]\nzip_bytes = 1\ninstructions = 2\n[settings]\nSHOP_ORIGIN = \"http://shop\"\n";

    #[test]
    fn a_recorded_limit_has_a_little_room_and_is_read_back() {
        let tree = SampleTree::with(&[("infra/budget.toml", TEXT)]);
        let mut limits = Limits::read(&tree).unwrap();

        limits.record(
            "cart",
            &Measure {
                zip_bytes: 1_000_001,
                instructions: Some(4_000_000),
            },
        );
        limits.write(&tree).unwrap();

        let read = Limits::read(&tree).unwrap();
        assert_eq!(
            read.of("cart"),
            Some(&Limit {
                zip_bytes: 1_030_000,
                instructions: 4_200_000
            })
        );
        assert_eq!(read.settings["SHOP_ORIGIN"], "http://shop");
    }

    #[test]
    fn what_was_not_counted_keeps_its_limit() {
        let mut limits = Limits::parse(TEXT).unwrap();
        limits.record(
            "cart",
            &Measure {
                zip_bytes: 1,
                instructions: Some(4_000_000),
            },
        );

        limits.record(
            "cart",
            &Measure {
                zip_bytes: 1,
                instructions: None,
            },
        );

        assert_eq!(limits.of("cart").unwrap().instructions, 4_200_000);
    }
}
