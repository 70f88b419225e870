//! List: the open sessions of a person with an account, as they see them. What stands here is not what makes a session good; that is its
//! epoch. So the list may be tidied at leisure: a line too many or too few ends nothing and lets nobody in.

use domain::{
    Failure, Timestamp,
    session::{Session, Who},
};
use serde::{Deserialize, Serialize};

use crate::{
    error::Error,
    item::{Condition, Item, Key, Query, Range, Write, from_item, text, to_item},
    sessions::{
        Opening, Sessions,
        epoch::{EPOCH, epoch_of},
        key,
        record::kind_of,
    },
};

const LISTED: &str = "S#";
/// Nobody has more devices than this; the session that is used up first makes room.
const MOST: usize = 20;
/// Halves of a log-in have a cap of their own: whoever knows only the password pushes no full session out.
const MOST_UNPROVEN: usize = 3;
/// DynamoDB takes 100 actions in a transaction (2026); forgetting a session is two.
const AT_ONCE: usize = 98;

/// A line in somebody's list of open sessions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenSession {
    /// The hash of its token, which names it.
    pub token_hash: String,
    /// What it was opened with.
    pub device: String,
    /// Since when.
    pub started_at: Timestamp,
    /// When it ends by itself.
    pub ends_at: Timestamp,
    /// Of which epoch it is.
    epoch: u64,
    /// Whose kind of session it is; empty in lines from before it was kept.
    kind: String,
}

#[derive(Serialize, Deserialize)]
struct ListedRecord {
    format: u32,
    device: String,
    started_at: Timestamp,
    ends_at: Timestamp,
    #[serde(default)]
    epoch: u64,
    #[serde(default)]
    kind: String,
    expires_at: i64,
}

/// The place of a session in its owner's list. A visitor without an account has none.
pub(super) fn listed(token_hash: &str, session: &Session) -> Option<Key> {
    match &session.who {
        Who::Guest(_) => None,
        Who::Customer(_) | Who::Staff(..) | Who::Unproven(_) | Who::Device(_) => {
            Some(list_key(session.principal(), token_hash))
        }
    }
}

pub(super) fn list_key(principal: &str, token_hash: &str) -> Key {
    Key::new(format!("P#{principal}"), format!("{LISTED}{token_hash}"))
}

pub(super) fn line(opening: &Opening<'_>) -> Result<Option<Item>, Error> {
    let Some(place) = listed(opening.token_hash, opening.session) else {
        return Ok(None);
    };
    let line = ListedRecord {
        format: 2,
        device: opening.device.to_owned(),
        started_at: opening.now,
        ends_at: opening.session.ends_at,
        epoch: opening.session.epoch,
        kind: kind_of(&opening.session.who).to_owned(),
        expires_at: opening.session.ends_at.as_seconds(),
    };
    to_item(&place, &line).map(Some)
}

/// Everything that is listed of a person, and the epoch it must be of.
struct List {
    lines: Vec<OpenSession>,
    epoch: u64,
}

impl Sessions {
    /// The open sessions of somebody with an account, the newest first.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn of_person(&self, principal: &str, now: Timestamp) -> Result<Vec<OpenSession>, Failure> {
        let List { mut lines, epoch } = self.list(principal).await?;
        lines.retain(|line| now < line.ends_at && line.epoch >= epoch);
        lines.sort_by_key(|line| std::cmp::Reverse(line.started_at));
        Ok(lines)
    }

    /// Forgets the sessions of a person that have ended with an epoch, and tells how many there were. They are ended with or without it,
    /// so what is not forgotten now is left to its time to live.
    pub async fn forget_ended(&self, principal: &str) -> usize {
        let swept = async {
            let List { mut lines, epoch } = self.list(principal).await?;
            lines.retain(|line| line.epoch < epoch);
            self.forget(principal, &lines).await?;
            Ok::<_, Failure>(lines.len())
        };
        swept.await.unwrap_or_else(|failure| {
            tracing::warn!(error = ?failure, "Could not tidy a list of sessions");
            0
        })
    }

    /// Ends the oldest sessions of a person beyond as many as anybody may have of the kind that was opened. Whoever opens one does this
    /// afterwards, so that many at once are no more than one after the other; where it fails, the next one does it.
    pub(crate) async fn keep_to_the_cap(&self, opened: &Opening<'_>) {
        let most = match &opened.session.who {
            Who::Guest(_) | Who::Device(_) => return,
            Who::Unproven(_) => MOST_UNPROVEN,
            Who::Customer(_) | Who::Staff(..) => MOST,
        };
        if let Err(failure) = self.end_surplus(opened, most).await {
            tracing::warn!(error = ?failure, "Could not end surplus sessions");
        }
    }

    async fn end_surplus(&self, opened: &Opening<'_>, most: usize) -> Result<(), Failure> {
        let (kind, principal) = (kind_of(&opened.session.who), opened.session.principal());
        let List { mut lines, epoch } = self.list(principal).await?;
        lines.retain(|line| line.kind == kind && line.epoch >= epoch);
        // Of two of one moment the one that was just opened is the newer one.
        lines.sort_by_key(|line| (line.started_at, line.token_hash == opened.token_hash));
        lines.truncate(lines.len().saturating_sub(most));
        self.forget(principal, &lines).await
    }

    async fn list(&self, principal: &str) -> Result<List, Failure> {
        let mut list = List {
            lines: Vec::new(),
            epoch: 0,
        };
        for item in self
            .db()
            .query_all(Query::of(format!("P#{principal}"), Range::All))
            .await?
        {
            if text(&item, "sk").as_deref() == Some(EPOCH) {
                list.epoch = epoch_of(Some(item))?;
            } else {
                list.lines.push(open_session(item)?);
            }
        }
        Ok(list)
    }

    async fn forget(&self, principal: &str, lines: &[OpenSession]) -> Result<(), Failure> {
        let mut writes = Vec::new();
        for line in lines {
            for key in [list_key(principal, &line.token_hash), key(&line.token_hash)] {
                writes.push(Write::Delete(key, Condition::Always));
            }
        }
        for some in writes.chunks(AT_ONCE) {
            self.db().transact(some.to_vec()).await?;
        }
        Ok(())
    }
}

fn open_session(item: Item) -> Result<OpenSession, Error> {
    let hash = text(&item, "sk").and_then(|sk| sk.strip_prefix(LISTED).map(str::to_owned));
    let token_hash = hash.ok_or_else(|| Error::defect("read a list of sessions", "its key holds no hash"))?;
    let record: ListedRecord = from_item(item)?;
    Ok(OpenSession {
        token_hash,
        device: record.device,
        started_at: record.started_at,
        ends_at: record.ends_at,
        epoch: record.epoch,
        kind: record.kind,
    })
}
