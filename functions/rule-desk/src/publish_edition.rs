//! Makes a change hold: a new edition on top of the one that the editor saw. Quotes that were promised keep their price.

use domain::{
    Failure, Refusal, RequestKey, Timestamp,
    audit::{Entry, Hand},
    id::StaffId,
    landed_cost::{Edition, Editor, RowEdits},
    text::REASON,
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

pub(crate) async fn run(
    deps: &Deps,
    (staff, by): (&StaffId, &Hand),
    (key, version): (&RequestKey, u64),
    form: &EditionForm,
) -> Result<(Published, bool), Failure> {
    if let Some(number) = deps.rules.repeated(key).await? {
        return repeated(&number);
    }
    let before = deps.rules.newest().await?.edition;
    let edits = RowEdits::read(&form.rows).map_err(wrong_row)?;
    let now = deps.clock.now();
    let editor = Editor {
        by: staff.clone(),
        at: now,
        reason: reason(&form.reason)?,
    };
    // A wrong row is told as that, whatever has been published meanwhile.
    let (edition, _) = Edition::next(before.as_ref(), &edits, editor).map_err(wrong_row)?;
    check_version(before.as_ref(), version)?;
    let deed = deed(deps, by, &edition, now)?;
    match deps.rules.publish(&edition, key, &deed).await {
        Err(Failure::Conflict) => Err(Refusal::VersionStale.into()),
        Err(failure) => Err(failure),
        Ok(Promised::Repeated(number)) => repeated(&number),
        Ok(Promised::Written) => {
            let (number, rows) = (edition.number, edition.changed.len());
            tracing::info!(rules.edition = number, staff.id = %staff, rows, "Edition {number} of the rules holds: {rows} rows changed");
            Ok((Published { edition: number }, false))
        }
    }
}

/// The edition for the audit: which one came after which, the rows that changed, and why.
fn deed(deps: &Deps, by: &Hand, edition: &Edition, now: Timestamp) -> Result<Entry, Failure> {
    let about = format!("edition {}", edition.number);
    let rows: Vec<_> = edition.changed.iter().map(ToString::to_string).collect();
    let entry = by.did(deps.ids.form_key()?, now, "rules.published", about);
    let before = format!("edition {}", edition.number.saturating_sub(1));
    Ok(entry.changing(before, rows.join(", ")).because(&edition.reason))
}

/// A change was made on the rows that its editor saw: on others it could undo what somebody else changed.
pub(crate) fn check_version(newest: Option<&Edition>, seen: u64) -> Result<(), Failure> {
    let newest = newest.map_or(0, |edition| edition.number);
    if u64::from(newest) == seen {
        Ok(())
    } else {
        Err(Refusal::VersionStale.into())
    }
}

fn repeated(number: &str) -> Result<(Published, bool), Failure> {
    let edition = number
        .parse()
        .map_err(|_| Failure::internal("the request for an edition was answered with none"))?;
    Ok((Published { edition }, true))
}

fn reason(typed: &str) -> Result<String, Failure> {
    REASON.note(typed).map_err(|wrong| Failure::Invalid(vec![wrong]))
}
