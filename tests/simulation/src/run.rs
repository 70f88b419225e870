//! Runs: many small towns side by side, each alone in its thread, and one report of all.

use std::{
    collections::BTreeMap,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use contract::Dynoxide;
use domain::lifecycle::{Event, State, Subject, TABLE};
use store::{Cost, Db, Memory};

use crate::{
    bugs::Bug,
    chance::Chance,
    control::{Place, Usage},
    faults::{Fault, Rates},
    ledgers::{INVARIANTS, Violation},
    plan::Plan,
    storage::{Line, Tables},
    town::Town,
};

/// Customers in a town: enough to get in each other's way.
const TOWN: u64 = 50;

/// Moves that no town can make.
const CANNOT_BE_WALKED: &[(Subject, Event, State, &str)] = &[
    (
        Subject::Shipment,
        Event::CheckFailed,
        State::Refused,
        "every address and parcel of a town has complete papers; the tests of shipping walk it",
    ),
    (
        Subject::Shipment,
        Event::ProvedAbsent,
        State::Labelling,
        "the only carrier, DHL, does not recognise a repeat, so a person decides",
    ),
];

/// Where the towns keep their orders.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// In memory.
    Memory,
    /// In dynoxide, behind the AWS client as shipped.
    Dynoxide,
}

/// What is to be run.
#[derive(Clone, Debug)]
pub struct Asked {
    /// How many orders.
    pub orders: u64,
    /// The seed of everything.
    pub seed: u64,
    /// One rate in per mille for all faults; drawn between 1 and 20 per cent for each when nothing is said.
    pub faults: Option<u64>,
    /// Where orders are kept.
    pub level: Level,
    /// A planted bug.
    pub bug: Option<Bug>,
    /// Only the town of this number, with everything that happens in it told.
    pub only: Option<u64>,
    /// Stop at the first town in which something is wrong.
    pub stops: bool,
    /// Whether what calls cost is counted.
    pub counts: bool,
    /// Towns at the same time.
    pub threads: u64,
}

/// What came of a run.
#[derive(Debug, Default)]
pub struct Report {
    /// Orders placed.
    pub orders: u64,
    /// Customers who never came to an order, by reason.
    pub gone: BTreeMap<String, u64>,
    /// Faults that struck, by word.
    pub struck: BTreeMap<&'static str, u64>,
    /// How often each row of the life-cycle table was walked.
    pub walked: BTreeMap<usize, u64>,
    /// What each kind of work cost.
    pub usage: BTreeMap<String, (u64, Cost)>,
    /// What was wrong, and in which town.
    pub violations: Vec<(u64, Violation)>,
    /// The trace of all towns.
    pub trace: u64,
    /// What happened in the only town, line by line.
    pub lines: Vec<String>,
    /// The messages that queues gave up.
    pub given_up: u64,
    /// Every point that was passed.
    pub(crate) places: BTreeMap<Place, u64>,
}

impl Report {
    /// The rows of the life-cycle table that nothing walked, each with the reason when it cannot be walked here.
    #[must_use]
    pub fn not_walked(&self) -> Vec<(String, &'static str)> {
        let rows = TABLE
            .iter()
            .enumerate()
            .filter(|(row, _)| !self.walked.contains_key(row));
        rows.map(|(_, row)| {
            let from: Vec<&str> = row.from.iter().map(|state| state.word()).collect();
            let is_it = |(subject, event, to, _): &&(Subject, Event, State, &str)| {
                *subject == row.subject && *event == row.event && *to == row.to
            };
            let reason = CANNOT_BE_WALKED.iter().find(is_it).map_or("", |(.., reason)| *reason);
            let words = format!(
                "{} {} --{}--> {}",
                row.subject.word(),
                from.join("|"),
                row.event.word(),
                row.to.word()
            );
            (words, reason)
        })
        .collect()
    }

    /// How many instances died.
    #[must_use]
    pub fn kills(&self) -> u64 {
        self.struck.get(Fault::Kill.word()).copied().unwrap_or(0)
    }

    /// The invariants that are checked, by number.
    #[must_use]
    pub fn invariants() -> &'static [(u8, &'static str)] {
        INVARIANTS
    }

    /// How many kinds of faults there are.
    #[must_use]
    pub fn kinds_of_faults() -> usize {
        Fault::ALL.len()
    }

    fn take(&mut self, number: u64, town: &mut Town) {
        let placed = town
            .customers
            .iter()
            .filter(|customer| customer.order.is_some() && !customer.is_twin());
        self.orders = self.orders.saturating_add(u64::try_from(placed.count()).unwrap_or(0));
        for reason in town.customers.iter().filter_map(|customer| customer.gave_up.clone()) {
            add(&mut self.gone, reason, 1);
        }
        let control = town.control.lock();
        for (fault, count) in &control.struck {
            add(&mut self.struck, fault.word(), *count);
        }
        for (work, Usage { runs, cost }) in &control.usage {
            let sum = self.usage.entry(work.clone()).or_default();
            *sum = (sum.0.saturating_add(*runs), sum.1.plus(*cost));
        }
        for (place, count) in control.places.iter().flatten() {
            add(&mut self.places, place.clone(), *count);
        }
        // Towns end in any order: what each adds may not depend on it.
        self.trace = self
            .trace
            .wrapping_add(control.trace.hash.wrapping_mul(number.wrapping_mul(2).wrapping_add(1)));
        self.lines.extend(control.trace.lines.clone().unwrap_or_default());
        drop(control);
        let checks = town.checks.lock().unwrap_or_else(PoisonError::into_inner);
        for (row, count) in &checks.walked {
            add(&mut self.walked, *row, *count);
        }
        self.violations
            .extend(checks.violations.iter().cloned().map(|violation| (number, violation)));
    }
}

fn add<K: Ord>(counts: &mut BTreeMap<K, u64>, key: K, count: u64) {
    let sum = counts.entry(key).or_default();
    *sum = sum.saturating_add(count);
}

/// Empty tables. On their way to dynoxide requests and answers get lost by the faults of the town that `line` leads to.
fn tables(level: Level, line: &Line) -> anyhow::Result<Tables> {
    if level == Level::Memory {
        return Ok(Tables {
            orders: Db::Memory(Memory::default()),
            sessions: Db::Memory(Memory::default()),
            rules: Db::Memory(Memory::default()),
            accounts: Db::Memory(Memory::default()),
        });
    }
    let line = line.clone();
    let clients = Dynoxide::start()?.clients(move |_| line.fate())?;
    Ok(Tables {
        orders: clients.table("OrdersTable"),
        sessions: clients.table("SessionsTable"),
        rules: clients.table("RulesTable"),
        accounts: clients.table("AccountsTable"),
    })
}

/// Lives through the towns of a run.
///
/// # Errors
/// When the shop does not open.
pub fn run(asked: &Asked) -> anyhow::Result<Report> {
    let towns = asked.orders.div_ceil(TOWN).max(1);
    let (next, report) = (AtomicU64::new(asked.only.unwrap_or(0)), Mutex::new(Report::default()));
    let last = asked.only.map_or(towns, |only| only.saturating_add(1));
    side_by_side(asked.threads, || {
        let number = next.fetch_add(1, Ordering::SeqCst);
        let is_enough = asked.stops && report.lock().is_ok_and(|report| !report.violations.is_empty());
        (number < last && !is_enough).then(|| live(asked, number, &report))
    })?;
    // In the place of everybody who went away without an order somebody comes to a town of their own.
    let is_whole = asked.only.is_none() && !asked.stops;
    let placed = || report.lock().map_or(asked.orders, |report| report.orders);
    for number in (towns..towns.saturating_mul(2)).filter(|_| is_whole) {
        if placed() >= asked.orders {
            break;
        }
        live(asked, number, &report).map_err(not_opened)?;
    }
    let mut report = report.into_inner().unwrap_or_else(PoisonError::into_inner);
    report.violations.sort_by_key(|(town, _)| *town);
    Ok(report)
}

pub(crate) fn not_opened(failure: domain::Failure) -> anyhow::Error {
    anyhow::anyhow!("the shop did not open: {failure:?}")
}

/// Towns at the same time, until `next` gives no more.
pub(crate) fn side_by_side(
    threads: u64,
    next: impl Fn() -> Option<Result<(), domain::Failure>> + Sync,
) -> anyhow::Result<()> {
    let failed = Mutex::new(None);
    std::thread::scope(|scope| {
        for _ in 0..threads.max(1) {
            scope.spawn(|| {
                while let Some(lived) = next() {
                    if let Err(failure) = lived {
                        *failed.lock().unwrap_or_else(PoisonError::into_inner) = Some(failure);
                        break;
                    }
                }
            });
        }
    });
    let failed = failed.into_inner().unwrap_or_else(PoisonError::into_inner);
    failed.map_or(Ok(()), |failure| Err(not_opened(failure)))
}

fn live(asked: &Asked, number: u64, report: &Mutex<Report>) -> Result<(), domain::Failure> {
    let customers = TOWN
        .min(asked.orders.saturating_sub(number.saturating_mul(TOWN)))
        .max(1);
    let plan = Plan {
        seed: Chance::of(asked.seed, number).next(),
        customers: usize::try_from(customers).unwrap_or(1),
        rates: asked.faults.map(Rates::even),
        bug: asked.bug,
        aim: None,
        tells: asked.only.is_some(),
        maps: false,
        counts: asked.counts,
    };
    inhabit(&plan, asked.level, number, report)
}

/// One town in this thread, within a runtime that never turns: what asks for timers finds them standing still.
pub(crate) fn inhabit(plan: &Plan, level: Level, number: u64, report: &Mutex<Report>) -> Result<(), domain::Failure> {
    let standing_still = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build();
    let standing_still = standing_still.map_err(|error| domain::Failure::internal(error.to_string()))?;
    let _entered = standing_still.enter();
    let line = Line::default();
    let tables = tables(level, &line).map_err(|error| domain::Failure::internal(format!("{error:#}")))?;
    let mut town = Town::found(plan, tables)?;
    line.leads_to(&town.control);
    town.live();
    let given_up = u64::try_from(town.given_up.len()).unwrap_or(0);
    town.reckon();
    let mut report = report.lock().unwrap_or_else(PoisonError::into_inner);
    report.given_up = report.given_up.saturating_add(given_up);
    report.take(number, &mut town);
    Ok(())
}
