//! Answers of the staff to exceptions: a matter is either moved on through the life-cycle table, or put aside with a written reason.

use crate::{
    failure::Failure,
    id::{ExceptionId, StaffId, SupplierOrderId},
    lifecycle::{Event, Evidence},
};

use super::{
    draft::{Actor, Draft},
    parts::{Order, Part},
};

impl Draft {
    /// A draft of a member of the staff.
    #[must_use]
    pub fn by_staff(order: Order, staff: StaffId, now: crate::timestamp::Timestamp) -> Self {
        Self::of(order, Actor::Staff(staff), now)
    }

    /// Puts a matter aside; the reason stays with it.
    ///
    /// # Errors
    /// When there is no such matter, or it was answered before.
    pub fn put_aside(&mut self, id: &ExceptionId, reason: &str) -> Result<(), Failure> {
        self.resolve(id, reason)
    }

    /// Moves the part an exception is about with one of the moves that only the staff may make.
    ///
    /// # Errors
    /// What the table refuses.
    pub fn staff_move(&mut self, part: &Part, event: Event, reason: &str) -> Result<(), Failure> {
        self.note(reason);
        self.step(part, event, &Evidence { by_staff: true, ..Evidence::default() })
    }

    /// The store cannot deliver: its units are dropped and their money goes back.
    ///
    /// # Errors
    /// When the store did not refuse.
    pub fn give_up(&mut self, id: &SupplierOrderId, reason: &str) -> Result<(), Failure> {
        self.staff_move(&Part::SupplierOrder(id.clone()), Event::GivenUp, reason)
    }
}
