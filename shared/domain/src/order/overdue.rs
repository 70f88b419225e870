//! What is overdue and what is done about it. The due index only says which orders to look at; this decides, on the order as it is now.

use crate::{
    failure::Failure,
    lifecycle::{self, Event, ExceptionKind, Life, State, Then},
    timestamp::Timestamp,
};

use super::{draft::Draft, part::Part, parts::Order};

/// A part whose deadline has fallen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Overdue {
    /// Which.
    pub part: Part,
    /// What is to be done.
    pub then: Then,
}

impl Order {
    /// Every part whose deadline has fallen.
    #[must_use]
    pub fn overdue(&self, now: Timestamp) -> Vec<Overdue> {
        let fallen = |life: &Life| life.due_at().is_some_and(|due| due <= now);
        self.parts()
            .into_iter()
            .filter_map(|part| {
                let life = self.waiting(&part).filter(|life| fallen(life))?;
                let then = lifecycle::deadline_of(part.subject(), life.state())?.then;
                Some(Overdue { part, then })
            })
            .collect()
    }
}

impl Draft {
    /// Does what every fallen deadline asks for and sets it again, so that a message that is lost once more is sent once more.
    ///
    /// # Errors
    /// A broken ledger; a move that has become impossible is no error.
    pub fn fall_due(&mut self) -> Result<(), Failure> {
        for overdue in self.order.overdue(self.now) {
            match overdue.then {
                Then::Do(event) => self.do_by_itself(&overdue.part, event)?,
                Then::Send(task) => {
                    self.send(task, &overdue.part);
                    self.wait_again(&overdue.part)?;
                    self.look_for_silence(&overdue.part);
                }
                Then::Staff(kind) => {
                    self.open_exception(kind, &overdue.part);
                    self.wait_again(&overdue.part)?;
                }
            }
        }
        Ok(())
    }

    fn do_by_itself(&mut self, part: &Part, event: Event) -> Result<(), Failure> {
        // Money may be on its way while a payment is open: the order waits for that answer.
        if matches!(event, Event::Expire | Event::Unanswered) && self.has_open_payment() {
            return self.wait_again(part);
        }
        match self.plain_step(part, event) {
            Ok(()) => Ok(()),
            Err(Failure::Refused(_)) => self.wait_again(part),
            Err(failure) => Err(failure),
        }
    }

    fn has_open_payment(&self) -> bool {
        let open = |state: State| matches!(state, State::Pending | State::Unknown | State::Mismatch);
        self.order.payments.iter().any(|payment| open(payment.life.state()))
    }

    fn wait_again(&mut self, part: &Part) -> Result<(), Failure> {
        let tries = self.rearm(part)?;
        let state = self.order.life(part).map(Life::state);
        let patience = state
            .and_then(|state| lifecycle::deadline_of(part.subject(), state))
            .map(|line| line.patience);
        let is_staff = state
            .and_then(|state| lifecycle::deadline_of(part.subject(), state))
            .is_some_and(|line| matches!(line.then, Then::Staff(_)));
        if !is_staff && patience == Some(tries) {
            self.open_exception(ExceptionKind::Stuck, part);
        }
        Ok(())
    }
}
