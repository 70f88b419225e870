//! The whole timeline of an order, as the staff reads it, and whether its chain of hashes holds.

use domain::order::{Order, TimelineEntry};
use serde::Serialize;

use crate::words::moment;

/// One entry.
#[derive(Serialize)]
pub(crate) struct EntryView {
    pub(crate) number: u32,
    pub(crate) at: String,
    /// When it happened outside, where that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) happened_at: Option<String>,
    pub(crate) actor: String,
    pub(crate) about: String,
    pub(crate) event: &'static str,
    pub(crate) from: Option<&'static str>,
    pub(crate) to: &'static str,
    pub(crate) says: String,
    pub(crate) note: String,
    pub(crate) hash: String,
    #[serde(skip)]
    pub(crate) at_text: String,
    #[serde(skip)]
    pub(crate) happened_text: String,
}

/// The timeline, the newest first.
#[derive(Serialize)]
pub(crate) struct History {
    /// The number of the first entry that does not follow from the ones before it; nothing for a whole chain.
    pub(crate) broken_at: Option<u32>,
    pub(crate) entries: Vec<EntryView>,
}

impl History {
    pub(crate) fn of(order: &Order, entries: &[TimelineEntry]) -> Self {
        let broken_at = TimelineEntry::first_broken(entries).or_else(|| missing(order, entries));
        Self {
            broken_at,
            entries: entries.iter().rev().map(|entry| EntryView::of(order, entry)).collect(),
        }
    }
}

/// The order knows how long its timeline was and how it ended when the order was read; entries that came since are no harm.
fn missing(order: &Order, entries: &[TimelineEntry]) -> Option<u32> {
    let newest = entries.iter().find(|entry| entry.number == order.timeline_length);
    let holds = newest.is_some_and(|entry| entry.hash == order.timeline_hash);
    (!holds).then_some(order.timeline_length)
}

impl EntryView {
    fn of(order: &Order, entry: &TimelineEntry) -> Self {
        let about = entry.part.id();
        Self {
            number: entry.number,
            at: entry.at.to_string(),
            at_text: moment(entry.at),
            happened_at: entry.happened_at.map(|at| at.to_string()),
            happened_text: entry.happened_at.map(moment).unwrap_or_default(),
            actor: entry.actor.to_string(),
            about: if about.is_empty() {
                order.id.to_string()
            } else {
                about.to_owned()
            },
            event: entry.event.word(),
            from: entry.from.map(domain::lifecycle::State::word),
            to: entry.to.word(),
            says: entry.says.clone(),
            note: entry.note.clone(),
            hash: entry.hash.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use store::{Db, Memory, Orders, Quotes};
    use testkit::orders::bought;

    use super::*;

    #[tokio::test]
    async fn a_changed_a_missing_and_a_foreign_entry_break_the_chain() {
        let db = Db::Memory(Memory::default());
        let (orders, quotes) = (Orders::new(db.clone()), Quotes::new(db));
        let now = "2026-11-23T09:00:00Z".parse().unwrap();
        let order = bought(&orders, &quotes, "01JDB7M3N8Q4R5S6T7V8W9X0YZ", "LP1", now)
            .await
            .unwrap();
        let entries = orders.timeline(&order.id).await.unwrap();

        let whole = History::of(&order, &entries);
        let mut changed = entries.clone();
        changed[1].note = "nothing happened".into();
        let shortened = &entries[..entries.len() - 1];

        assert_eq!(whole.broken_at, None);
        assert_eq!(History::of(&order, &changed).broken_at, Some(2));
        assert_eq!(History::of(&order, shortened).broken_at, Some(order.timeline_length));
    }
}
