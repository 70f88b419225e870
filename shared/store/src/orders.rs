//! Orders: loaded whole with one query, committed whole with one transaction that is conditional on the version.

use domain::{
    Failure, RequestKey, Timestamp,
    audit::Entry,
    id::{CustomerId, OrderId},
    ledger::LedgerTransaction,
    order::{Alias, Change, Order, Part, TimelineEntry},
};

use crate::{
    audit::Audit,
    db::Db,
    error::Error,
    item::{AttributeValue, Condition, Item, Key, Query, Range, Write, from_item, text, to_item},
    names::NameRecord,
    queue::Outgoing,
    records::{
        header::HeaderRecord,
        history::{JournalRecord, TimelineRecord},
        parts::{
            ExceptionRecord, LineRecord, PaymentRecord, RefundRecord, ShipmentRecord, SupplierOrderRecord, UnitRecord,
        },
    },
    requests::{RequestRecord, request_key},
};

/// The orders of the shop.
#[derive(Clone)]
pub struct Orders {
    pub(crate) db: Db,
}

/// A write that goes with a change of an order if its own condition holds, and is left out if it does not.
pub struct Beside(pub(crate) Write);

/// How a commit ended.
#[derive(Debug)]
pub enum Committed {
    /// The change was written; these are its messages, to be sent now.
    Written(Outgoing),
    /// The same request was committed before, with this result.
    Repeated(String),
}

/// Sort keys below this are the order as it stands; above lie timeline (`~T#`) and journal (`~J#`), which only grow.
const STANDING: &str = "~";

fn partition(id: &OrderId) -> String {
    format!("O#{id}")
}

impl Orders {
    /// The orders in a table.
    #[must_use]
    pub fn new(db: Db) -> Self {
        Self { db }
    }

    /// One order, whole and consistent.
    ///
    /// # Errors
    /// `NotFound` when there is none.
    pub async fn load(&self, id: &OrderId) -> Result<Order, Failure> {
        let items = self
            .db
            .query_all(Query::of(partition(id), Range::Below(STANDING.into())))
            .await?;
        assembled(items)?.ok_or(Failure::NotFound("order"))
    }

    /// One order of one customer. Somebody else's is not found.
    ///
    /// # Errors
    /// `NotFound` when there is none that this customer may see.
    pub async fn load_own(&self, id: &OrderId, customer: &CustomerId) -> Result<Order, Failure> {
        let order = self.load(id).await?;
        if order.customer == *customer {
            Ok(order)
        } else {
            Err(Failure::NotFound("order"))
        }
    }

    /// The timeline, oldest first.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn timeline(&self, id: &OrderId) -> Result<Vec<TimelineEntry>, Failure> {
        let items = self
            .db
            .query_all(Query::of(partition(id), Range::BeginsWith("~T#".into())))
            .await?;
        let mut entries = Vec::new();
        for item in items {
            entries.extend(from_item::<TimelineRecord>(item)?.into_entries()?);
        }
        Ok(entries)
    }

    /// The journal, oldest first.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn journal(&self, id: &OrderId) -> Result<Vec<LedgerTransaction>, Failure> {
        let items = self
            .db
            .query_all(Query::of(partition(id), Range::BeginsWith("~J#".into())))
            .await?;
        let mut transactions = Vec::new();
        for item in items {
            transactions.extend(from_item::<JournalRecord>(item)?.into_transactions()?);
        }
        Ok(transactions)
    }

    /// Writes a change: state, deadline, timeline, ledger, names, all or nothing.
    ///
    /// # Errors
    /// `Conflict` when the order was changed meanwhile: load, decide and commit again.
    pub async fn commit(&self, change: Change, now: Timestamp) -> Result<Outgoing, Failure> {
        self.commit_with(&change, Vec::new(), now).await
    }

    /// The same with writes without which it does not happen.
    pub(crate) async fn commit_with(
        &self,
        change: &Change,
        record: Vec<Write>,
        now: Timestamp,
    ) -> Result<Outgoing, Failure> {
        match self.write(change, None, (record, None), now).await? {
            Committed::Written(outgoing) => Ok(outgoing),
            Committed::Repeated(_) => Err(Failure::internal("a change without a key was taken for a repeat")),
        }
    }

    /// Writes a change asked for under an idempotency key, together with the key. `result` is what a repeat of the request is answered from.
    ///
    /// # Errors
    /// As [`Orders::commit`]; `Refused(KeyReused)` when the key came with another request before.
    pub async fn commit_once(
        &self,
        change: Change,
        key: &RequestKey,
        result: &str,
        now: Timestamp,
    ) -> Result<Committed, Failure> {
        self.write(&change, Some((key, result)), (Vec::new(), None), now).await
    }

    /// The same, with something that is written beside it when that still holds.
    ///
    /// # Errors
    /// As [`Orders::commit_once`].
    pub async fn commit_once_beside(
        &self,
        change: &Change,
        (key, result): (&RequestKey, &str),
        beside: Beside,
        now: Timestamp,
    ) -> Result<Committed, Failure> {
        self.write(change, Some((key, result)), (Vec::new(), Some(beside)), now)
            .await
    }

    /// The same with writes without which it does not happen.
    pub(crate) async fn commit_on_record(
        &self,
        change: &Change,
        key: (&RequestKey, &str),
        record: Vec<Write>,
        now: Timestamp,
    ) -> Result<Committed, Failure> {
        self.write(change, Some(key), (record, None), now).await
    }

    /// Writes an entry of the audit about something that changed no order.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn note(&self, entry: &Entry) -> Result<(), Failure> {
        Audit::write(&self.db, entry).await
    }

    async fn write(
        &self,
        change: &Change,
        key: Option<(&RequestKey, &str)>,
        (record, beside): (Vec<Write>, Option<Beside>),
        now: Timestamp,
    ) -> Result<Committed, Failure> {
        let mut writes = self.writes(change, now)?;
        let names = writes.len();
        for alias in &change.aliases {
            writes.push(NameRecord::write(alias, &change.order.id)?);
        }
        writes.extend(
            change
                .dropped_aliases
                .iter()
                .map(|alias| NameRecord::erase(alias, &change.order.id)),
        );
        writes.extend(record.iter().cloned());
        if let Some((key, result)) = key {
            writes.push(RequestRecord::write(key, result, now)?);
        }
        let is_beside = beside.is_some();
        writes.extend(beside.map(|Beside(write)| write));
        match self.db.transact(writes).await {
            Ok(()) => Ok(Committed::Written(Outgoing::of(change.messages.clone()))),
            // Once more without it: what is then in the way is the order's own.
            Err(Error::Condition(_)) if is_beside => Box::pin(self.write(change, key, (record, None), now)).await,
            Err(Error::Condition(in_the_way)) => match key {
                Some((key, _)) if matches!(in_the_way.last(), Some(Some(_))) => {
                    let item = in_the_way.into_iter().next_back().flatten().unwrap_or_default();
                    Ok(Committed::Repeated(RequestRecord::result_of(item, key)?))
                }
                Some(_) | None => Err(contradiction(change, &in_the_way, names)),
            },
            Err(error) => Err(error.into()),
        }
    }

    fn writes(&self, change: &Change, now: Timestamp) -> Result<Vec<Write>, Error> {
        let order = &change.order;
        let pk = partition(&order.id);
        let condition = if change.is_new {
            Condition::Absent
        } else {
            Condition::VersionIs(order.version.saturating_sub(1))
        };
        let header = HeaderRecord::of(order, now);
        let mut writes = vec![Write::Put(to_item(&Key::new(&pk, "A"), &header)?, condition)];
        let mut put = |sk: String, item: Result<Item, Error>| -> Result<(), Error> {
            let mut item = item?;
            item.insert("sk".into(), AttributeValue::S(sk));
            writes.push(Write::Put(item, Condition::Always));
            Ok(())
        };
        let key = Key::new(&pk, "");
        if change.is_new {
            for line in &order.lines {
                put(format!("L#{}", line.id.number()), to_item(&key, &LineRecord::of(line)))?;
            }
        }
        for part in &change.parts {
            if let Some((sk, item)) = part_item(order, part, &key) {
                put(sk, item)?;
            }
        }
        for exception in order
            .exceptions
            .iter()
            .filter(|exception| change.exceptions.contains(&exception.id))
        {
            put(
                format!("E#{}", exception.id.number()),
                to_item(&key, &ExceptionRecord::of(exception)),
            )?;
        }
        if let Some(first) = change.timeline.first() {
            put(
                format!("~T#{:06}", first.number),
                to_item(&key, &TimelineRecord::of(&change.timeline)),
            )?;
        }
        if !change.journal.is_empty() {
            put(
                format!("~J#{:06}", order.version),
                to_item(&key, &JournalRecord::of(&change.journal)),
            )?;
        }
        Ok(writes)
    }

    /// What a request under this key was answered from, when it was committed before.
    ///
    /// # Errors
    /// `Refused(KeyReused)` when the key came with another request.
    pub async fn repeated(&self, key: &RequestKey) -> Result<Option<String>, Failure> {
        let found = self.db.get(&request_key(key)).await?;
        found.map(|item| RequestRecord::result_of(item, key)).transpose()
    }
}

fn part_item(order: &Order, part: &Part, key: &Key) -> Option<(String, Result<Item, Error>)> {
    match part {
        Part::Order => None,
        Part::Payment(id) => order
            .payment(id)
            .map(|p| (format!("P#{}", id.number()), to_item(key, &PaymentRecord::of(p)))),
        Part::SupplierOrder(id) => order
            .supplier_order(id)
            .map(|s| (format!("S#{}", id.number()), to_item(key, &SupplierOrderRecord::of(s)))),
        Part::Unit(id) => order
            .unit(id)
            .map(|u| (format!("U#{}", id.number()), to_item(key, &UnitRecord::of(u)))),
        Part::Shipment(id) => order
            .shipment(id)
            .map(|s| (format!("X#{}", id.number()), to_item(key, &ShipmentRecord::of(s)))),
        Part::Refund(id) => order
            .refund(id)
            .map(|r| (format!("R#{}", id.number()), to_item(key, &RefundRecord::of(r)))),
    }
}

/// A condition that failed: the version means somebody was faster; a name means that two orders claim one thing of the outside.
fn contradiction(change: &Change, in_the_way: &[Option<Item>], names: usize) -> Failure {
    if matches!(in_the_way.first(), Some(Some(_))) {
        return Failure::Conflict;
    }
    let claimed = in_the_way
        .iter()
        .skip(names)
        .zip(&change.aliases)
        .find(|(item, _)| item.is_some());
    match claimed {
        Some((_, Alias::Unique { scope, value } | Alias::Shared { scope, value })) => Failure::internal(format!(
            "{scope} {value} belongs to another order than {}",
            change.order.id
        )),
        None => Failure::Conflict,
    }
}

fn assembled(items: Vec<Item>) -> Result<Option<Order>, Error> {
    let mut order: Option<Order> = None;
    for item in items {
        let sk = text(&item, "sk").unwrap_or_default();
        let Some(order) = order.as_mut() else {
            // The header's key sorts first; parts without a header do not exist.
            order = if sk == "A" {
                Some(from_item::<HeaderRecord>(item)?.into_order()?)
            } else {
                None
            };
            continue;
        };
        match sk.split_once('#').map(|(kind, _)| kind) {
            Some("L") => order.lines.push(from_item::<LineRecord>(item)?.into_part()?),
            Some("P") => order.payments.push(from_item::<PaymentRecord>(item)?.into_part()?),
            Some("S") => order
                .supplier_orders
                .push(from_item::<SupplierOrderRecord>(item)?.into_part()?),
            Some("U") => order.units.push(from_item::<UnitRecord>(item)?.into_part()?),
            Some("X") => order.shipments.push(from_item::<ShipmentRecord>(item)?.into_part()?),
            Some("R") => order.refunds.push(from_item::<RefundRecord>(item)?.into_part()?),
            Some("E") => order.exceptions.push(from_item::<ExceptionRecord>(item)?.into_part()?),
            Some(_) | None => {}
        }
    }
    if let Some(order) = order.as_mut() {
        order.lines.sort_by_key(|part| part.id.number());
        order.payments.sort_by_key(|part| part.id.number());
        order.supplier_orders.sort_by_key(|part| part.id.number());
        order.units.sort_by_key(|part| part.id.number());
        order.shipments.sort_by_key(|part| part.id.number());
        order.refunds.sort_by_key(|part| part.id.number());
        order.exceptions.sort_by_key(|part| part.id.number());
    }
    Ok(order)
}
