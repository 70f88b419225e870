//! Registrations that wait for their code. Whether the address has an account is not looked at here: known and unknown ones are written
//! alike, and only whoever sends the notice tells them apart.

use domain::{
    Failure, Secret, Timestamp,
    contact::Contact,
    notice::Notice,
    person::{Person, PersonName},
};
use serde::{Deserialize, Serialize};

use crate::{
    credentials::Credentials,
    db::Db,
    error::Error,
    item::{Condition, Key, Write, from_item, to_item},
    notices::intended,
    people::{People, Registered},
};

/// The registrations in the table of accounts.
#[derive(Clone)]
pub struct Registrations {
    db: Db,
}

/// Somebody who wants an account and has still to show that they read what is sent to them.
#[derive(Clone)]
pub struct Registration {
    /// Where the code was sent.
    pub contact: Contact,
    /// What they are called.
    pub name: PersonName,
    /// The hash of the password they chose.
    pub password_hash: Secret,
    /// The hash of the code.
    pub code_hash: String,
    /// Until when the code holds.
    pub ends_at: Timestamp,
}

#[derive(Serialize, Deserialize)]
struct RegistrationRecord {
    format: u32,
    contact: String,
    name: String,
    password_hash: String,
    code_hash: String,
    ends_at: Timestamp,
    expires_at: i64,
}

fn key(ticket_hash: &str) -> Key {
    Key::new(format!("A#registration#{ticket_hash}"), "A")
}

impl Registrations {
    /// The registrations in a table.
    #[must_use]
    pub fn new(db: Db) -> Self {
        Self { db }
    }

    /// Keeps one under the hash of its ticket, and intends the notice with the code.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn begin(
        &self,
        ticket_hash: &str,
        wanted: &Registration,
        notice: &Notice,
        now: Timestamp,
    ) -> Result<(), Failure> {
        let record = RegistrationRecord {
            format: 1,
            contact: wanted.contact.to_string(),
            name: wanted.name.as_str().to_owned(),
            password_hash: wanted.password_hash.expose().to_owned(),
            code_hash: wanted.code_hash.clone(),
            ends_at: wanted.ends_at,
            expires_at: wanted.ends_at.as_seconds(),
        };
        let put = Write::Put(to_item(&key(ticket_hash), &record)?, Condition::Absent);
        Ok(self.db.transact(vec![put, intended(notice, now)?]).await?)
    }

    /// The one of a ticket, while its code holds.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn find(&self, ticket_hash: &str, now: Timestamp) -> Result<Option<Registration>, Failure> {
        let Some(item) = self.db.get(&key(ticket_hash)).await? else {
            return Ok(None);
        };
        let record: RegistrationRecord = from_item(item)?;
        let wrong = |_| Error::defect("read a registration", "not a contact or a name");
        let found = Registration {
            contact: Contact::new(&record.contact).map_err(wrong)?,
            name: PersonName::new(&record.name).map_err(wrong)?,
            password_hash: Secret::new(record.password_hash),
            code_hash: record.code_hash,
            ends_at: record.ends_at,
        };
        Ok(Some(found).filter(|found| now < found.ends_at))
    }

    /// Makes the account, once for each ticket.
    ///
    /// # Errors
    /// `AccountExists` when the address or phone has one; `Conflict` when the ticket was used.
    pub async fn complete(
        &self,
        credentials: &Credentials,
        ticket_hash: &str,
        person: &Person,
        password_hash: &Secret,
    ) -> Result<Registered, Failure> {
        let used = Write::Delete(key(ticket_hash), Condition::Present);
        let people = People::new(self.db.clone());
        people
            .register_with(credentials, person, password_hash, vec![used])
            .await
    }
}
