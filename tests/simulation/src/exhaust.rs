//! The exhaustive run: nothing dies by chance, but every kind of work once at every point at which it touches the world.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use crate::{
    chance::Chance,
    control::Place,
    faults::Rates,
    plan::Plan,
    run::{Level, Report, inhabit, not_opened, side_by_side},
};

/// Towns in which points are looked for; what happens rarely does not happen in each.
const TOWNS: u64 = 80;
/// So rare that more towns are searched until each was seen.
const RARE: &[&str] = &[
    "supplier-order POST supplier-orders/absence",
    "supplier-order POST supplier-orders/placement",
];
const MOST_TOWNS: u64 = 800;
const CUSTOMERS: usize = 30;
/// Work that goes round over many orders passes the same points again and again; behind this many it has passed them all.
const FIRST: u64 = 40;
/// How often everything else goes wrong, per mille.
const RATE: u64 = 150;

/// Kills at every point, each time in a town that is like the one in which the point was found until then. With `only` it is that of this
/// number, and what happens is told. How many points each kind of work has comes with it.
///
/// # Errors
/// When the shop does not open, or a point is not reached again.
pub fn exhaust(seed: u64, only: Option<u64>) -> anyhow::Result<(BTreeMap<String, usize>, Report)> {
    let points = points(seed)?;
    let report = Mutex::new(Report::default());
    let last = u64::try_from(points.len()).unwrap_or(u64::MAX);
    let last = only.map_or(last, |only| only.saturating_add(1));
    let next = AtomicU64::new(only.unwrap_or(0));
    side_by_side(2, || {
        let number = next.fetch_add(1, Ordering::SeqCst);
        let (seed, place) = points.get(usize::try_from(number).ok().filter(|_| number < last)?)?;
        let plan = Plan {
            aim: Some(place.clone()),
            tells: only.is_some(),
            ..calm(*seed)
        };
        Some(inhabit(&plan, Level::Memory, number, &report))
    })?;
    let report = report.into_inner().unwrap_or_else(PoisonError::into_inner);
    let wanted = if only.is_some() { 1 } else { last };
    anyhow::ensure!(
        report.kills() == wanted,
        "{} of {wanted} points were reached again",
        report.kills()
    );
    let mut counts = BTreeMap::new();
    for (_, place) in points {
        let count: &mut usize = counts.entry(place.work).or_default();
        *count = count.saturating_add(1);
    }
    Ok((counts, report))
}

fn calm(seed: u64) -> Plan {
    Plan {
        seed,
        customers: CUSTOMERS,
        rates: Some(Rates::without_kills(RATE)),
        bug: None,
        aim: None,
        tells: false,
        maps: false,
        counts: false,
    }
}

/// Every point, with the seed of the first town in which it is passed.
fn points(seed: u64) -> anyhow::Result<Vec<(u64, Place)>> {
    let (mut known, mut points): (BTreeSet<Place>, Vec<(u64, Place)>) = Default::default();
    for town in 0..MOST_TOWNS {
        let is_seen = |work: &&str| known.iter().any(|place| place.work == *work);
        let missing: Vec<&str> = RARE.iter().copied().filter(|work| !is_seen(work)).collect();
        if town >= TOWNS && missing.is_empty() {
            break;
        }
        let (seed, report) = (Chance::of(seed, town).next(), Mutex::new(Report::default()));
        let plan = Plan {
            maps: true,
            ..calm(seed)
        };
        inhabit(&plan, Level::Memory, town, &report).map_err(not_opened)?;
        let report = report.into_inner().unwrap_or_else(PoisonError::into_inner);
        for place in report.places.into_keys() {
            let is_wanted = town < TOWNS || missing.contains(&place.work.as_str());
            if is_wanted && place.number < FIRST && known.insert(place.clone()) {
                points.push((seed, place));
            }
        }
    }
    Ok(points)
}
