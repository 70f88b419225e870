//! The board: what needs a person first, then the newest orders by where they are; and the list of what was searched.

use askama::Template;
use domain::{
    Failure, Money, Timestamp,
    order::Order,
    progress::{self, Progress},
};
use futures::future::try_join_all;
use serde::Serialize;
use store::OrderSummary;

use crate::{
    Deps,
    words::{moment, plain},
};

/// So many of each column are looked at for open exceptions.
const LOOKED_AT: i32 = 100;
/// So many of each column are shown.
const SHOWN: usize = 8;

/// The board.
#[derive(Serialize, Template)]
#[template(path = "board.html")]
pub(crate) struct Board {
    /// Orders with open exceptions, the longest waiting first.
    waiting: Vec<Card>,
    columns: Vec<Column>,
    #[serde(skip)]
    wanted: String,
}

#[derive(Serialize)]
struct Column {
    status: String,
    exceptions: u32,
    /// True when there are more than are shown.
    has_more: bool,
    orders: Vec<Card>,
    #[serde(skip)]
    label: String,
}

/// An order in a list of the desk.
#[derive(Clone, Serialize)]
struct Card {
    id: String,
    status: String,
    title: String,
    pieces: usize,
    total: Money,
    exceptions: u32,
    changed_at: Timestamp,
    #[serde(skip)]
    label: String,
    #[serde(skip)]
    facts: String,
}

/// What a search found.
#[derive(Serialize, Template)]
#[template(path = "search.html")]
pub(crate) struct Found {
    wanted: String,
    orders: Vec<Card>,
}

impl Board {
    pub(crate) async fn load(deps: &Deps) -> Result<Self, Failure> {
        let words = Progress::all_words();
        let columns = try_join_all(words.iter().map(|word| deps.orders.on_board(word, LOOKED_AT))).await?;
        let open = columns.iter().flatten().filter(|summary| summary.exceptions > 0);
        let mut waiting: Vec<Card> = open.map(Card::of).collect();
        waiting.sort_by_key(|card| card.changed_at);
        let columns = words
            .into_iter()
            .zip(columns)
            .map(|(word, orders)| Column::of(word, &orders))
            .collect();
        Ok(Self {
            waiting,
            columns,
            wanted: String::new(),
        })
    }
}

impl Column {
    fn of(status: String, orders: &[OrderSummary]) -> Self {
        Self {
            label: plain(&status),
            status,
            exceptions: orders.iter().map(|summary| summary.exceptions).sum(),
            has_more: orders.len() > SHOWN,
            orders: orders.iter().take(SHOWN).map(Card::of).collect(),
        }
    }
}

impl Card {
    fn of(summary: &OrderSummary) -> Self {
        let pieces = usize::try_from(summary.pieces).unwrap_or(usize::MAX);
        Self {
            id: summary.id.to_string(),
            label: plain(&summary.progress),
            facts: facts(pieces, summary.total, summary.changed_at),
            status: summary.progress.clone(),
            title: summary.title.clone(),
            pieces,
            total: summary.total,
            exceptions: summary.exceptions,
            changed_at: summary.changed_at,
        }
    }

    fn of_order(order: &Order) -> Self {
        let status = progress::progress(order).word();
        let pieces = order.units.len();
        let changed_at = order
            .parts()
            .iter()
            .filter_map(|part| order.life(part))
            .map(|life| life.since())
            .max();
        let changed_at = changed_at.unwrap_or(order.placed_at);
        Self {
            id: order.id.to_string(),
            label: plain(&status),
            facts: facts(pieces, order.total, changed_at),
            status,
            title: order.lines.first().map(|line| line.title.clone()).unwrap_or_default(),
            pieces,
            total: order.total,
            exceptions: u32::try_from(order.open_exceptions().count()).unwrap_or(u32::MAX),
            changed_at,
        }
    }
}

fn facts(pieces: usize, total: Money, changed_at: Timestamp) -> String {
    let pieces = if pieces == 1 {
        "1 piece".to_owned()
    } else {
        format!("{pieces} pieces")
    };
    format!("{total} · {pieces} · {}", moment(changed_at))
}

impl Found {
    pub(crate) fn of(wanted: String, orders: &[Order]) -> Self {
        Self {
            wanted,
            orders: orders.iter().map(Card::of_order).collect(),
        }
    }
}
