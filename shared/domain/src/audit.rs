//! The audit of the staff: who did what, when and from where. Entries are only ever added.

use crate::{order::Actor, timestamp::Timestamp};

/// One deed of a member of the staff or of a device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Sorts entries of one moment; random.
    pub id: String,
    /// When.
    pub at: Timestamp,
    /// Who.
    pub actor: Actor,
    /// The address on the internet it came from.
    pub source: String,
    /// What, as a stable word: `staff.suspended`, `exception.retry`.
    pub action: String,
    /// To what: an id.
    pub about: String,
    /// How it was before, where that says something.
    pub before: String,
    /// How it is now.
    pub after: String,
    /// Why, in the words of whoever did it.
    pub reason: String,
}

/// Who does something and from where: what every entry of a request has in common.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hand {
    /// Who.
    pub actor: Actor,
    /// The address on the internet.
    pub source: String,
}

impl Hand {
    /// An entry of this hand; what is not known is left empty.
    #[must_use]
    pub fn did(&self, id: String, at: Timestamp, action: impl Into<String>, about: impl Into<String>) -> Entry {
        Entry {
            id,
            at,
            actor: self.actor.clone(),
            source: self.source.clone(),
            action: action.into(),
            about: about.into(),
            before: String::new(),
            after: String::new(),
            reason: String::new(),
        }
    }
}

impl Entry {
    /// With the reason that was given.
    #[must_use]
    pub fn because(mut self, reason: &str) -> Self {
        reason.clone_into(&mut self.reason);
        self
    }

    /// With how it was and how it is.
    #[must_use]
    pub fn changing(mut self, before: impl Into<String>, after: impl Into<String>) -> Self {
        self.before = before.into();
        self.after = after.into();
        self
    }
}
