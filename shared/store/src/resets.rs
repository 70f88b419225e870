//! Resets of passwords: a token by mail or text message that is good for one new password.

use domain::{Failure, Refusal, Secret, Timestamp, contact::Contact, notice::Notice, person::Person, tries::Tries};
use serde::{Deserialize, Serialize};

use crate::{
    credentials::Credentials,
    db::Db,
    error::Error,
    item::{Condition, Key, Write, from_item, to_item},
    notices::intended,
    sessions::Sessions,
    tries::forgotten,
};

/// The resets in the table of accounts.
#[derive(Clone)]
pub struct Resets {
    db: Db,
}

#[derive(Serialize, Deserialize)]
struct ResetRecord {
    format: u32,
    contact: String,
    ends_at: Timestamp,
    expires_at: i64,
}

fn key(token_hash: &str) -> Key {
    Key::new(format!("A#reset#{token_hash}"), "A")
}

impl Resets {
    /// The resets in a table.
    #[must_use]
    pub fn new(db: Db) -> Self {
        Self { db }
    }

    /// Keeps one under the hash of its token, whoever it is for, and intends the notice that carries the token.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn begin(&self, token_hash: &str, notice: &Notice, now: Timestamp) -> Result<(), Failure> {
        let ends_at = now.plus(notice.matter.is_worth_telling_for());
        let record = ResetRecord {
            format: 1,
            contact: notice.to.to_string(),
            ends_at,
            expires_at: ends_at.as_seconds(),
        };
        let put = Write::Put(to_item(&key(token_hash), &record)?, Condition::Absent);
        Ok(self.db.transact(vec![put, intended(notice, now)?]).await?)
    }

    /// Where the token was sent, while it holds.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn find(&self, token_hash: &str, now: Timestamp) -> Result<Option<Contact>, Failure> {
        let Some(item) = self.db.get(&key(token_hash)).await? else {
            return Ok(None);
        };
        let record: ResetRecord = from_item(item)?;
        if record.ends_at <= now {
            return Ok(None);
        }
        let contact = Contact::new(&record.contact).map_err(|_| Error::defect("read a reset", "not a contact"))?;
        Ok(Some(contact))
    }

    /// Sets the new password, uses the token up, ends every session, forgets the failed tries and intends the news of it, all at once.
    ///
    /// # Errors
    /// `Refused(NotValidAnyMore)` when the token was used meanwhile.
    pub async fn complete(
        &self,
        sessions: &Sessions,
        token_hash: &str,
        person: &Person,
        password_hash: &Secret,
        news: (&[Tries], &Notice, Timestamp),
    ) -> Result<usize, Failure> {
        let (tries, notice, now) = news;
        let mut also = vec![
            Write::Delete(key(token_hash), Condition::Present),
            intended(notice, now)?,
        ];
        also.extend(tries.iter().map(|one| forgotten(one, now)));
        let done = Credentials::new(self.db.clone())
            .renew(
                sessions,
                person.holder.id(),
                &person.contacts(),
                Some(password_hash),
                also,
            )
            .await;
        match done {
            // Of two that come with one token, one is too late; so is whoever comes when the account changes.
            Err(Failure::Conflict) => Err(Refusal::NotValidAnyMore.into()),
            done => done,
        }
    }
}
