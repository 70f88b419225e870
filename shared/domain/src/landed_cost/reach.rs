//! Where a thing may go: everywhere, for whoever has not said yet where it shall go, and carrier by carrier for one country.

use super::{
    classify,
    price::{Inspection, inspect},
    restrict::{self, Route, Ruling, Verdict},
    rules::{Rules, holding},
    trace::Trace,
    want::Described,
};
use crate::{address::Country, product::ProviderCode, timestamp::Timestamp};

/// Where a thing may go.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reach {
    /// Why it can go nowhere; nothing when it can go somewhere.
    pub nowhere: Option<Verdict>,
    /// The countries it cannot go to, by name; empty when it can go nowhere at all.
    pub not_to: Vec<Barred>,
    /// What to heed wherever it goes.
    pub heed: Vec<Verdict>,
}

/// A country a thing cannot go to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Barred {
    /// The country.
    pub country: Country,
    /// Its name.
    pub name: String,
    /// Why not.
    pub verdict: Verdict,
}

/// Whether a thing may go to one country.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Passage {
    /// The country.
    pub country: Country,
    /// Its name.
    pub name: String,
    /// What the rules say by each carrier that our table sends there with.
    pub carriers: Vec<(ProviderCode, Inspection)>,
}

impl Passage {
    /// True when some carrier takes it there.
    #[must_use]
    pub fn is_open(&self) -> bool {
        let mut all = self.carriers.iter();
        all.any(|(_, inspection)| inspection.ruling() < Ruling::Permit)
    }
}

/// Looks at one country; nothing for one that we do not deliver to.
#[must_use]
pub fn passage(rules: &Rules, thing: Described<'_>, from: Country, to: Country, now: Timestamp) -> Option<Passage> {
    let mut destinations = holding(&rules.destinations, now.date());
    let name = destinations.find(|row| row.rule.dest == to)?.rule.name.clone();
    let carriers = rules.carriers_to(to, now.date()).into_iter().map(|carrier| {
        let route = Route {
            from,
            to,
            carrier: &carrier,
        };
        let inspection = inspect(rules, thing, route, now);
        (carrier, inspection)
    });
    Some(Passage {
        country: to,
        name,
        carriers: carriers.collect(),
    })
}

/// Looks at every country we deliver to, with the carrier that our table sends there with.
#[must_use]
pub fn reach(rules: &Rules, thing: Described<'_>, from: Country, now: Timestamp) -> Reach {
    let mut trace = Trace::new(now.date());
    let class = classify::classify(rules, thing, &mut trace);
    let found = restrict::matching(rules, thing, &class, |rule| rule.origin.fits(Some(&from)), &trace);
    let (mut reach, mut served) = (Reach::default(), 0_usize);
    for to in holding(&rules.destinations, trace.day) {
        let Some(carrier) = rules.carrier_to(to.rule.dest, trace.day) else {
            continue;
        };
        served += 1;
        let route = Route {
            from,
            to: to.rule.dest,
            carrier: &carrier,
        };
        for verdict in found.verdicts(rules, route, &mut trace) {
            if verdict.ruling >= Ruling::Permit {
                let (country, name) = (to.rule.dest, to.rule.name.clone());
                reach.not_to.push(Barred { country, name, verdict });
                break;
            }
            if !reach.heed.contains(&verdict) {
                reach.heed.push(verdict);
            }
        }
    }
    reach.not_to.sort_by(|a, b| a.name.cmp(&b.name));
    if served > 0 && reach.not_to.len() == served {
        reach.nowhere = reach.not_to.drain(..).next().map(|barred| barred.verdict);
    }
    reach
}
