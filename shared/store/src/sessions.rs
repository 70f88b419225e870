//! Sessions: opaque tokens, stored only as hashes; a session that was ended is gone at once.
//!
//! A session is one small item under the hash of its token, so a request reads one item. Whoever has an account also has a list of their
//! sessions, written in the same transactions: that is how all of them are found and ended.

use std::pin::Pin;

use domain::{
    Failure, Timestamp,
    session::{Role, Session, Who},
};
use serde::{Deserialize, Serialize};

use crate::{
    db::Db,
    error::Error,
    item::{Condition, Item, Key, Query, Range, Write, from_item, text, to_item},
};

/// A session's mark of its last request is this part of its idle time old before it is written anew: one write in so long, not one in
/// each request.
const MARK: u32 = 6;
/// DynamoDB takes 100 actions in a transaction (2026); ending one session is two.
const ENDED_AT_ONCE: usize = 98;
const LISTED: &str = "S#";

/// Who is logged in where.
#[derive(Clone)]
pub struct Sessions {
    db: Db,
}

/// A session about to be opened.
#[derive(Clone, Copy)]
pub struct Opening<'a> {
    /// The hexadecimal SHA-256 of its token.
    pub token_hash: &'a str,
    /// Who it is for and until when.
    pub session: &'a Session,
    /// What it is opened with, in words its owner recognises.
    pub device: &'a str,
    /// When.
    pub now: Timestamp,
}

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
}

/// A look-up of sessions by the hash of their token.
pub type Found = Pin<Box<dyn Future<Output = Result<Option<Session>, Failure>> + Send>>;

#[derive(Serialize, Deserialize)]
struct SessionRecord {
    format: u32,
    kind: String,
    id: String,
    roles: Vec<Role>,
    seen_at: Timestamp,
    ends_at: Timestamp,
    expires_at: i64,
}

#[derive(Serialize, Deserialize)]
struct ListedRecord {
    format: u32,
    device: String,
    started_at: Timestamp,
    ends_at: Timestamp,
    expires_at: i64,
}

fn key(token_hash: &str) -> Key {
    Key::new(format!("S#{token_hash}"), "A")
}

/// The place of a session in its owner's list. A visitor without an account has none.
fn listed(token_hash: &str, session: &Session) -> Option<Key> {
    match &session.who {
        Who::Guest(_) => None,
        Who::Customer(_) | Who::Staff(..) | Who::Unproven(_) | Who::Device(_) => {
            Some(list_key(session.principal(), token_hash))
        }
    }
}

fn list_key(principal: &str, token_hash: &str) -> Key {
    Key::new(format!("P#{principal}"), format!("{LISTED}{token_hash}"))
}

impl Sessions {
    /// The sessions in a table.
    #[must_use]
    pub fn new(db: Db) -> Self {
        Self { db }
    }

    /// The look-up of functions for shoppers, whose sessions need no renewal.
    pub fn finder<N>(&self, now: N) -> impl Fn(String) -> Found + Send + Sync + 'static
    where
        N: Fn() -> Timestamp + Send + Sync + 'static,
    {
        let sessions = self.clone();
        move |hash| {
            let (sessions, now) = (sessions.clone(), now());
            Box::pin(async move { sessions.find(&hash, now).await })
        }
    }

    /// The look-up of functions that the staff use: it also keeps their sessions from falling idle.
    pub fn renewing_finder<N>(&self, now: N) -> impl Fn(String) -> Found + Send + Sync + 'static
    where
        N: Fn() -> Timestamp + Send + Sync + 'static,
    {
        let sessions = self.clone();
        move |hash| {
            let (sessions, now) = (sessions.clone(), now());
            Box::pin(async move { sessions.find_and_renew(&hash, now).await })
        }
    }

    /// The session of a token, if it has not ended. `token_hash` is the hexadecimal SHA-256 of the token.
    ///
    /// # Errors
    /// When the table does not answer: that is never the same as being logged out.
    pub async fn find(&self, token_hash: &str, now: Timestamp) -> Result<Option<Session>, Failure> {
        let found = self.read(token_hash, now).await?;
        Ok(found.map(|(session, _)| session))
    }

    /// The same, and its idle time begins again.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn find_and_renew(&self, token_hash: &str, now: Timestamp) -> Result<Option<Session>, Failure> {
        let Some((session, record)) = self.read(token_hash, now).await? else {
            return Ok(None);
        };
        let Some(idle) = session.who.lifetime().idle else {
            return Ok(Some(session));
        };
        if now.since(record.seen_at) < idle / MARK {
            return Ok(Some(session));
        }
        let renewed = SessionRecord { seen_at: now, ..record };
        match self
            .db
            .put(to_item(&key(token_hash), &renewed)?, Condition::Present)
            .await
        {
            Ok(()) => Ok(Some(session)),
            // It was ended while this request came in.
            Err(Error::Condition(_)) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    async fn read(&self, token_hash: &str, now: Timestamp) -> Result<Option<(Session, SessionRecord)>, Failure> {
        let key = key(token_hash);
        let mut item = self.db.get_eventually(&key).await?;
        if item.is_none() {
            // Either nobody's token, or one so new that this reader has not heard of it.
            item = self.db.get(&key).await?;
        }
        let Some(item) = item else { return Ok(None) };
        let record: SessionRecord = from_item(item)?;
        let session = session_of(&record)?;
        let is_idle = session
            .who
            .lifetime()
            .idle
            .is_some_and(|idle| record.seen_at.plus(idle) <= now);
        Ok((now < session.ends_at && !is_idle).then_some((session, record)))
    }

    /// Starts a session that nobody looks for in a list: a visitor's.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn start(&self, token_hash: &str, session: &Session, now: Timestamp) -> Result<(), Failure> {
        let record = to_item(&key(token_hash), &SessionRecord::of(session, now))?;
        Ok(self.db.put(record, Condition::Absent).await?)
    }

    /// Opens a session of somebody with an account.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn open(&self, opening: &Opening<'_>) -> Result<(), Failure> {
        Ok(self.db.transact(opening_writes(opening)?).await?)
    }

    /// Opens a session in the place of one that is still open, because its owner may do more from now on: the token from before leads
    /// nowhere, and of two that come with it one gets a new one.
    ///
    /// # Errors
    /// `Unauthenticated` when the one from before has ended.
    pub async fn rotate(&self, before: (&str, &Session), opening: &Opening<'_>) -> Result<(), Failure> {
        let writes = self.rotating(before, opening)?;
        match self.db.transact(writes).await {
            Ok(()) => Ok(()),
            Err(Error::Condition(_)) => Err(Failure::Unauthenticated),
            Err(error) => Err(error.into()),
        }
    }

    /// Ends a session.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn end(&self, token_hash: &str, session: &Session) -> Result<(), Failure> {
        let writes = ending_writes(token_hash, session, &Condition::Always);
        Ok(self.db.transact(writes).await?)
    }

    /// Ends the session of this name, if it is one of this person's.
    ///
    /// # Errors
    /// `NotFound` when it is not.
    pub async fn end_one(&self, principal: &str, token_hash: &str) -> Result<(), Failure> {
        let writes = vec![
            Write::Delete(list_key(principal, token_hash), Condition::Present),
            Write::Delete(key(token_hash), Condition::Always),
        ];
        match self.db.transact(writes).await {
            Ok(()) => Ok(()),
            Err(Error::Condition(_)) => Err(Failure::NotFound("session")),
            Err(error) => Err(error.into()),
        }
    }

    /// The open sessions of somebody with an account, the newest first.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn of_person(&self, principal: &str, now: Timestamp) -> Result<Vec<OpenSession>, Failure> {
        let mut open = Vec::new();
        for item in self.listed_of(principal).await? {
            let session = open_session(item)?;
            if now < session.ends_at {
                open.push(session);
            }
        }
        open.sort_by_key(|session| std::cmp::Reverse(session.started_at));
        Ok(open)
    }

    /// Ends every session of a person, and tells how many. Whoever logs in at this moment is not held up by it: what takes away the right
    /// to log in is a change of the account itself, which every log-in checks in its own transaction.
    ///
    /// # Errors
    /// When the table does not answer; those that were ended stay ended.
    pub async fn end_all(&self, principal: &str) -> Result<usize, Failure> {
        let writes = self.ending_all(principal, None).await?;
        self.write_all(&writes).await?;
        Ok(writes.len() / 2)
    }

    /// Writes that need not happen together, as many at once as possible.
    pub(crate) async fn write_all(&self, writes: &[Write]) -> Result<(), Failure> {
        for some in writes.chunks(ENDED_AT_ONCE) {
            self.db.transact(some.to_vec()).await?;
        }
        Ok(())
    }

    pub(crate) fn db(&self) -> &Db {
        &self.db
    }

    /// The writes that open a session and end the one from before, if it is still there.
    pub(crate) fn replacing(
        &self,
        before: Option<(&str, &Session)>,
        opening: &Opening<'_>,
    ) -> Result<Vec<Write>, Error> {
        let mut writes = opening_writes(opening)?;
        if let Some((hash, session)) = before {
            writes.extend(ending_writes(hash, session, &Condition::Always));
        }
        Ok(writes)
    }

    /// The writes that open a session in the place of one that must still be open.
    pub(crate) fn rotating(&self, before: (&str, &Session), opening: &Opening<'_>) -> Result<Vec<Write>, Error> {
        let mut writes = ending_writes(before.0, before.1, &Condition::Present);
        writes.extend(opening_writes(opening)?);
        Ok(writes)
    }

    /// Two writes for each session of a person, but for the one that is named.
    pub(crate) async fn ending_all(&self, principal: &str, kept: Option<&str>) -> Result<Vec<Write>, Failure> {
        let mut writes = Vec::new();
        for item in self.listed_of(principal).await? {
            let session = open_session(item)?;
            if kept == Some(session.token_hash.as_str()) {
                continue;
            }
            for key in [list_key(principal, &session.token_hash), key(&session.token_hash)] {
                writes.push(Write::Delete(key, Condition::Always));
            }
        }
        Ok(writes)
    }

    async fn listed_of(&self, principal: &str) -> Result<Vec<Item>, Failure> {
        let query = Query::of(format!("P#{principal}"), Range::BeginsWith(LISTED.into()));
        Ok(self.db.query_all(query).await?)
    }
}

fn opening_writes(opening: &Opening<'_>) -> Result<Vec<Write>, Error> {
    let Opening {
        token_hash,
        session,
        device,
        now,
    } = *opening;
    let record = SessionRecord::of(session, now);
    let mut writes = vec![Write::Put(to_item(&key(token_hash), &record)?, Condition::Absent)];
    if let Some(place) = listed(token_hash, session) {
        let line = ListedRecord {
            format: 1,
            device: device.to_owned(),
            started_at: now,
            ends_at: session.ends_at,
            expires_at: session.ends_at.as_seconds(),
        };
        writes.push(Write::Put(to_item(&place, &line)?, Condition::Absent));
    }
    Ok(writes)
}

fn ending_writes(token_hash: &str, session: &Session, condition: &Condition) -> Vec<Write> {
    let mut writes = vec![Write::Delete(key(token_hash), condition.clone())];
    writes.extend(listed(token_hash, session).map(|place| Write::Delete(place, Condition::Always)));
    writes
}

impl SessionRecord {
    fn of(session: &Session, now: Timestamp) -> Self {
        let (kind, roles) = match &session.who {
            Who::Guest(_) => ("guest", Vec::new()),
            Who::Customer(_) => ("customer", Vec::new()),
            Who::Staff(_, roles) => ("staff", roles.clone()),
            Who::Unproven(_) => ("unproven", Vec::new()),
            Who::Device(_) => ("device", Vec::new()),
        };
        Self {
            format: 1,
            kind: kind.to_owned(),
            id: session.principal().to_owned(),
            roles,
            seen_at: now,
            ends_at: session.ends_at,
            expires_at: session.ends_at.as_seconds(),
        }
    }
}

fn session_of(record: &SessionRecord) -> Result<Session, Error> {
    let wrong = |_| Error::defect("read a session", "not an id");
    let who = match record.kind.as_str() {
        "guest" => Who::Guest(record.id.parse().map_err(wrong)?),
        "customer" => Who::Customer(record.id.parse().map_err(wrong)?),
        "staff" => Who::Staff(record.id.parse().map_err(wrong)?, record.roles.clone()),
        "unproven" => Who::Unproven(record.id.parse().map_err(wrong)?),
        "device" => Who::Device(record.id.parse().map_err(wrong)?),
        other => return Err(Error::defect("read a session", format!("unknown kind {other}"))),
    };
    Ok(Session {
        who,
        ends_at: record.ends_at,
    })
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
    })
}

#[cfg(test)]
#[cfg(feature = "memory")]
mod tests;
