//! Credentials: what somebody logs in with, one item for each e-mail address and phone of an account, and how often it was tried.
//!
//! A log-in writes its session under two conditions: the credential is still the one whose password was compared, and the epoch of its owner
//! is still the one the session belongs to. So a new password ends every session, also one that is opened with the old one at that moment.

use domain::{Failure, Refusal, Secret, Timestamp, audit::Entry, contact::Contact, session::Session, tries::Tries};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::{
    audit::entry_write,
    db::Db,
    error::Error,
    item::{Condition, Key, Write, from_item, to_item},
    sessions::{Opening, Sessions},
    tries::{counted, taken_back},
};

/// Counters of one address are shared, so two tries at one moment can be in each other's way.
const TRIES_TO_COUNT: usize = 3;
/// A person whose epoch rises at this very moment is logged out by that, so it is looked at again.
const TRIES_TO_END: usize = 3;

/// What people log in with.
#[derive(Clone)]
pub struct Credentials {
    db: Db,
}

/// What stands behind an e-mail address or a phone.
#[derive(Clone)]
pub struct Credential {
    /// Whose account it is: a customer's id or a staff member's.
    pub person: String,
    /// Rises with every new password.
    pub version: u64,
    /// The hash of their password, in the form of the PHC.
    pub password_hash: Secret,
}

/// A log-in that was right.
pub struct Admission<'a> {
    /// What it was made with.
    pub contact: &'a Contact,
    /// What stood behind that.
    pub credential: &'a Credential,
    /// The password hashed anew, when the cost of hashing has risen since.
    pub rehashed: Option<&'a Secret>,
    /// The session to open.
    pub opening: Opening<'a>,
    /// The session the browser came with, which ends.
    pub before: Option<(&'a str, &'a Session)>,
    /// The tries that were counted for it.
    pub tries: &'a [Tries],
}

#[derive(Serialize, Deserialize)]
pub(crate) struct CredentialRecord {
    format: u32,
    v: u64,
    person: String,
    password_hash: String,
}

pub(crate) fn hash(text: &str) -> String {
    format!("{:x}", Sha256::digest(text.as_bytes()))
}

/// Addresses and numbers are hashed in keys: keys appear in the logs and metrics of the table.
pub(crate) fn credential_key(contact: &Contact) -> Key {
    Key::new(format!("A#login#{}", hash(contact.as_str())), "A")
}

impl CredentialRecord {
    /// The condition that it is still as it was read.
    pub(crate) fn still(&self) -> Condition {
        Condition::VersionIs(self.v)
    }

    /// The same in its next version: whoever has read this one completes nothing with it.
    pub(crate) fn renewed(self) -> Self {
        Self {
            v: self.v.saturating_add(1),
            ..self
        }
    }

    pub(crate) fn first(person: &str, password_hash: &Secret) -> Self {
        Self {
            format: 1,
            v: 1,
            person: person.to_owned(),
            password_hash: password_hash.expose().to_owned(),
        }
    }
}

impl Credentials {
    /// The credentials in a table.
    #[must_use]
    pub fn new(db: Db) -> Self {
        Self { db }
    }

    /// What stands behind an address or a number.
    ///
    /// # Errors
    /// When the table does not answer: that is never the same as an unknown person.
    pub async fn find(&self, contact: &Contact) -> Result<Option<Credential>, Failure> {
        let record = self.record(contact).await?;
        Ok(record.map(|record| Credential {
            person: record.person,
            version: record.v,
            password_hash: Secret::new(record.password_hash),
        }))
    }

    pub(crate) async fn record(&self, contact: &Contact) -> Result<Option<CredentialRecord>, Failure> {
        let item = self.db.get(&credential_key(contact)).await?;
        Ok(item.map(from_item).transpose()?)
    }

    /// Counts one try of each, before its work, so that many at once count too. One call.
    ///
    /// # Errors
    /// `Refused(TooManyTries)` when one of them must wait; then none is counted.
    pub async fn count(&self, tries: &[Tries], at: Timestamp) -> Result<(), Failure> {
        let writes: Vec<Write> = tries.iter().map(|one| Write::Count(counted(one, 1, at))).collect();
        let mut left = TRIES_TO_COUNT;
        loop {
            left = left.saturating_sub(1);
            match self.db.transact(writes.clone()).await {
                Ok(()) => return Ok(()),
                Err(Error::Condition(_)) => return Err(Refusal::TooManyTries.into()),
                Err(Error::Unavailable { .. }) if left > 0 => {}
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// Lets somebody in: opens their session, ends the one from before, and takes the tries back. One call.
    ///
    /// # Errors
    /// `Conflict` when the account changed since its credential was read.
    pub async fn admit(&self, sessions: &Sessions, admission: &Admission<'_>) -> Result<(), Failure> {
        let Admission {
            credential, opening, ..
        } = admission;
        let (key, still) = (
            credential_key(admission.contact),
            Condition::VersionIs(credential.version),
        );
        let mut writes = vec![match admission.rehashed {
            None => Write::Check(key, still),
            Some(password_hash) => {
                let record = CredentialRecord {
                    v: credential.version,
                    ..CredentialRecord::first(&credential.person, password_hash)
                };
                Write::Put(to_item(&key, &record)?, still)
            }
        }];
        writes.extend(admission.tries.iter().map(|one| taken_back(one, opening.now)));
        let opened = sessions.replacing(admission.before, opening)?;
        self.db.transact_with(writes, sessions.db(), opened).await?;
        sessions.keep_to_the_cap(opening).await;
        Ok(())
    }

    /// Sets a new password and ends every session of a person; log-ins that are under way open none. `also` is written in the same
    /// transaction.
    ///
    /// # Errors
    /// `Conflict` when the account changed meanwhile.
    pub(crate) async fn renew(
        &self,
        sessions: &Sessions,
        (person, contacts): (&str, &[Contact]),
        password_hash: &Secret,
        also: Vec<Write>,
    ) -> Result<(), Failure> {
        let mut writes = also;
        for contact in contacts {
            let known = self.record(contact).await?.ok_or(Failure::Conflict)?;
            let still = known.still();
            let mut record = known.renewed();
            password_hash.expose().clone_into(&mut record.password_hash);
            writes.push(Write::Put(to_item(&credential_key(contact), &record)?, still));
        }
        let ending = Sessions::ending_epoch(person, sessions.epoch(person).await?)?;
        self.db.transact_with(writes, sessions.db(), vec![ending]).await?;
        sessions.forget_ended(person).await;
        Ok(())
    }

    /// Ends every session of a person everywhere, and writes down that a member of the staff did it.
    ///
    /// # Errors
    /// `Conflict` when their sessions keep ending at the same moment.
    pub async fn log_out_everywhere(
        &self,
        sessions: &Sessions,
        person: &str,
        entry: Option<&Entry>,
    ) -> Result<usize, Failure> {
        let mut left = TRIES_TO_END;
        loop {
            left = left.saturating_sub(1);
            let ending = Sessions::ending_epoch(person, sessions.epoch(person).await?)?;
            let ended = match entry {
                None => sessions.db().transact(vec![ending]).await,
                Some(entry) => {
                    let entry = vec![entry_write(entry)?];
                    self.db.transact_with(entry, sessions.db(), vec![ending]).await
                }
            };
            match ended {
                Ok(()) => return Ok(sessions.forget_ended(person).await),
                Err(Error::Condition(_) | Error::Unavailable { .. }) if left > 0 => {}
                Err(error) => return Err(error.into()),
            }
        }
    }
}

#[cfg(test)]
#[cfg(feature = "memory")]
mod tests;
