//! Bar codes of parcels: every number that a scan may stand for, each with the result of its check digit.
//!
//! Patterns overlap (twelve digits may be FedEx or a part of somebody else's label), so nothing is decided here: whoever looks them up among
//! the expected parcels decides. A wrong check digit is a reason to scan again, never a reason to refuse a parcel that is there.

mod check_digit;
mod patterns;
#[cfg(test)]
mod tests;

use crate::id::{LineId, OrderId, ShipmentId, SupplierOrderId, UnitId};

/// The longest text that is looked at; the two-dimensional codes of carriers are shorter.
pub const LONGEST: usize = 300;
/// GS1 codes put this between two fields.
const FIELD_END: char = '\u{1d}';
/// More fields than any parcel label has.
const MOST_FIELDS: usize = 20;

/// Whether a number's check digit fits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Check {
    /// It fits.
    Good,
    /// It does not: probably read wrongly.
    Bad,
    /// Numbers of this kind have none.
    Unchecked,
}

impl Check {
    /// Its text form.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Bad => "bad",
            Self::Unchecked => "unchecked",
        }
    }
}

/// One number that a scan may stand for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// The number as it is looked up.
    pub key: String,
    /// What it looks like, for the person at the bench.
    pub looks_like: &'static str,
    /// What its check digit says.
    pub check: Check,
}

/// A scan and everything it may stand for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scan {
    /// The whole scan in capitals, without reader prefix, control characters, blanks and dashes.
    pub text: String,
    /// The order, when it is an id of ours.
    pub order: Option<OrderId>,
    /// What it may stand for; the whole text itself comes last.
    pub candidates: Vec<Candidate>,
}

impl Scan {
    /// Reads what a scanner sent or a person typed. Nothing is left of a scan of blanks; more than [`LONGEST`] characters are cut off.
    #[must_use]
    pub fn read(raw: &str) -> Self {
        let bare: String = without_reader_prefix(raw.trim()).chars().take(LONGEST).collect();
        let text = plain(&bare);
        let mut candidates = patterns::candidates(&text);
        if bare.contains(FIELD_END) {
            for field in bare.split(FIELD_END).take(MOST_FIELDS) {
                candidates.extend(patterns::candidates(&plain(field)));
            }
        }
        if !text.is_empty() && candidates.iter().all(|candidate| candidate.key != text) {
            candidates.push(Candidate {
                key: text.clone(),
                looks_like: "unknown kind",
                check: Check::Unchecked,
            });
        }
        Self {
            order: own_id(&bare),
            text,
            candidates,
        }
    }

    /// Every number to look up, each once.
    #[must_use]
    pub fn keys(&self) -> Vec<&str> {
        let mut keys = Vec::new();
        for candidate in &self.candidates {
            if !keys.contains(&candidate.key.as_str()) {
                keys.push(candidate.key.as_str());
            }
        }
        keys
    }

    /// True when it looks like a carrier's number and every check digit speaks against it: scanning again is worth a try.
    #[must_use]
    pub fn is_doubtful(&self) -> bool {
        let said = |check: Check| self.candidates.iter().any(|candidate| candidate.check == check);
        let known = |candidate: &Candidate| candidate.looks_like != "unknown kind";
        let is_unchecked = |candidate: &Candidate| known(candidate) && candidate.check == Check::Unchecked;
        said(Check::Bad) && !said(Check::Good) && !self.candidates.iter().any(is_unchecked)
    }

    /// True for the code of an article, which stands on the goods and not on the parcel.
    #[must_use]
    pub fn is_article_code(&self) -> bool {
        let length = self.text.len();
        let is_number = self.text.bytes().all(|byte| byte.is_ascii_digit());
        is_number && matches!(length, 8 | 12..=14) && check_digit::gs1(&self.text)
    }
}

/// Readers may put the kind of the code in front: `]C1`, `]A0`, `]d2`.
fn without_reader_prefix(raw: &str) -> &str {
    let mut letters = raw.chars();
    let is_prefix = letters.next() == Some(']')
        && letters.next().is_some_and(|letter| letter.is_ascii_alphabetic())
        && letters.next().is_some_and(|letter| letter.is_ascii_alphanumeric());
    if is_prefix { letters.as_str() } else { raw }
}

fn plain(text: &str) -> String {
    let is_kept = |letter: &char| !letter.is_control() && !letter.is_whitespace() && *letter != '-';
    text.chars()
        .filter(is_kept)
        .map(|letter| letter.to_ascii_uppercase())
        .collect()
}

/// The order that an id of ours leads to. Some symbologies know capitals only.
fn own_id(bare: &str) -> Option<OrderId> {
    let visible: String = bare
        .chars()
        .filter(|letter| !letter.is_control() && !letter.is_whitespace())
        .collect();
    let (prefix, rest) = visible.split_once('_')?;
    let id = format!("{}_{}", prefix.to_ascii_lowercase(), rest.to_ascii_uppercase());
    let order = id.parse::<OrderId>().ok();
    order
        .or_else(|| id.parse().ok().map(|id: UnitId| id.order()))
        .or_else(|| id.parse().ok().map(|id: ShipmentId| id.order()))
        .or_else(|| id.parse().ok().map(|id: SupplierOrderId| id.order()))
        .or_else(|| id.parse().ok().map(|id: LineId| id.order()))
}
