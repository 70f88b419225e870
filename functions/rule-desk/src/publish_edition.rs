//! Makes a change hold: a new edition on top of the one that the editor saw. Quotes that were promised keep their price.

use axum::http::{HeaderMap, header};
use domain::{
    Failure, RequestKey,
    id::StaffId,
    landed_cost::{Edition, Editor, RowEdits},
};
use serde::{Deserialize, Serialize};
use store::Promised;
use web::Draft;

use crate::{Deps, preview_edition::wrong_row};

/// Rows to be changed, and why.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct EditionForm {
    /// One row or a list of rows, as JSON.
    rows: String,
    /// Why.
    #[serde(default)]
    reason: String,
    /// The edition that the editor saw; programs may say it with `If-Match` instead.
    #[serde(default)]
    based_on: Option<String>,
}

/// What holds now.
#[derive(Clone, Copy, Serialize)]
pub(crate) struct Published {
    pub(crate) edition: u32,
}

impl EditionForm {
    pub(crate) fn draft(&self) -> Draft {
        Draft::empty()
            .with("rows", self.rows.as_str())
            .with("reason", self.reason.as_str())
    }
}

/// On which edition the change was made.
pub(crate) fn based_on(headers: &HeaderMap, form: &EditionForm) -> Result<u32, Failure> {
    let header = headers.get(header::IF_MATCH).and_then(|value| value.to_str().ok());
    let said = header
        .map(|etag| etag.trim().trim_matches('"'))
        .or(form.based_on.as_deref());
    let missing = || {
        Failure::field(
            "based_on",
            "missing",
            "Say which edition you saw: If-Match or based_on.",
        )
    };
    said.and_then(|number| number.parse().ok()).ok_or_else(missing)
}

pub(crate) async fn run(
    deps: &Deps,
    staff: &StaffId,
    (key, based_on): (&RequestKey, u32),
    form: &EditionForm,
) -> Result<(Published, bool), Failure> {
    if let Some(number) = deps.rules.repeated(key).await? {
        return repeated(&number);
    }
    let before = deps.rules.newest().await?.edition;
    if before.as_ref().map_or(0, |edition| edition.number) != based_on {
        return Err(Failure::Conflict);
    }
    let edits = RowEdits::read(&form.rows).map_err(wrong_row)?;
    let now = deps.clock.now();
    let editor = Editor {
        by: staff.clone(),
        at: now,
        reason: reason(&form.reason)?,
    };
    let (edition, _) = Edition::next(before.as_ref(), &edits, editor).map_err(wrong_row)?;
    match deps.rules.publish(&edition, key, now).await? {
        Promised::Repeated(number) => repeated(&number),
        Promised::Written => {
            let (number, rows) = (edition.number, edition.changed.len());
            tracing::info!(rules.edition = number, staff.id = %staff, rows, "Edition {number} of the rules holds: {rows} rows changed");
            Ok((Published { edition: number }, false))
        }
    }
}

fn repeated(number: &str) -> Result<(Published, bool), Failure> {
    let edition = number
        .parse()
        .map_err(|_| Failure::internal("the request for an edition was answered with none"))?;
    Ok((Published { edition }, true))
}

fn reason(typed: &str) -> Result<String, Failure> {
    let reason = typed.trim();
    if (5..=500).contains(&reason.chars().count()) {
        Ok(reason.to_owned())
    } else {
        Err(Failure::field("reason", "length", "Say why, in 5 to 500 characters."))
    }
}
