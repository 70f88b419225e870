//! The order's life: one table of legal moves ([`TABLE`]), the deadline of every state ([`DEADLINES`]), and [`step`], the only way to move.
//!
//! A row reads: this subject, in one of these states, on this event, if the guard holds, goes to that state, with these effects.
//! What is not in the table cannot happen. A [`Life`] has no setter; only this module makes and changes one.

mod deadline;
mod effect;
mod guard;
mod table;
mod words;

use crate::{refusal::Refusal, timestamp::Timestamp};

pub use deadline::{DEADLINES, Deadline, FINAL, LEASE, Then, deadline_of, is_final};
pub use effect::Effect;
pub use guard::{Evidence, Fallback, Guard, LookUps};
pub use table::TABLE;
pub use words::{Event, ExceptionKind, State, Subject, Task};

/// One legal move.
#[derive(Debug)]
pub struct Row {
    /// What moves.
    pub subject: Subject,
    /// From where; empty when the event makes it.
    pub from: &'static [State],
    /// On what.
    pub event: Event,
    /// Only if.
    pub guard: Option<Guard>,
    /// To where.
    pub to: State,
    /// What follows, in this order.
    pub effects: &'static [Effect],
    /// What the customer reads in the timeline; empty for what only the staff sees.
    pub says: &'static str,
}

/// Where one subject stands, since when, and what happens when nothing happens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Life {
    state: State,
    since: Timestamp,
    due_at: Option<Timestamp>,
    tries: u32,
}

/// A move that was made: the new life and the row that allowed it.
#[derive(Debug)]
pub struct Step {
    /// The new life.
    pub life: Life,
    /// The row of the table.
    pub row: &'static Row,
    /// Where it came from; nothing when it was made by this step.
    pub from: Option<State>,
}

impl Life {
    /// Where it stands.
    #[must_use]
    pub fn state(&self) -> State {
        self.state
    }

    /// Since when.
    #[must_use]
    pub fn since(&self) -> Timestamp {
        self.since
    }

    /// When its deadline falls; nothing in a final state.
    #[must_use]
    pub fn due_at(&self) -> Option<Timestamp> {
        self.due_at
    }

    /// How often its deadline has already fallen in this state.
    #[must_use]
    pub fn tries(&self) -> u32 {
        self.tries
    }

    /// Rebuilds a life from storage. Only the store may call this; a test over the sources keeps it so.
    #[must_use]
    pub fn restored(state: State, since: Timestamp, due_at: Option<Timestamp>, tries: u32) -> Self {
        Self {
            state,
            since,
            due_at,
            tries,
        }
    }
}

/// Moves a subject, or makes it when `life` is nothing. The only function that changes a state.
///
/// # Errors
/// `AlreadyApplied` when the subject already is where this event leads, `NotAllowed` for every other move that is not in the table
/// or whose guard does not hold.
pub fn step(
    subject: Subject,
    life: Option<&Life>,
    event: Event,
    evidence: &Evidence,
    now: Timestamp,
) -> Result<Step, Refusal> {
    let from = life.map(Life::state);
    let fits = |row: &&Row| {
        row.subject == subject
            && row.event == event
            && from.map_or(row.from.is_empty(), |state| row.from.contains(&state))
            && row.guard.as_ref().is_none_or(|guard| (guard.holds)(evidence))
    };
    if let Some(row) = TABLE.iter().find(fits) {
        return Ok(Step {
            life: entered(subject, row.to, now),
            row,
            from,
        });
    }
    let leads_here = |row: &Row| row.subject == subject && row.event == event && Some(row.to) == from;
    if TABLE.iter().any(leads_here) {
        return Err(Refusal::AlreadyApplied);
    }
    Err(Refusal::NotAllowed {
        subject: subject.word(),
        state: from.map_or("new", State::word),
        event: event.word(),
    })
}

fn entered(subject: Subject, state: State, now: Timestamp) -> Life {
    let due_at = deadline_of(subject, state).map(|deadline| now.plus(deadline.after));
    Life {
        state,
        since: now,
        due_at,
        tries: 0,
    }
}

/// The same life with its deadline set again, after it fell and what it asks for was done. Nothing for a life without a deadline.
#[must_use]
pub fn rearmed(subject: Subject, life: &Life, now: Timestamp) -> Option<Life> {
    let deadline = deadline_of(subject, life.state)?;
    Some(Life {
        due_at: Some(now.plus(deadline.again)),
        tries: life.tries.saturating_add(1),
        ..life.clone()
    })
}

/// The same life, due at once: an earlier answer made its next step possible now.
#[must_use]
pub fn hastened(life: &Life, now: Timestamp) -> Life {
    Life {
        due_at: life.due_at.map(|due| due.min(now)),
        ..life.clone()
    }
}

#[cfg(test)]
mod tests;
