//! What a person should know about a price: doubtful rows, missing rows, guesses, batteries.

use serde::{Deserialize, Serialize};

use super::row::RowId;

/// One remark on a price.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Remark {
    /// How much it matters.
    pub severity: Severity,
    /// The stable word for programs, for example `row_missing` or `battery_in`.
    pub code: String,
    /// The number of the line it is about, counted from 1; nothing for the whole.
    pub line: Option<u32>,
    /// The row it is about.
    pub row: Option<RowId>,
    /// The sentence for people.
    pub sentence: String,
}

/// How much a remark matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// An assumption that the price rests on.
    Assumption,
    /// Something to heed on the way, for example a battery mark on the parcel.
    Warning,
    /// A figure that a person should confirm; the price stands, the range shows what it may cost us.
    NeedsReview,
}

impl Severity {
    /// The stable word for programs.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Assumption => "assumption",
            Self::Warning => "warning",
            Self::NeedsReview => "needs_review",
        }
    }
}
