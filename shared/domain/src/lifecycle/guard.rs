//! The "only if" column: named conditions over the evidence that comes with an event.

use std::time::Duration;

use crate::{money::Money, timestamp::Timestamp};

use super::State;

/// A named condition.
#[derive(Debug)]
pub struct Guard {
    /// As the table shows it.
    pub name: &'static str,
    /// True when the move is allowed.
    pub holds: fn(&Evidence) -> bool,
}

/// What is known when an event comes. A guard whose evidence is missing does not hold.
#[derive(Clone, Debug, Default)]
pub struct Evidence {
    /// What was asked of the payer, or captured and not yet refunded.
    pub expected: Option<Money>,
    /// What came or shall go.
    pub actual: Option<Money>,
    /// Where the order stands.
    pub order: Option<State>,
    /// The most we may pay the store.
    pub cap: Option<Money>,
    /// Looks at the outside that found nothing.
    pub look_ups: Option<LookUps>,
    /// The outside answers a repeat with the first result, or refuses it.
    pub repeats_safely: bool,
    /// A member of the staff decided.
    pub by_staff: bool,
    /// What the customer chose for what cannot be bought as priced.
    pub fallback: Option<Fallback>,
    /// The caller has checked what the guard's name says.
    pub checked: bool,
}

/// What the customer chose for what cannot be bought as priced; without it, our buyers look for another way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fallback {
    /// They are asked.
    Ask,
    /// It is left out.
    Drop,
}

/// Looks that found nothing, as proof of absence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LookUps {
    /// Since when the outcome is unknown.
    pub unknown_since: Timestamp,
    /// The first look that counts: after the outside had time to show what it made.
    pub first: Option<Timestamp>,
    /// The newest look.
    pub last: Timestamp,
}

impl LookUps {
    /// An absent result counts only this long after the call (reliability B2.5), twice, and not in the same breath.
    pub const QUIESCENCE: Duration = Duration::from_secs(30 * 60);
    /// The least time between the two looks.
    pub const APART: Duration = Duration::from_secs(10 * 60);

    fn prove_absence(self) -> bool {
        self.first.is_some_and(|first| {
            first.since(self.unknown_since) >= Self::QUIESCENCE && self.last.since(first) >= Self::APART
        })
    }
}

pub(super) const AMOUNT_EQUAL: Guard = Guard {
    name: "amount and currency equal",
    holds: |e| e.expected.is_some() && e.expected == e.actual,
};

pub(super) const AMOUNT_DIFFERS: Guard = Guard {
    name: "amount or currency differ",
    holds: |e| e.actual.is_some() && e.expected.is_some() && e.expected != e.actual,
};

pub(super) const MAY_BUY: Guard = Guard {
    name: "order paid, price under cap",
    holds: |e| {
        e.order == Some(State::Paid)
            && match (e.actual, e.cap) {
                (Some(price), Some(cap)) => price.currency() == cap.currency() && price.amount() <= cap.amount(),
                (None, _) | (_, None) => false,
            }
    },
};

pub(super) const SOON_AFTER: Guard = Guard {
    name: "soon after it was placed",
    holds: |e| e.checked,
};

pub(super) const WANTS_TO_BE_ASKED: Guard = Guard {
    name: "the customer wants to be asked",
    holds: |e| e.fallback == Some(Fallback::Ask),
};

pub(super) const WANTS_IT_LEFT_OUT: Guard = Guard {
    name: "the customer wants it left out",
    holds: |e| e.fallback == Some(Fallback::Drop),
};

pub(super) const WITHIN_CAPTURED: Guard = Guard {
    name: "at most what was captured and not refunded",
    holds: |e| match (e.actual, e.expected) {
        (Some(wanted), Some(left)) => {
            wanted.currency() == left.currency() && wanted.amount() > 0 && wanted.amount() <= left.amount()
        }
        (None, _) | (_, None) => false,
    },
};

pub(super) const ABSENT_AND_SAFE: Guard = Guard {
    name: "proof kept, order paid, a repeat is safe",
    holds: |e| e.repeats_safely && e.order == Some(State::Paid) && e.look_ups.is_some_and(LookUps::prove_absence),
};

pub(super) const ABSENT_UNSAFE: Guard = Guard {
    name: "proof kept, otherwise",
    holds: |e| e.look_ups.is_some_and(LookUps::prove_absence),
};

pub(super) const ABSENT_FOR_LONG: Guard = Guard {
    name: "not there when a repeat is not safe any more",
    holds: |e| e.checked,
};

pub(super) const REPEAT_SAFE: Guard = Guard {
    name: "a repeat is safe",
    holds: |e| e.repeats_safely,
};

pub(super) const BY_STAFF: Guard = Guard {
    name: "by staff",
    holds: |e| e.by_staff,
};

pub(super) const BY_HAND: Guard = Guard {
    name: "by staff, order paid",
    holds: |e| e.by_staff && e.order == Some(State::Paid),
};

pub(super) const EACH_ALONE: Guard = Guard {
    name: "each line is asked for anew",
    holds: |e| e.checked,
};

pub(super) const MATCHES_LINE: Guard = Guard {
    name: "matches the line",
    holds: |e| e.checked,
};

pub(super) const MEASURED: Guard = Guard {
    name: "measured, not empty",
    holds: |e| e.checked,
};

pub(super) const DOCUMENTS_COMPLETE: Guard = Guard {
    name: "order paid, documents complete",
    holds: |e| e.checked && e.order == Some(State::Paid),
};

pub(super) const LEDGER_LEVEL: Guard = Guard {
    name: "every unit final, no refund or supplier order open",
    holds: |e| e.checked,
};
