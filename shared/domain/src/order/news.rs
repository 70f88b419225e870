//! What a store says later about an order it has: what it charges, what it sent, and what of it will not come.

use std::collections::BTreeMap;

use crate::{
    failure::Failure,
    id::{LineId, SupplierOrderId, UnitId},
    ledger::{Account, Entry},
    lifecycle::{Event, Evidence, ExceptionKind, Fallback, State},
    money::Money,
};

use super::{
    draft::{Alias, Draft},
    look::Trouble,
    part::Part,
    parts::RefundReason,
    pay::too_large,
    purchase_money::difference,
};

/// News of a store about an order it has.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StoreNews {
    /// What it charges, when it says so: one sum for each currency.
    pub charged: Vec<Money>,
    /// Tracking numbers towards our warehouse.
    pub tracking: Vec<String>,
    /// It was sent.
    pub is_shipped: bool,
    /// All of it was cancelled.
    pub cancelled: Option<Ended>,
    /// A part of it was cancelled: every piece that will not come, however often that was told before.
    pub ended: Vec<EndedItem>,
    /// A buyer must look at it in the store's account, with the reason.
    pub trouble: Option<String>,
}

/// How something ended at the store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ended {
    /// Who ended it.
    pub by: EndedBy,
    /// The store's words.
    pub words: String,
}

/// Who ended an order at the store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EndedBy {
    /// The store or its seller: they cannot deliver, and the customer's choice for that decides.
    Store,
    /// We did, or did not pay in time: our buyers decide.
    Us,
}

/// Pieces of one line that the store will not send.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EndedItem {
    /// Of which line.
    pub line: LineId,
    /// How many; the whole line when the store does not say.
    pub count: Option<u32>,
    /// How.
    pub ended: Ended,
}

impl Draft {
    /// Applies what the store says about an order it has.
    ///
    /// # Errors
    /// When there is no such supplier order.
    pub fn store_news(&mut self, id: &SupplierOrderId, news: &StoreNews) -> Result<(), Failure> {
        let part = Part::SupplierOrder(id.clone());
        if let Some(words) = &news.trouble {
            self.tell_buyer(id, words, ExceptionKind::Stuck)?;
        }
        let fresh = self.keep_tracking(id, &news.tracking)?;
        if let Some(ended) = &news.cancelled {
            return self.cancelled_whole(id, ended);
        }
        // What is left out is settled first, so that the charge is compared with what is left.
        self.cancelled_in_part(id, &news.ended)?;
        self.note_charge(id, &news.charged)?;
        let state = self.supplier_order_mut(id)?.life.state();
        let is_first_shipment = news.is_shipped && state == State::Placed;
        if is_first_shipment || (!fresh.is_empty() && matches!(state, State::Placed | State::Dispatched)) {
            self.note(fresh.join(", "));
            self.plain_step(&part, Event::StoreShipped)?;
        } else {
            self.rearm(&part)?;
        }
        self.close_arrived()
    }

    fn keep_tracking(&mut self, id: &SupplierOrderId, numbers: &[String]) -> Result<Vec<String>, Failure> {
        let supplier_order = self.supplier_order_mut(id)?;
        let is_new = |number: &&String| !supplier_order.tracking.contains(number);
        let fresh: Vec<String> = numbers.iter().filter(is_new).cloned().collect();
        supplier_order.tracking.extend(fresh.iter().cloned());
        for number in &fresh {
            self.alias(Alias::Shared {
                scope: "inbound".into(),
                value: number.clone(),
            });
        }
        Ok(fresh)
    }

    /// The store will send nothing of it. When a piece of it has come all the same, a person compares.
    fn cancelled_whole(&mut self, id: &SupplierOrderId, ended: &Ended) -> Result<(), Failure> {
        let supplier_order = self.supplier_order_mut(id)?;
        if !matches!(supplier_order.life.state(), State::Placed | State::Dispatched) {
            return Ok(());
        }
        ended.words.clone_into(&mut supplier_order.note);
        self.note(ended.words.clone());
        let is_untouched = self.order.supplier_order(id).is_some_and(|supplier_order| {
            let mut units = self.order.units_of(supplier_order);
            units.all(|unit| unit.life.state() == State::Expected)
        });
        let fallback = (ended.by == EndedBy::Store && is_untouched).then(|| self.order.stock_fallback());
        if fallback.is_some() {
            self.keep_check(id, None, &ended.words)?;
        }
        let evidence = Evidence {
            fallback,
            ..Evidence::default()
        };
        self.step(&Part::SupplierOrder(id.clone()), Event::StoreCancelled, &evidence)?;
        let supplier_order = self.supplier_order_mut(id)?;
        supplier_order.extra = None;
        supplier_order.is_agreed = false;
        if fallback.is_some() {
            self.next_attempt(id)?;
        }
        Ok(())
    }

    /// Some of it will not come: whole lines leave the purchase, and of other lines the pieces. The rest goes on.
    fn cancelled_in_part(&mut self, id: &SupplierOrderId, ended: &[EndedItem]) -> Result<(), Failure> {
        let supplier_order = self.supplier_order_mut(id)?;
        if !matches!(supplier_order.life.state(), State::Placed | State::Dispatched) {
            return Ok(());
        }
        let lines = supplier_order.lines.clone();
        let mut lost: BTreeMap<LineId, (u32, &Ended)> = BTreeMap::new();
        for item in ended.iter().filter(|item| lines.contains(&item.line)) {
            let quantity = self.order.line(&item.line).map_or(0, |line| line.quantity);
            let (count, _) = lost.entry(item.line.clone()).or_insert((0, &item.ended));
            *count = count.saturating_add(item.count.unwrap_or(quantity)).min(quantity);
        }
        for (line, (count, ended)) in lost {
            let is_whole = self
                .order
                .units
                .iter()
                .filter(|unit| unit.line == line)
                .all(|unit| unit.life.state() == State::Expected)
                && self.order.line(&line).is_some_and(|line| count >= line.quantity);
            if is_whole {
                self.cancelled_line(id, &line, ended)?;
            } else {
                self.cancelled_pieces(&line, count, ended)?;
            }
        }
        Ok(())
    }

    /// The line gets a supplier order of its own, its money is held again, and the choice for what cannot be had decides.
    fn cancelled_line(&mut self, id: &SupplierOrderId, line: &LineId, ended: &Ended) -> Result<(), Failure> {
        let (held, spent) = (self.held_for(id)?, self.spent(id)?);
        let apart = self.set_apart(id, line)?;
        let held_again = held.minus(self.held_for(id)?).map_err(too_large)?;
        let mut entries = vec![
            Entry {
                account: Account::HeldStore,
                amount: held_again.negated().map_err(too_large)?,
            },
            Entry {
                account: Account::Exchange,
                amount: held_again,
            },
        ];
        entries.extend(difference(&spent, &self.spent(id)?)?);
        self.post(&Part::SupplierOrder(id.clone()), entries)?;
        let trouble = match ended.by {
            EndedBy::Store => Trouble::SoldOut(ended.words.clone()),
            EndedBy::Us => Trouble::Wrong(ended.words.clone()),
        };
        self.judge(&apart, line, trouble)
    }

    /// So many pieces of a line will not come, of which some may be settled already.
    fn cancelled_pieces(&mut self, line: &LineId, count: u32, ended: &Ended) -> Result<(), Failure> {
        let units = || self.order.units.iter().filter(|unit| unit.line == *line);
        let asked_about = |unit: &UnitId| {
            let about = Part::Unit(unit.clone());
            let is_asked = |kind: ExceptionKind| kind == ExceptionKind::NotArrived;
            self.order
                .exceptions
                .iter()
                .any(|exception| exception.about == about && is_asked(exception.kind))
        };
        let is_over = |state: State| matches!(state, State::Dropped | State::Lost);
        let settled = units()
            .filter(|unit| is_over(unit.life.state()) || asked_about(&unit.id))
            .count();
        let open = units().filter(|unit| unit.life.state() == State::Expected && !asked_about(&unit.id));
        let left = usize::try_from(count).unwrap_or(usize::MAX).saturating_sub(settled);
        // The last ones: the bench receives the first ones first.
        let open: Vec<UnitId> = open.map(|unit| unit.id.clone()).collect();
        let lost: Vec<UnitId> = open.iter().rev().take(left).cloned().collect();
        let is_left_out = ended.by == EndedBy::Store && self.order.stock_fallback() == Fallback::Drop;
        for unit in &lost {
            let part = Part::Unit(unit.clone());
            if is_left_out {
                self.note(ended.words.clone());
                self.plain_step(&part, Event::Dropped)?;
            } else {
                self.open_exception(ExceptionKind::NotArrived, &part);
            }
        }
        if is_left_out {
            self.refund_units(&lost, RefundReason::NotDelivered)?;
        }
        Ok(())
    }
}
