//! Resets of passwords: a token by mail or text message that is good for one new password. It is bound to the password it was asked for: when
//! that is another by then, by this or any other token, it is good for nothing.

use domain::{
    Failure, Refusal, Secret, Timestamp, audit::Entry, contact::Contact, notice::Notice, person::Person, tries::Tries,
};
use serde::{Deserialize, Serialize};

use crate::{
    audit::entry_write,
    credentials::{Credential, Credentials},
    db::Db,
    error::Error,
    item::{Condition, Key, Write, from_item, to_item},
    notices::intended,
    sessions::Sessions,
};

/// The resets in the table of accounts.
#[derive(Clone)]
pub struct Resets {
    db: Db,
}

/// A token that holds.
#[derive(Clone)]
pub struct Reset {
    /// Where it was sent.
    pub contact: Contact,
    /// What its owner logged in with when they asked for it; nothing in tokens from before it was kept.
    version: Option<u64>,
}

/// A new password, and everything that happens with it.
pub struct NewlySet<'a> {
    /// The hash of the token, which is used up.
    pub token_hash: &'a str,
    /// Whose it is.
    pub person: &'a Person,
    /// What they log in with from now on.
    pub password_hash: &'a Secret,
    /// The failed tries that are forgotten.
    pub tries: &'a [Tries],
    /// The news of it.
    pub notice: &'a Notice,
    /// Its entry in the audit, for a member of the staff.
    pub entry: Option<&'a Entry>,
    /// When.
    pub now: Timestamp,
}

impl Reset {
    /// False when the password was changed after this token was asked for.
    #[must_use]
    pub fn is_for(&self, credential: &Credential) -> bool {
        self.version.is_none_or(|version| version == credential.version)
    }
}

#[derive(Serialize, Deserialize)]
struct ResetRecord {
    format: u32,
    contact: String,
    #[serde(default)]
    version: Option<u64>,
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

    /// Keeps one under the hash of its token, whoever it is for, and intends the notice that carries the token. `known` is what stands
    /// behind the address now, if anything does.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn begin(
        &self,
        token_hash: &str,
        known: Option<&Credential>,
        notice: &Notice,
        now: Timestamp,
    ) -> Result<(), Failure> {
        let ends_at = now.plus(notice.matter.is_worth_telling_for());
        let record = ResetRecord {
            format: 2,
            contact: notice.to.to_string(),
            // An account that is made after this has another version.
            version: Some(known.map_or(0, |known| known.version)),
            ends_at,
            expires_at: ends_at.as_seconds(),
        };
        let put = Write::Put(to_item(&key(token_hash), &record)?, Condition::Absent);
        Ok(self.db.transact(vec![put, intended(notice, now)?]).await?)
    }

    /// What a token is good for, while it holds.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn find(&self, token_hash: &str, now: Timestamp) -> Result<Option<Reset>, Failure> {
        let Some(item) = self.db.get(&key(token_hash)).await? else {
            return Ok(None);
        };
        let record: ResetRecord = from_item(item)?;
        if record.ends_at <= now {
            return Ok(None);
        }
        let contact = Contact::new(&record.contact).map_err(|_| Error::defect("read a reset", "not a contact"))?;
        Ok(Some(Reset {
            contact,
            version: record.version,
        }))
    }

    /// Sets the new password, uses the token up, ends every session, forgets the failed tries and intends the news of it, all at once.
    ///
    /// # Errors
    /// `Refused(NotValidAnyMore)` when the token, or another of this person, was used meanwhile.
    pub async fn complete(
        &self,
        credentials: &Credentials,
        sessions: &Sessions,
        new: &NewlySet<'_>,
    ) -> Result<(), Failure> {
        let mut also = vec![
            Write::Delete(key(new.token_hash), Condition::Present),
            intended(new.notice, new.now)?,
        ];
        also.extend(credentials.forgotten(new.tries, new.now));
        also.extend(new.entry.map(entry_write).transpose()?);
        let whose = (new.person.holder.id(), new.person.contacts());
        let done = credentials
            .renew(sessions, (whose.0, &whose.1), new.password_hash, also)
            .await;
        match done {
            // Of two that come with one token, one is too late; so is whoever comes when the account changes.
            Err(Failure::Conflict) => Err(Refusal::NotValidAnyMore.into()),
            done => done,
        }
    }
}
