//! The name of a row of the rule files, kept for ever with every price that used it.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// The id of one dated row, such as `ke.duty.64`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct RowId(String);

/// The text is not 3 to 60 lower-case letters, digits, dots, dashes and underscores.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not the id of a rule row")]
pub struct NotARowId;

impl RowId {
    /// The id as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for RowId {
    type Err = NotARowId;

    fn from_str(text: &str) -> Result<Self, NotARowId> {
        let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'.' | b'-' | b'_');
        if (3..=60).contains(&text.len()) && text.bytes().all(plain) {
            Ok(Self(text.to_owned()))
        } else {
            Err(NotARowId)
        }
    }
}

impl fmt::Display for RowId {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

impl TryFrom<String> for RowId {
    type Error = NotARowId;

    fn try_from(text: String) -> Result<Self, NotARowId> {
        text.parse()
    }
}

impl From<RowId> for String {
    fn from(id: RowId) -> Self {
        id.0
    }
}
