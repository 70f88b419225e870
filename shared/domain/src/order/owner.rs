//! Whose order it is: a visitor's becomes their account's when they log in, and a deleted account's becomes nobody's.

use crate::{address::Address, failure::Failure, id::CustomerId, lifecycle::Life, refusal::Refusal};

use super::{draft::Draft, known_by::personal_names, part::Part, parts::Order};

impl Order {
    /// True while money, a purchase or a parcel of it waits for something. Units alone keep nothing open: those of an order that nobody
    /// paid are expected for ever.
    #[must_use]
    pub fn is_open(&self) -> bool {
        let waits = |part: &Part| self.life(part).and_then(Life::due_at).is_some();
        self.parts()
            .iter()
            .any(|part| !matches!(part, Part::Unit(_)) && waits(part))
    }
}

impl Draft {
    /// Gives a visitor's order to the account they log in to.
    ///
    /// # Errors
    /// `NotFound` when it is not the visitor's; `AlreadyApplied` when it is the account's.
    pub fn give_to_account(&mut self, from: &CustomerId, to: &CustomerId) -> Result<(), Failure> {
        if self.order.customer == *to {
            return Err(Refusal::AlreadyApplied.into());
        }
        if self.order.customer != *from {
            return Err(Failure::NotFound("order"));
        }
        self.order.customer = to.clone();
        self.touch(&Part::Order);
        Ok(())
    }

    /// Forgets who the customer was and where exactly they lived. What was bought, where to and for how much stays, as the ledger does.
    /// Money that comes later goes back.
    ///
    /// # Errors
    /// `OrdersOpen` while anything of the order waits for something.
    pub fn forget_customer(&mut self) -> Result<(), Failure> {
        if self.order.is_open() {
            return Err(Refusal::OrdersOpen.into());
        }
        if self.order.is_forgotten {
            return Ok(());
        }
        self.order.is_forgotten = true;
        for name in personal_names(self.order.destination.parts()) {
            self.drop_alias(name);
        }
        self.order.destination = Address::forgotten(&self.order.destination);
        self.order.customs_number = None;
        let named: Vec<_> = self
            .order
            .payments
            .iter_mut()
            .filter(|payment| payment.payer.is_some())
            .collect();
        let mut touched = vec![Part::Order];
        for payment in named {
            if let Some(payer) = &mut payment.payer {
                payer.name = String::new();
            }
            touched.push(Part::Payment(payment.id.clone()));
        }
        for part in &touched {
            self.touch(part);
        }
        Ok(())
    }
}
