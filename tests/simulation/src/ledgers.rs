//! What is checked while the town lives: every write of an order is looked at as it happens. The numbers are those of `INVARIANTS`.
//!
//! Those that have no check of their own: 19 (a lost message only makes late) and 21 (webhooks in any order and number) are 17 and 7 under
//! the faults that lose, repeat and delay them.

use std::collections::{BTreeMap, BTreeSet};

use domain::{
    Timestamp,
    lifecycle::{Subject, TABLE},
};
use store::{AttributeValue, Call, Item};

use crate::bugs::{state, text};

/// A look that finds nothing counts this long after the call, and again this long after the first (reliability rules of the purchase);
/// clocks may be wrong by five minutes each way.
const PROOF_MS: i64 = (40 - 10) * 60_000;

/// The partition of the due index in which webhooks wait.
const DUE_WEBHOOKS: &str = "D#webhook";
/// The partition of the due index in which news of orders wait.
const DUE_NEWS: &str = "D#news";

/// What must hold, by number.
pub(crate) const INVARIANTS: &[(u8, &str)] = &[
    (
        1,
        "every ledger transaction sums to zero in each currency; entries never change",
    ),
    (
        2,
        "captured = spent + refunded + kept; nothing is held when the order has ended",
    ),
    (3, "refunded is never more than captured"),
    (4, "a payment moves money once"),
    (5, "an order is paid with exactly what was asked, or a person looks"),
    (6, "the lines add up to the total, in whole minor units"),
    (7, "the provider's books and ours are the same to the cent"),
    (
        8,
        "at most one live order at the store for each supplier order, made under its reference",
    ),
    (9, "no order at the store without a committed lease"),
    (10, "nothing is bought for an order that is not paid"),
    (
        11,
        "the store is never paid more than allowed without a matter for a person",
    ),
    (12, "unknown is left only with proof"),
    (13, "each store order belongs to one supplier order"),
    (14, "a cancelled order is not bought"),
    (15, "every state that is not final has its deadline in the due index"),
    (
        16,
        "every order that is not at its end has a deadline or a matter for a person",
    ),
    (17, "when faults stop, every order comes to its end"),
    (18, "what the queues gave up is seen by somebody"),
    (20, "a webhook that was answered is stored"),
    (22, "nothing unauthentic is stored"),
    (23, "the same key gives the same answer"),
    (24, "only moves of the table; the version rises by one"),
    (25, "the order and its parts agree"),
    (26, "a piece is received once and lies in one parcel"),
    (27, "the papers of a parcel declare what its pieces cost"),
    (28, "what was delivered stays delivered"),
    (29, "the news of a commit arrive at most once by each channel"),
    (30, "who wrote reads what they wrote"),
    (31, "nobody sees somebody else's order"),
    (32, "no message names a person or their phone"),
    (
        33,
        "an account that was deleted leaves orders and money, and no personal fields; nothing is bought for it any more",
    ),
    (34, "the same seed gives the same trace"),
];

/// Something that must not be.
#[derive(Clone, Debug)]
pub struct Violation {
    /// Which invariant.
    pub invariant: u8,
    /// What was seen.
    pub what: String,
}

/// What the watch remembers of each order.
#[derive(Default)]
pub(crate) struct Checks {
    pub(crate) violations: Vec<Violation>,
    versions: BTreeMap<String, u64>,
    states: BTreeMap<(String, String), (String, Timestamp)>,
    grown: BTreeSet<(String, String)>,
    /// Orders that changed since somebody looked.
    pub(crate) changed: BTreeSet<String>,
    /// Rows of the life-cycle table that were walked, and how often.
    pub(crate) walked: BTreeMap<usize, u64>,
    /// Moves of the table that supplier orders made to `sending`: each is a lease.
    pub(crate) leases: BTreeMap<String, u64>,
    pub(crate) inbox: BTreeSet<String>,
    /// Partitions of the due index in which something may be another since this was last looked at.
    pub(crate) dues: BTreeSet<String>,
    /// In which of them an order stands, or stood when it was last due.
    due_of: BTreeMap<String, String>,
}

impl Checks {
    pub(crate) fn broken(&mut self, invariant: u8, what: impl Into<String>) {
        if self.violations.len() < 20 {
            self.violations.push(Violation {
                invariant,
                what: what.into(),
            });
        }
    }

    pub(crate) fn written(&mut self, call: &Call, items: &[&Item], now: Timestamp) {
        if call.place != "orders" {
            return;
        }
        // What is taken out of this partition is not among the items.
        self.dues.insert(DUE_WEBHOOKS.to_owned());
        for item in items {
            let (pk, sk) = (text(item, "pk"), text(item, "sk"));
            if pk.starts_with("W#") {
                self.inbox.insert(pk.to_owned());
            }
            if !pk.starts_with("O#") {
                continue;
            }
            match sk.split('#').next() {
                Some("A") => self.header(item, pk),
                Some("~T") => self.timeline(item, pk, sk),
                Some("~J") => self.journal(pk, sk),
                Some("~N") => {
                    self.dues.insert(DUE_NEWS.to_owned());
                }
                _ => self.part(pk, sk, item, items, now),
            }
        }
    }

    fn header(&mut self, item: &Item, pk: &str) {
        self.changed.insert(pk.trim_start_matches("O#").to_owned());
        let due = text(item, "due_pk");
        if !due.is_empty() && !self.due_of.contains_key(pk) {
            self.due_of.insert(pk.to_owned(), due.to_owned());
        }
        self.dues.extend(self.due_of.get(pk).cloned());
        let version = match item.get("v") {
            Some(AttributeValue::N(number)) => number.parse().unwrap_or(0),
            Some(_) | None => 0,
        };
        let before = self.versions.insert(pk.to_owned(), version).unwrap_or(0);
        if version != before.saturating_add(1) {
            self.broken(24, format!("{pk} went from version {before} to {version}"));
        }
    }

    /// Every entry is a row of the table; entries only grow.
    fn timeline(&mut self, item: &Item, pk: &str, sk: &str) {
        if !self.grown.insert((pk.to_owned(), sk.to_owned())) {
            self.broken(24, format!("{pk} {sk} was written again"));
        }
        for entry in list(item, "entries") {
            let about = text(entry, "about");
            let (event, from, to) = (text(entry, "event"), text(entry, "from"), text(entry, "to"));
            let subject = subject(about);
            let row = TABLE.iter().position(|row| {
                row.subject == subject
                    && row.event.word() == event
                    && row.to.word() == to
                    && if from.is_empty() {
                        row.from.is_empty()
                    } else {
                        row.from.iter().any(|state| state.word() == from)
                    }
            });
            match row {
                Some(row) => {
                    let count = self.walked.entry(row).or_default();
                    *count = count.saturating_add(1);
                }
                None => self.broken(24, format!("{about}: {from} {event} {to} is no row of the table")),
            }
        }
    }

    fn journal(&mut self, pk: &str, sk: &str) {
        if !self.grown.insert((pk.to_owned(), sk.to_owned())) {
            self.broken(1, format!("{pk} {sk} was written again"));
        }
    }

    fn part(&mut self, pk: &str, sk: &str, item: &Item, items: &[&Item], now: Timestamp) {
        let Some(to) = state(item) else { return };
        let key = (pk.to_owned(), sk.to_owned());
        let before = self.states.get(&key).cloned();
        let from = before.as_ref().map(|(state, _)| state.as_str());
        if from == Some(to) {
            return;
        }
        let subject = subject(sk);
        let row = TABLE.iter().position(|row| {
            row.subject == subject
                && row.to.word() == to
                && from.map_or(row.from.is_empty(), |from| {
                    row.from.iter().any(|state| state.word() == from)
                })
        });
        // The timeline does not tell of pieces; two states of one are joined by one row only.
        if subject == Subject::Unit
            && let Some(row) = row
        {
            let count = self.walked.entry(row).or_default();
            *count = count.saturating_add(1);
        }
        // A part may pass through several states in one commit; the timeline tells each, so only a part made in between is let through here.
        let told = items.iter().any(|item| text(item, "sk").starts_with("~T#"));
        if row.is_none() && !told {
            self.broken(24, format!("{pk} {sk} went from {} to {to}", from.unwrap_or("nothing")));
        }
        if subject == Subject::SupplierOrder && to == "planned" && matches!(from, Some("sending" | "unknown")) {
            self.broken(
                12,
                format!("{pk} {sk} went from {} back to planned", from.unwrap_or_default()),
            );
        }
        if subject == Subject::SupplierOrder && to == "sending" {
            self.leased(pk, sk, before.as_ref(), items, now);
        }
        if subject == Subject::Shipment && from == Some("delivered") {
            self.broken(28, format!("{pk} {sk} was delivered and is {to}"));
        }
        self.states.insert(key, (to.to_owned(), now));
    }

    fn leased(&mut self, pk: &str, sk: &str, before: Option<&(String, Timestamp)>, items: &[&Item], now: Timestamp) {
        let count = self.leases.entry(format!("{pk}/{sk}")).or_default();
        *count = count.saturating_add(1);
        let header = items.iter().find(|item| text(item, "sk") == "A");
        if let Some(order) = header.and_then(|item| state(item))
            && order != "paid"
        {
            self.broken(10, format!("{pk} {sk} is bought while the order is {order}"));
        }
        if let Some((from, since)) = before
            && from == "unknown"
            && now.as_millis().saturating_sub(since.as_millis()) < PROOF_MS
        {
            self.broken(
                12,
                format!("{pk} {sk} was unknown since {since} and is sent again at {now}"),
            );
        }
    }

    /// The newest state that was written for a part.
    pub(crate) fn states(&self) -> impl Iterator<Item = (&str, &str, &str)> {
        self.states
            .iter()
            .map(|((pk, sk), (state, _))| (pk.as_str(), sk.as_str(), state.as_str()))
    }
}

fn list<'a>(item: &'a Item, name: &str) -> Vec<&'a Item> {
    let Some(AttributeValue::L(entries)) = item.get(name) else {
        return Vec::new();
    };
    let as_map = |value: &'a AttributeValue| {
        if let AttributeValue::M(entry) = value {
            Some(entry)
        } else {
            None
        }
    };
    entries.iter().filter_map(as_map).collect()
}

/// The subject of an id or of a sort key; nothing for the order itself.
fn subject(id: &str) -> Subject {
    match id.split(['_', '#']).next() {
        Some("pay" | "P") => Subject::Payment,
        Some("sup" | "S") => Subject::SupplierOrder,
        Some("unit" | "U") => Subject::Unit,
        Some("shp" | "X") => Subject::Shipment,
        Some("ref" | "R") => Subject::Refund,
        _ => Subject::Order,
    }
}
