//! Exceptions: matters for a person, opened once and closed by whatever moves on. The staff answers one with a move of the life-cycle
//! table, or puts it aside with a written reason.

use crate::{
    failure::Failure,
    id::{ExceptionId, StaffId, SupplierOrderId},
    lifecycle::{Event, Evidence, ExceptionKind},
    refusal::Refusal,
};

use super::{
    draft::{Actor, Draft},
    part::Part,
    parts::{Exception, Order},
};

impl Draft {
    pub(super) fn open_exception(&mut self, kind: ExceptionKind, about: &Part) {
        if self
            .order
            .open_exceptions()
            .any(|open| open.kind == kind && open.about == *about)
        {
            return;
        }
        let number = u32::try_from(self.order.exceptions.len())
            .unwrap_or(u32::MAX)
            .saturating_add(1);
        let id = ExceptionId::of(&self.order.id, number);
        self.exceptions.insert(id.clone());
        self.order.exceptions.push(Exception {
            id,
            kind,
            about: about.clone(),
            opened_at: self.now,
            resolved: None,
        });
    }

    pub(super) fn resolve_exceptions(&mut self, about: &Part, answer: &str) {
        let now = self.now;
        let open = self
            .order
            .exceptions
            .iter_mut()
            .filter(|e| e.resolved.is_none() && e.about == *about);
        for exception in open {
            exception.resolved = Some((now, format!("it went on to {answer}")));
            self.exceptions.insert(exception.id.clone());
        }
    }

    /// Closes the open matters of one kind about a part, whatever else is open about it.
    pub(super) fn resolve_exceptions_of(&mut self, kind: ExceptionKind, about: &Part, answer: &str) {
        let now = self.now;
        let open = self.order.exceptions.iter_mut();
        for exception in open.filter(|e| e.resolved.is_none() && e.kind == kind && e.about == *about) {
            exception.resolved = Some((now, answer.to_owned()));
            self.exceptions.insert(exception.id.clone());
        }
    }

    fn resolve(&mut self, id: &ExceptionId, answer: &str) -> Result<(), Failure> {
        let now = self.now;
        let found = self.order.exceptions.iter_mut().find(|exception| exception.id == *id);
        let exception = found.ok_or(Failure::NotFound("exception"))?;
        if exception.resolved.is_some() {
            return Err(Refusal::AlreadyApplied.into());
        }
        exception.resolved = Some((now, answer.to_owned()));
        self.exceptions.insert(id.clone());
        Ok(())
    }

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
        self.step(
            part,
            event,
            &Evidence {
                by_staff: true,
                ..Evidence::default()
            },
        )
    }

    /// Tries a refused part once more.
    ///
    /// # Errors
    /// When it was not refused.
    pub fn retry(&mut self, part: &Part, reason: &str) -> Result<(), Failure> {
        match part {
            Part::SupplierOrder(id) => self.retry_supplier_order(id, reason),
            Part::Refund(id) => self.retry_refund(id, reason),
            Part::Order | Part::Payment(_) | Part::Unit(_) | Part::Shipment(_) => {
                self.staff_move(part, Event::RetryApproved, reason)
            }
        }
    }

    /// The store cannot deliver: its units are dropped and their money goes back.
    ///
    /// # Errors
    /// When the store did not refuse.
    pub fn give_up(&mut self, id: &SupplierOrderId, reason: &str) -> Result<(), Failure> {
        self.staff_move(&Part::SupplierOrder(id.clone()), Event::GivenUp, reason)
    }
}
