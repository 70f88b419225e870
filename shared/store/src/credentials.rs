//! Credentials: what somebody logs in with, one item for each e-mail address and phone of an account, and how often it was tried.
//!
//! A log-in writes its session under two conditions: the credential is still the one whose password was compared, and the epoch of its owner
//! is still the one the session belongs to. So a new password ends every session, also one that is opened with the old one at that moment.

use domain::{
    Failure, Pepper, Refusal, Secret, Timestamp, audit::Entry, contact::Contact, session::Session, tries::Tries,
};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::{
    audit::entry_write,
    db::Db,
    error::Error,
    item::{Condition, Key, Write, from_item, to_item},
    sessions::{Opening, Sessions},
    tries::{counted, forgotten, taken_back},
};

/// Counters of one address are shared, so two tries at one moment can be in each other's way.
const TRIES_TO_COUNT: usize = 3;
/// A person whose epoch rises at this very moment is logged out by that, so it is looked at again.
const TRIES_TO_END: usize = 3;

/// What people log in with.
#[derive(Clone)]
pub struct Credentials {
    db: Db,
    pepper: Pepper,
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
    /// Where it lies.
    place: Key,
}

/// A credential as it was read, and where.
pub(crate) struct Known {
    pub(crate) place: Key,
    pub(crate) record: CredentialRecord,
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

fn place(keyed: &str) -> Key {
    Key::new(format!("A#login#{keyed}"), "A")
}

impl Known {
    /// The condition that it is still as it was read.
    pub(crate) fn still(&self) -> Condition {
        Condition::VersionIs(self.record.v)
    }
}

impl CredentialRecord {
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
    pub fn new(db: Db, pepper: Pepper) -> Self {
        Self { db, pepper }
    }

    /// What stands behind an address or a number.
    ///
    /// # Errors
    /// When the table does not answer: that is never the same as an unknown person.
    pub async fn find(&self, contact: &Contact) -> Result<Option<Credential>, Failure> {
        let known = self.known(contact).await?;
        Ok(known.map(|Known { place, record }| Credential {
            person: record.person,
            version: record.v,
            password_hash: Secret::new(record.password_hash),
            place,
        }))
    }

    /// Where the credential of an address or a number is written. It is a keyed hash: keys appear in the logs and metrics of the table,
    /// and a plain hash of a telephone number is found by trying all of them.
    pub(crate) fn place(&self, contact: &Contact) -> Key {
        place(&self.pepper.keyed("login", contact.as_str()))
    }

    /// Where it may lie from before: under an older pepper, or from before there was one.
    pub(crate) fn older_places(&self, contact: &Contact) -> Vec<Key> {
        let keyed = self.pepper.all_keyed("login", contact.as_str());
        let plain = format!("{:x}", Sha256::digest(contact.as_str().as_bytes()));
        let older = keyed.into_iter().skip(1).chain([plain]);
        older.map(|keyed| place(&keyed)).collect()
    }

    /// Every place is looked at, whatever was found before: so nobody is told by the time it takes who is known.
    pub(crate) async fn known(&self, contact: &Contact) -> Result<Option<Known>, Failure> {
        let mut known = None;
        for place in [self.place(contact)].into_iter().chain(self.older_places(contact)) {
            let item = self.db.get(&place).await?;
            let record = item.map(from_item).transpose()?;
            known = known.or(record.map(|record| Known { place, record }));
        }
        Ok(known)
    }

    /// The writes that keep this in the place of what was read, under the key of today.
    pub(crate) fn replacing(
        &self,
        contact: &Contact,
        before: &Key,
        still: Condition,
        record: &CredentialRecord,
    ) -> Result<Vec<Write>, Error> {
        let place = self.place(contact);
        let item = to_item(&place, record)?;
        if place == *before {
            return Ok(vec![Write::Put(item, still)]);
        }
        Ok(vec![
            Write::Put(item, Condition::Absent),
            Write::Delete(before.clone(), still),
        ])
    }

    /// The writes that make a new credential, of a contact that has none in any place.
    pub(crate) fn making(&self, contact: &Contact, record: &CredentialRecord) -> Result<Vec<Write>, Error> {
        let mut writes = vec![Write::Put(to_item(&self.place(contact), record)?, Condition::Absent)];
        let older = self.older_places(contact).into_iter();
        writes.extend(older.map(|place| Write::Check(place, Condition::Absent)));
        Ok(writes)
    }

    /// Counts one try of each, before its work, so that many at once count too. One call, and another when somebody has to wait.
    ///
    /// # Errors
    /// `Refused(TooManyTries)` when one of them must wait; then only the one at the source is counted.
    pub async fn count(&self, tries: &[Tries], at: Timestamp) -> Result<(), Failure> {
        match self.count_all(tries.iter(), at).await {
            Err(Failure::Refused(Refusal::TooManyTries)) => {}
            counted => return counted,
        }
        match self.count_all(tries.iter().filter(|one| one.is_of_source()), at).await {
            Ok(()) => Err(Refusal::TooManyTries.into()),
            waiting => waiting,
        }
    }

    async fn count_all<'a>(&self, tries: impl Iterator<Item = &'a Tries>, at: Timestamp) -> Result<(), Failure> {
        let writes: Vec<Write> = tries
            .map(|one| Write::Count(counted(&self.pepper, one, 1, at)))
            .collect();
        if writes.is_empty() {
            return Ok(());
        }
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

    /// The writes that take tries back which were right.
    pub(crate) fn taken_back(&self, tries: &[Tries], at: Timestamp) -> Vec<Write> {
        tries.iter().map(|one| taken_back(&self.pepper, one, at)).collect()
    }

    /// The writes that forget tries.
    pub(crate) fn forgotten(&self, tries: &[Tries], at: Timestamp) -> Vec<Write> {
        tries.iter().map(|one| forgotten(&self.pepper, one, at)).collect()
    }

    /// Lets somebody in: opens their session, ends the one from before, and takes the tries back. One call.
    ///
    /// # Errors
    /// `Conflict` when the account changed since its credential was read.
    pub async fn admit(&self, sessions: &Sessions, admission: &Admission<'_>) -> Result<(), Failure> {
        let Admission {
            credential, opening, ..
        } = admission;
        let still = Condition::VersionIs(credential.version);
        let mut writes = match admission.rehashed {
            None if credential.place == self.place(admission.contact) => {
                vec![Write::Check(credential.place.clone(), still)]
            }
            rehashed => {
                let record = CredentialRecord {
                    v: credential.version,
                    ..CredentialRecord::first(&credential.person, rehashed.unwrap_or(&credential.password_hash))
                };
                self.replacing(admission.contact, &credential.place, still, &record)?
            }
        };
        writes.extend(self.taken_back(admission.tries, opening.now));
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
            let known = self.known(contact).await?.ok_or(Failure::Conflict)?;
            let (still, mut record) = (known.still(), known.record.renewed());
            password_hash.expose().clone_into(&mut record.password_hash);
            writes.extend(self.replacing(contact, &known.place, still, &record)?);
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
pub(crate) mod tests;
