//! What a parcel weighs before anybody has weighed it, and what of it a carrier bills.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// Where a weight comes from, the most certain first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WeightSource {
    /// The store's figure for one packed piece, with our margin on top.
    Catalogue,
    /// A dated row for this kind of goods, because the store says nothing.
    Assumed,
}

/// The text names no source of a weight.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a source of a weight")]
pub struct NotAWeightSource;

impl WeightSource {
    /// The stable word for programs.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Catalogue => "catalogue",
            Self::Assumed => "assumed",
        }
    }
}

impl fmt::Display for WeightSource {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.code())
    }
}

impl FromStr for WeightSource {
    type Err = NotAWeightSource;

    fn from_str(text: &str) -> Result<Self, NotAWeightSource> {
        [Self::Catalogue, Self::Assumed]
            .into_iter()
            .find(|source| source.code() == text)
            .ok_or(NotAWeightSource)
    }
}
