//! One edition: who made it, when and why, and the rows it changed.

use askama::Template;
use domain::landed_cost::Edition;
use serde::Serialize;
use serde_json::Value;

#[derive(Serialize, Template)]
#[template(path = "edition.html")]
pub(crate) struct EditionView {
    number: u32,
    made_at: String,
    made_by: String,
    reason: String,
    checked_with: String,
    changed: Vec<Changed>,
    /// How many rows differ from the shipped ones in all.
    rows: usize,
}

#[derive(Serialize)]
struct Changed {
    id: String,
    row: Value,
    #[serde(skip)]
    text: String,
}

impl EditionView {
    pub(crate) fn of(edition: &Edition) -> Self {
        let changed = edition.changed.iter().map(|id| {
            let row: Value = edition
                .rows
                .get(id)
                .and_then(|text| serde_json::from_str(text).ok())
                .unwrap_or_default();
            Changed {
                id: id.to_string(),
                text: format!("{row:#}"),
                row,
            }
        });
        Self {
            number: edition.number,
            made_at: edition.made_at.to_string(),
            made_by: edition.made_by.to_string(),
            reason: edition.reason.clone(),
            checked_with: edition.checked_with.clone(),
            changed: changed.collect(),
            rows: edition.rows.len(),
        }
    }
}
