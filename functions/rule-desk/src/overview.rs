//! The first page: which version holds, who changed it last and why, the exchange rates, and every table.

use std::collections::BTreeMap;

use askama::Template;
use domain::{
    Failure,
    landed_cost::{Edition, RateSheet, RowId, Rules},
};
use serde::Serialize;
use serde_json::{Map, Value};
use store::Newest;

use crate::{Deps, rows_view};

/// So many editions are listed.
const SHOWN: i32 = 20;

#[derive(Serialize, Template)]
#[template(path = "overview.html")]
pub(crate) struct Overview {
    /// What quotes name now.
    rules_version: String,
    /// The newest edition; 0 while only the shipped rows hold.
    edition: u32,
    editions: Vec<EditionLine>,
    tables: Vec<TableLine>,
    rates: Option<Rates>,
}

#[derive(Serialize)]
struct EditionLine {
    number: u32,
    made_at: String,
    made_by: String,
    reason: String,
    changed: usize,
}

#[derive(Serialize)]
struct TableLine {
    table: String,
    rows: usize,
    /// How many of them somebody should look at.
    to_review: usize,
}

#[derive(Serialize)]
struct Rates {
    taken_at: String,
    taken: Vec<Taken>,
    refused: Vec<Refused>,
}

#[derive(Serialize)]
struct Taken {
    pair: String,
    rate: String,
    day: String,
    source: String,
}

#[derive(Serialize)]
struct Refused {
    pair: String,
    said: String,
    stays: String,
    why: &'static str,
}

impl Overview {
    pub(crate) async fn load(deps: &Deps) -> Result<Self, Failure> {
        let Newest { edition, rates } = deps.rules.newest().await?;
        let history = deps.rules.history(SHOWN).await?;
        let rules = deps.rules.current(deps.clock.now()).await?;
        let texts = Rules::row_texts(edition.as_ref()).map_err(rows_view::broken)?;
        Ok(Self {
            rules_version: rules.version().as_str().to_owned(),
            edition: edition.map_or(0, |edition| edition.number),
            editions: history.iter().map(line).collect(),
            tables: tables(&texts, deps),
            rates: rates.as_ref().map(shown),
        })
    }
}

fn line(edition: &Edition) -> EditionLine {
    EditionLine {
        number: edition.number,
        made_at: edition.made_at.to_string(),
        made_by: edition.made_by.to_string(),
        reason: edition.reason.clone(),
        changed: edition.changed.len(),
    }
}

fn tables(texts: &BTreeMap<RowId, Map<String, Value>>, deps: &Deps) -> Vec<TableLine> {
    let today = deps.clock.now().date().to_string();
    let mut lines: BTreeMap<String, TableLine> = BTreeMap::new();
    for row in texts.values() {
        let table = rows_view::text(row, "table").to_owned();
        let line = lines.entry(table.clone()).or_insert(TableLine {
            table,
            rows: 0,
            to_review: 0,
        });
        line.rows += 1;
        if rows_view::holds(row, &today) && rows_view::is_doubtful(row) {
            line.to_review += 1;
        }
    }
    lines.into_values().collect()
}

fn shown(sheet: &RateSheet) -> Rates {
    let taken = sheet.rates.iter().map(|rate| Taken {
        pair: format!("{} to {}", rate.from, rate.to),
        rate: rate.rate.to_string(),
        day: rate.day.to_string(),
        source: rate.source.clone(),
    });
    let refused = sheet.refused.iter().map(|rate| Refused {
        pair: format!("{} to {}", rate.from, rate.to),
        said: rate.said.map_or_else(|| "nothing".to_owned(), |said| said.to_string()),
        stays: rate.stays.to_string(),
        why: rate.why.code(),
    });
    Rates {
        taken_at: sheet.taken_at.to_string(),
        taken: taken.collect(),
        refused: refused.collect(),
    }
}
