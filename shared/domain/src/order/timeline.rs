//! The timeline: one append-only list of what happened to an order, chained by hash so that no entry can be changed unseen.

use sha2::{Digest, Sha256};

use crate::{
    lifecycle::{Event, State},
    timestamp::Timestamp,
};

use super::{draft::Actor, part::Part};

/// One thing that happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TimelineEntry {
    /// Its number, counted from 1.
    pub number: u32,
    /// When we did it or heard of it.
    pub at: Timestamp,
    /// When it happened outside, as the store or carrier says; nothing where it happened here.
    pub happened_at: Option<Timestamp>,
    /// Who did it.
    pub actor: Actor,
    /// To what.
    pub part: Part,
    /// What.
    pub event: Event,
    /// From where; nothing when it was made.
    pub from: Option<State>,
    /// To where.
    pub to: State,
    /// What the customer reads; empty for what only the staff sees.
    pub says: String,
    /// More for the staff: the store's words, a reason, an evidence.
    pub note: String,
    /// SHA-256 over the hash before it and everything above.
    pub hash: String,
}

impl TimelineEntry {
    /// The entry with its hash behind `previous`.
    #[must_use]
    pub fn chained(self, previous: &str) -> Self {
        let hash = self.hash_after(previous);
        Self { hash, ..self }
    }

    fn hash_after(&self, previous: &str) -> String {
        let fields = [
            previous,
            &self.number.to_string(),
            &self.at.to_string(),
            &self.actor.to_string(),
            self.part.subject().word(),
            self.part.id(),
            self.event.word(),
            self.from.map_or("", State::word),
            self.to.word(),
            &self.says,
            &self.note,
        ];
        let mut hasher = Sha256::new();
        for field in fields {
            // The length in front keeps "ab" + "c" apart from "a" + "bc".
            hasher.update(field.len().to_string());
            hasher.update(":");
            hasher.update(field);
        }
        // Entries written before it was kept have none, and their hashes stand.
        if let Some(happened_at) = self.happened_at {
            hasher.update(format!("happened:{happened_at}"));
        }
        format!("{:x}", hasher.finalize())
    }

    /// When it happened, as well as anybody knows.
    #[must_use]
    pub fn moment(&self) -> Timestamp {
        self.happened_at.unwrap_or(self.at)
    }

    /// The number of the first entry that does not follow from the ones before it; nothing for an unbroken chain.
    #[must_use]
    pub fn first_broken(entries: &[Self]) -> Option<u32> {
        let mut previous = "";
        for (expected, entry) in (1_u32..).zip(entries) {
            if entry.number != expected || entry.hash != entry.hash_after(previous) {
                return Some(entry.number);
            }
            previous = &entry.hash;
        }
        None
    }
}
