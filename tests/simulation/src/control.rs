//! What decides at every point where an instance touches the world whether it goes on, waits, or dies there.

use std::{
    collections::BTreeMap,
    fmt::{self, Arguments, Display, Formatter, Write},
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll},
};

use domain::Timestamp;
use runtime::Clock;
use store::Cost;

use crate::{
    chance::Chance,
    faults::{Fault, Rates},
    outages::Outage,
};

/// An instance may not run longer (`Timeout` in infra/template.yaml).
pub(crate) const FUNCTION_TIMEOUT_MS: i64 = 30_000;
/// A kill strikes one of the first so many points; most work has fewer, so some kills miss.
const KILL_WITHIN: u64 = 24;
/// What strikes a piece of work once, and among how many of its calls of that kind; it misses those that make fewer.
const ONCE: [(Fault, u64); 10] = [
    (Fault::Throttle, 6),
    (Fault::LoseStored, 2),
    (Fault::BreakLine, 8),
    (Fault::Delay, 10),
    (Fault::Unreachable, 2),
    (Fault::TooMany, 2),
    (Fault::RefuseBefore, 2),
    (Fault::ErrorInside, 2),
    (Fault::ErrorAfter, 2),
    (Fault::LoseAnswer, 2),
];

/// The same for every part of a town.
#[derive(Clone)]
pub(crate) struct Control(Arc<Mutex<Inner>>);

pub(crate) struct Inner {
    pub(crate) chance: Chance,
    pub(crate) rates: Rates,
    pub(crate) clock: Clock,
    pub(crate) running: Option<Running>,
    pub(crate) verdict: Verdict,
    pub(crate) struck: BTreeMap<Fault, u64>,
    pub(crate) usage: BTreeMap<String, Usage>,
    /// Every point that was passed, when somebody wants to know.
    pub(crate) places: Option<BTreeMap<Place, u64>>,
    pub(crate) aim: Option<Place>,
    pub(crate) outages: Vec<Outage>,
    pub(crate) trace: Trace,
}

/// What one kind of work has cost so far.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Usage {
    pub(crate) runs: u64,
    pub(crate) cost: Cost,
}

/// One point of one kind of work: `supplier-order place_at_store`, its third call, before it is made.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Place {
    pub(crate) work: String,
    pub(crate) number: u64,
    pub(crate) call: String,
}

/// The instance that has the processor.
#[derive(Clone)]
pub(crate) struct Running {
    pub(crate) work: String,
    pub(crate) points: u64,
    pub(crate) dies_at: Option<u64>,
    /// What strikes once: the calls until it does, for each of `ONCE`.
    strikes_in: [Option<u64>; ONCE.len()],
}

/// What becomes of the instance that stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    Runs,
    Waits(i64),
    Dies,
}

/// Everything that happened, as a hash, and as lines when somebody wants to read it.
#[derive(Default)]
pub(crate) struct Trace {
    pub(crate) hash: u64,
    pub(crate) lines: Option<Vec<String>>,
}

impl Trace {
    pub(crate) fn note(&mut self, now: Timestamp, line: Arguments<'_>) {
        let _nothing_fails = self.write_fmt(line);
        self.take(&now.as_millis().unsigned_abs().to_le_bytes());
        if let Some(lines) = &mut self.lines {
            lines.push(format!("{now} {line}"));
        }
    }

    /// FNV-1a, for its simplicity; nothing is kept under this hash.
    fn take(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.hash = (self.hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01B3);
        }
    }
}

impl Write for Trace {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.take(text.as_bytes());
        Ok(())
    }
}

/// A point of an instance: what it is about to do, or has done.
#[derive(Clone, Copy)]
pub(crate) struct Spot<'a> {
    /// Empty, or `call ` or `after `.
    pub(crate) moment: &'static str,
    pub(crate) operation: &'a str,
    /// The table, the queue or nothing.
    pub(crate) place: &'a str,
}

impl Display for Spot<'_> {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        out.write_str(self.moment)?;
        out.write_str(self.operation)?;
        if !self.place.is_empty() {
            out.write_str(" ")?;
        }
        out.write_str(self.place)
    }
}

impl Control {
    pub(crate) fn new(chance: Chance, rates: Rates, clock: Clock) -> Self {
        Self(Arc::new(Mutex::new(Inner {
            chance,
            rates,
            clock,
            running: None,
            verdict: Verdict::Runs,
            struck: BTreeMap::new(),
            usage: BTreeMap::new(),
            places: None,
            aim: None,
            outages: Vec::new(),
            trace: Trace::default(),
        })))
    }

    pub(crate) fn lock(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether this fault strikes now; it is counted.
    pub(crate) fn strikes(&self, fault: Fault) -> bool {
        self.lock().strikes(fault)
    }

    /// Whether a fault that strikes each piece of work at most once strikes now.
    pub(crate) fn meets(&self, fault: Fault) -> bool {
        self.lock().meets(fault)
    }

    /// Whether the provider at this host is away.
    pub(crate) fn is_away(&self, host: Option<&str>) -> bool {
        let inner = self.lock();
        let now = inner.clock.now();
        host.is_some_and(|host| inner.outages.iter().any(|outage| outage.hits(host, now)))
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.lock().clock.now()
    }

    pub(crate) fn note(&self, line: Arguments<'_>) {
        let mut inner = self.lock();
        let now = inner.clock.now();
        inner.trace.note(now, line);
    }

    /// A point at which the instance may be stopped.
    pub(crate) fn point<'a>(&'a self, spot: Spot<'a>) -> Point<'a> {
        Point {
            control: self,
            spot: Some(spot),
            until: None,
        }
    }

    pub(crate) fn spent(&self, cost: Cost) {
        let mut inner = self.lock();
        let work = inner.running.as_ref().map(|running| running.work.clone());
        if let Some(work) = work {
            let usage = inner.usage.entry(work).or_default();
            usage.cost = usage.cost.plus(cost);
        }
    }
}

impl Inner {
    pub(crate) fn strikes(&mut self, fault: Fault) -> bool {
        let rate = self.rates.of(fault);
        let hits = self.chance.hits(rate);
        if hits {
            self.count(fault);
        }
        hits
    }

    fn count(&mut self, fault: Fault) {
        let count = self.struck.entry(fault).or_default();
        *count = count.saturating_add(1);
    }

    fn meets(&mut self, fault: Fault) -> bool {
        let Some(running) = &mut self.running else {
            return false;
        };
        for ((planned, _), left) in ONCE.iter().zip(&mut running.strikes_in) {
            if *planned == fault {
                let is_now = *left == Some(0);
                *left = left.and_then(|left| left.checked_sub(1));
                if is_now {
                    self.count(fault);
                }
                return is_now;
            }
        }
        false
    }

    /// A new piece of work: what will strike it, and where, is decided at once.
    pub(crate) fn begin(&mut self, work: &str) -> Running {
        let rate = self.rates.of(Fault::Kill);
        let dies_at = self.chance.hits(rate).then(|| self.chance.below(KILL_WITHIN));
        let strikes_in = ONCE.map(|(fault, within)| {
            let rate = self.rates.of(fault);
            self.chance.hits(rate).then(|| self.chance.below(within))
        });
        let usage = self.usage.entry(work.to_owned()).or_default();
        usage.runs = usage.runs.saturating_add(1);
        Running {
            work: work.to_owned(),
            points: 0,
            dies_at,
            strikes_in,
        }
    }

    fn decide(&mut self, spot: Spot<'_>) -> Option<i64> {
        let Some(running) = &mut self.running else {
            return None;
        };
        let number = running.points;
        running.points = running.points.saturating_add(1);
        let dies = running.dies_at == Some(number);
        let is_aimed = self
            .aim
            .as_ref()
            .is_some_and(|aim| aim.work == running.work && aim.number == number && aim.call == spot.to_string());
        let now = self.clock.now();
        if dies || is_aimed {
            self.trace
                .note(now, format_args!("killed: {} at {number} {spot}", running.work));
            self.aim = self.aim.take().filter(|_| !is_aimed);
            self.count(Fault::Kill);
            self.verdict = Verdict::Dies;
            return Some(i64::MAX);
        }
        if let Some(places) = &mut self.places {
            let place = Place {
                work: running.work.clone(),
                number,
                call: spot.to_string(),
            };
            let seen = places.entry(place).or_default();
            *seen = seen.saturating_add(1);
        }
        self.trace.note(now, format_args!("{spot}"));
        if self.meets(Fault::Delay) {
            let most = if self.chance.hits(100) {
                FUNCTION_TIMEOUT_MS.saturating_mul(2)
            } else {
                4_000
            };
            return Some(now.as_millis().saturating_add(self.chance.between(100, most)));
        }
        self.strikes(Fault::Interleave).then(|| now.as_millis())
    }
}

/// See [`Control::point`].
pub(crate) struct Point<'a> {
    control: &'a Control,
    spot: Option<Spot<'a>>,
    until: Option<i64>,
}

impl Future for Point<'_> {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<()> {
        let mut inner = self.control.lock();
        if let Some(spot) = self.spot.take() {
            self.until = inner.decide(spot);
            let Some(until) = self.until else {
                return Poll::Ready(());
            };
            if inner.verdict != Verdict::Dies {
                inner.verdict = Verdict::Waits(until);
            }
            return Poll::Pending;
        }
        match self.until {
            Some(until) if inner.clock.now().as_millis() < until => {
                inner.verdict = Verdict::Waits(until);
                Poll::Pending
            }
            Some(_) | None => Poll::Ready(()),
        }
    }
}
