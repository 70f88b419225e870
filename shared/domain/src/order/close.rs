//! Closing: when every unit has reached its end and no money is on its way, what is still held becomes ours, each to its account.

use crate::{
    failure::Failure,
    ledger::{Account, Entry},
    lifecycle::{self, Subject},
};

use super::{draft::Draft, part::Part, pay::too_large};

impl Draft {
    pub(super) fn is_complete(&self) -> bool {
        let order = &self.order;
        let units = order
            .units
            .iter()
            .all(|unit| lifecycle::is_final(Subject::Unit, unit.life.state()));
        let bought = order
            .supplier_orders
            .iter()
            .all(|s| lifecycle::is_final(Subject::SupplierOrder, s.life.state()));
        let refunds = order
            .refunds
            .iter()
            .all(|refund| lifecycle::is_final(Subject::Refund, refund.life.state()));
        units && bought && refunds
    }

    /// Fees are earned; whatever the guaranteed price left over or cost us is margin.
    pub(super) fn post_closing(&mut self) -> Result<(), Failure> {
        let currency = self.order.total.currency();
        let mut entries = Vec::new();
        for account in Account::HELD {
            let held = self.order.balances.of(account, currency);
            let back = held.negated().map_err(too_large)?;
            let to = if account == Account::HeldFees {
                Account::Fees
            } else {
                Account::Margin
            };
            entries.push(Entry { account, amount: back });
            entries.push(Entry {
                account: to,
                amount: held,
            });
        }
        self.post(&Part::Order, entries)
    }
}
