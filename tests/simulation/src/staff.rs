//! The staff: receives what the stores sent, packs, hands over, and answers what needs a person. It looks at orders as they are and acts
//! through the same routes as the real one.

use axum::http::Method;
use domain::{
    id::{OrderId, RootId, ScanId, StaffId},
    lifecycle::State,
    order::{Exception, Order, Part},
    session::{Role, Who},
};
use serde_json::{Value, json};

use crate::{
    faults::Fault,
    people::{Customer, asked, fresh_key},
    town::{Event, Origin, Town, at_once},
};

const MINUTE_MS: i64 = 60_000;
const HOUR_MS: i64 = 60 * MINUTE_MS;
/// Nobody looks at an open order less often.
const LOOKS_EVERY_MS: i64 = 8 * HOUR_MS;
/// Two of the staff: money leaves by two persons.
const FIRST: &str = "01JDB7M3N8Q4R5S6T7V8W9X0YZ";
const SECOND: &str = "01JDB7M3N8Q4R5S6T7V8W9X0YA";

impl Town {
    /// One look at one order: whatever it needs from people is done now.
    pub(crate) fn staff_looks(&mut self, id: &OrderId) {
        self.looked_at.remove(id);
        let Some(Ok(order)) = at_once(self.orders.load(id)) else {
            return;
        };
        if is_settled(&order) {
            return;
        }
        if order.due_at().is_none() && order.open_exceptions().next().is_none() {
            self.broken(16, format!("{id} waits for nobody"));
        }
        self.receives(&order);
        self.packs(&order);
        self.hands_over(&order);
        let open: Vec<Exception> = order.open_exceptions().cloned().collect();
        for exception in &open {
            self.answers(exception);
        }
        self.customer_decides(&order);
        if self.looked_at.insert(id.clone()) {
            let wait = self.between(LOOKS_EVERY_MS / 4, LOOKS_EVERY_MS);
            self.later(wait, Event::Staff(id.clone()));
        }
    }

    /// True when nobody needs to look at an order any more.
    pub(crate) fn is_done(&self, id: &OrderId) -> bool {
        at_once(self.orders.load(id)).is_some_and(|order| order.is_ok_and(|order| is_settled(&order)))
    }

    fn acts(&mut self, path: &str, body: &Value) {
        self.acts_as(FIRST, path, body);
    }

    fn acts_as(&mut self, who: &str, path: &str, body: &Value) {
        let Some(token) = self.staff_token(who) else { return };
        let times = if self.strikes(Fault::StaffTwice) { 2 } else { 1 };
        for _ in 0..times {
            let key = fresh_key(&mut self.control.lock());
            if let Some(request) = asked(Method::POST, path, Some(&token), &key, body) {
                self.request(request, Origin::Staff);
            }
        }
    }

    /// A session of somebody with every role; staff log in where no simulation of passwords is wanted.
    fn staff_token(&mut self, who: &str) -> Option<String> {
        self.opens(Who::Staff(StaffId::from_ulid(who).ok()?, vec![Role::Admin]))
    }

    fn scan_id(&mut self) -> String {
        self.number = self.number.saturating_add(1);
        let millis = self.now().as_millis();
        let text = format!("{millis:013}{:013}", self.number);
        ScanId::from_ulid(&text).map(|id| id.to_string()).unwrap_or_default()
    }

    fn receives(&mut self, order: &Order) {
        let now = self.now();
        for bought in order
            .supplier_orders
            .iter()
            .filter(|bought| bought.life.state() == State::Dispatched)
        {
            let is_here = {
                let world = self.world.lock();
                let mut orders = bought
                    .store_orders
                    .iter()
                    .filter_map(|number| world.store.orders.get(&number.parse().ok()?));
                orders.any(|order| order.arrives_at <= now)
            };
            let Some(code) = bought.tracking.first().filter(|_| is_here) else {
                continue;
            };
            for line in &bought.lines {
                let is_expected =
                    |unit: &&domain::order::Unit| unit.line == *line && unit.life.state() == State::Expected;
                let count = order.units.iter().filter(is_expected).count();
                if count == 0 {
                    continue;
                }
                let is_bad = self.strikes(Fault::BadPiece);
                let receipt = json!({
                    "order": order.id, "line": line, "code": code, "count": count, "weight_grams": 450,
                    "condition": if is_bad { "bad" } else { "good" }, "note": if is_bad { "the box is wet" } else { "" },
                    "scan_id": self.scan_id()
                });
                self.acts("/warehouse/receipts", &receipt);
                if self.strikes(Fault::ScanTwice) {
                    self.acts("/warehouse/receipts", &receipt);
                }
            }
        }
    }

    fn packs(&mut self, order: &Order) {
        let any = |state: State| order.units.iter().any(|unit| unit.life.state() == state);
        if order.life.state() == State::Paid && any(State::Received) && order.waits_for_rest(self.now()).is_none() {
            let parcel = json!({
                "order": order.id, "units": "all", "weight_grams": 1350, "length_mm": 300, "width_mm": 220, "height_mm": 120,
                "scan_id": self.scan_id()
            });
            self.acts("/warehouse/parcels", &parcel);
            if self.strikes(Fault::ScanTwice) {
                self.acts("/warehouse/parcels", &parcel);
            }
        }
    }

    fn hands_over(&mut self, order: &Order) {
        let now = self.now();
        for shipment in order
            .shipments
            .iter()
            .filter(|shipment| shipment.life.state() == State::Labelled)
        {
            if let Some(number) = &shipment.tracking_number {
                self.world.lock().carrier.take(number, now);
            }
            self.acts(&format!("/shipments/{}/handover", shipment.id), &json!({}));
        }
    }

    fn answers(&mut self, exception: &Exception) {
        let coin = self.control.lock().chance.hits(500);
        let path = format!("/desk/exceptions/{}/resolution", exception.id);
        let action = match exception.kind.word() {
            "cannot_buy" if coin => "retry",
            "cannot_buy" => "give_up",
            "wrong_amount" => "return_payment",
            "late_payment" if coin => "release_order",
            "late_payment" => "cancel_order",
            "unit_held" if coin => "release_unit",
            "unit_held" | "not_arrived" => "write_off_unit",
            "label_refused" | "refund_refused" => "retry",
            "sent_back" if coin => "send_again",
            "sent_back" => "write_off_unit",
            "unsure_buy" => {
                self.looks_at_store(exception);
                return;
            }
            "unsure_label" if !self.is_booked(&exception.about) => "label_absent",
            "label_missing" if coin => "new_label",
            _ => "put_aside",
        };
        // What is not possible any more is put aside at the next look.
        let is_stale = self.now().since(exception.opened_at).as_millis() > u128::from(HOUR_MS.unsigned_abs()) * 24;
        let action = if is_stale && coin { "put_aside" } else { action };
        self.acts(&path, &json!({ "action": action, "reason": "as the books say" }));
        // Where money leaves, somebody else has to agree; without a proposal this is refused and changes nothing.
        let is_odd = self.control.lock().chance.hits(100);
        if matches!(action, "give_up" | "write_off_unit" | "cancel_order" | "return_payment") || is_odd {
            self.acts_as(
                SECOND,
                &format!("/desk/proposals/{}/approval", exception.id),
                &json!({}),
            );
        }
    }

    fn is_booked(&self, about: &Part) -> bool {
        self.world.lock().carrier.of(about.id()).next().is_some()
    }

    /// A buyer looks at the store's own pages, which know our reference.
    fn looks_at_store(&mut self, exception: &Exception) {
        let about = exception.about.id().to_owned();
        let now = self.now();
        let found = self.world.lock().store.live(&about, now).first().map(|(id, _)| *id);
        match found {
            Some(id) => self.acts(
                &format!("/supplier-orders/{about}/placement"),
                &json!({ "store_order": id.to_string() }),
            ),
            None => self.acts(
                &format!("/supplier-orders/{about}/absence"),
                &json!({ "note": "not in the list of orders" }),
            ),
        }
    }

    /// A customer who is asked what to do answers, most of the time.
    fn customer_decides(&mut self, order: &Order) {
        for bought in order
            .supplier_orders
            .iter()
            .filter(|bought| bought.life.state() == State::Asked)
        {
            let answer = match self.between(0, 2) {
                0 => "leave_out",
                1 => "try_again",
                _ => continue,
            };
            let is_asked = |customer: &&Customer| customer.order.as_ref() == Some(&order.id) && !customer.says_nothing;
            let Some(token) = self
                .customers
                .iter()
                .find(is_asked)
                .and_then(|customer| customer.token.clone())
            else {
                continue;
            };
            let key = fresh_key(&mut self.control.lock());
            let path = format!("/orders/{}/decisions/{}", order.id, bought.id);
            if let Some(request) = asked(Method::POST, &path, Some(&token), &key, &json!({ "answer": answer })) {
                self.request(request, Origin::Staff);
            }
        }
    }
}

/// Nothing of it needs anybody.
pub(crate) fn is_settled(order: &Order) -> bool {
    let is_over = matches!(order.life.state(), State::Closed | State::Cancelled | State::Expired);
    let is_quiet = order.open_exceptions().next().is_none();
    let refunds = order.refunds.iter().all(|refund| refund.life.state() == State::Done);
    let payments = order
        .payments
        .iter()
        .all(|payment| matches!(payment.life.state(), State::Captured | State::Failed));
    is_over && is_quiet && refunds && payments && order.due_at().is_none()
}
