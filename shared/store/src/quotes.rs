//! Quotes: written once, together with the request that asked for them, and never changed. One that was tampered with is not read.

use domain::{
    Failure, RequestKey, Timestamp,
    id::{CustomerId, QuoteId},
    landed_cost::Want,
    quote::Quote,
};

use crate::{
    db::Db,
    error::Error,
    item::{Condition, Key, Query, Range, Write, from_item, text, to_item},
    records::{
        header::{SHARDS, shard},
        quote::QuoteRecord,
    },
    requests::RequestRecord,
};

/// The quotes of the shop.
#[derive(Clone)]
pub struct Quotes {
    db: Db,
}

/// How storing a quote ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Promised {
    /// It is new.
    Written,
    /// The same request was answered before, with the quote of this id.
    Repeated(String),
}

fn key(id: &QuoteId) -> Key {
    Key::new(format!("Q#{id}"), "A")
}

/// The partition of the newest quotes in the index `due`, spread like the orders'.
fn newest_key(shard: u32) -> String {
    format!("D#quote#{shard}")
}

impl Quotes {
    /// The quotes in a table.
    #[must_use]
    pub fn new(db: Db) -> Self {
        Self { db }
    }

    /// Stores a quote; one that is there already is never overwritten.
    ///
    /// # Errors
    /// `Conflict` when there is one under this id.
    pub async fn put(&self, quote: &Quote) -> Result<(), Failure> {
        Ok(self
            .db
            .put(to_item(&key(quote.id()), &QuoteRecord::of(quote))?, Condition::Absent)
            .await?)
    }

    /// Stores the quotes of one basket together with the key of the request that asked for them; a repeat of the request gets the first.
    ///
    /// # Errors
    /// `Refused(KeyReused)` when the key came with another request before.
    pub async fn put_once(
        &self,
        ways: &[(Quote, Want)],
        request: &RequestKey,
        now: Timestamp,
    ) -> Result<Promised, Failure> {
        let first = ways
            .first()
            .ok_or(Failure::internal("a request for a quote made none"))?;
        let first = first.0.id();
        let mut writes = vec![RequestRecord::write(request, first.as_str(), now)?];
        for (quote, want) in ways {
            let record = QuoteRecord::of(quote).with_inputs(want);
            let record = if quote.id() == first {
                record.listed(newest_key(shard(first.ulid(), SHARDS)))
            } else {
                record
            };
            writes.push(Write::Put(to_item(&key(quote.id()), &record)?, Condition::Absent));
        }
        match self.db.transact(writes).await {
            Ok(()) => Ok(Promised::Written),
            Err(Error::Condition(in_the_way)) => match in_the_way.into_iter().next().flatten() {
                Some(known) => Ok(Promised::Repeated(RequestRecord::result_of(known, request)?)),
                None => Err(Failure::Conflict),
            },
            Err(error) => Err(error.into()),
        }
    }

    /// A quote as it was promised.
    ///
    /// # Errors
    /// `NotFound` when there is none; `Internal` when what is stored is not what was promised.
    pub async fn get(&self, id: &QuoteId) -> Result<Quote, Failure> {
        let item = self.db.get(&key(id)).await?.ok_or(Failure::NotFound("quote"))?;
        Ok(from_item::<QuoteRecord>(item)?.into_quote()?)
    }

    /// The newest quotes with what was priced, the newest first; at most so many. The index lags a little.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn newest(&self, limit: usize) -> Result<Vec<(Quote, Want)>, Failure> {
        let mut places = Vec::new();
        for shard in 0..SHARDS {
            let query = Query {
                index: Some("due"),
                limit: Some(i32::try_from(limit).unwrap_or(i32::MAX)),
                is_backward: true,
                ..Query::of(newest_key(shard), Range::All)
            };
            for item in self.db.query(query).await?.items {
                places.extend(text(&item, "due_sk").zip(text(&item, "pk")));
            }
        }
        places.sort_by(|a, b| b.cmp(a));
        let mut quotes = Vec::new();
        for (_, pk) in places.into_iter().take(limit) {
            let Some(item) = self.db.get(&Key::new(pk, "A")).await? else {
                continue;
            };
            let mut record = from_item::<QuoteRecord>(item)?;
            if let Some(want) = record.take_inputs() {
                quotes.push((record.into_quote()?, want));
            }
        }
        Ok(quotes)
    }

    /// A quote of one customer. Somebody else's is not found.
    ///
    /// # Errors
    /// As [`Quotes::get`].
    pub async fn get_own(&self, id: &QuoteId, customer: &CustomerId) -> Result<Quote, Failure> {
        let quote = self.get(id).await?;
        if quote.terms().customer == *customer {
            Ok(quote)
        } else {
            Err(Failure::NotFound("quote"))
        }
    }
}

#[cfg(test)]
#[cfg(feature = "memory")]
mod tests;
