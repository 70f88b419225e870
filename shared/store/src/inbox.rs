//! The webhook inbox: an authentic webhook is stored once under its provider's event id before it is answered, and applied from there.

use domain::{Failure, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{
    db::Db,
    error::Error,
    item::{Amend, AttributeValue, Condition, Key, Query, Range, Write, from_item, text, to_item},
};

/// Webhooks that were authentic.
#[derive(Clone)]
pub struct Inbox {
    db: Db,
}

/// A webhook as it came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredWebhook {
    /// From whom.
    pub provider: String,
    /// The provider's id of the event.
    pub event: String,
    /// The raw body.
    pub body: String,
    /// When it came.
    pub received_at: Timestamp,
    /// True once it has been applied.
    pub is_applied: bool,
}

/// The mark that a webhook was applied, as a write that goes with a change of an order.
pub struct OnceApplied(pub(crate) Write);

/// How storing a webhook ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stored {
    /// It is new; apply it under this key.
    New(String),
    /// It came before.
    Known(String),
}

#[derive(Serialize, Deserialize)]
struct WebhookRecord {
    format: u32,
    provider: String,
    event: String,
    body: String,
    received_at: Timestamp,
    is_applied: bool,
    outcome: Option<String>,
    due_pk: Option<String>,
    due_sk: Option<String>,
}

/// The due partition of webhooks that wait to be applied.
const DUE: &str = "D#webhook";

impl Inbox {
    /// The inbox in a table.
    #[must_use]
    pub fn new(db: Db) -> Self {
        Self { db }
    }

    /// Stores a webhook if its event is new. After this it may be answered: it is not lost any more. `due_at` is when it is overdue.
    ///
    /// # Errors
    /// When the table does not answer; the provider will send it again.
    pub async fn store(
        &self,
        provider: &str,
        event: &str,
        body: &str,
        now: Timestamp,
        due_at: Timestamp,
    ) -> Result<Stored, Failure> {
        let key = format!("W#{provider}#{event}");
        let record = WebhookRecord {
            format: 1,
            provider: provider.to_owned(),
            event: event.to_owned(),
            body: body.to_owned(),
            received_at: now,
            is_applied: false,
            outcome: None,
            due_pk: Some(DUE.to_owned()),
            due_sk: Some(format!("{due_at}#{key}")),
        };
        match self
            .db
            .put(to_item(&Key::new(&key, "A"), &record)?, Condition::Absent)
            .await
        {
            Ok(()) => Ok(Stored::New(key)),
            Err(Error::Condition(_)) => Ok(Stored::Known(key)),
            Err(error) => Err(error.into()),
        }
    }

    /// A stored webhook.
    ///
    /// # Errors
    /// `NotFound` when there is none under this key.
    pub async fn load(&self, key: &str) -> Result<StoredWebhook, Failure> {
        let item = self
            .db
            .get(&Key::new(key, "A"))
            .await?
            .ok_or(Failure::NotFound("webhook"))?;
        let WebhookRecord {
            provider,
            event,
            body,
            received_at,
            is_applied,
            ..
        } = from_item(item)?;
        Ok(StoredWebhook {
            provider,
            event,
            body,
            received_at,
            is_applied,
        })
    }

    /// Marks a webhook as applied, or as one that nothing was to be done about; `outcome` says which.
    ///
    /// # Errors
    /// When the table does not answer: it will be applied again, which changes nothing.
    pub async fn mark_applied(&self, key: &str, outcome: &str) -> Result<(), Failure> {
        let OnceApplied(mark) = Self::once_applied(key, outcome);
        Ok(self.db.transact(vec![mark]).await?)
    }

    /// The same mark, to be written in one transaction with what the webhook changes.
    #[must_use]
    pub fn once_applied(key: &str, outcome: &str) -> OnceApplied {
        OnceApplied(Write::Amend(Amend {
            key: Key::new(key, "A"),
            set: vec![
                ("is_applied", AttributeValue::Bool(true)),
                ("outcome", AttributeValue::S(outcome.to_owned())),
            ],
            remove: vec!["due_pk", "due_sk"],
        }))
    }

    /// Webhooks that should have been applied by `until`; each is to be sent to its queue again.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn overdue(&self, until: Timestamp, limit: i32) -> Result<Vec<String>, Failure> {
        let query = Query {
            index: Some("due"),
            pk: DUE.to_owned(),
            range: Range::UpTo(format!("{until}~")),
            limit: Some(limit),
            is_backward: false,
            after: None,
        };
        let page = self.db.query(query).await?;
        Ok(page.items.iter().filter_map(|item| text(item, "pk")).collect())
    }
}
