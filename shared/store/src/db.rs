//! The operations on a table, in DynamoDB or, for tests, in memory. Everything else in this package is written in these.
//!
//! The client's futures are tens of kilobytes; they are boxed here, so that every future above them stays small.

use crate::{
    aws::{Clients, Dynamo},
    error::Error,
    item::{Condition, Item, Key, Page, Query, Range, Write},
};
#[cfg(feature = "memory")]
use crate::{memory::Memory, watch::WatchedTable};

/// One table.
#[derive(Clone)]
pub enum Db {
    /// DynamoDB.
    Aws(Dynamo),
    /// A table in this process, for tests.
    #[cfg(feature = "memory")]
    Memory(Memory),
    /// A table whose every call is seen, for tests.
    #[cfg(feature = "memory")]
    Watched(std::sync::Arc<WatchedTable>),
}

impl Db {
    /// A DynamoDB table, with its connection opened now and not with the first request, by reading where the function may read: an item whose
    /// partition key begins so. A table that does not answer yet is no reason not to start.
    pub async fn connect(clients: &Clients, table: &str, readable: &str) -> Self {
        let table = clients.table(table);
        let nothing = Key::new(format!("{readable}-"), "-");
        match &table {
            Self::Aws(table) => is_open(Box::pin(table.get_eventually(&nothing)).await),
            #[cfg(feature = "memory")]
            Self::Memory(_) | Self::Watched(_) => {}
        }
        table
    }

    /// The same for a function that may only query.
    pub async fn connect_to_query(clients: &Clients, table: &str, readable: &str) -> Self {
        let table = clients.table(table);
        let nothing = Query::of(format!("{readable}-"), Range::All);
        match &table {
            Self::Aws(table) => is_open(Box::pin(table.query(nothing)).await),
            #[cfg(feature = "memory")]
            Self::Memory(_) | Self::Watched(_) => {}
        }
        table
    }

    /// Reads one item, consistently.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn get(&self, key: &Key) -> Result<Option<Item>, Error> {
        match self {
            Self::Aws(table) => Box::pin(table.get(key)).await,
            #[cfg(feature = "memory")]
            Self::Memory(table) => table.get(key),
            #[cfg(feature = "memory")]
            Self::Watched(table) => Box::pin(table.get(key)).await,
        }
    }

    /// Reads one item at half the price; a write of the last moment may be missing from what comes.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn get_eventually(&self, key: &Key) -> Result<Option<Item>, Error> {
        match self {
            Self::Aws(table) => Box::pin(table.get_eventually(key)).await,
            #[cfg(feature = "memory")]
            Self::Memory(table) => table.get(key),
            #[cfg(feature = "memory")]
            Self::Watched(table) => Box::pin(table.get_eventually(key)).await,
        }
    }

    /// Reads along a partition.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn query(&self, query: Query) -> Result<Page, Error> {
        match self {
            Self::Aws(table) => Box::pin(table.query(query)).await,
            #[cfg(feature = "memory")]
            Self::Memory(table) => table.query(&query),
            #[cfg(feature = "memory")]
            Self::Watched(table) => Box::pin(table.query(query)).await,
        }
    }

    /// Reads a partition to its end, page by page.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn query_all(&self, mut query: Query) -> Result<Vec<Item>, Error> {
        let mut items = Vec::new();
        loop {
            let page = self.query(query.clone()).await?;
            items.extend(page.items);
            match page.next {
                Some(next) => query.after = Some(next),
                None => return Ok(items),
            }
        }
    }

    /// Writes one item.
    ///
    /// # Errors
    /// `Condition` with the item that stood in the way.
    pub async fn put(&self, item: Item, condition: Condition) -> Result<(), Error> {
        match self {
            Self::Aws(table) => Box::pin(table.put(item, condition)).await,
            #[cfg(feature = "memory")]
            Self::Memory(table) => table.put(item, condition).result,
            #[cfg(feature = "memory")]
            Self::Watched(table) => Box::pin(table.put(item, condition)).await,
        }
    }

    /// Deletes one item; one that is not there is no error.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn delete(&self, key: &Key) -> Result<(), Error> {
        match self {
            Self::Aws(table) => Box::pin(table.delete(key)).await,
            #[cfg(feature = "memory")]
            Self::Memory(table) => table.delete(key).result,
            #[cfg(feature = "memory")]
            Self::Watched(table) => Box::pin(table.delete(key)).await,
        }
    }

    /// Writes all or nothing; at most 100 writes, no item twice.
    ///
    /// # Errors
    /// `Condition` with what stood in the way of each write.
    pub async fn transact(&self, writes: Vec<Write>) -> Result<(), Error> {
        match self {
            Self::Aws(table) => Box::pin(table.transact(writes)).await,
            #[cfg(feature = "memory")]
            Self::Memory(table) => table.transact(writes).result,
            #[cfg(feature = "memory")]
            Self::Watched(table) => Box::pin(table.transact(writes)).await,
        }
    }

    /// Writes all or nothing in this table and in another.
    ///
    /// # Errors
    /// `Condition` with what stood in the way of each write, this table's first.
    pub async fn transact_with(&self, writes: Vec<Write>, other: &Self, more: Vec<Write>) -> Result<(), Error> {
        match (self, other) {
            (Self::Aws(table), Self::Aws(second)) => Box::pin(table.transact_with(writes, second, more)).await,
            #[cfg(feature = "memory")]
            (Self::Memory(table), Self::Memory(second)) => table.transact_with(writes, second, more).result,
            #[cfg(feature = "memory")]
            (Self::Watched(table), _) => Box::pin(table.transact_with(writes, other, more)).await,
            #[cfg(feature = "memory")]
            (Self::Aws(_) | Self::Memory(_), _) => {
                Err(Error::defect("write a transaction", "two tables of different kinds"))
            }
        }
    }
}

fn is_open<T>(answer: Result<T, Error>) {
    if let Err(error) = answer {
        tracing::warn!(error = %error, "Could not open the connection early");
    }
}
