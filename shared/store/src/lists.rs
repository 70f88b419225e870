//! Lists of orders through the indexes: a customer's, a column of the staff board, what is due, and whatever has a name from outside.

use domain::{
    Failure, Timestamp,
    id::{CustomerId, OrderId},
    order::PERSONAL_SCOPES,
};

use crate::{
    item::{Query, Range, from_item, text},
    names::name_key,
    orders::Orders,
    records::header::{HeaderRecord, OrderSummary, SHARDS},
};

impl Orders {
    /// A page of a customer's orders, newest first; `after` is the cursor of the page before.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn of_customer(
        &self,
        customer: &CustomerId,
        limit: i32,
        after: Option<&str>,
    ) -> Result<Summaries, Failure> {
        self.summaries("customer", format!("C#{customer}"), limit, after).await
    }

    /// The newest orders in one column of the staff board.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn on_board(&self, word: &str, limit: i32) -> Result<Vec<OrderSummary>, Failure> {
        let mut found = Vec::new();
        for shard in 0..SHARDS {
            found.extend(
                self.summaries("board", format!("B#{word}#{shard}"), limit, None)
                    .await?
                    .items,
            );
        }
        found.sort_by_key(|summary| std::cmp::Reverse(summary.changed_at));
        found.truncate(usize::try_from(limit).unwrap_or(0));
        Ok(found)
    }

    /// Orders with a deadline up to `until`, earliest first within each shard. The index lags: read the order itself before acting.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn due(&self, until: Timestamp, limit_per_shard: i32) -> Result<Vec<OrderId>, Failure> {
        let mut found = Vec::new();
        for shard in 0..SHARDS {
            let query = Query {
                index: Some("due"),
                pk: format!("D#{shard}"),
                // The id behind the time sorts above '~' never: "<until>~" takes every id at that very moment in.
                range: Range::UpTo(format!("{until}~")),
                limit: Some(limit_per_shard),
                is_backward: false,
                after: None,
            };
            for item in self.db.query(query).await?.items {
                let id = text(&item, "pk").and_then(|pk| pk.strip_prefix("O#").and_then(|id| id.parse().ok()));
                found.extend(id);
            }
        }
        Ok(found)
    }

    async fn summaries(
        &self,
        index: &'static str,
        pk: String,
        limit: i32,
        after: Option<&str>,
    ) -> Result<Summaries, Failure> {
        let after = after
            .map(|cursor| crate::cursor::read(cursor, index, &pk))
            .transpose()?;
        let query = Query {
            index: Some(index),
            pk,
            range: Range::All,
            limit: Some(limit),
            is_backward: true,
            after,
        };
        let page = self.db.query(query).await?;
        let items = page
            .items
            .into_iter()
            .map(|item| from_item::<HeaderRecord>(item).map(OrderSummary::from));
        Ok(Summaries {
            items: items.collect::<Result<_, _>>()?,
            next: page.next.map(|key| crate::cursor::write(&key, index)),
        })
    }

    /// The orders known under a name from outside: a store's order number, a tracking number, a provider's id, a phone.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn named(&self, value: &str) -> Result<Vec<OrderId>, Failure> {
        self.known_as(value, |_| true).await
    }

    /// The orders known under a code that may stand on a parcel. What says who somebody is stands on none, so that a scanner finds nobody.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn on_parcels(&self, code: &str) -> Result<Vec<OrderId>, Failure> {
        let is_personal = |scope: &str| {
            PERSONAL_SCOPES
                .iter()
                .any(|known| scope.split('#').next() == Some(known))
        };
        self.known_as(code, |scope| !is_personal(scope)).await
    }

    async fn known_as(&self, value: &str, is_wanted: impl Fn(&str) -> bool) -> Result<Vec<OrderId>, Failure> {
        let key = name_key(value, "");
        let items = self.db.query_all(Query::of(key.pk, Range::All)).await?;
        let mut found: Vec<OrderId> = items
            .iter()
            .filter(|item| text(item, "sk").is_some_and(|scope| is_wanted(&scope)))
            .filter_map(|item| text(item, "order_id")?.parse().ok())
            .collect();
        found.sort();
        found.dedup();
        Ok(found)
    }
}

/// A page of orders.
#[derive(Clone, Debug, Default)]
pub struct Summaries {
    /// The orders.
    pub items: Vec<OrderSummary>,
    /// The cursor of the next page.
    pub next: Option<String>,
}
