//! The rows of a table, and one row with the form that changes it.

use askama::Template;
use domain::{
    Cause, Failure,
    landed_cost::{RowId, Rules, RulesError},
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::Deps;

/// Which rows of a table are wanted: those whose JSON holds this text.
#[derive(Deserialize)]
pub(crate) struct Wanted {
    #[serde(default)]
    q: String,
}

/// The rows of one table.
#[derive(Serialize, Template)]
#[template(path = "table.html")]
pub(crate) struct TablePage {
    table: String,
    rows: Vec<Line>,
    #[serde(skip)]
    wanted: String,
}

#[derive(Serialize)]
struct Line {
    id: String,
    #[serde(skip)]
    says: String,
    #[serde(skip)]
    holds: String,
    is_doubtful: bool,
    is_edited: bool,
    row: Map<String, Value>,
}

/// One row, to be read or changed.
#[derive(Serialize, Template)]
#[template(path = "row.html")]
pub(crate) struct RowPage {
    table: String,
    id: String,
    row: Map<String, Value>,
    is_edited: bool,
    based_on: u32,
    #[serde(skip)]
    typed: String,
}

impl TablePage {
    pub(crate) async fn load(deps: &Deps, table: String, Wanted { q }: Wanted) -> Result<Self, Failure> {
        let edition = deps.rules.newest().await?.edition;
        let texts = Rules::row_texts(edition.as_ref()).map_err(broken)?;
        let is_edited = |id: &RowId| edition.as_ref().is_some_and(|edition| edition.rows.contains_key(id));
        let of_table: Vec<_> = texts
            .into_iter()
            .filter(|(_, row)| text(row, "table") == table)
            .collect();
        if of_table.is_empty() {
            return Err(Failure::NotFound("table of rules"));
        }
        let wanted = q.trim().to_lowercase();
        let fits = |row: &Map<String, Value>| Value::Object(row.clone()).to_string().to_lowercase().contains(&wanted);
        let rows = of_table.into_iter().filter(|(_, row)| fits(row)).map(|(id, row)| Line {
            is_edited: is_edited(&id),
            id: id.to_string(),
            says: says(&row),
            holds: dates(&row),
            is_doubtful: is_doubtful(&row),
            row,
        });
        Ok(Self {
            rows: rows.collect(),
            table,
            wanted: q,
        })
    }
}

impl RowPage {
    pub(crate) async fn load(deps: &Deps, table: &str, id: &str) -> Result<Self, Failure> {
        let edition = deps.rules.newest().await?.edition;
        let mut texts = Rules::row_texts(edition.as_ref()).map_err(broken)?;
        let unknown = Failure::NotFound("row of the rules");
        let Ok(id) = id.parse::<RowId>() else {
            return Err(unknown);
        };
        let row = texts
            .remove(&id)
            .filter(|row| text(row, "table") == table)
            .ok_or(unknown)?;
        let typed = serde_json::to_string_pretty(&row)
            .map_err(|error| Failure::Internal(Cause::with("could not write a row", error)))?;
        Ok(Self {
            table: table.to_owned(),
            is_edited: edition.as_ref().is_some_and(|edition| edition.rows.contains_key(&id)),
            based_on: edition.map_or(0, |edition| edition.number),
            id: id.to_string(),
            row,
            typed,
        })
    }

    pub(crate) fn based_on(&self) -> u32 {
        self.based_on
    }
}

/// Rows that were checked when they were kept cannot be unreadable.
pub(crate) fn broken(error: RulesError) -> Failure {
    Failure::Internal(Cause::with("could not read the rows", error))
}

pub(crate) fn text<'a>(row: &'a Map<String, Value>, name: &str) -> &'a str {
    row.get(name).and_then(Value::as_str).unwrap_or_default()
}

/// True on a day, written as 2026-11-26.
pub(crate) fn holds(row: &Map<String, Value>, day: &str) -> bool {
    let last = text(row, "valid_to");
    text(row, "valid_from") <= day && (last.is_empty() || day <= last)
}

/// True while somebody should compare it with its source.
pub(crate) fn is_doubtful(row: &Map<String, Value>) -> bool {
    text(row, "confidence") == "unconfirmed" || row.get("needs_review") == Some(&Value::Bool(true))
}

fn dates(row: &Map<String, Value>) -> String {
    let last = match text(row, "valid_to") {
        "" => "until changed",
        last => last,
    };
    format!(
        "{} to {last}, compared on {}",
        text(row, "valid_from"),
        text(row, "checked_on")
    )
}

/// The rule itself, without what every row carries.
fn says(row: &Map<String, Value>) -> String {
    const CARRIED: [&str; 9] = [
        "table",
        "id",
        "valid_from",
        "valid_to",
        "checked_on",
        "source",
        "confidence",
        "needs_review",
        "note",
    ];
    let own = row
        .iter()
        .filter(|(name, value)| !CARRIED.contains(&name.as_str()) && !value.is_null());
    let said = own.map(|(name, value)| match value {
        Value::String(text) => format!("{name} {text}"),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => {
            format!("{name} {value}")
        }
    });
    said.collect::<Vec<_>>().join(" · ")
}
