//! What happened to an order, in the customer's words and at the time it happened. What only the staff reads is not here.

use std::time::Duration;

use askama::Template;
use domain::{
    Timestamp,
    order::{Actor, Order, TimelineEntry},
};
use serde::Serialize;

use crate::words::moment;

/// What is heard so soon needs no second time beside it.
const AT_ONCE: Duration = Duration::from_secs(60);

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
    /// When it happened, as the carrier says where it happened with the carrier.
    pub(crate) at: String,
    /// When we heard of it, where that was later.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) heard_at: Option<Timestamp>,
    /// To what: `payment`, `unit`, `shipment`.
    about: &'static str,
    /// Who did it: `customer`, `staff`, `system`, or the provider.
    by: String,
    pub(crate) sentence: String,
    #[serde(skip)]
    pub(crate) at_text: String,
    #[serde(skip)]
    pub(crate) heard_text: String,
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
    let mut said: Vec<&TimelineEntry> = entries.iter().filter(|entry| !entry.says.is_empty()).collect();
    said.sort_by_key(|entry| (entry.moment(), entry.number));
    for entry in said {
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
        let heard_at = Some(entry.at).filter(|heard| heard.since(entry.moment()) >= AT_ONCE);
        Self {
            at: entry.moment().to_string(),
            at_text: moment(entry.moment()),
            heard_at,
            heard_text: heard_at.map(moment).unwrap_or_default(),
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

#[cfg(test)]
mod tests {
    use domain::{
        id::{OrderId, RootId, ShipmentId},
        lifecycle::{Event, State},
        order::Part,
    };

    use super::*;

    fn entry(number: u32, heard: &str, happened: Option<&str>, says: &str) -> TimelineEntry {
        let order = OrderId::from_ulid("01JDB7M3N8Q4R5S6T7V8W9X0YZ").unwrap();
        TimelineEntry {
            number,
            at: heard.parse().unwrap(),
            happened_at: happened.map(|at| at.parse().unwrap()),
            actor: Actor::Provider("dhl".parse().unwrap()),
            part: Part::Shipment(ShipmentId::of(&order, 1)),
            event: Event::CarrierDelivered,
            from: Some(State::InTransit),
            to: State::Delivered,
            says: says.into(),
            note: String::new(),
            hash: String::new(),
        }
    }

    #[test]
    fn what_the_carrier_saw_stands_at_its_own_time_with_when_we_heard_of_it() {
        let entries = [
            entry(1, "2026-12-04T08:00:00Z", None, "Handed to the carrier."),
            entry(2, "2026-12-06T08:00:00Z", None, "A refund was opened."),
            entry(3, "2026-12-07T10:00:00Z", Some("2026-12-05T09:30:00Z"), "Delivered."),
            entry(4, "2026-12-08T10:00:30Z", Some("2026-12-08T10:00:00Z"), "Complete."),
        ];

        let told: Vec<_> = told(&entries)
            .into_iter()
            .map(|entry| (entry.sentence, entry.at_text, entry.heard_text))
            .collect();

        let told: Vec<_> = told
            .iter()
            .map(|(said, at, heard)| (said.as_str(), at.as_str(), heard.as_str()))
            .collect();
        assert_eq!(
            told,
            [
                ("Complete.", "8 Dec 2026, 10:00 UTC", ""),
                ("A refund was opened.", "6 Dec 2026, 08:00 UTC", ""),
                ("Delivered.", "5 Dec 2026, 09:30 UTC", "7 Dec 2026, 10:00 UTC"),
                ("Handed to the carrier.", "4 Dec 2026, 08:00 UTC", ""),
            ]
        );
    }
}
