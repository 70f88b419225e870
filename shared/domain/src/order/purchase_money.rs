//! The money side of a purchase: what was held for the store is exchanged and owed to it, and what it really charges is posted after.

use std::collections::BTreeMap;

use crate::{
    currency::Currency,
    failure::Failure,
    id::SupplierOrderId,
    ledger::{Account, Entry},
    lifecycle::{ExceptionKind, State},
    money::Money,
};

use super::{draft::Draft, part::Part, parts::Line, pay::too_large};

impl Draft {
    /// The store charges something else than was posted: the difference is posted too, each currency by itself. More than we may pay, or
    /// another money, is a matter for a person; it is posted all the same, because it is what we pay.
    pub(super) fn note_charge(&mut self, id: &SupplierOrderId, charged: &[Money]) -> Result<(), Failure> {
        let Some((first, rest)) = charged.split_first() else {
            return Ok(());
        };
        let posted = self.spent(id)?;
        let supplier_order = self.supplier_order_mut(id)?;
        if supplier_order.charged == Some(*first) && supplier_order.also_charged == rest {
            return Ok(());
        }
        supplier_order.charged = Some(*first);
        supplier_order.also_charged = rest.to_vec();
        let is_bought = matches!(
            supplier_order.life.state(),
            State::Placed | State::Dispatched | State::Arrived
        );
        self.touch(&Part::SupplierOrder(id.clone()));
        if !is_bought {
            return Ok(());
        }
        let entries = difference(&posted, &self.spent(id)?)?;
        self.post(&Part::SupplierOrder(id.clone()), entries)?;
        self.compare_charge(id, charged)
    }

    fn compare_charge(&mut self, id: &SupplierOrderId, charged: &[Money]) -> Result<(), Failure> {
        let supplier_order = self.supplier_order_mut(id)?;
        let checked = supplier_order.check.as_ref().and_then(|check| check.price);
        // With the customer's addition it was bought for more than our guarantee.
        let limit = checked
            .filter(|price| supplier_order.extra.is_some() && price.amount() > supplier_order.cap.amount())
            .unwrap_or(supplier_order.cap);
        let is_within = |money: &Money| money.currency() == limit.currency() && money.amount() <= limit.amount();
        if charged.iter().all(is_within) {
            return Ok(());
        }
        let sums: Vec<String> = charged.iter().map(ToString::to_string).collect();
        let words = format!("the store charges {}, we may pay {limit}", sums.join(" and "));
        self.tell_buyer(id, &words, ExceptionKind::Overcharged)
    }

    pub(super) fn post_purchase(&mut self, id: &SupplierOrderId) -> Result<(), Failure> {
        let supplier_order = self
            .order
            .supplier_order(id)
            .ok_or(Failure::NotFound("supplier order"))?;
        let is_undone = matches!(
            supplier_order.life.state(),
            State::Refused | State::Asked | State::Stopped
        );
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
        let mut entries = vec![
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
        ];
        for spent in spent {
            entries.push(Entry {
                account: Account::Exchange,
                amount: signed(spent)?,
            });
            entries.push(Entry {
                account: Account::StorePayable,
                amount: signed(spent.negated().map_err(too_large)?)?,
            });
        }
        self.post(&Part::SupplierOrder(id.clone()), entries)
    }

    /// What the store charges; until it says so, what it quoted.
    pub(super) fn spent(&self, id: &SupplierOrderId) -> Result<Vec<Money>, Failure> {
        let supplier_order = self
            .order
            .supplier_order(id)
            .ok_or(Failure::NotFound("supplier order"))?;
        let Some(charged) = supplier_order.charged else {
            return Ok(vec![self.quoted(id)?]);
        };
        Ok([&[charged], supplier_order.also_charged.as_slice()].concat())
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

/// What is to be posted when we owe a store `after` and not `before`, each currency by itself.
pub(super) fn difference(before: &[Money], after: &[Money]) -> Result<Vec<Entry>, Failure> {
    let mut owed: BTreeMap<Currency, Money> = BTreeMap::new();
    for money in after {
        let sum = owed.entry(money.currency()).or_insert(Money::zero(money.currency()));
        *sum = sum.plus(*money).map_err(too_large)?;
    }
    for money in before {
        let sum = owed.entry(money.currency()).or_insert(Money::zero(money.currency()));
        *sum = sum.minus(*money).map_err(too_large)?;
    }
    let mut entries = Vec::new();
    for more in owed.into_values().filter(|more| !more.is_zero()) {
        entries.push(Entry {
            account: Account::Exchange,
            amount: more,
        });
        entries.push(Entry {
            account: Account::StorePayable,
            amount: more.negated().map_err(too_large)?,
        });
    }
    Ok(entries)
}
