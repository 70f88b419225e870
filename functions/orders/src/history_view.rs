//! What happened to an order, in the customer's words. What only the staff reads is not here.

use askama::Template;
use domain::order::{Actor, Order, TimelineEntry};
use serde::Serialize;

use crate::words::moment;

/// The timeline, the newest first.
#[derive(Serialize, Template)]
#[template(path = "timeline.html")]
pub(crate) struct TimelinePage {
    order: String,
    entries: Vec<Entry>,
}

/// One thing that happened.
#[derive(Serialize)]
pub(crate) struct Entry {
    pub(crate) at: String,
    /// To what: `payment`, `unit`, `shipment`.
    about: &'static str,
    /// Who did it: `customer`, `staff`, `system`, or the provider.
    by: String,
    pub(crate) sentence: String,
    #[serde(skip)]
    pub(crate) at_text: String,
}

impl TimelinePage {
    pub(crate) fn of(order: &Order, entries: &[TimelineEntry]) -> Self {
        Self {
            order: order.id.to_string(),
            entries: told(entries),
        }
    }
}

/// What the customer is told, the newest first. Pieces that fared alike at one moment are one sentence.
pub(crate) fn told(entries: &[TimelineEntry]) -> Vec<Entry> {
    let mut told: Vec<(Entry, usize)> = Vec::new();
    for entry in entries.iter().filter(|entry| !entry.says.is_empty()) {
        let next = Entry::of(entry);
        match told.last_mut() {
            Some((last, times)) if last.at == next.at && last.sentence == next.sentence => *times += 1,
            Some(_) | None => told.push((next, 1)),
        }
    }
    let counted = |(entry, times): (Entry, usize)| match times {
        1 => entry,
        _ => Entry {
            sentence: format!("{} ({times} times)", entry.sentence),
            ..entry
        },
    };
    told.into_iter().rev().map(counted).collect()
}

impl Entry {
    fn of(entry: &TimelineEntry) -> Self {
        Self {
            at: entry.at.to_string(),
            at_text: moment(entry.at),
            about: entry.part.subject().word(),
            by: match &entry.actor {
                Actor::Customer => "customer".to_owned(),
                Actor::Staff(_) | Actor::Device(_) => "staff".to_owned(),
                Actor::System => "system".to_owned(),
                Actor::Provider(code) => code.to_string(),
            },
            sentence: entry.says.clone(),
        }
    }
}
