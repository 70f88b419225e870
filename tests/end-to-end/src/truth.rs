//! The truth to compare with: what the providers have in their books for an order, and whether our own books agree with themselves.

use anyhow::{anyhow, ensure};
use domain::{
    ledger::Balances,
    order::{Order, Part},
};
use serde_json::Value;

use crate::stage::Stage;

/// What the outside did for one order, by the providers' own books.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Effects {
    /// Orders at the store.
    pub purchases: usize,
    /// Payment pages that were paid.
    pub charges: usize,
    /// Waybills at the carrier.
    pub labels: usize,
    /// Refunds at the payment provider.
    pub refunds: usize,
}

impl Effects {
    /// One of each that a delivered order needs, and no more.
    pub const DELIVERED: Self = Self {
        purchases: 1,
        charges: 1,
        labels: 1,
        refunds: 0,
    };
    /// Paid once, bought never, and paid back once.
    pub const PAID_BACK: Self = Self {
        purchases: 0,
        charges: 1,
        labels: 0,
        refunds: 1,
    };
    /// Paid once, nothing else yet.
    pub const PAID: Self = Self {
        purchases: 0,
        charges: 1,
        labels: 0,
        refunds: 0,
    };
}

impl Stage {
    /// What the outside did for an order.
    ///
    /// # Errors
    /// When the sandbox does not show its books.
    pub async fn effects(&self, order: &Order) -> anyhow::Result<Effects> {
        let books = self.world()?.books().await?;
        let all = |pointer: &str| {
            books
                .pointer(pointer)
                .and_then(Value::as_array)
                .cloned()
                .unwrap_or_default()
        };
        // Every reference that the outside knows holds the order's own ULID.
        let ours = |value: &Value| value.to_string().contains(order.id.ulid());
        let sessions: Vec<Value> = all("/stripe/sessions").into_iter().filter(ours).collect();
        let intents: Vec<&Value> = sessions.iter().map(|session| &session["payment_intent"]).collect();
        let is_paid = |session: &&Value| session["payment_status"] == "paid";
        let is_back = |refund: &&Value| intents.contains(&&refund["payment_intent"]);
        Ok(Effects {
            purchases: all("/aliexpress/orders")
                .iter()
                .filter(|bought| ours(&bought["out_order_id"]))
                .count(),
            charges: sessions.iter().filter(is_paid).count(),
            labels: all("/dhl/shipments").iter().filter(|waybill| ours(waybill)).count(),
            refunds: all("/stripe/refunds").iter().filter(is_back).count(),
        })
    }

    /// Checks that the order's journal adds up to its balances, that both sides are equal, and that nothing is held for the customer any
    /// more.
    ///
    /// # Errors
    /// With the accounts, when they are not so.
    pub async fn ledger_is_level(&self, order: &Order) -> anyhow::Result<()> {
        let journal = self
            .orders()
            .journal(&order.id)
            .await
            .map_err(|failure| anyhow!("no journal: {failure:?}"))?;
        let mut sum = Balances::default();
        for transaction in &journal {
            sum = sum.posted(transaction)?;
        }
        let ids: std::collections::BTreeSet<&str> = journal.iter().map(|transaction| transaction.id()).collect();
        ensure!(ids.len() == journal.len(), "a movement was booked twice: {journal:?}");
        ensure!(
            sum == order.balances,
            "the journal adds up to {sum:?}, the order says {:?}",
            order.balances
        );
        ensure!(sum.is_balanced(), "debit and credit differ: {sum:?}");
        ensure!(sum.is_level(), "money is still held or owed: {sum:?}");
        Ok(())
    }
}

/// Where an order stands, in one line for a failed test.
#[must_use]
pub fn describe(order: &Order) -> String {
    let state = |part: Part| {
        let state = order.life(&part).map_or("nowhere", |life| life.state().word());
        format!(
            "{} {state}",
            if part.id().is_empty() {
                order.id.as_str()
            } else {
                part.id()
            }
        )
    };
    let mut words: Vec<String> = order.parts().into_iter().map(state).collect();
    words.extend(order.open_exceptions().map(|open| format!("open: {}", open.kind)));
    words.extend(
        order
            .supplier_orders
            .iter()
            .map(|bought| bought.note.clone())
            .filter(|note| !note.is_empty()),
    );
    words.extend(
        order
            .shipments
            .iter()
            .map(|parcel| parcel.note.clone())
            .filter(|note| !note.is_empty()),
    );
    words.join(", ")
}
