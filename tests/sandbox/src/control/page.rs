//! The control page: the books, newest first, with a button for everything that can be made to happen.

use std::sync::{Arc, PoisonError};

use askama::Template;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};
use serde::Deserialize;

use crate::World;
use crate::aliexpress::SupplierOrder;
use crate::books::Books;
use crate::calls::Tally;
use crate::clock;
use crate::dhl::Waybill;
use crate::faults::Fault;
use crate::messages::Message;
use crate::money::decimal;
use crate::stripe::{Event, Fate, Payment, PaymentStatus, Refund, Session, Status};

/// Older entries are in the JSON books.
const MOST_ROWS: usize = 40;

#[derive(Template)]
#[template(path = "control.html")]
struct ControlPage {
    note: String,
    time: String,
    shop: String,
    sections: Vec<Section>,
    faults: Vec<FaultRow>,
    held: Vec<HeldRow>,
    calls: Vec<(String, u64)>,
}

/// One kind of thing in one provider's books.
struct Section {
    anchor: &'static str,
    title: &'static str,
    columns: [&'static str; 4],
    rows: Vec<Row>,
}

struct Row {
    cells: [String; 4],
    link: String,
    buttons: Vec<Button>,
}

struct Button {
    address: String,
    label: &'static str,
    /// The scan the button asks for, if any.
    to: &'static str,
}

struct FaultRow {
    id: String,
    text: String,
}

struct HeldRow {
    id: u64,
    text: String,
}

#[derive(Deserialize)]
pub(super) struct Note {
    note: Option<String>,
}

pub(super) async fn show(State(world): State<Arc<World>>, Query(query): Query<Note>) -> Response {
    let held = world.held.list();
    let books = world.books.lock().unwrap_or_else(PoisonError::into_inner);
    let page = ControlPage {
        note: query.note.unwrap_or_default(),
        time: time(world.clock.now()),
        shop: world.settings.shop.clone(),
        sections: vec![
            orders(&books),
            sessions(&books),
            refunds(&books),
            events(&books),
            parcels(&books),
            messages(&books),
        ],
        faults: books.all::<Fault>().iter().map(fault).collect(),
        held: held
            .iter()
            .map(|call| HeldRow {
                id: call.id,
                text: format!("{} {} {} {}", call.provider, call.operation, call.stage, call.reference),
            })
            .collect(),
        calls: books
            .all::<Tally>()
            .into_iter()
            .map(|tally| (format!("{} {}", tally.provider.name(), tally.operation), tally.count))
            .collect(),
    };
    drop(books);
    match page.render() {
        Ok(text) => Html(text).into_response(),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

fn time(millis: i64) -> String {
    clock::write(millis, 0, "%Y-%m-%d %H:%M:%S UTC")
}

fn button(address: &str, label: &'static str) -> Button {
    Button {
        address: address.to_owned(),
        label,
        to: "",
    }
}

/// The newest rows of a kind, by their time.
fn newest<R>(mut records: Vec<R>, at: impl Fn(&R) -> i64, row: impl Fn(&R) -> Row) -> Vec<Row> {
    records.sort_by_key(|record| std::cmp::Reverse(at(record)));
    records.iter().take(MOST_ROWS).map(row).collect()
}

fn orders(books: &Books) -> Section {
    let row = |order: &SupplierOrder| {
        let base = format!("/control/aliexpress/orders/{}", order.id);
        let goods: Vec<String> = order
            .lines
            .iter()
            .map(|line| format!("{} × {}", line.count, line.title))
            .collect();
        let actions: &[(&str, &'static str)] = match order.order_status() {
            "PLACE_ORDER_SUCCESS" => &[("pay", "Pay"), ("cancel", "Cancel")],
            "WAIT_SELLER_SEND_GOODS" => &[("ship", "Ship"), ("deliver", "Deliver"), ("cancel", "Cancel")],
            "WAIT_BUYER_ACCEPT_GOODS" if order.delivered_at.is_some() => &[("finish", "Confirm receipt")],
            "WAIT_BUYER_ACCEPT_GOODS" => &[("deliver", "Deliver")],
            _ => &[],
        };
        let state = match &order.end_reason {
            Some(reason) => format!("{} ({reason})", order.order_status()),
            None if order.delivered_at.is_some() => format!("{} (delivered)", order.order_status()),
            None => order.order_status().to_owned(),
        };
        Row {
            cells: [
                format!("{} ({})", order.id, order.out_order_id),
                goods.join(", "),
                format!("USD\u{a0}{}", decimal(order.order_cents())),
                state,
            ],
            link: String::new(),
            buttons: actions
                .iter()
                .map(|(name, label)| button(&format!("{base}/{name}"), label))
                .collect(),
        }
    };
    let rows = newest(books.all::<SupplierOrder>(), |order| order.created, row);
    Section {
        anchor: "aliexpress",
        title: "AliExpress orders",
        columns: ["Order (our reference)", "Goods", "Amount", "State"],
        rows,
    }
}

fn sessions(books: &Books) -> Section {
    let row = |session: &Session| {
        let payment = session.payment_intent.as_ref().and_then(|id| books.get::<Payment>(id));
        let base = format!("/control/stripe/sessions/{}", session.id);
        let waits = payment
            .as_ref()
            .is_some_and(|payment| payment.status == PaymentStatus::Processing);
        let is_open = session.status == Status::Open;
        let actions: &[(&str, &'static str)] = match (is_open, waits) {
            (true, _) => &[
                ("pay", "Pay"),
                ("pay-later", "Pay later"),
                ("decline", "Decline"),
                ("expire", "Expire"),
                ("forge", "Forge a webhook"),
            ],
            (false, true) => &[("settle", "Money comes"), ("fail", "Money stays away")],
            (false, false) => &[],
        };
        let state = match session.status {
            Status::Open => "open",
            Status::Complete => "complete",
            Status::Expired => "expired",
        };
        let reference = session.client_reference_id.clone().unwrap_or_default();
        Row {
            cells: [
                session.id.chars().take(24).collect(),
                reference,
                format!(
                    "{}\u{a0}{}",
                    session.currency.to_uppercase(),
                    decimal(session.amount_total)
                ),
                format!("{state}, {}", session.payment_status(payment.as_ref())),
            ],
            link: if is_open {
                format!("/stripe/pay/{}", session.id)
            } else {
                String::new()
            },
            buttons: actions
                .iter()
                .map(|(name, label)| button(&format!("{base}/{name}"), label))
                .collect(),
        }
    };
    let rows = newest(books.all::<Session>(), |session| session.created, row);
    Section {
        anchor: "stripe",
        title: "Stripe sessions",
        columns: ["Session", "Our reference", "Amount", "State"],
        rows,
    }
}

fn refunds(books: &Books) -> Section {
    let row = |refund: &Refund| Row {
        cells: [
            refund.id.clone(),
            refund.payment_intent.clone(),
            format!("{}\u{a0}{}", refund.currency.to_uppercase(), decimal(refund.amount)),
            refund.status.clone(),
        ],
        link: String::new(),
        buttons: match refund.status.as_str() {
            "succeeded" => vec![button(&format!("/control/stripe/refunds/{}/fail", refund.id), "Fail")],
            _ => Vec::new(),
        },
    };
    let rows = newest(books.all::<Refund>(), |refund| refund.created, row);
    Section {
        anchor: "refunds",
        title: "Stripe refunds",
        columns: ["Refund", "Payment", "Amount", "State"],
        rows,
    }
}

fn events(books: &Books) -> Section {
    let row = |event: &Event| {
        let fate = match event.fate {
            Fate::Waiting => "waiting",
            Fate::Delivered => "delivered",
            Fate::GivenUp => "given up",
            Fate::Dropped => "dropped",
        };
        Row {
            cells: [
                event.kind.clone(),
                time(event.created.saturating_mul(1000)),
                format!("{} attempts, last {}", event.attempts, event.last_outcome),
                fate.to_owned(),
            ],
            link: String::new(),
            buttons: vec![button(
                &format!("/control/stripe/webhooks/{}/resend", event.id),
                "Send again",
            )],
        }
    };
    let rows = newest(books.all::<Event>(), |event| event.created, row);
    Section {
        anchor: "events",
        title: "Stripe webhooks",
        columns: ["Event", "Time", "Delivery", "State"],
        rows,
    }
}

fn parcels(books: &Books) -> Section {
    let row = |waybill: &Waybill| {
        let base = format!("/control/dhl/shipments/{}", waybill.awb);
        let advance = |label, to| Button {
            address: format!("{base}/advance"),
            label,
            to,
        };
        let buttons = match waybill.events.is_empty() {
            true => vec![button(&format!("{base}/hand-over"), "Hand over")],
            false if waybill.is_over() => Vec::new(),
            false => vec![
                advance("Next scan", ""),
                advance("Not at home", "NH"),
                advance("Deliver", "OK"),
            ],
        };
        let state = waybill
            .events
            .last()
            .map_or_else(|| "booked".to_owned(), |scan| format!("{} {}", scan.code, scan.text));
        Row {
            cells: [
                waybill.awb.clone(),
                waybill.references.join(", "),
                format!("{} to {}, pieces: {}", waybill.from, waybill.to, waybill.pieces.len()),
                state,
            ],
            link: String::new(),
            buttons,
        }
    };
    let rows = newest(books.all::<Waybill>(), |waybill| waybill.booked_at, row);
    Section {
        anchor: "dhl",
        title: "DHL shipments",
        columns: ["Waybill", "Our reference", "Lane", "Last scan"],
        rows,
    }
}

fn messages(books: &Books) -> Section {
    let row = |message: &Message| Row {
        cells: [
            message.to.clone(),
            time(message.at),
            message.subject.clone(),
            message.text.clone(),
        ],
        link: String::new(),
        buttons: Vec::new(),
    };
    Section {
        anchor: "messages",
        title: "Mail and text messages",
        columns: ["To", "Time", "Subject", "Text"],
        rows: newest(books.all::<Message>(), |message| message.at, row),
    }
}

fn fault(fault: &Fault) -> FaultRow {
    let kind = serde_json::to_value(fault.kind).unwrap_or_default();
    let kind = kind.as_str().unwrap_or_default();
    let operation = fault.operation.as_deref().unwrap_or("every call");
    let text = format!("{} {operation}: {kind}, {} more", fault.provider.name(), fault.count);
    FaultRow {
        id: fault.id.clone(),
        text,
    }
}
