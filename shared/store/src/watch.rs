//! A watch around storage: it sees every call, knows what the call costs, and may spoil it. The simulator kills, delays and loses with it;
//! the meter counts with it. Nothing that ships has one.

use std::{pin::Pin, sync::Arc};

use crate::{
    cost::{self, Cost},
    db::Db,
    error::Error,
    item::{Condition, Item, Key, Page, Query, Write},
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

    /// After it was made. An error means that its answer got lost.
    fn after<'a>(&'a self, call: &'a Call, cost: Cost) -> Verdict<'a>;
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
        self.watch.after(&call, cost::of_read(found.as_slice(), true)).await?;
        Ok(found)
    }

    pub(crate) async fn get_eventually(&self, key: &Key) -> Result<Option<Item>, Error> {
        let call = self.call("GetItem", &key.pk, false);
        self.watch.before(&call).await?;
        let found = self.table.get_eventually(key).await?;
        self.watch.after(&call, cost::of_read(found.as_slice(), false)).await?;
        Ok(found)
    }

    pub(crate) async fn query(&self, query: Query) -> Result<Page, Error> {
        let call = self.call("Query", &query.pk, false);
        let is_consistent = query.index.is_none();
        self.watch.before(&call).await?;
        let page = self.table.query(query).await?;
        self.watch
            .after(&call, cost::of_read(&page.items, is_consistent))
            .await?;
        Ok(page)
    }

    pub(crate) async fn put(&self, item: Item, condition: Condition) -> Result<(), Error> {
        let key = Key::of(&item).unwrap_or_else(|| Key::new("", ""));
        self.write(self.call("PutItem", &key.pk, true), vec![Write::Put(item, condition)])
            .await
    }

    pub(crate) async fn delete(&self, key: &Key) -> Result<(), Error> {
        let call = self.call("DeleteItem", &key.pk, true);
        self.write(call, vec![Write::Delete(key.clone(), Condition::Always)])
            .await
    }

    pub(crate) async fn transact(&self, writes: Vec<Write>) -> Result<(), Error> {
        self.write(self.call("TransactWriteItems", &about(&writes), true), writes)
            .await
    }

    /// One transaction over this table and another, which is seen once, as this table's.
    pub(crate) async fn transact_with(&self, writes: Vec<Write>, other: &Db, more: Vec<Write>) -> Result<(), Error> {
        let other = if let Db::Watched(other) = other {
            &other.table
        } else {
            other
        };
        let call = self.call("TransactWriteItems", &about(&writes), true);
        self.watch.before(&call).await?;
        let (cost, result) = if let (Db::Memory(table), Db::Memory(second)) = (&self.table, other) {
            let all = [writes.clone(), more.clone()].concat();
            match table.replace_in_both(writes, second, more) {
                Ok(before) => (cost::of_write(&all, &before, true), Ok(())),
                Err(error) => (cost::of_write(&all, &[], true), Err(error)),
            }
        } else {
            (Cost::default(), self.table.transact_with(writes, other, more).await)
        };
        self.watch.after(&call, cost).await?;
        result
    }

    async fn write(&self, call: Call, writes: Vec<Write>) -> Result<(), Error> {
        let is_transaction = call.operation == "TransactWriteItems";
        self.watch.before(&call).await?;
        let (before, result) = match (&self.table, writes) {
            (Db::Memory(table), writes) => {
                let kept = writes.clone();
                match table.replace(writes) {
                    Ok(before) => (Some((kept, before)), Ok(())),
                    Err(error) => (Some((kept, Vec::new())), Err(error)),
                }
            }
            (table, mut writes) if !is_transaction => match writes.pop() {
                Some(Write::Put(item, condition)) => (None, table.put(item, condition).await),
                Some(Write::Delete(key, _)) => (None, table.delete(&key).await),
                Some(Write::Check(..) | Write::Count(_)) | None => (None, Ok(())),
            },
            (table, writes) => (None, table.transact(writes).await),
        };
        let cost = before.map_or_else(Cost::default, |(writes, before)| {
            cost::of_write(&writes, &before, is_transaction)
        });
        match result {
            Ok(()) => self.watch.after(&call, cost).await,
            Err(error) => {
                self.watch.after(&call, cost).await?;
                Err(error)
            }
        }
    }
}

fn about(writes: &[Write]) -> String {
    let key = writes.first().and_then(|write| match write {
        Write::Put(item, _) => Key::of(item),
        Write::Delete(key, _) | Write::Check(key, _) => Some(key.clone()),
        Write::Count(count) => Some(count.key.clone()),
    });
    key.map(|key| key.pk).unwrap_or_default()
}
