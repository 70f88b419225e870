//! Buying at the stores: what to buy is written down first, one worker takes the lease, calls once, and what it heard is one of three endings.

use std::collections::BTreeMap;

use crate::{
    failure::Failure,
    id::{LineId, SupplierOrderId},
    lifecycle::{Event, Evidence, ExceptionKind, LookUps, State},
    money::Money,
    product::{ProviderCode, VariantRef},
    refusal::Refusal,
    timestamp::Timestamp,
};

use super::{
    draft::{Alias, Draft},
    part::Part,
    parts::SupplierOrder,
    pay::too_large,
};

/// What the store answered to our order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Bought {
    /// It has these orders of ours.
    Placed(Vec<String>),
    /// It took nothing.
    Refused(String),
    /// It took nothing because there is not enough of something.
    SoldOut(String),
    /// Nobody knows.
    Unknown(String),
}

/// So often an attempt is sent, each time under the same reference, before a person decides.
const MOST_SENDS: u32 = 3;

impl SupplierOrder {
    /// Our reference at the store: the same for every call of one attempt, never used for another.
    #[must_use]
    pub fn reference(&self) -> String {
        match self.attempt {
            0 | 1 => self.id.to_string(),
            attempt => format!("{}-{attempt}", self.id),
        }
    }
}

/// The name under which every order is found that was to buy this product on the day of a moment (UTC).
#[must_use]
pub fn bought_on_day(variant: &VariantRef, at: Timestamp) -> String {
    let text = at.to_string();
    let day = text.split('T').next().unwrap_or_default();
    format!("bought {} {} {day}", variant.store, variant.product)
}

impl Draft {
    /// One supplier order for each store and seller whose lines have none yet.
    pub(super) fn plan_supplier_orders(&mut self) -> Result<(), Failure> {
        let mut groups: BTreeMap<(ProviderCode, String), Vec<LineId>> = BTreeMap::new();
        let planned = |line: &LineId| {
            self.order
                .supplier_orders
                .iter()
                .any(|planned| planned.lines.contains(line))
        };
        for line in self.order.lines.iter().filter(|line| !planned(&line.id)) {
            let seller = line.seller.clone().unwrap_or_default();
            groups
                .entry((line.variant.store.clone(), seller))
                .or_default()
                .push(line.id.clone());
        }
        for ((store, _), lines) in groups {
            self.plan_supplier_order(store, lines)?;
        }
        Ok(())
    }

    pub(super) fn plan_supplier_order(
        &mut self,
        store: ProviderCode,
        lines: Vec<LineId>,
    ) -> Result<SupplierOrderId, Failure> {
        let number = u32::try_from(self.order.supplier_orders.len())
            .unwrap_or(u32::MAX)
            .saturating_add(1);
        let id = SupplierOrderId::of(&self.order.id, number);
        let mut cap: Option<Money> = None;
        for line in lines.iter().filter_map(|line| self.order.line(line)) {
            cap = Some(cap.map_or(Ok(line.cap), |sum| sum.plus(line.cap)).map_err(too_large)?);
        }
        let cap = cap.ok_or_else(|| Failure::internal("a supplier order without lines"))?;
        let born = self.born(&Part::SupplierOrder(id.clone()), Event::Requested, &Evidence::default())?;
        let planned = id.clone();
        self.order.supplier_orders.push(SupplierOrder {
            id,
            store,
            lines,
            cap,
            charged: None,
            also_charged: Vec::new(),
            store_orders: Vec::new(),
            tracking: Vec::new(),
            attempt: 1,
            sends: 0,
            sent_at: None,
            look_ups: None,
            check: None,
            extra: None,
            is_agreed: false,
            note: String::new(),
            life: born.life(),
        });
        self.welcome(&born)?;
        Ok(planned)
    }

    /// Takes the lease: from the commit of this on, one worker may call the store once. `price` is what the store asks now.
    ///
    /// # Errors
    /// `NotAllowed` when the order is not paid, was stopped, somebody else has the lease, or the price is over the cap.
    pub fn lease_supplier_order(&mut self, id: &SupplierOrderId, price: Money) -> Result<(), Failure> {
        let cap = self
            .order
            .supplier_order(id)
            .ok_or(Failure::NotFound("supplier order"))?
            .cap;
        self.lease_under(id, price, cap)
    }

    /// The same with another limit than our guarantee.
    pub(super) fn lease_under(&mut self, id: &SupplierOrderId, price: Money, limit: Money) -> Result<(), Failure> {
        let evidence = Evidence {
            order: Some(self.order.life.state()),
            actual: Some(price),
            cap: Some(limit),
            ..Evidence::default()
        };
        self.step(&Part::SupplierOrder(id.clone()), Event::LeaseTaken, &evidence)?;
        self.mark_sent(id)
    }

    /// The check just before buying failed; nothing is sent.
    ///
    /// # Errors
    /// When it is not planned.
    pub fn cannot_buy(&mut self, id: &SupplierOrderId, reason: &str) -> Result<(), Failure> {
        reason.clone_into(&mut self.supplier_order_mut(id)?.note);
        self.note(reason);
        self.plain_step(&Part::SupplierOrder(id.clone()), Event::CheckFailed)
    }

    /// What the store answered to the one call.
    ///
    /// # Errors
    /// When nobody holds the lease any more; the store's order is then compared by the caller.
    pub fn bought(&mut self, id: &SupplierOrderId, answer: Bought) -> Result<(), Failure> {
        let part = Part::SupplierOrder(id.clone());
        match answer {
            Bought::Placed(store_orders) => {
                self.keep_store_orders(id, store_orders)?;
                self.plain_step(&part, Event::StoreConfirmed)
            }
            Bought::Refused(words) => {
                words.clone_into(&mut self.supplier_order_mut(id)?.note);
                self.note(words);
                self.plain_step(&part, Event::StoreRefused)
            }
            Bought::SoldOut(words) => self.refused_as_sold_out(id, &words),
            Bought::Unknown(words) => {
                words.clone_into(&mut self.supplier_order_mut(id)?.note);
                self.note(words);
                self.plain_step(&part, Event::NoAnswer)
            }
        }
    }

    /// It was found at the store, by looking it up or by a member of the staff.
    ///
    /// # Errors
    /// When its outcome is not open.
    pub fn found_at_store(&mut self, id: &SupplierOrderId, store_orders: Vec<String>) -> Result<(), Failure> {
        self.keep_store_orders(id, store_orders)?;
        self.plain_step(&Part::SupplierOrder(id.clone()), Event::FoundAtStore)
    }

    /// It was looked for and not found. `Ok(true)` when that proved its absence and the caller now holds the lease to send it once more.
    ///
    /// # Errors
    /// When its outcome is not open.
    pub fn not_found_at_store(&mut self, id: &SupplierOrderId, repeats_safely: bool) -> Result<bool, Failure> {
        let part = Part::SupplierOrder(id.clone());
        let now = self.now;
        let supplier_order = self.supplier_order_mut(id)?;
        let look_ups = counted(supplier_order.look_ups, supplier_order.life.since(), now);
        supplier_order.look_ups = Some(look_ups);
        // A store that refuses repeats and lists nothing would be asked for ever; a person reads its pages.
        let is_tried_enough = supplier_order.sends >= MOST_SENDS;
        let evidence = Evidence {
            order: Some(self.order.life.state()),
            look_ups: Some(look_ups),
            repeats_safely: repeats_safely && !is_tried_enough,
            ..Evidence::default()
        };
        match self.step(&part, Event::ProvedAbsent, &evidence) {
            Ok(()) => {
                let is_leased = self
                    .order
                    .life(&part)
                    .is_some_and(|life| life.state() == State::Sending);
                if is_leased {
                    self.mark_sent(id)?;
                }
                Ok(is_leased)
            }
            Err(Failure::Refused(Refusal::NotAllowed { .. })) => {
                self.rearm(&part)?;
                Ok(false)
            }
            Err(failure) => Err(failure),
        }
    }

    /// The store's books leave it open whether an order there is ours: a person must look, and it is looked up again meanwhile.
    ///
    /// # Errors
    /// When there is no such supplier order.
    pub fn look_up_unclear(&mut self, id: &SupplierOrderId, words: &str) -> Result<(), Failure> {
        self.tell_buyer(id, words, ExceptionKind::UnsureBuy)?;
        self.rearm(&Part::SupplierOrder(id.clone())).map(|_| ())
    }

    /// The store has an order of ours that this supplier order has no place for any more. A person cancels it there or sends it back.
    ///
    /// # Errors
    /// When there is no such supplier order.
    pub fn bought_twice(&mut self, id: &SupplierOrderId, store_orders: &[String]) -> Result<(), Failure> {
        let scope = format!("store:{}", self.supplier_order_mut(id)?.store);
        for value in store_orders {
            self.alias(Alias::Unique {
                scope: scope.clone(),
                value: value.clone(),
            });
        }
        let words = format!(
            "the store also took {}; cancel it there or send it back",
            store_orders.join(", ")
        );
        self.tell_buyer(id, &words, ExceptionKind::DoubleBuy)
    }

    pub(super) fn tell_buyer(&mut self, id: &SupplierOrderId, words: &str, kind: ExceptionKind) -> Result<(), Failure> {
        words.clone_into(&mut self.supplier_order_mut(id)?.note);
        let part = Part::SupplierOrder(id.clone());
        self.touch(&part);
        self.open_exception(kind, &part);
        Ok(())
    }

    /// A member of the staff looked and is sure that the store made nothing.
    ///
    /// # Errors
    /// When no decision of the staff is asked for.
    pub fn staff_found_nothing(&mut self, id: &SupplierOrderId, note: &str) -> Result<(), Failure> {
        let evidence = Evidence {
            by_staff: true,
            ..Evidence::default()
        };
        self.note(note);
        self.step(&Part::SupplierOrder(id.clone()), Event::ProvedAbsent, &evidence)
    }

    /// What was sent before is known to be no order of ours any more, so this is something new to the store.
    pub(super) fn retry_supplier_order(&mut self, id: &SupplierOrderId, reason: &str) -> Result<(), Failure> {
        self.staff_move(&Part::SupplierOrder(id.clone()), Event::RetryApproved, reason)?;
        self.next_attempt(id)
    }

    /// What the store had of it is over: what it is sent next is something new to it, and it charges nothing for it yet.
    pub(super) fn next_attempt(&mut self, id: &SupplierOrderId) -> Result<(), Failure> {
        let supplier_order = self.supplier_order_mut(id)?;
        if supplier_order.sends > 0 {
            supplier_order.attempt = supplier_order.attempt.saturating_add(1);
            supplier_order.sends = 0;
        }
        supplier_order.charged = None;
        supplier_order.also_charged.clear();
        self.touch(&Part::SupplierOrder(id.clone()));
        Ok(())
    }

    pub(super) fn keep_store_orders(&mut self, id: &SupplierOrderId, store_orders: Vec<String>) -> Result<(), Failure> {
        let supplier_order = self.supplier_order_mut(id)?;
        let scope = format!("store:{}", supplier_order.store);
        supplier_order.store_orders.clone_from(&store_orders);
        self.touch(&Part::SupplierOrder(id.clone()));
        for value in store_orders {
            self.alias(Alias::Unique {
                scope: scope.clone(),
                value,
            });
        }
        Ok(())
    }

    /// Marks the call that may be made now, under a name by which whoever bought the same that day is found.
    fn mark_sent(&mut self, id: &SupplierOrderId) -> Result<(), Failure> {
        let now = self.now;
        let supplier_order = self.supplier_order_mut(id)?;
        supplier_order.sent_at = Some(now);
        supplier_order.sends = supplier_order.sends.saturating_add(1);
        supplier_order.look_ups = None;
        let lines = supplier_order.lines.clone();
        let bought = lines.iter().filter_map(|line| self.order.line(line));
        let names: Vec<String> = bought.map(|line| bought_on_day(&line.variant, now)).collect();
        for value in names {
            self.alias(Alias::Shared {
                scope: "bought".into(),
                value,
            });
        }
        Ok(())
    }

    pub(super) fn supplier_order_mut(&mut self, id: &SupplierOrderId) -> Result<&mut SupplierOrder, Failure> {
        let found = self
            .order
            .supplier_orders
            .iter_mut()
            .find(|supplier_order| supplier_order.id == *id);
        found.ok_or(Failure::NotFound("supplier order"))
    }
}

/// One more look that found nothing. The first that counts is the first after the quiescence.
pub(super) fn counted(
    before: Option<LookUps>,
    unknown_since: crate::timestamp::Timestamp,
    now: crate::timestamp::Timestamp,
) -> LookUps {
    let first = before.and_then(|look_ups| look_ups.first);
    let is_late_enough = now.since(unknown_since) >= LookUps::QUIESCENCE;
    LookUps {
        unknown_since,
        first: first.or(is_late_enough.then_some(now)),
        last: now,
    }
}
