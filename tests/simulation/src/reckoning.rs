//! The reckoning: when a town has come to rest, its orders are compared with the books of everybody outside.

use std::collections::BTreeMap;

use domain::{
    Currency,
    id::OrderId,
    ledger::{Account, Balances},
    lifecycle::State,
    order::{Order, Payment, TimelineEntry, Unit},
};

use crate::{
    staff::is_settled,
    town::{Town, at_once},
};

impl Town {
    /// Compares everything.
    pub(crate) fn reckon(&mut self) {
        let ids: Vec<OrderId> = {
            let Ok(checks) = self.checks.lock() else { return };
            checks
                .states()
                .filter_map(|(pk, _, _)| pk.trim_start_matches("O#").parse().ok())
                .collect()
        };
        let mut store_orders: BTreeMap<String, String> = BTreeMap::new();
        let mut seen = std::collections::BTreeSet::new();
        for id in ids.into_iter().filter(|id| seen.insert(id.clone())) {
            match at_once(self.orders.load(&id)) {
                Some(Ok(order)) => self.reckon_order(&order, &mut store_orders),
                _ => self.broken(25, format!("{id} cannot be read")),
            }
        }
        self.reckon_store();
        for record in std::mem::take(&mut self.given_up) {
            let settled = record.order.as_ref().is_none_or(|id| self.is_done(id));
            if !settled {
                self.broken(
                    18,
                    format!("{} about {} was given up and nobody saw it", record.task, record.about),
                );
            }
        }
        self.customers_have_orders();
        self.reckon_news();
        self.reckon_forgotten();
    }

    /// Nobody is told the same twice by one channel.
    fn reckon_news(&self) {
        let arrived = self.world.lock().messages.arrived.clone();
        for ((channel, news), count) in arrived.into_iter().filter(|(_, count)| *count > 1) {
            self.broken(29, format!("the news {news} arrived {count} times by {channel}"));
        }
    }

    fn reckon_order(&mut self, order: &Order, store_orders: &mut BTreeMap<String, String>) {
        let id = &order.id;
        if !is_settled(order) {
            self.broken(17, format!("{id} did not come to its end: {}", standing(order)));
        }
        let lines: i64 = order.lines.iter().map(|line| line.landed.amount()).sum();
        if lines != order.total.amount() {
            self.broken(6, format!("the lines of {id} add up to {lines} of {}", order.total));
        }
        self.reckon_ledger(order);
        self.reckon_payments(order);
        self.reckon_cancellation(order);
        self.reckon_units(order);
        for bought in &order.supplier_orders {
            for number in &bought.store_orders {
                if let Some(other) = store_orders.insert(number.clone(), bought.id.to_string()) {
                    self.broken(
                        13,
                        format!("store order {number} belongs to {other} and to {}", bought.id),
                    );
                }
                let wrong = {
                    let world = self.world.lock();
                    let known = number
                        .parse()
                        .ok()
                        .and_then(|number: u64| world.store.orders.get(&number).cloned());
                    known
                        // What the store made by its own fault is nobody's until somebody claims it.
                        .filter(|known| known.purchase() != bought.id.as_str() && !known.is_doubled)
                        .map(|known| known.reference)
                };
                if let Some(theirs) = wrong {
                    self.broken(
                        13,
                        format!("{} claims store order {number}, which was made for {theirs}", bought.id),
                    );
                }
            }
        }
        self.reckon_papers(order);
        for shipment in &order.shipments {
            let booked = self.world.lock().carrier.of(shipment.id.as_str()).count();
            let refused = shipment.note.contains("booked again")
                || order.exceptions.iter().any(|e| e.about.id() == shipment.id.as_str());
            if booked > 1 && !refused {
                self.broken(8, format!("{} is booked {booked} times at the carrier", shipment.id));
            }
        }
    }

    /// What customs was told a parcel is worth is what its pieces cost at the store.
    fn reckon_papers(&self, order: &Order) {
        let delivered = order.shipments.iter().filter(|it| it.life.state() == State::Delivered);
        for shipment in delivered {
            let inside = order
                .units
                .iter()
                .filter(|unit| unit.shipment.as_ref() == Some(&shipment.id));
            let worth = |unit: &Unit| order.line(&unit.line).map_or(0, |line| line.unit_price.amount());
            let worth: i64 = inside.map(worth).sum();
            let told: Vec<(i64, i64)> = {
                let world = self.world.lock();
                let booked = world.carrier.of(shipment.id.as_str());
                booked
                    .map(|(_, booking)| (booking.declared, booking.declared_sum))
                    .collect()
            };
            if told.iter().any(|told| *told != (worth, worth)) {
                let id = &shipment.id;
                self.broken(
                    27,
                    format!("the pieces of {id} cost {worth} cents, customs was told {told:?}"),
                );
            }
        }
    }

    /// Whoever cancelled gets nothing bought, unless a person knows of it.
    fn reckon_cancellation(&mut self, order: &Order) {
        if order.life.state() != State::Cancelled {
            return;
        }
        let now = self.now();
        for bought in &order.supplier_orders {
            let live = self.world.lock().store.live(bought.id.as_str(), now).len();
            let is_known = order
                .exceptions
                .iter()
                .any(|known| known.about.id() == bought.id.as_str());
            if live > 0 && !is_known {
                self.broken(14, format!("{} is cancelled and {} is bought", order.id, bought.id));
            }
        }
    }

    /// Journal, balances and timeline agree.
    fn reckon_ledger(&mut self, order: &Order) {
        let id = &order.id;
        if !order.balances.is_balanced() {
            self.broken(1, format!("{id} is not balanced"));
        }
        if is_settled(order) && !order.balances.is_level() {
            self.broken(
                2,
                format!(
                    "{id} has ended and still holds money: {:?}",
                    order.balances.lines().collect::<Vec<_>>()
                ),
            );
        }
        match at_once(self.orders.journal(id)) {
            Some(Ok(journal)) => {
                let sum = journal.iter().try_fold(Balances::default(), Balances::posted);
                if sum.ok().as_ref() != Some(&order.balances) {
                    self.broken(1, format!("the journal of {id} does not sum to its balances"));
                }
            }
            _ => self.broken(1, format!("the journal of {id} cannot be read")),
        }
        match at_once(self.orders.timeline(id)) {
            Some(Ok(timeline)) => {
                let length = usize::try_from(order.timeline_length).unwrap_or(0);
                let chained = TimelineEntry::first_broken(&timeline).is_none();
                if timeline.len() != length || !chained {
                    self.broken(
                        24,
                        format!(
                            "the timeline of {id} has {} entries of {length}, chained: {chained}",
                            timeline.len()
                        ),
                    );
                }
            }
            _ => self.broken(24, format!("the timeline of {id} cannot be read")),
        }
    }

    /// To the cent: what the provider took and gave back, and what we booked.
    fn reckon_payments(&mut self, order: &Order) {
        let (mut taken, mut returned) = (0_i64, 0_i64);
        for payment in &order.payments {
            let (paid, back) = self.reckon_payment(payment, is_settled(order));
            taken = taken.saturating_add(paid);
            returned = returned.saturating_add(back);
        }
        if !is_settled(order) {
            return;
        }
        let booked = order.balances.of(Account::Provider, order.total.currency()).amount();
        let held = taken.saturating_sub(returned);
        if booked != held {
            self.broken(
                7,
                format!(
                    "{}: the provider holds {held} of ours, the ledger says {booked}",
                    order.id
                ),
            );
        }
        let dollars = order.balances.of(Account::StorePayable, Currency::USD).amount();
        let spent = self.spent_at_store(order);
        if dollars.abs() != spent {
            self.broken(
                7,
                format!(
                    "{}: the store charged {spent} cents, the ledger says {dollars}",
                    order.id
                ),
            );
        }
    }

    /// One payment against its pages: what the provider took, and what went back.
    fn reckon_payment(&self, payment: &Payment, is_settled: bool) -> (i64, i64) {
        let (mut paid, mut back, mut pages) = (0_i64, 0_i64, 0_u32);
        {
            let world = self.world.lock();
            let sessions = world.payments.sessions.iter();
            for (id, session) in sessions.filter(|(_, session)| session.payment == payment.id.as_str()) {
                paid = paid.saturating_add(session.paid.unwrap_or(0));
                back = back.saturating_add(world.payments.refunded(id));
                pages = pages.saturating_add(u32::from(session.paid.is_some()));
            }
        }
        let (ours, state) = (payment.captured.map_or(0, |money| money.amount()), payment.life.state());
        let is_wrong = if state == State::Captured {
            ours != paid
        } else {
            paid != 0 && is_settled
        };
        if is_wrong {
            self.broken(
                7,
                format!("{}: the provider took {paid}, we booked {ours} as {state}", payment.id),
            );
        }
        if back > paid {
            self.broken(3, format!("{}: {back} of {paid} went back", payment.id));
        }
        if pages > 1 {
            self.broken(4, format!("{} was paid on {pages} pages", payment.id));
        }
        (paid, back)
    }

    /// What the store charges for the orders we know of and that it did not cancel.
    fn spent_at_store(&self, order: &Order) -> i64 {
        let (world, now) = (self.world.lock(), self.now());
        let known = order.supplier_orders.iter().flat_map(|bought| &bought.store_orders);
        let orders = known.filter_map(|number| world.store.orders.get(&number.parse().ok()?));
        orders
            .filter(|order| !order.is_cancelled(now))
            .map(|order| order.total)
            .sum()
    }

    fn reckon_units(&mut self, order: &Order) {
        for unit in &order.units {
            let state = unit.life.state();
            let is_out = matches!(state, State::Packed | State::Delivered | State::Returned);
            if is_out && (unit.receipt.is_none() || unit.shipment.is_none()) {
                self.broken(26, format!("{} is {state} and was never received", unit.id));
            }
        }
        if order.life.state() == State::Closed && order.units.iter().any(|unit| unit.life.due_at().is_some()) {
            self.broken(25, format!("{} is closed and a piece of it is not", order.id));
        }
    }

    /// Everything at the store was asked for, once, by a supplier order that had the lease.
    fn reckon_store(&mut self) {
        let now = self.now();
        let mut references: BTreeMap<String, u32> = BTreeMap::new();
        {
            let world = self.world.lock();
            for order in world
                .store
                .orders
                .values()
                .filter(|order| !order.is_doubled && !order.is_cancelled(now))
            {
                let count = references.entry(order.purchase()).or_default();
                *count = count.saturating_add(1);
            }
        }
        for (reference, count) in references {
            if count > 1 {
                self.broken(8, format!("{reference} was bought {count} times"));
            }
            let number = reference.rsplit('-').next().unwrap_or_default();
            let order = reference
                .trim_start_matches("sup_")
                .split('-')
                .next()
                .unwrap_or_default();
            let lease = format!("O#ord_{order}/S#{number}");
            let has_lease = self
                .checks
                .lock()
                .is_ok_and(|checks| checks.leases.contains_key(&lease));
            if !has_lease {
                self.broken(9, format!("{reference} was bought and its lease was never committed"));
            }
        }
    }

    /// Whoever was told that they have an order has one.
    fn customers_have_orders(&mut self) {
        let told: Vec<OrderId> = self
            .customers
            .iter()
            .filter_map(|customer| customer.order.clone())
            .collect();
        for id in told {
            if !matches!(at_once(self.orders.load(&id)), Some(Ok(_))) {
                self.broken(30, format!("{id} was promised and is not there"));
            }
        }
    }
}

fn standing(order: &Order) -> String {
    let mut parts = vec![format!("order {}", order.life.state())];
    parts.extend(
        order
            .payments
            .iter()
            .map(|part| format!("{} {}", part.id, part.life.state())),
    );
    parts.extend(
        order
            .supplier_orders
            .iter()
            .map(|part| format!("{} {} ({})", part.id, part.life.state(), part.note)),
    );
    parts.extend(
        order
            .units
            .iter()
            .map(|part| format!("{} {}", part.id, part.life.state())),
    );
    parts.extend(
        order
            .shipments
            .iter()
            .map(|part| format!("{} {} ({})", part.id, part.life.state(), part.note)),
    );
    parts.extend(
        order
            .refunds
            .iter()
            .map(|part| format!("{} {}", part.id, part.life.state())),
    );
    parts.extend(
        order
            .open_exceptions()
            .map(|part| format!("{} {}", part.id, part.kind.word())),
    );
    parts.join(", ")
}
