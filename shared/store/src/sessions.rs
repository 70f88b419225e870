//! Sessions: opaque tokens, stored only as hashes; a session that was ended is gone at once.
//!
//! A session is one small item under the hash of its token. Whoever has an account also has an epoch, which every look-up compares with that
//! of the session (`epoch.rs`), and a list of what is open (`list.rs`).

mod epoch;
mod list;
mod record;

use std::pin::Pin;

use domain::{
    Failure, Timestamp,
    session::{Session, Who},
};

pub use self::list::OpenSession;
use self::{
    list::{line, list_key, listed},
    record::SessionRecord,
};
use crate::{
    db::Db,
    error::Error,
    item::{Condition, Key, Write, from_item, to_item},
};

/// A session's mark of its last request is this part of its idle time old before it is written anew: one write in so long, not one in
/// each request.
const MARK: u32 = 6;

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

/// A look-up of sessions by the hash of their token.
pub type Found = Pin<Box<dyn Future<Output = Result<Option<Session>, Failure>> + Send>>;

fn key(token_hash: &str) -> Key {
    Key::new(format!("S#{token_hash}"), "A")
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
        let renewed = record.seen(now);
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
        let session = record.session()?;
        let is_idle = session
            .who
            .lifetime()
            .idle
            .is_some_and(|idle| record.seen_at.plus(idle) <= now);
        let is_open = now < session.ends_at && !is_idle && self.is_of_its_epoch(&session).await?;
        Ok(is_open.then_some((session, record)))
    }

    /// False for a session that ended with all others of its owner. Visitors have no account that could end theirs.
    async fn is_of_its_epoch(&self, session: &Session) -> Result<bool, Error> {
        match &session.who {
            Who::Guest(_) => Ok(true),
            Who::Customer(_) | Who::Staff(..) | Who::Unproven(_) | Who::Device(_) => {
                Ok(session.epoch >= self.epoch_eventually(session.principal()).await?)
            }
        }
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
    /// `Conflict` when all their sessions end at this moment.
    pub async fn open(&self, opening: &Opening<'_>) -> Result<(), Failure> {
        self.db.transact(opening_writes(opening)?).await?;
        self.keep_to_the_cap(opening).await;
        Ok(())
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

    /// The writes that open a session in the place of one that must still be open, because its owner may do more from now on: the token
    /// from before leads nowhere, and of two that come with it one gets a new one.
    pub(crate) fn rotating(&self, before: (&str, &Session), opening: &Opening<'_>) -> Result<Vec<Write>, Error> {
        let mut writes = ending_writes(before.0, before.1, &Condition::Present);
        writes.extend(opening_writes(opening)?);
        Ok(writes)
    }

    /// The writes that end every session of a person and open one in the place of this one, which must still be open. It belongs to the
    /// epoch that begins with it.
    pub(crate) fn outliving(&self, before: (&str, &Session), opening: &Opening<'_>) -> Result<Vec<Write>, Error> {
        let (hash, session) = before;
        let mut writes = ending_writes(hash, session, &Condition::Present);
        writes.extend(new_items(opening)?);
        writes.push(Self::ending_epoch(session.principal(), session.epoch)?);
        Ok(writes)
    }
}

/// The session, its line in the list, and the condition that its owner's epoch is the one it belongs to.
fn opening_writes(opening: &Opening<'_>) -> Result<Vec<Write>, Error> {
    let mut writes = new_items(opening)?;
    if listed(opening.token_hash, opening.session).is_some() {
        writes.push(Sessions::still_in(opening.session.principal(), opening.session.epoch));
    }
    Ok(writes)
}

fn new_items(opening: &Opening<'_>) -> Result<Vec<Write>, Error> {
    let Opening {
        token_hash,
        session,
        now,
        ..
    } = *opening;
    let record = SessionRecord::of(session, now);
    let mut writes = vec![Write::Put(to_item(&key(token_hash), &record)?, Condition::Absent)];
    writes.extend(line(opening)?.map(|line| Write::Put(line, Condition::Absent)));
    Ok(writes)
}

fn ending_writes(token_hash: &str, session: &Session, condition: &Condition) -> Vec<Write> {
    let mut writes = vec![Write::Delete(key(token_hash), condition.clone())];
    writes.extend(listed(token_hash, session).map(|place| Write::Delete(place, Condition::Always)));
    writes
}

#[cfg(test)]
#[cfg(feature = "memory")]
mod tests;
