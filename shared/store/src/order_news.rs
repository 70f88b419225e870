//! News of orders that their customers are to be told. The intention is written in the commit it is about, as one item of the order for the
//! whole commit, and is due at once: the `deadlines` function finds it within the minute. What becomes of each message is written before
//! the messenger is called and after it. The item also keeps the hash of its message's link, which shows the order without log-in until the
//! item ends. No item holds a name, an address or a phone.

use std::time::Duration;

use domain::{
    Failure, Timestamp,
    id::OrderId,
    lifecycle::News,
    news::{Channel, Delivery, LINK_LIFE, WORTH_TELLING_FOR},
    order::{Change, Part, Tiding},
};
use serde::{Deserialize, Serialize};

use crate::{
    credentials::hash,
    db::Db,
    error::Error,
    item::{Condition, Item, Key, Query, Range, from_item, text, to_item},
};

/// Longer than a worker may run. Each further try waits twice as long.
const LEASE: Duration = Duration::from_secs(120);
/// The due partition of news.
const DUE: &str = "D#news";
/// What the sort keys of news begin with.
pub(crate) const NEWS: &str = "~N#";

/// The news in the table of orders.
#[derive(Clone)]
pub struct OrderNews {
    db: Db,
}

/// Names the news of one commit: the order and the version that the commit made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewsId {
    /// Of which order.
    pub order: OrderId,
    /// The version.
    pub version: u64,
}

/// News as they are written down.
#[derive(Clone, Debug)]
pub struct WaitingNews {
    /// Which.
    pub id: NewsId,
    /// When it happened.
    pub at: Timestamp,
    /// What there is to tell.
    pub tidings: Vec<Tiding>,
    /// What became of it so far; empty until the first try has found out who is told.
    pub deliveries: Vec<(Channel, Delivery)>,
    /// How often it was tried before.
    pub tries: u32,
    record: NewsRecord,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct NewsRecord {
    format: u32,
    v: u64,
    at: Timestamp,
    tidings: Vec<TidingRecord>,
    deliveries: Vec<DeliveryRecord>,
    link_hash: Option<String>,
    leased_until: Option<Timestamp>,
    tries: u32,
    /// How it ended; empty while it waits.
    outcome: String,
    due_pk: Option<String>,
    due_sk: Option<String>,
    expires_at: i64,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct TidingRecord {
    news: News,
    about: Vec<String>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct DeliveryRecord {
    channel: String,
    state: String,
    since: Option<Timestamp>,
    words: Option<String>,
}

fn key(id: &NewsId) -> Key {
    Key::new(format!("O#{}", id.order), sort_key(id.version))
}

fn sort_key(version: u64) -> String {
    format!("{NEWS}{version:06}")
}

fn due(at: Timestamp, id: &NewsId) -> String {
    format!("{at}#{}#{}", id.order, id.version)
}

/// The item that intends the news of a change; nothing when there are none.
pub(crate) fn intended(change: &Change, now: Timestamp) -> Option<(String, NewsRecord)> {
    if change.tidings.is_empty() {
        return None;
    }
    let id = NewsId {
        order: change.order.id.clone(),
        version: change.order.version,
    };
    let mut tidings: Vec<TidingRecord> = Vec::new();
    for tiding in &change.tidings {
        let about = tiding.about.id().to_owned();
        match tidings.iter_mut().find(|known| known.news == tiding.news) {
            Some(known) => known.about.push(about),
            None => tidings.push(TidingRecord {
                news: tiding.news,
                about: vec![about],
            }),
        }
    }
    let record = NewsRecord {
        format: 1,
        v: 1,
        at: now,
        tidings,
        deliveries: Vec::new(),
        link_hash: None,
        leased_until: None,
        tries: 0,
        outcome: String::new(),
        due_pk: Some(DUE.to_owned()),
        due_sk: Some(due(now, &id)),
        expires_at: now.plus(LINK_LIFE).as_seconds(),
    };
    Some((sort_key(id.version), record))
}

impl OrderNews {
    /// The news in a table.
    #[must_use]
    pub fn new(db: Db) -> Self {
        Self { db }
    }

    /// News that wait; nothing when they were told, or when a worker is telling them.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn find(&self, id: &NewsId, now: Timestamp) -> Result<Option<WaitingNews>, Failure> {
        let Some(item) = self.db.get(&key(id)).await? else {
            return Ok(None);
        };
        let record: NewsRecord = from_item(item)?;
        let is_leased = record.leased_until.is_some_and(|until| now < until);
        if record.due_pk.is_none() || is_leased {
            return Ok(None);
        }
        if now.since(record.at) >= WORTH_TELLING_FOR {
            tracing::warn!(order.id = %id.order, news.version = id.version, "Gave up news of {}: they are old", id.order);
            self.write(id, &record, &record.ended("too late")).await?;
            return Ok(None);
        }
        Ok(Some(record.waiting(id)?))
    }

    /// Takes the lease and writes down what is about to be done; nothing when another worker was quicker. `token` goes into
    /// the links of this try, and only its hash is kept; without one, that of an earlier try stays.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn begin(
        &self,
        news: &WaitingNews,
        deliveries: Vec<(Channel, Delivery)>,
        token: Option<&str>,
        now: Timestamp,
    ) -> Result<Option<WaitingNews>, Failure> {
        let record = NewsRecord {
            deliveries: deliveries.iter().map(DeliveryRecord::of).collect(),
            link_hash: token.map(hash).or_else(|| news.record.link_hash.clone()),
            leased_until: Some(now.plus(LEASE)),
            tries: news.tries.saturating_add(1),
            ..news.record.next()
        };
        if !self.write(&news.id, &news.record, &record).await? {
            return Ok(None);
        }
        Ok(Some(record.waiting(&news.id)?))
    }

    /// Writes down what became of each message. What is not over is due again, each time after a longer pause.
    ///
    /// # Errors
    /// When the table does not answer: what was being sent is looked up then, and not sent again.
    pub async fn finish(
        &self,
        news: &WaitingNews,
        deliveries: &[(Channel, Delivery)],
        now: Timestamp,
    ) -> Result<(), Failure> {
        let record = NewsRecord {
            deliveries: deliveries.iter().map(DeliveryRecord::of).collect(),
            ..news.record.next()
        };
        let is_over = deliveries.iter().all(|(_, delivery)| delivery.is_over());
        let record = if is_over {
            let outcome = if deliveries.is_empty() {
                "nobody to tell"
            } else {
                "told"
            };
            NewsRecord {
                v: record.v,
                ..record.ended(outcome)
            }
        } else {
            let pause = LEASE.saturating_mul(1 << news.tries.min(6));
            NewsRecord {
                leased_until: None,
                due_sk: Some(due(now.plus(pause), &news.id)),
                ..record
            }
        };
        self.write(&news.id, &news.record, &record).await.map(drop)
    }

    /// It is not so any more: nothing is told.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn overtaken(&self, news: &WaitingNews) -> Result<(), Failure> {
        let record = news.record.ended("overtaken");
        self.write(&news.id, &news.record, &record).await.map(drop)
    }

    async fn write(&self, id: &NewsId, before: &NewsRecord, after: &NewsRecord) -> Result<bool, Failure> {
        let condition = Condition::VersionIs(before.v);
        match self.db.put(to_item(&key(id), after)?, condition).await {
            Ok(()) => Ok(true),
            Err(Error::Condition(_)) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    /// News that wait and whose time has come. The index lags: find them before acting.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn overdue(&self, until: Timestamp, limit: i32) -> Result<Vec<NewsId>, Failure> {
        let query = Query {
            index: Some("due"),
            pk: DUE.to_owned(),
            range: Range::UpTo(format!("{until}~")),
            limit: Some(limit),
            is_backward: false,
            after: None,
        };
        let page = self.db.query(query).await?;
        Ok(page.items.iter().filter_map(id_of).collect())
    }

    /// True when a message of this news carried a link with this token that has not ended.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn has_link(&self, id: &NewsId, token: &str, now: Timestamp) -> Result<bool, Failure> {
        let Some(item) = self.db.get(&key(id)).await? else {
            return Ok(false);
        };
        let record: NewsRecord = from_item(item)?;
        // DynamoDB deletes what has ended within days, not at once.
        let is_open = now.as_seconds() < record.expires_at;
        Ok(is_open && record.link_hash == Some(hash(token)))
    }
}

fn id_of(item: &Item) -> Option<NewsId> {
    let order = text(item, "pk")?.strip_prefix("O#")?.parse().ok()?;
    let version = text(item, "sk")?.strip_prefix(NEWS)?.parse().ok()?;
    Some(NewsId { order, version })
}

impl NewsRecord {
    fn next(&self) -> Self {
        Self {
            v: self.v.saturating_add(1),
            ..self.clone()
        }
    }

    fn ended(&self, outcome: &str) -> Self {
        Self {
            v: self.v.saturating_add(1),
            outcome: outcome.to_owned(),
            leased_until: None,
            due_pk: None,
            due_sk: None,
            ..self.clone()
        }
    }

    fn waiting(self, id: &NewsId) -> Result<WaitingNews, Error> {
        let mut tidings = Vec::new();
        for tiding in &self.tidings {
            for about in &tiding.about {
                let about = Part::from_id(about).ok_or_else(|| Error::defect("read news", "they are about nothing"))?;
                tidings.push(Tiding {
                    news: tiding.news,
                    about,
                });
            }
        }
        let deliveries = self
            .deliveries
            .iter()
            .map(DeliveryRecord::read)
            .collect::<Result<_, _>>()?;
        Ok(WaitingNews {
            id: id.clone(),
            at: self.at,
            tidings,
            deliveries,
            tries: self.tries,
            record: self,
        })
    }
}

impl DeliveryRecord {
    fn of((channel, delivery): &(Channel, Delivery)) -> Self {
        let (state, since, words) = match delivery {
            Delivery::Waiting => ("waiting", None, None),
            Delivery::Sending(since) => ("sending", Some(*since), None),
            Delivery::Sent(number) => ("sent", None, Some(number.clone())),
            Delivery::Refused(code) => ("refused", None, Some(code.clone())),
            Delivery::Unsure => ("unsure", None, None),
        };
        Self {
            channel: channel.word().to_owned(),
            state: state.to_owned(),
            since,
            words,
        }
    }

    fn read(&self) -> Result<(Channel, Delivery), Error> {
        let words = || self.words.clone().unwrap_or_default();
        let delivery = match (self.state.as_str(), self.since) {
            ("waiting", _) => Delivery::Waiting,
            ("sending", Some(since)) => Delivery::Sending(since),
            ("sent", _) => Delivery::Sent(words()),
            ("refused", _) => Delivery::Refused(words()),
            ("unsure", _) => Delivery::Unsure,
            _ => return Err(Error::defect("read news", "unknown state of a message")),
        };
        let channel = self
            .channel
            .parse()
            .map_err(|_| Error::defect("read news", "unknown channel"))?;
        Ok((channel, delivery))
    }
}

#[cfg(test)]
#[cfg(feature = "memory")]
mod tests;
