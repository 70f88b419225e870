//! What the bench shows: the scanner's field, what is expected, what is here; and the choice where one code is on parcels of several orders.

use askama::Template;
use domain::{
    Failure,
    barcode::Scan,
    order::{Actor, short_number},
    progress,
};
use serde::Serialize;
use store::OrderSummary;
use web::Draft;

use crate::{
    match_scan::{Found, Match},
    show_bench::Bench,
};

/// The bench.
#[derive(Serialize, Template)]
#[template(path = "bench.html")]
pub(crate) struct BenchView {
    expected: Vec<OrderRow>,
    here: Vec<OrderRow>,
    /// A device has no account to go to.
    #[serde(skip)]
    is_person: bool,
    /// What a person may try with a code that is not known.
    #[serde(skip)]
    hint: &'static str,
    #[serde(skip)]
    draft: Draft,
}

#[derive(Serialize)]
struct OrderRow {
    id: String,
    href: String,
    title: String,
    progress: String,
    pieces: u32,
    exceptions: u32,
    #[serde(skip)]
    sentence: String,
    #[serde(skip)]
    short_id: String,
}

impl BenchView {
    pub(crate) fn of(bench: &Bench, by: &Actor, draft: Draft) -> Self {
        Self {
            is_person: matches!(by, Actor::Staff(_)),
            expected: bench.expected.iter().map(OrderRow::of_summary).collect(),
            here: bench.here.iter().map(OrderRow::of_summary).collect(),
            hint: hint(draft.value("code")),
            draft,
        }
    }
}

fn hint(code: &str) -> &'static str {
    let scan = Scan::read(code);
    if scan.text.is_empty() {
        ""
    } else if scan.is_doubtful() {
        "The check digit does not fit, so it was probably read wrongly. Scan it once more, or type the number below the bars."
    } else if scan.is_article_code() {
        "This looks like the code of an article. Scan the carrier's label on the parcel."
    } else {
        "Try another code on the label. If none is known, open the order from the list below, or put the parcel aside."
    }
}

impl OrderRow {
    fn of_summary(summary: &OrderSummary) -> Self {
        Self {
            href: format!("/warehouse/orders/{}", summary.id),
            short_id: short_number(&summary.id).to_owned(),
            id: summary.id.to_string(),
            title: summary.title.clone(),
            progress: summary.progress.clone(),
            sentence: summary.sentence.clone(),
            pieces: summary.pieces,
            exceptions: summary.exceptions,
        }
    }

    fn of_match(found: &Match) -> Result<Self, Failure> {
        let order = &found.order;
        Ok(Self {
            href: location(found)?,
            short_id: short_number(&order.id).to_owned(),
            id: order.id.to_string(),
            title: order.lines.first().map(|line| line.title.clone()).unwrap_or_default(),
            progress: progress::progress(order).word(),
            sentence: progress::sentence(order),
            pieces: u32::try_from(order.units.len()).unwrap_or(u32::MAX),
            exceptions: u32::try_from(order.open_exceptions().count()).unwrap_or(u32::MAX),
        })
    }
}

/// The order's page, which then knows what was scanned.
pub(crate) fn location(found: &Match) -> Result<String, Failure> {
    let page = format!("/warehouse/orders/{}", found.order.id);
    with_code(page, &found.code)
}

/// An address with the scanned code behind it.
pub(crate) fn with_code(page: String, code: &str) -> Result<String, Failure> {
    if code.is_empty() {
        return Ok(page);
    }
    let wrong = |error| Failure::Internal(domain::Cause::with("could not write a code into an address", error));
    Ok(format!(
        "{page}?{}",
        serde_html_form::to_string([("code", code)]).map_err(wrong)?
    ))
}

/// What a scan may be for; a page only where that is more than one order.
#[derive(Serialize, Template)]
#[template(path = "choice.html")]
pub(crate) struct ScanView {
    code: String,
    candidates: Vec<CandidateRow>,
    orders: Vec<OrderRow>,
}

#[derive(Serialize)]
struct CandidateRow {
    number: String,
    looks_like: &'static str,
    check: &'static str,
}

impl ScanView {
    pub(crate) fn of(found: &Found) -> Result<Self, Failure> {
        let candidates = found.scan.candidates.iter().map(|candidate| CandidateRow {
            number: candidate.key.clone(),
            looks_like: candidate.looks_like,
            check: candidate.check.word(),
        });
        Ok(Self {
            code: found.scan.text.clone(),
            candidates: candidates.collect(),
            orders: found.orders.iter().map(OrderRow::of_match).collect::<Result<_, _>>()?,
        })
    }
}
