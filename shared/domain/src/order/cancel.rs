//! Cancelling: free before payment; after it, as long as no store has sold us anything. The stores' answers decide, not the clock.

use crate::{
    failure::Failure,
    lifecycle::{Event, Evidence, State},
    refusal::Refusal,
};

use super::{draft::Draft, part::Part, parts::Order};

impl Order {
    /// Why it cannot be cancelled, for its customer; nothing when it can be, and when there is nothing left to cancel.
    #[must_use]
    pub fn why_not_cancellable(&self) -> Option<&'static str> {
        let state = self.life.state();
        if state == State::Cancelling {
            return Some(
                "It is being cancelled: we are asking the stores to stop. You hear from us as soon as they have answered.",
            );
        }
        if !matches!(state, State::Paid | State::OnHold) || !self.is_bought() {
            return None;
        }
        Some(
            "A store has sold us the items and has been paid, so it cannot be cancelled any more. If something is wrong with what you get, write to us.",
        )
    }

    pub(super) fn is_bought(&self) -> bool {
        let bought = |state: State| matches!(state, State::Placed | State::Dispatched | State::Arrived);
        self.supplier_orders
            .iter()
            .any(|supplier_order| bought(supplier_order.life.state()))
    }
}

impl Draft {
    /// The customer or the staff wants the order cancelled.
    ///
    /// # Errors
    /// `TooLateToCancel` when a store already has our order, `AlreadyApplied` for a repeat.
    pub fn cancel(&mut self) -> Result<(), Failure> {
        if matches!(self.order.life.state(), State::Paid | State::OnHold) && self.order.is_bought() {
            return Err(Refusal::TooLateToCancel.into());
        }
        self.plain_step(&Part::Order, Event::CancelAsked)
    }

    pub(super) fn stop_supplier_orders(&mut self) -> Result<(), Failure> {
        let stoppable = |state: State| matches!(state, State::Planned | State::Refused | State::Asked);
        let parts: Vec<Part> = self
            .order
            .supplier_orders
            .iter()
            .filter(|supplier_order| stoppable(supplier_order.life.state()))
            .map(|supplier_order| Part::SupplierOrder(supplier_order.id.clone()))
            .collect();
        for part in parts {
            self.plain_step(&part, Event::StopAsked)?;
        }
        Ok(())
    }

    /// Sees whether a cancellation is decided, or a paid order complete.
    pub(super) fn look_at_order(&mut self) -> Result<(), Failure> {
        let state = self.order.life.state();
        if state == State::Cancelling {
            return self.decide_cancellation();
        }
        if state == State::Paid {
            self.return_reserve()?;
            self.close_if_complete()
        } else {
            Ok(())
        }
    }

    fn decide_cancellation(&mut self) -> Result<(), Failure> {
        if self.order.is_bought() {
            self.plain_step(&Part::Order, Event::TooLate)?;
            return self.hold_while_in_doubt();
        }
        self.stop_supplier_orders()?;
        let all_stopped = self
            .order
            .supplier_orders
            .iter()
            .all(|s| s.life.state() == State::Stopped);
        if !all_stopped {
            return Ok(());
        }
        let expected = self
            .order
            .units
            .iter()
            .filter(|unit| unit.life.state() == State::Expected);
        let units: Vec<Part> = expected.map(|unit| Part::Unit(unit.id.clone())).collect();
        for unit in units {
            self.plain_step(&unit, Event::Dropped)?;
        }
        self.plain_step(&Part::Order, Event::AllStopped)
    }

    fn close_if_complete(&mut self) -> Result<(), Failure> {
        if !self.is_complete() {
            return Ok(());
        }
        self.step(
            &Part::Order,
            Event::AllUnitsFinal,
            &Evidence {
                checked: true,
                ..Evidence::default()
            },
        )
    }
}
