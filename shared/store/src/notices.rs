//! Notices that are to be sent. The intention is written in the transaction of what it is about, with a deadline: a message that is lost
//! is sent again by the `deadlines` function, as everything else is. What was sent keeps no secret.

use std::time::Duration;

use domain::{
    Failure, Secret, Timestamp,
    contact::Contact,
    id::NoticeId,
    notice::{Matter, Notice},
};
use serde::{Deserialize, Serialize};

use crate::{
    db::Db,
    error::Error,
    item::{Condition, Key, Query, Range, Write, from_item, text, to_item},
};

/// The queue is quicker than this; what it lost is sent again then.
const FIRST_DEADLINE: Duration = Duration::from_secs(60);
/// Longer than a call to a provider may take. Each further try waits twice as long.
const LEASE: Duration = Duration::from_secs(60);
/// How it ended is kept this long, for whoever asks where their mail is.
const KEPT: Duration = Duration::from_secs(7 * 24 * 3600);
/// The due partition of notices.
const DUE: &str = "D#notice";

/// The notices in the table of accounts.
#[derive(Clone)]
pub struct Notices {
    db: Db,
}

/// A notice that one worker has taken to send.
pub struct TakenNotice {
    /// The notice.
    pub notice: Notice,
    /// How often it was taken, this time too.
    pub tries: u32,
    record: NoticeRecord,
}

#[derive(Clone, Serialize, Deserialize)]
struct NoticeRecord {
    format: u32,
    v: u64,
    to: String,
    matter: String,
    secret: Option<String>,
    /// `waiting`, or how it ended.
    outcome: String,
    tries: u32,
    worth_until: Timestamp,
    due_pk: Option<String>,
    due_sk: Option<String>,
    expires_at: i64,
}

fn key(id: &NoticeId) -> Key {
    Key::new(format!("N#{id}"), "A")
}

/// The write that intends a notice, for the transaction of what it is about.
pub(crate) fn intended(notice: &Notice, now: Timestamp) -> Result<Write, Error> {
    let worth_until = now.plus(notice.matter.is_worth_telling_for());
    let record = NoticeRecord {
        format: 1,
        v: 1,
        to: notice.to.to_string(),
        matter: notice.matter.word().to_owned(),
        secret: notice.matter.secret().map(|secret| secret.expose().to_owned()),
        outcome: "waiting".to_owned(),
        tries: 0,
        worth_until,
        due_pk: Some(DUE.to_owned()),
        due_sk: Some(due(now.plus(FIRST_DEADLINE), &notice.id)),
        expires_at: worth_until.plus(KEPT).as_seconds(),
    };
    Ok(Write::Put(to_item(&key(&notice.id), &record)?, Condition::Absent))
}

fn due(at: Timestamp, id: &NoticeId) -> String {
    format!("{at}#{id}")
}

impl Notices {
    /// The notices in a table.
    #[must_use]
    pub fn new(db: Db) -> Self {
        Self { db }
    }

    /// Takes a notice to send it; nothing when it was sent, is taken by another worker, or is not worth sending any more.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn take(&self, id: &NoticeId, now: Timestamp) -> Result<Option<TakenNotice>, Failure> {
        let Some(item) = self.db.get(&key(id)).await? else {
            return Ok(None);
        };
        let record: NoticeRecord = from_item(item)?;
        if record.due_pk.is_none() {
            return Ok(None);
        }
        if record.worth_until <= now {
            self.write(id, &record.ended("too late")).await?;
            tracing::warn!(notice.id = %id, "Gave up notice {id}: nobody needs it any more");
            return Ok(None);
        }
        let tries = record.tries.saturating_add(1);
        let pause = LEASE.saturating_mul(1 << tries.min(10).saturating_sub(1));
        let taken = NoticeRecord {
            v: record.v.saturating_add(1),
            tries,
            due_sk: Some(due(now.plus(pause), id)),
            ..record
        };
        match self
            .db
            .put(to_item(&key(id), &taken)?, Condition::VersionIs(record.v))
            .await
        {
            Ok(()) => {}
            Err(Error::Condition(_)) => return Ok(None),
            Err(error) => return Err(error.into()),
        }
        let notice = taken.notice(id)?;
        Ok(Some(TakenNotice {
            notice,
            tries,
            record: taken,
        }))
    }

    /// It ended: sent, or given up for good. Its secret is forgotten.
    ///
    /// # Errors
    /// When the table does not answer: it may be sent once more.
    pub async fn finish(&self, taken: &TakenNotice, outcome: &str) -> Result<(), Failure> {
        self.write(&taken.notice.id, &taken.record.ended(outcome)).await
    }

    async fn write(&self, id: &NoticeId, record: &NoticeRecord) -> Result<(), Failure> {
        let before = Condition::VersionIs(record.v.saturating_sub(1));
        match self.db.put(to_item(&key(id), record)?, before).await {
            // Whoever was quicker has written how it ended.
            Ok(()) | Err(Error::Condition(_)) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    /// Notices whose message was lost or whose sending failed. The index lags: take one before acting.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn overdue(&self, until: Timestamp, limit: i32) -> Result<Vec<NoticeId>, Failure> {
        let query = Query {
            index: Some("due"),
            pk: DUE.to_owned(),
            range: Range::UpTo(format!("{until}~")),
            limit: Some(limit),
            is_backward: false,
            after: None,
        };
        let page = self.db.query(query).await?;
        let id = |pk: String| pk.strip_prefix("N#").and_then(|id| id.parse().ok());
        Ok(page
            .items
            .iter()
            .filter_map(|item| text(item, "pk").and_then(id))
            .collect())
    }
}

impl NoticeRecord {
    fn ended(&self, outcome: &str) -> Self {
        Self {
            v: self.v.saturating_add(1),
            secret: None,
            outcome: outcome.to_owned(),
            due_pk: None,
            due_sk: None,
            ..self.clone()
        }
    }

    fn notice(&self, id: &NoticeId) -> Result<Notice, Error> {
        let to = Contact::kept(&self.to);
        let secret = self.secret.clone().map(Secret::new);
        let matter =
            Matter::of(&self.matter, secret).ok_or_else(|| Error::defect("read a notice", "unknown matter"))?;
        Ok(Notice {
            id: id.clone(),
            to,
            matter,
        })
    }
}

#[cfg(test)]
#[cfg(feature = "memory")]
mod tests {
    use domain::id::RootId;

    use super::*;
    use crate::memory::Memory;

    const MINUTE: Duration = Duration::from_secs(60);

    fn now() -> Timestamp {
        "2026-11-23T09:00:00Z".parse().unwrap()
    }

    fn id() -> NoticeId {
        NoticeId::from_ulid("01JDB7M3N8Q4R5S6T7V8W9X0YZ").unwrap()
    }

    async fn intend() -> Notices {
        let notices = Notices::new(Db::Memory(Memory::default()));
        let notice = Notice {
            id: id(),
            to: Contact::new("asha@example.com").unwrap(),
            matter: Matter::RegistrationCode(Secret::new("123456")),
        };
        notices
            .db
            .transact(vec![intended(&notice, now()).unwrap()])
            .await
            .unwrap();
        notices
    }

    #[tokio::test]
    async fn a_notice_is_taken_by_one_worker_and_sent_once() {
        let notices = intend().await;

        let taken = notices.take(&id(), now()).await.unwrap().unwrap();
        assert!(taken.notice.matter == Matter::RegistrationCode(Secret::new("123456")));
        notices.finish(&taken, "sent").await.unwrap();

        assert!(notices.take(&id(), now().plus(5 * MINUTE)).await.unwrap().is_none());
        assert!(notices.overdue(now().plus(60 * MINUTE), 10).await.unwrap().is_empty());
        let kept = notices.db.get(&key(&id())).await.unwrap().unwrap();
        assert!(!kept.contains_key("secret") && text(&kept, "outcome").unwrap() == "sent");
    }

    #[tokio::test]
    async fn a_lost_message_is_due_after_a_minute_and_then_later_and_later() {
        let notices = intend().await;
        let is_due = async |minutes: u32| {
            !notices
                .overdue(now().plus(minutes * MINUTE), 10)
                .await
                .unwrap()
                .is_empty()
        };

        assert!(!is_due(0).await && is_due(1).await);
        notices.take(&id(), now()).await.unwrap().unwrap();
        assert!(!is_due(0).await && is_due(1).await);
        notices.take(&id(), now().plus(MINUTE)).await.unwrap().unwrap();
        assert!(!is_due(2).await && is_due(3).await);
    }

    #[tokio::test]
    async fn a_code_that_has_ended_is_not_sent_any_more() {
        let notices = intend().await;

        assert!(notices.take(&id(), now().plus(30 * MINUTE)).await.unwrap().is_none());

        let kept = notices.db.get(&key(&id())).await.unwrap().unwrap();
        assert!(!kept.contains_key("secret"));
        assert!(notices.overdue(now().plus(60 * MINUTE), 10).await.unwrap().is_empty());
    }
}
