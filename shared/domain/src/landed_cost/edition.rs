//! Editions: what the staff change in the shipped rows. Each is a version of its own, checked as a whole before it is kept, and never
//! changed again.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use serde_json::{Map, Value};

use super::{
    rate_sheet::RateSheet,
    row::RowId,
    rules::{Rules, RulesError, RulesVersion},
};
use crate::{id::StaffId, timestamp::Timestamp};

/// At most so many rows are changed in one edition: it is read whole whenever a process starts.
const MOST_ROWS: usize = 400;

/// One version of the rules as the staff made it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edition {
    /// Counted from 1.
    pub number: u32,
    /// When it was made.
    pub made_at: Timestamp,
    /// Who made it.
    pub made_by: StaffId,
    /// Why.
    pub reason: String,
    /// The shipped version it was checked with.
    pub checked_with: String,
    /// The rows that this edition changed.
    pub changed: Vec<RowId>,
    /// Every row in which it differs from what is shipped, by id, as JSON.
    pub rows: BTreeMap<RowId, String>,
}

/// Rows as somebody typed them, read as a list of objects.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowEdits(Vec<Map<String, Value>>);

/// Who changes rules, when and why.
#[derive(Clone, Debug)]
pub struct Editor {
    /// The member of the staff.
    pub by: StaffId,
    /// When.
    pub at: Timestamp,
    /// Why.
    pub reason: String,
}

impl RowEdits {
    /// One row, or a list of rows.
    ///
    /// # Errors
    /// When the text is neither.
    pub fn read(text: &str) -> Result<Self, RulesError> {
        let wrong = |reason: String| RulesError::File {
            file: "rows".into(),
            reason,
        };
        let value: Value = serde_json::from_str(text).map_err(|error| wrong(error.to_string()))?;
        let values = if let Value::Array(values) = value {
            values
        } else {
            vec![value]
        };
        let rows: Option<Vec<_>> = values.into_iter().map(fields).collect();
        let rows = rows.ok_or_else(|| wrong("a row is an object".into()))?;
        if (1..=MOST_ROWS).contains(&rows.len()) {
            Ok(Self(rows))
        } else {
            Err(wrong(format!("between 1 and {MOST_ROWS} rows at a time")))
        }
    }
}

impl RowEdits {
    /// The day on which all of them hold: the latest first day.
    #[must_use]
    pub fn hold_from(&self) -> Option<Date> {
        let days = self
            .0
            .iter()
            .filter_map(|row| row.get("valid_from")?.as_str()?.parse().ok());
        days.max()
    }
}

fn fields(value: Value) -> Option<Map<String, Value>> {
    if let Value::Object(fields) = value {
        Some(fields)
    } else {
        None
    }
}

impl Edition {
    /// The next edition: these rows put in the place of those of the same id, or added, and everything checked as a whole.
    ///
    /// # Errors
    /// The first row or pair of rows that is wrong, by name.
    pub fn next(before: Option<&Self>, edits: &RowEdits, editor: Editor) -> Result<(Self, Rules), RulesError> {
        let mut rows = before.map(|edition| edition.rows.clone()).unwrap_or_default();
        let mut changed = BTreeSet::new();
        let mut alone = Rules::default();
        for (position, fields) in edits.0.iter().enumerate() {
            alone.add_named("rows", position, fields.clone(), &mut changed)?;
        }
        let named = changed.iter().cloned().zip(sorted_by_id(&edits.0));
        rows.extend(named.map(|(id, fields)| (id, Value::Object(fields.clone()).to_string())));
        if rows.len() > MOST_ROWS {
            return Err(RulesError::File {
                file: "rows".into(),
                reason: format!(
                    "more than {MOST_ROWS} rows differ from the shipped ones: a release has to take them over"
                ),
            });
        }
        let edition = Self {
            number: before.map_or(1, |edition| edition.number.saturating_add(1)),
            made_at: editor.at,
            made_by: editor.by,
            reason: editor.reason,
            checked_with: Rules::SHIPPED_VERSION.to_owned(),
            changed: changed.into_iter().collect(),
            rows,
        };
        let rules = Rules::current(Some(&edition), None)?;
        Ok((edition, rules))
    }
}

/// In the order of their ids, which are those of a set.
fn sorted_by_id(rows: &[Map<String, Value>]) -> Vec<&Map<String, Value>> {
    let mut rows: Vec<_> = rows.iter().collect();
    rows.sort_by(|a, b| id_of(a).cmp(&id_of(b)));
    rows
}

fn id_of(row: &Map<String, Value>) -> Option<&str> {
    row.get("id").and_then(Value::as_str)
}

impl Rules {
    /// The rules as they are now: the shipped rows, the newest edition over them, and the newest exchange rates over both.
    ///
    /// # Errors
    /// When the edition does not fit the shipped rows, by name of the row.
    pub fn current(edition: Option<&Edition>, rates: Option<&RateSheet>) -> Result<Self, RulesError> {
        let mut rules = Self::shipped()?;
        if let Some(edition) = edition {
            for id in edition.rows.keys() {
                rules.remove(id);
            }
            let mut seen = BTreeSet::new();
            for (position, (id, text)) in edition.rows.iter().enumerate() {
                let wrong = |error: serde_json::Error| RulesError::Row {
                    file: format!("edition {}", edition.number),
                    row: id.to_string(),
                    reason: error.to_string(),
                };
                let fields: Map<String, Value> = serde_json::from_str(text).map_err(wrong)?;
                rules.add_named(&format!("edition {}", edition.number), position, fields, &mut seen)?;
            }
            rules.check_overlaps()?;
            rules.version = RulesVersion(format!("{}+{}", rules.version.0, edition.number));
        }
        if let Some(rates) = rates {
            rules.take_rates(rates);
        }
        Ok(rules)
    }

    /// Every row that holds or will hold, as JSON by id, for people who want to change one.
    ///
    /// # Errors
    /// Never for a build whose tests pass.
    pub fn row_texts(edition: Option<&Edition>) -> Result<BTreeMap<RowId, Map<String, Value>>, RulesError> {
        let wrong = |error: serde_json::Error| RulesError::File {
            file: "rows".into(),
            reason: error.to_string(),
        };
        let mut texts = BTreeMap::new();
        for (_, text) in Self::SHIPPED {
            let rows: Vec<Map<String, Value>> = serde_json::from_str(text).map_err(wrong)?;
            texts.extend(
                rows.into_iter()
                    .filter_map(|row| Some((id_of(&row)?.parse().ok()?, row))),
            );
        }
        for (id, text) in edition.iter().flat_map(|edition| &edition.rows) {
            texts.insert(id.clone(), serde_json::from_str(text).map_err(wrong)?);
        }
        Ok(texts)
    }
}
