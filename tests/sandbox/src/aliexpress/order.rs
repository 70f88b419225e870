//! An order at the store: its lines, its money, and how it moves on with time or by hand.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::books::Record;
use crate::calls::Turn;
use crate::json::Fields;

/// An unpaid order closes after a day.
pub(super) const PAY_SECONDS: i64 = 24 * 60 * 60;

/// The platform takes the receipt as confirmed this long after delivery.
const CONFIRM_SECONDS: i64 = 15 * 24 * 60 * 60;

#[derive(Serialize, Deserialize)]
pub(crate) struct SupplierOrder {
    pub(crate) id: u64,
    pub(crate) out_order_id: String,
    pub(crate) store_id: u64,
    pub(crate) store: String,
    pub(crate) created: i64,
    pub(crate) lines: Vec<Line>,
    pub(crate) address: Value,
    pub(crate) logistics_service: String,
    /// Charged on top of prices and freight; the store never says so beforehand.
    pub(crate) tax_cents: i64,
    pub(crate) paid_at: Option<i64>,
    pub(crate) ship_due: Option<i64>,
    pub(crate) shipped_at: Option<i64>,
    pub(crate) delivered_at: Option<i64>,
    /// When the buyer, or time in the buyer's place, confirmed the receipt.
    pub(crate) finished_at: Option<i64>,
    pub(crate) logistics_no: String,
    pub(crate) mail_no: String,
    /// Why the order ended without goods.
    pub(crate) end_reason: Option<String>,
}

#[derive(Serialize, Deserialize)]
pub(crate) struct Line {
    pub(crate) product_id: u64,
    pub(crate) sku_id: u64,
    pub(crate) sku_desc: String,
    pub(crate) title: String,
    pub(crate) count: u32,
    pub(crate) unit_cents: i64,
    pub(crate) shipping_cents: i64,
}

impl Record for SupplierOrder {
    const SHELF: &'static str = "aliexpress-orders";
    fn key(&self) -> String {
        self.id.to_string()
    }
}

impl Line {
    pub(crate) fn goods_cents(&self) -> i64 {
        self.unit_cents.saturating_mul(i64::from(self.count))
    }
}

impl SupplierOrder {
    /// What was ordered, before tax.
    pub(crate) fn order_cents(&self) -> i64 {
        self.lines
            .iter()
            .map(|line| line.goods_cents().saturating_add(line.shipping_cents))
            .sum()
    }

    /// What the buyer's account was charged; nothing before payment and after a cancellation.
    pub(crate) fn charged_cents(&self) -> i64 {
        if self.paid_at.is_none() || self.end_reason.is_some() {
            return 0;
        }
        self.order_cents().saturating_add(self.tax_cents)
    }

    pub(crate) fn order_status(&self) -> &'static str {
        if self.is_over() {
            "FINISH"
        } else if self.shipped_at.is_some() {
            "WAIT_BUYER_ACCEPT_GOODS"
        } else if self.paid_at.is_some() {
            "WAIT_SELLER_SEND_GOODS"
        } else {
            "PLACE_ORDER_SUCCESS"
        }
    }

    pub(crate) fn logistics_status(&self) -> &'static str {
        if self.finished_at.is_some() {
            "BUYER_ACCEPT_GOODS"
        } else if self.shipped_at.is_some() {
            "SELLER_SEND_GOODS"
        } else if self.paid_at.is_some() && self.end_reason.is_none() {
            "WAIT_SELLER_SEND_GOODS"
        } else {
            "NO_LOGISTICS"
        }
    }

    fn is_over(&self) -> bool {
        self.end_reason.is_some() || self.finished_at.is_some()
    }

    pub(crate) fn pay(&mut self, turn: &Turn<'_>) -> Result<(), &'static str> {
        if self.is_over() || self.paid_at.is_some() {
            return Err("only an unpaid order can be paid");
        }
        self.paid_at = Some(turn.now);
        let wait = turn.settings.aliexpress.ship_seconds.saturating_mul(1000);
        self.ship_due = Some(turn.now.saturating_add(wait));
        Ok(())
    }

    pub(crate) fn ship(&mut self, turn: &mut Turn<'_>) -> Result<(), &'static str> {
        if self.is_over() || self.paid_at.is_none() || self.shipped_at.is_some() {
            return Err("only a paid order that waits for its seller can be shipped");
        }
        self.shipped_at = Some(turn.now);
        let number = turn.books.next_number("aliexpress/parcel");
        self.logistics_no = format!("LP{:014}", 712_345_678_900_u64.saturating_add(number));
        self.mail_no = format!("94001118992231{number:08}");
        Ok(())
    }

    pub(crate) fn deliver(&mut self, turn: &mut Turn<'_>) -> Result<(), &'static str> {
        if self.is_over() || self.delivered_at.is_some() {
            return Err("the order is delivered or over");
        }
        if self.shipped_at.is_none() {
            self.ship(turn)?;
        }
        self.delivered_at = Some(turn.now);
        Ok(())
    }

    pub(crate) fn finish(&mut self, turn: &Turn<'_>) -> Result<(), &'static str> {
        if self.is_over() || self.delivered_at.is_none() {
            return Err("only a delivered order can be finished");
        }
        self.finished_at = Some(turn.now);
        Ok(())
    }

    pub(crate) fn cancel(&mut self, reason: &str) -> Result<(), &'static str> {
        if self.is_over() || self.shipped_at.is_some() {
            return Err("only an order that has not left can be cancelled");
        }
        self.end_reason = Some(reason.to_owned());
        Ok(())
    }

    /// Moves the order as far as time allows; true when something changed.
    fn move_on(&mut self, turn: &mut Turn<'_>) -> bool {
        let now = turn.now;
        let is_due = |due: Option<i64>, seconds: i64| {
            due.is_some_and(|due| now >= due.saturating_add(seconds.saturating_mul(1000)))
        };
        let moved = if self.paid_at.is_none() {
            is_due(Some(self.created), PAY_SECONDS).then(|| self.cancel("buyer_pay_timeout"))
        } else if self.shipped_at.is_none() {
            is_due(self.ship_due, 0).then(|| self.ship(turn))
        } else if self.delivered_at.is_some() {
            is_due(self.delivered_at, CONFIRM_SECONDS).then(|| self.finish(turn))
        } else {
            let seconds = turn.settings.aliexpress.deliver_seconds;
            is_due(self.shipped_at, seconds).then(|| self.deliver(turn))
        };
        matches!(moved, Some(Ok(())))
    }
}

/// Lets time pass for every order that is not over.
pub(crate) fn pass_time(turn: &mut Turn<'_>) {
    let is_open = |order: &Value| order.at("end_reason").is_null() && order.at("finished_at").is_null();
    for mut order in turn.books.find::<SupplierOrder>(is_open) {
        if order.move_on(turn) {
            turn.books.put(&order);
        }
    }
}
