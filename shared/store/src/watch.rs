//! A watch around storage: it sees every call, knows what the call costs, and may spoil it. The simulator kills, delays and loses with it;
//! the meter counts with it. Nothing that ships has one.

use std::{pin::Pin, sync::Arc};

use crate::{
    cost::{self, Cost},
    db::Db,
    error::Error,
    item::{Condition, Item, Key, Page, Query, Write, as_text},
    memory::{Done, Replaced},
};

/// One call to DynamoDB, SQS or S3.
#[derive(Clone, Debug)]
pub struct Call {
    /// The operation, as the service calls it.
    pub operation: &'static str,
    /// The table, the consumer of the queue, or `files`.
    pub place: String,
    /// What it is about: the first partition key, or the key of a file.
    pub about: String,
    /// True when it changes something.
    pub writes: bool,
}

/// What a watch gives back.
pub type Verdict<'a> = Pin<Box<dyn Future<Output = Result<(), Error>> + Send + 'a>>;

/// Sees every call to storage.
pub trait Watch: Send + Sync {
    /// Before the call is made. An error keeps it from being made.
    fn before<'a>(&'a self, call: &'a Call) -> Verdict<'a>;

    /// Whether anybody wants to know what calls cost.
    fn counts(&self) -> bool {
        true
    }

    /// After it was made. An error means that its answer got lost.
    fn after<'a>(&'a self, call: &'a Call, cost: Cost) -> Verdict<'a>;

    /// Looks at what is about to be written. A planted bug changes it.
    fn writes(&self, _call: &Call, _writes: &mut Vec<Write>) {}

    /// Looks at the items that were written.
    fn written(&self, _call: &Call, _items: &[&Item]) {}
}

/// A table with a watch around it.
pub struct WatchedTable {
    table: Db,
    name: String,
    watch: Arc<dyn Watch>,
}

impl Db {
    /// The same table, seen by a watch.
    #[must_use]
    pub fn watched(self, name: &str, watch: Arc<dyn Watch>) -> Self {
        Self::Watched(Arc::new(WatchedTable {
            table: self,
            name: name.to_owned(),
            watch,
        }))
    }
}

impl WatchedTable {
    fn call(&self, operation: &'static str, about: &str, writes: bool) -> Call {
        Call {
            operation,
            place: self.name.clone(),
            about: about.to_owned(),
            writes,
        }
    }

    pub(crate) async fn get(&self, key: &Key) -> Result<Option<Item>, Error> {
        let call = self.call("GetItem", &key.pk, false);
        self.watch.before(&call).await?;
        let found = self.table.get(key).await?;
        self.read(&call, found.as_slice(), true).await?;
        Ok(found)
    }

    pub(crate) async fn get_eventually(&self, key: &Key) -> Result<Option<Item>, Error> {
        let call = self.call("GetItem", &key.pk, false);
        self.watch.before(&call).await?;
        let found = self.table.get_eventually(key).await?;
        self.read(&call, found.as_slice(), false).await?;
        Ok(found)
    }

    pub(crate) async fn query(&self, query: Query) -> Result<Page, Error> {
        let call = self.call("Query", &query.pk, false);
        let is_consistent = query.index.is_none();
        self.watch.before(&call).await?;
        let page = self.table.query(query).await?;
        self.read(&call, &page.items, is_consistent).await?;
        Ok(page)
    }

    pub(crate) async fn put(&self, item: Item, condition: Condition) -> Result<(), Error> {
        let about = as_text(&item, "pk").unwrap_or_default();
        let call = self.call("PutItem", about, true);
        self.watch.before(&call).await?;
        let mut writes = vec![Write::Put(item, condition)];
        self.watch.writes(&call, &mut writes);
        let Some(Write::Put(item, condition)) = writes.pop() else {
            return Ok(());
        };
        let outcome = match &self.table {
            Db::Memory(table) => self.done(&call, table.put(item, condition), false),
            table @ (Db::Aws(_) | Db::Watched(_)) => {
                let kept = item.clone();
                self.unknown(&call, &[&kept], table.put(item, condition).await)
            }
        };
        self.told(&call, outcome).await
    }

    pub(crate) async fn delete(&self, key: &Key) -> Result<(), Error> {
        let call = self.call("DeleteItem", &key.pk, true);
        self.watch.before(&call).await?;
        let outcome = match &self.table {
            Db::Memory(table) => self.done(&call, table.delete(key), false),
            table @ (Db::Aws(_) | Db::Watched(_)) => self.unknown(&call, &[], table.delete(key).await),
        };
        self.told(&call, outcome).await
    }

    pub(crate) async fn transact(&self, writes: Vec<Write>) -> Result<(), Error> {
        let mut writes = writes;
        let call = self.call("TransactWriteItems", about(&writes), true);
        self.watch.before(&call).await?;
        self.watch.writes(&call, &mut writes);
        let outcome = match &self.table {
            Db::Memory(table) => self.done(&call, table.transact(writes), true),
            table @ (Db::Aws(_) | Db::Watched(_)) => {
                let kept = writes.clone();
                self.unknown(&call, &items(&kept), table.transact(writes).await)
            }
        };
        self.told(&call, outcome).await
    }

    /// One transaction over this table and another, which is seen once, as this table's.
    pub(crate) async fn transact_with(&self, writes: Vec<Write>, other: &Db, more: Vec<Write>) -> Result<(), Error> {
        let other = if let Db::Watched(other) = other {
            &other.table
        } else {
            other
        };
        let call = self.call("TransactWriteItems", about(&writes), true);
        self.watch.before(&call).await?;
        let outcome = match (&self.table, other) {
            (Db::Memory(table), Db::Memory(second)) => {
                self.done(&call, table.transact_with(writes, second, more), true)
            }
            (table, other) => {
                let kept: Vec<Write> = writes.iter().chain(&more).cloned().collect();
                self.unknown(&call, &items(&kept), table.transact_with(writes, other, more).await)
            }
        };
        self.told(&call, outcome).await
    }

    async fn read(&self, call: &Call, items: &[Item], is_consistent: bool) -> Result<(), Error> {
        let cost = if self.watch.counts() {
            cost::of_read(items, is_consistent)
        } else {
            Cost::default()
        };
        self.watch.after(call, cost).await
    }

    fn done(&self, call: &Call, done: Done, is_transaction: bool) -> Outcome {
        if done.result.is_ok() {
            let changed = done.written.iter().filter_map(Replaced::changed);
            let items: Vec<&Item> = changed.collect();
            self.watch.written(call, &items);
        }
        let cost = if self.watch.counts() {
            cost::of_write(&done, is_transaction)
        } else {
            Cost::default()
        };
        let result = done.result;
        Outcome { result, cost }
    }

    /// What DynamoDB replaced is known only to DynamoDB, and so is the cost.
    fn unknown(&self, call: &Call, items: &[&Item], result: Result<(), Error>) -> Outcome {
        if result.is_ok() {
            self.watch.written(call, items);
        }
        let cost = Cost {
            calls: 1,
            ..Cost::default()
        };
        Outcome { result, cost }
    }

    async fn told(&self, call: &Call, outcome: Outcome) -> Result<(), Error> {
        self.watch.after(call, outcome.cost).await?;
        outcome.result
    }
}

/// How a write ended and what it cost.
struct Outcome {
    result: Result<(), Error>,
    cost: Cost,
}

/// The items that a transaction puts.
fn items(writes: &[Write]) -> Vec<&Item> {
    let mut items = Vec::with_capacity(writes.len());
    for write in writes {
        if let Write::Put(item, _) = write {
            items.push(item);
        }
    }
    items
}

fn about(writes: &[Write]) -> &str {
    match writes.first() {
        Some(Write::Put(item, _)) => as_text(item, "pk").unwrap_or_default(),
        Some(Write::Delete(key, _) | Write::Check(key, _)) => &key.pk,
        Some(Write::Count(count)) => &count.key.pk,
        Some(Write::Amend(amend)) => &amend.key.pk,
        None => "",
    }
}
