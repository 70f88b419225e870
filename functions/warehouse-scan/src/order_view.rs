//! What the bench shows of one order: what is still to come, what is here, what may be packed.

use askama::Template;
use domain::{
    Failure, Timestamp,
    barcode::Scan,
    id::ScanId,
    lifecycle::State,
    order::{Consolidation, Line, Order, short_number},
    progress,
};
use runtime::Ids;
use serde::Serialize;
use web::Draft;

use crate::{
    pack_parcel::{LONGEST_MM, to_pack},
    receive_units::HEAVIEST_GRAMS,
};

/// An order at the bench.
#[derive(Serialize, Template)]
#[template(path = "order.html")]
pub(crate) struct OrderView {
    id: String,
    progress: String,
    code: String,
    lines: Vec<LineRow>,
    to_pack: Vec<UnitRow>,
    parcels: Vec<ParcelRow>,
    may_be_packed: bool,
    /// Until when what is here waits for the rest; nothing when it may go.
    waits_until: Option<Timestamp>,
    #[serde(skip)]
    short_id: String,
    #[serde(skip)]
    sentence: String,
    #[serde(skip)]
    still_to_come: usize,
    /// How the customer wants it.
    #[serde(skip)]
    wish: String,
    #[serde(skip)]
    waits: Vec<String>,
    #[serde(skip)]
    pack: Form,
    #[serde(skip)]
    draft: Draft,
    #[serde(skip)]
    heaviest: u32,
    #[serde(skip)]
    longest: u32,
}

/// One line with its counts.
#[derive(Serialize)]
struct LineRow {
    id: String,
    title: String,
    variant: String,
    ordered: usize,
    expected: usize,
    received: usize,
    on_hold: usize,
    packed: usize,
    image: Option<String>,
    #[serde(skip)]
    number: u32,
    #[serde(skip)]
    form: Form,
    /// What stands in the field of the count: only a single piece needs no counting.
    #[serde(skip)]
    count: String,
    #[serde(skip)]
    is_bad: bool,
}

#[derive(Serialize)]
struct UnitRow {
    id: String,
    title: String,
}

#[derive(Serialize)]
struct ParcelRow {
    id: String,
    href: String,
    status: String,
    pieces: usize,
    #[serde(skip)]
    status_text: String,
    #[serde(skip)]
    tone: &'static str,
}

/// One form of the page: its own scan, and what was typed when it comes back with a problem.
struct Form {
    scan_id: String,
    draft: Draft,
    is_returned: bool,
}

impl Form {
    /// The form that was typed into keeps its scan: nothing was done with it.
    fn new(draft: &Draft, is_returned: bool, ids: &Ids) -> Result<Self, Failure> {
        let typed = draft.value("scan_id");
        let scan_id = if is_returned && !typed.is_empty() {
            typed.to_owned()
        } else {
            ids.next::<ScanId>()?.to_string()
        };
        let draft = if is_returned { draft.clone() } else { Draft::empty() };
        Ok(Self {
            scan_id,
            draft,
            is_returned,
        })
    }
}

impl OrderView {
    /// `code` is what was scanned; `draft` a form that comes back.
    pub(crate) fn of(order: &Order, code: &str, draft: Draft, (ids, now): (&Ids, Timestamp)) -> Result<Self, Failure> {
        let lines = order.lines.iter().map(|line| LineRow::of(order, line, &draft, ids));
        let is_parcel = !draft.value("weight_grams").is_empty() && draft.value("line").is_empty();
        let unit = |unit: &domain::order::Unit| UnitRow {
            id: unit.id.to_string(),
            title: format!("{} (piece {})", title(order.line(&unit.line)), unit.id.number()),
        };
        let coming = |unit: &&domain::order::Unit| unit.life.state() == State::Expected;
        Ok(Self {
            id: order.id.to_string(),
            short_id: short_number(&order.id).to_owned(),
            progress: progress::progress(order).word(),
            sentence: progress::sentence(order),
            code: Scan::read(code).text,
            lines: lines.collect::<Result<_, _>>()?,
            to_pack: to_pack(order).map(unit).collect(),
            parcels: parcels(order),
            may_be_packed: order.life.state() == State::Paid,
            waits_until: order.waits_for_rest(now),
            wish: wish(order, now),
            still_to_come: order.units.iter().filter(coming).count(),
            waits: order
                .open_exceptions()
                .map(|matter| matter.kind.word().replace('_', " "))
                .collect(),
            pack: Form::new(&draft, is_parcel, ids)?,
            draft,
            heaviest: HEAVIEST_GRAMS,
            longest: LONGEST_MM,
        })
    }
}

impl LineRow {
    fn of(order: &Order, line: &Line, draft: &Draft, ids: &Ids) -> Result<Self, Failure> {
        let of_line = || order.units.iter().filter(|unit| unit.line == line.id);
        let count = |state: State| of_line().filter(|unit| unit.life.state() == state).count();
        let expected = count(State::Expected);
        let form = Form::new(draft, draft.is("line", line.id.as_str()), ids)?;
        let typed = form.draft.value("count").to_owned();
        Ok(Self {
            id: line.id.to_string(),
            title: line.title.clone(),
            variant: line.variant_label.clone(),
            ordered: of_line().count(),
            expected,
            received: count(State::Received),
            on_hold: count(State::OnHold),
            packed: of_line().filter(|unit| unit.shipment.is_some()).count(),
            image: line.image.clone(),
            number: line.id.number(),
            count: if typed.is_empty() && expected == 1 {
                "1".to_owned()
            } else {
                typed
            },
            is_bad: form.draft.is("condition", "bad"),
            form,
        })
    }
}

/// What the customer chose about parcels, as the packer needs it.
fn wish(order: &Order, now: Timestamp) -> String {
    match (order.choices.consolidation, order.waits_for_rest(now)) {
        (Consolidation::AsItComes, _) => "Whatever is here goes out; the rest follows.".to_owned(),
        (Consolidation::Together, Some(until)) => {
            let day = until.date().strftime("%-d %B %Y");
            format!("One parcel: wait for the rest, at most until {day}.")
        }
        (Consolidation::Together, None) => "One parcel with everything that is here.".to_owned(),
    }
}

fn title(line: Option<&Line>) -> String {
    let Some(line) = line else { return String::new() };
    if line.variant_label.is_empty() {
        line.title.clone()
    } else {
        format!("{}, {}", line.title, line.variant_label)
    }
}

fn parcels(order: &Order) -> Vec<ParcelRow> {
    let row = |shipment: &domain::order::Shipment| ParcelRow {
        id: shipment.id.to_string(),
        href: format!("/shipments/{}", shipment.id),
        status: shipment.life.state().word().to_owned(),
        status_text: shipment.life.state().word().replace('_', " "),
        tone: web::tone(shipment.life.state()),
        pieces: order.units_in(&shipment.id).count(),
    };
    order.shipments.iter().map(row).collect()
}
