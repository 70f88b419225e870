//! A purchase that a buyer made by hand in the store's account: recorded from every state in which it can be true, and as a second purchase
//! wherever there is one already.

use crate::{
    failure::Failure,
    id::SupplierOrderId,
    lifecycle::{Event, Evidence, State},
    refusal::Refusal,
};

use super::{draft::Draft, part::Part};

impl Draft {
    /// A member of the staff found our order at the store, or made it there by hand.
    ///
    /// # Errors
    /// `NotAllowed` while a worker is calling the store, or when the order is not paid; `AlreadyApplied` for a number that is known.
    pub fn placed_by_staff(&mut self, id: &SupplierOrderId, store_order: &str) -> Result<(), Failure> {
        let supplier_order = self.supplier_order_mut(id)?;
        let (state, numbers) = (supplier_order.life.state(), vec![store_order.to_owned()]);
        if matches!(state, State::Unknown | State::StaffDecision) {
            return self.found_at_store(id, numbers);
        }
        // A number that was cancelled, or is the one we have, is no new purchase.
        if supplier_order.store_orders.iter().any(|known| known == store_order) {
            return Err(Refusal::AlreadyApplied.into());
        }
        // Bought or given up before: the store has one order too many, and somebody has to see to it.
        if matches!(
            state,
            State::Placed | State::Dispatched | State::Arrived | State::Stopped
        ) {
            return self.bought_twice(id, &numbers);
        }
        let evidence = Evidence {
            by_staff: true,
            order: Some(self.order.life.state()),
            ..Evidence::default()
        };
        // What the customer would have added is for the shop's own purchase at the price they were told.
        let now = self.now;
        let supplier_order = self.supplier_order_mut(id)?;
        supplier_order.extra = None;
        supplier_order.is_agreed = false;
        supplier_order.charged = None;
        supplier_order.also_charged.clear();
        supplier_order.sent_at.get_or_insert(now);
        self.keep_store_orders(id, numbers)?;
        self.step(&Part::SupplierOrder(id.clone()), Event::BoughtByHand, &evidence)
    }
}
