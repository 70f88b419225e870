//! Shows what a change would do: whether the rows fit together, and which sample prices move by how much. Nothing is kept.

use std::collections::BTreeMap;

use askama::Template;
use domain::{
    Failure, Money, Timestamp,
    id::StaffId,
    landed_cost::{Edition, Editor, RowEdits, Rules, RulesError},
};
use serde::{Deserialize, Serialize};
use store::Newest;
use web::Draft;

use crate::{
    Deps, newest_quotes,
    publish_edition::check_version,
    sample_baskets::{self, Priced},
};

/// Rows to be changed.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PreviewForm {
    /// One row or a list of rows, as JSON.
    rows: String,
}

/// What a change would do.
#[derive(Serialize, Template)]
#[template(path = "preview.html")]
pub(crate) struct PreviewPage {
    based_on: u32,
    changed: Vec<String>,
    samples: Vec<Sample>,
    /// How many samples were priced in all.
    priced: usize,
    /// The newest quotes that would cost something else now.
    quotes: Vec<Sample>,
    /// How many of the newest quotes were priced in all.
    quotes_priced: usize,
    /// The day for which all of it was priced: today, or the first day of a change that is dated ahead.
    priced_for: String,
    #[serde(skip)]
    starts_later: bool,
    #[serde(skip)]
    is_good: bool,
    #[serde(skip)]
    form_key: String,
    #[serde(skip)]
    draft: Draft,
}

/// A sample or quote whose price moves.
#[derive(Serialize)]
struct Sample {
    name: String,
    before: String,
    after: String,
    difference: Option<Money>,
}

impl PreviewPage {
    /// The form alone, with what was typed.
    pub(crate) async fn empty(deps: &Deps, draft: &Draft) -> Result<Self, Failure> {
        let newest = deps.rules.newest().await?;
        Ok(Self {
            based_on: newest.edition.map_or(0, |edition| edition.number),
            changed: Vec::new(),
            samples: Vec::new(),
            priced: 0,
            quotes: Vec::new(),
            quotes_priced: 0,
            priced_for: String::new(),
            starts_later: false,
            is_good: false,
            form_key: deps.ids.form_key()?,
            draft: draft.clone(),
        })
    }

    pub(crate) fn with(self, draft: Draft) -> Self {
        Self { draft, ..self }
    }
}

pub(crate) async fn run(deps: &Deps, staff: &StaffId, seen: u64, form: &PreviewForm) -> Result<PreviewPage, Failure> {
    let Newest { edition, rates } = deps.rules.newest().await?;
    check_version(edition.as_ref(), seen)?;
    let edits = RowEdits::read(&form.rows).map_err(wrong_row)?;
    let now = deps.clock.now();
    let editor = Editor {
        by: staff.clone(),
        at: now,
        reason: String::new(),
    };
    let (next, _) = Edition::next(edition.as_ref(), &edits, editor).map_err(wrong_row)?;
    let before = Rules::current(edition.as_ref(), rates.as_ref()).map_err(wrong_row)?;
    let after = Rules::current(Some(&next), rates.as_ref()).map_err(wrong_row)?;
    let then = starts(&edits, now)?;
    let asked = newest_quotes::load(deps).await?;
    let quotes = moved(
        newest_quotes::price_all(&before, &asked, then),
        newest_quotes::price_all(&after, &asked, then),
    );
    let before = sample_baskets::price_all(&before, deps.warehouse, then);
    let after = sample_baskets::price_all(&after, deps.warehouse, then);
    Ok(PreviewPage {
        based_on: edition.map_or(0, |edition| edition.number),
        changed: next.changed.iter().map(ToString::to_string).collect(),
        priced: after.len(),
        samples: moved(before, after),
        quotes,
        quotes_priced: asked.len(),
        priced_for: then.date().to_string(),
        starts_later: then > now,
        is_good: true,
        form_key: deps.ids.form_key()?,
        draft: Draft::empty(),
    })
}

/// When the change starts to be felt: now, or at the beginning of the day from which its rows hold.
fn starts(edits: &RowEdits, now: Timestamp) -> Result<Timestamp, Failure> {
    match edits.hold_from().filter(|day| *day > now.date()) {
        None => Ok(now),
        Some(day) => format!("{day}T00:00:00Z")
            .parse()
            .map_err(|_| Failure::field("rows", "wrong_row", "The first day of a row is out of reach.")),
    }
}

/// A row that is wrong is named to whoever typed it.
pub(crate) fn wrong_row(error: RulesError) -> Failure {
    Failure::field("rows", "wrong_row", error.to_string())
}

fn moved(before: Vec<Priced>, after: Vec<Priced>) -> Vec<Sample> {
    let mut known: BTreeMap<String, _> = before.into_iter().map(|sample| (sample.name, sample.total)).collect();
    let mut all = Vec::new();
    for sample in after {
        let before = known.remove(&sample.name);
        if before.as_ref() != Some(&sample.total) {
            all.push(difference(sample.name, before, Some(sample.total)));
        }
    }
    all.extend(
        known
            .into_iter()
            .map(|(name, before)| difference(name, Some(before), None)),
    );
    all
}

type Total = Option<Result<Money, String>>;

fn difference(name: String, before: Total, after: Total) -> Sample {
    let amount = |total: &Total| total.clone().and_then(Result::ok);
    let difference = amount(&after)
        .zip(amount(&before))
        .and_then(|(after, before)| after.minus(before).ok());
    let words = |total: Total| match total {
        Some(Ok(money)) => money.to_string(),
        Some(Err(why)) => format!("no price: {why}"),
        None => "not served".to_owned(),
    };
    Sample {
        name,
        before: words(before),
        after: words(after),
        difference,
    }
}
