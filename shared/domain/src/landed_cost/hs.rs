//! Customs codes of the Harmonized System and how sure we are of one.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use super::row::RowId;

/// A code of the Harmonized System of 2022: 4 to 10 digits. The first 6 mean the same in the whole world.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct HsCode(String);

/// The text is not 4 to 10 digits, an even number of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a customs code of 4, 6, 8 or 10 digits")]
pub struct NotAnHsCode;

/// A customs code for one line, with how it was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Classification {
    /// The code; nothing when no rule knows the words.
    pub code: Option<HsCode>,
    /// 0 to 100.
    pub confidence: u8,
    /// The rule that found it; nothing when a person said it or nothing was found.
    pub rule: Option<RowId>,
}

impl HsCode {
    /// The digits without dots.
    #[must_use]
    pub fn digits(&self) -> &str {
        &self.0
    }

    /// The world-wide part, at most 6 digits: two lines with the same are one customs item.
    #[must_use]
    pub fn heading(&self) -> &str {
        self.0.get(..6).unwrap_or(&self.0)
    }
}

impl Classification {
    /// Nothing is known.
    #[must_use]
    pub fn unknown() -> Self {
        Self {
            code: None,
            confidence: 0,
            rule: None,
        }
    }

    /// The digits, or nothing at all.
    #[must_use]
    pub fn digits(&self) -> &str {
        self.code.as_ref().map_or("", HsCode::digits)
    }
}

impl FromStr for HsCode {
    type Err = NotAnHsCode;

    /// With or without dots: `6404.11` or `640411`.
    fn from_str(text: &str) -> Result<Self, NotAnHsCode> {
        let digits: String = text.chars().filter(|c| *c != '.').collect();
        let plain = matches!(digits.len(), 4 | 6 | 8 | 10) && digits.bytes().all(|b| b.is_ascii_digit());
        if plain { Ok(Self(digits)) } else { Err(NotAnHsCode) }
    }
}

impl fmt::Display for HsCode {
    /// As customs prints it: `6404.11`.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (chapter, rest) = self.0.split_at(4);
        if rest.is_empty() {
            out.write_str(chapter)
        } else {
            write!(out, "{chapter}.{rest}")
        }
    }
}

impl TryFrom<String> for HsCode {
    type Error = NotAnHsCode;

    fn try_from(text: String) -> Result<Self, NotAnHsCode> {
        text.parse()
    }
}

impl From<HsCode> for String {
    fn from(code: HsCode) -> Self {
        code.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_read_with_and_without_dots_and_printed_with_one() {
        for (text, digits, printed) in [
            ("6404.11", "640411", "6404.11"),
            ("8471", "8471", "8471"),
            ("8517.13.00", "85171300", "8517.1300"),
        ] {
            let code: HsCode = text.parse().unwrap();
            assert_eq!((code.digits(), code.to_string().as_str()), (digits, printed));
        }
        for text in ["", "64", "640", "64041", "abcd", "64041112345"] {
            assert!(text.parse::<HsCode>().is_err(), "{text}");
        }
    }
}
