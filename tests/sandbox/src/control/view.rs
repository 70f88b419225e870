//! The books as JSON: every order, payment, refund, event, shipment and pickup, and how often each operation was called.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::aliexpress::SupplierOrder;
use crate::books::Books;
use crate::calls::Tally;
use crate::dhl::{Pickup, Waybill};
use crate::json::Fields;
use crate::messages::newest;
use crate::stripe::{Dispute, Event, Payment, Refund, Session, Status};

pub(super) fn whole(books: &Books, origin: &str, now: i64) -> Value {
    let mut calls: BTreeMap<&str, BTreeMap<String, u64>> = BTreeMap::new();
    for tally in books.all::<Tally>() {
        calls
            .entry(tally.provider.name())
            .or_default()
            .insert(tally.operation, tally.count);
    }
    let sessions = books.all::<Session>();
    let sessions: Vec<Value> = sessions.iter().map(|entry| session(books, entry, origin)).collect();
    json!({
        "now": now,
        "aliexpress": { "orders": books.all::<SupplierOrder>().iter().map(order).collect::<Vec<_>>() },
        "stripe": {
            "sessions": sessions,
            "payments": books.all::<Payment>(),
            "refunds": books.all::<Refund>(),
            "disputes": books.all::<Dispute>(),
            "events": books.all::<Event>(),
        },
        "dhl": {
            "shipments": books.all::<Waybill>().iter().map(parcel).collect::<Vec<_>>(),
            "pickups": books.all::<Pickup>(),
        },
        "messages": newest(books),
        "calls": calls,
    })
}

/// The kept fields and the words the provider would use for them. Long ids are text, as JSON readers expect.
pub(super) fn order(order: &SupplierOrder) -> Value {
    let mut view = json!(order);
    view.set("id", order.id.to_string());
    view.set("order_status", order.order_status());
    view.set("logistics_status", order.logistics_status());
    view.set("order_cents", order.order_cents());
    view.set("charged_cents", order.charged_cents());
    view
}

pub(super) fn session(books: &Books, session: &Session, origin: &str) -> Value {
    let payment = session.payment_intent.as_ref().and_then(|id| books.get::<Payment>(id));
    let mut view = json!(session);
    view.set("payment_status", session.payment_status(payment.as_ref()));
    if session.status == Status::Open {
        view.set("url", format!("{origin}/stripe/pay/{}", session.id));
    }
    view
}

pub(super) fn parcel(waybill: &Waybill) -> Value {
    let mut view = json!(waybill);
    view.set(
        "last_event",
        waybill
            .events
            .last()
            .map_or(Value::Null, |scan| scan.code.as_str().into()),
    );
    view
}
