//! What a customer is asked to add for a purchase that became dearer: no less than can be paid, and no more than can be paid at once.

use crate::{failure::Failure, id::SupplierOrderId, lifecycle::State, money::Money, refusal::Refusal};

use super::{draft::Draft, part::Part};

impl Draft {
    /// What the customer would add, raised to what can be paid; what is over comes back to them as any addition that was not needed.
    /// Nothing when so much cannot be paid at once: then it is bought as priced or left out.
    pub(super) fn payable_extra(&self, extra: Money) -> Option<Money> {
        let Some(limits) = self.order.limits else {
            return Some(extra);
        };
        let units = limits.at_least(extra.amount());
        Some(Money::new(units, extra.currency())).filter(|_| units <= limits.largest_step())
    }

    /// The customer agrees to add what the store asks more. It is bought when that is paid.
    ///
    /// # Errors
    /// `NotAllowed` when nothing is asked of them, or it is not a matter of money.
    pub fn agree_to_price(&mut self, id: &SupplierOrderId) -> Result<Money, Failure> {
        let not_asked = Refusal::NotAllowed {
            subject: "supplier order",
            state: "not waiting for this answer",
            event: "agreeing to the price",
        };
        let supplier_order = self.supplier_order_mut(id)?;
        let is_asked = supplier_order.life.state() == State::Asked;
        let Some(extra) = supplier_order.extra.filter(|extra| is_asked && extra.amount() > 0) else {
            return Err(not_asked.into());
        };
        let together = self.order.agreed_extra().saturating_add(extra.amount());
        if let Some(most) = self
            .order
            .limits
            .map(|limits| limits.largest_step())
            .filter(|most| together > *most)
        {
            let most = Money::new(most, extra.currency());
            let sentence = format!("Please pay first what you agreed to before: at most {most} can be paid at once.");
            return Err(Refusal::AmountNotTaken(sentence).into());
        }
        let supplier_order = self.supplier_order_mut(id)?;
        supplier_order.is_agreed = true;
        self.touch(&Part::SupplierOrder(id.clone()));
        Ok(extra)
    }
}
