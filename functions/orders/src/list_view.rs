//! A customer's orders, the newest first.

use askama::Template;
use domain::Money;
use serde::Serialize;
use store::{OrderSummary, Summaries};

use crate::words::{label, moment, tone};

/// A page of orders.
#[derive(Serialize, Template)]
#[template(path = "orders.html")]
pub(crate) struct OrderList {
    orders: Vec<Row>,
    /// The address of the next page; empty at the end.
    next: String,
    #[serde(skip)]
    is_registered: bool,
}

#[derive(Serialize)]
struct Row {
    id: String,
    placed_at: String,
    status: String,
    status_text: String,
    total: Money,
    title: String,
    image: Option<String>,
    pieces: u32,
    href: String,
    #[serde(skip)]
    label: String,
    #[serde(skip)]
    tone: &'static str,
    #[serde(skip)]
    facts: String,
}

impl OrderList {
    pub(crate) fn of(page: Summaries, is_registered: bool) -> Self {
        // A cursor is written in letters that need no escape in an address.
        let next = page
            .next
            .map(|cursor| format!("/orders?cursor={cursor}"))
            .unwrap_or_default();
        Self {
            orders: page.items.into_iter().map(Row::of).collect(),
            next,
            is_registered,
        }
    }
}

impl Row {
    fn of(summary: OrderSummary) -> Self {
        let pieces = if summary.pieces == 1 {
            "1 piece".to_owned()
        } else {
            format!("{} pieces", summary.pieces)
        };
        Self {
            href: format!("/orders/{}", summary.id),
            id: summary.id.to_string(),
            facts: format!("{} · {pieces} · {}", summary.total, moment(summary.placed_at)),
            placed_at: summary.placed_at.to_string(),
            label: label(&summary.progress),
            tone: tone(&summary.progress),
            status: summary.progress,
            status_text: summary.sentence,
            total: summary.total,
            title: summary.title,
            image: summary.image,
            pieces: summary.pieces,
        }
    }
}
