//! What we buy at a store, as the buyer sees it, with the forms for what only a person can find out.

use domain::{
    Money,
    lifecycle::State,
    order::{Order, SupplierOrder},
};
use serde::Serialize;

use crate::words::{moment, plain};

/// A supplier order.
#[derive(Serialize)]
pub(crate) struct PurchaseView {
    pub(crate) id: String,
    pub(crate) store: String,
    pub(crate) status: &'static str,
    pub(crate) since: String,
    pub(crate) due_at: Option<String>,
    pub(crate) tries: u32,
    pub(crate) lines: Vec<String>,
    pub(crate) cap: Money,
    pub(crate) charged: Option<Money>,
    pub(crate) store_orders: Vec<String>,
    pub(crate) tracking: Vec<String>,
    pub(crate) sent_at: Option<String>,
    pub(crate) looked_at: Option<String>,
    pub(crate) note: String,
    #[serde(skip)]
    pub(crate) shown: ShownPurchase,
}

/// What only the page shows.
pub(crate) struct ShownPurchase {
    pub(crate) status: String,
    pub(crate) since: String,
    pub(crate) store_orders: String,
    pub(crate) tracking: String,
    /// It may have been bought by hand or without an answer, and this person may say what they found or bought at the store.
    pub(crate) asks_for_placement: bool,
    /// Only a person can still find out, and this one may.
    pub(crate) asks_for_absence: bool,
}

impl PurchaseView {
    pub(crate) fn of(order: &Order, bought: &SupplierOrder, is_buyer: bool) -> Self {
        let state = bought.life.state();
        let line = |line: &domain::order::Line| format!("{} × {} {}", line.quantity, line.title, line.variant_label);
        let lines = bought.lines.iter().filter_map(|id| order.line(id));
        Self {
            id: bought.id.to_string(),
            store: bought.store.to_string(),
            status: state.word(),
            since: bought.life.since().to_string(),
            due_at: bought.life.due_at().map(|at| at.to_string()),
            tries: bought.life.tries(),
            lines: lines.map(line).collect(),
            cap: bought.cap,
            charged: bought.charged,
            store_orders: bought.store_orders.clone(),
            tracking: bought.tracking.clone(),
            sent_at: bought.sent_at.map(|at| at.to_string()),
            looked_at: bought.look_ups.map(|looks| looks.last.to_string()),
            note: bought.note.clone(),
            shown: ShownPurchase {
                status: plain(state.word()),
                since: moment(bought.life.since()),
                store_orders: bought.store_orders.join(", "),
                tracking: bought.tracking.join(", "),
                asks_for_placement: is_buyer
                    && matches!(
                        state,
                        State::Planned | State::Asked | State::Refused | State::Unknown | State::StaffDecision
                    ),
                asks_for_absence: is_buyer && state == State::StaffDecision,
            },
        }
    }
}
