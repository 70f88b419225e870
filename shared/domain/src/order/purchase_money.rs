//! The money side of a purchase: what was held for the store is exchanged and owed to it, and what it really charges is posted after.

use crate::{
    currency::Currency,
    failure::Failure,
    id::SupplierOrderId,
    ledger::{Account, Entry},
    lifecycle::State,
    money::Money,
};

use super::{draft::Draft, part::Part, parts::Line, pay::too_large};

impl Draft {
    /// The store charges something else than was posted: the difference is posted too.
    pub(super) fn note_charge(&mut self, id: &SupplierOrderId, charged: Money) -> Result<(), Failure> {
        let posted = self.spent(id)?;
        let supplier_order = self.supplier_order_mut(id)?;
        if supplier_order.charged == Some(charged) {
            return Ok(());
        }
        supplier_order.charged = Some(charged);
        let is_bought = matches!(
            supplier_order.life.state(),
            State::Placed | State::Dispatched | State::Arrived
        );
        self.touch(&Part::SupplierOrder(id.clone()));
        if !is_bought || posted.currency() != charged.currency() {
            return Ok(());
        }
        let more = charged.minus(posted).map_err(too_large)?;
        let entries = vec![
            Entry {
                account: Account::Exchange,
                amount: more,
            },
            Entry {
                account: Account::StorePayable,
                amount: more.negated().map_err(too_large)?,
            },
        ];
        self.post(&Part::SupplierOrder(id.clone()), entries)
    }

    pub(super) fn post_purchase(&mut self, id: &SupplierOrderId) -> Result<(), Failure> {
        let supplier_order = self
            .order
            .supplier_order(id)
            .ok_or(Failure::NotFound("supplier order"))?;
        let is_undone = supplier_order.life.state() == State::Refused;
        let spent = self.spent(id)?;
        let released = self.held_for(id)?;
        let signed = |money: Money| {
            if is_undone {
                money.negated().map_err(too_large)
            } else {
                Ok(money)
            }
        };
        let extra = supplier_order.extra.unwrap_or(Money::zero(released.currency()));
        let entries = vec![
            Entry {
                account: Account::HeldReserve,
                amount: signed(extra)?,
            },
            Entry {
                account: Account::Exchange,
                amount: signed(extra.negated().map_err(too_large)?)?,
            },
            Entry {
                account: Account::HeldStore,
                amount: signed(released)?,
            },
            Entry {
                account: Account::Exchange,
                amount: signed(released.negated().map_err(too_large)?)?,
            },
            Entry {
                account: Account::Exchange,
                amount: signed(spent)?,
            },
            Entry {
                account: Account::StorePayable,
                amount: signed(spent.negated().map_err(too_large)?)?,
            },
        ];
        self.post(&Part::SupplierOrder(id.clone()), entries)
    }

    /// What the store charges; until it says so, what it quoted.
    fn spent(&self, id: &SupplierOrderId) -> Result<Money, Failure> {
        let supplier_order = self
            .order
            .supplier_order(id)
            .ok_or(Failure::NotFound("supplier order"))?;
        supplier_order.charged.map_or_else(|| self.quoted(id), Ok)
    }

    /// What the store asked when it was priced.
    pub(super) fn quoted(&self, id: &SupplierOrderId) -> Result<Money, Failure> {
        let supplier_order = self
            .order
            .supplier_order(id)
            .ok_or(Failure::NotFound("supplier order"))?;
        let lines = supplier_order.lines.iter().filter_map(|line| self.order.line(line));
        self.quoted_of(lines, supplier_order.cap.currency())
    }

    pub(super) fn quoted_of<'a>(
        &self,
        lines: impl Iterator<Item = &'a Line>,
        currency: Currency,
    ) -> Result<Money, Failure> {
        let mut sum = Money::zero(currency);
        for line in lines {
            let goods = line.unit_price.times(line.quantity).map_err(too_large)?;
            sum = sum
                .plus(goods)
                .and_then(|sum| sum.plus(line.store_delivery))
                .map_err(too_large)?;
        }
        Ok(sum)
    }

    /// The part of the money held for stores that belongs to this supplier order.
    pub(super) fn held_for(&self, id: &SupplierOrderId) -> Result<Money, Failure> {
        let held = self
            .order
            .shares
            .iter()
            .find(|(account, _)| *account == Account::HeldStore);
        let held = held.map_or(Money::zero(self.order.total.currency()), |(_, money)| *money);
        let weights: Vec<u64> = self
            .order
            .lines
            .iter()
            .map(|line| line.landed.amount().unsigned_abs())
            .collect();
        let parts = held.split(&weights).map_err(too_large)?;
        let lines = &self
            .order
            .supplier_order(id)
            .ok_or(Failure::NotFound("supplier order"))?
            .lines;
        let mut sum = Money::zero(held.currency());
        for (line, part) in self.order.lines.iter().zip(parts) {
            if lines.contains(&line.id) {
                sum = sum.plus(part).map_err(too_large)?;
            }
        }
        Ok(sum)
    }
}
