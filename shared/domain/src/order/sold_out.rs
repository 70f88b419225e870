//! The store cannot deliver what it was asked for: wherever it says so, the customer's own choice decides, and nobody waits for the staff.

use crate::{
    failure::Failure,
    id::{LineId, SupplierOrderId},
    lifecycle::{Event, Evidence, Fallback},
};

use super::{choices::StockPolicy, draft::Draft, part::Part, parts::Order};

impl Order {
    /// What the customer chose for what a store has not.
    pub(super) fn stock_fallback(&self) -> Fallback {
        match self.choices.out_of_stock {
            StockPolicy::DropLine => Fallback::Drop,
            StockPolicy::Ask => Fallback::Ask,
        }
    }
}

impl Draft {
    /// The store refused our order because of its stock. Of several lines it does not say which, so each is asked for alone.
    pub(super) fn refused_as_sold_out(&mut self, id: &SupplierOrderId, words: &str) -> Result<(), Failure> {
        if self.supplier_order_mut(id)?.lines.len() > 1 {
            return self.start_anew(id, words);
        }
        let evidence = Evidence {
            fallback: Some(self.order.stock_fallback()),
            ..Evidence::default()
        };
        self.keep_check(id, None, words)?;
        words.clone_into(&mut self.supplier_order_mut(id)?.note);
        self.note(words);
        self.step(&Part::SupplierOrder(id.clone()), Event::StoreRefused, &evidence)?;
        self.next_attempt(id)
    }

    /// The store took nothing and will not be asked again as before: every line is looked at anew, in a supplier order of its own, and this
    /// one ends empty.
    ///
    /// # Errors
    /// When nobody holds the lease any more.
    pub fn start_anew(&mut self, id: &SupplierOrderId, words: &str) -> Result<(), Failure> {
        let lines: Vec<LineId> = self.supplier_order_mut(id)?.lines.clone();
        for line in lines {
            self.set_apart(id, &line)?;
        }
        words.clone_into(&mut self.supplier_order_mut(id)?.note);
        self.note(words);
        let evidence = Evidence {
            checked: true,
            ..Evidence::default()
        };
        self.step(&Part::SupplierOrder(id.clone()), Event::StoreRefused, &evidence)
    }
}
