//! Changes of what somebody logs in with, which wait for two codes: one sent to where the account is reached until now, one to the new
//! address or phone. Whether the new one is somebody else's is not looked at before both were typed: free and taken ones are written alike.

use domain::{Failure, Refusal, Timestamp, contact::Contact, notice::Notice, person::Person, session::Session};
use serde::{Deserialize, Serialize};

use crate::{
    credentials::Credentials,
    db::Db,
    error::Error,
    item::{Condition, Key, Write, from_item, to_item},
    notices::intended,
    people::{Edited, People},
    sessions::{Opening, Sessions},
};

/// The changes in the table of accounts.
#[derive(Clone)]
pub struct ContactChanges {
    db: Db,
}

/// A change that waits for its codes.
#[derive(Clone)]
pub struct ContactChange {
    /// Whose account it is.
    pub person: String,
    /// Where the account is reached until now.
    pub old: Contact,
    /// Where it shall be reached.
    pub new: Contact,
    /// The hash of the code that was sent to the old one.
    pub old_code_hash: String,
    /// The hash of the code that was sent to the new one.
    pub new_code_hash: String,
    /// Until when the codes hold.
    pub ends_at: Timestamp,
}

/// A change whose codes were right, and the session its owner goes on with.
pub struct ChangedContact<'a> {
    /// The hash of its ticket.
    pub ticket_hash: &'a str,
    /// The change.
    pub change: &'a ContactChange,
    /// The session it is made in, which ends.
    pub before: (&'a str, &'a Session),
    /// The session that takes its place, of the next epoch.
    pub opening: Opening<'a>,
    /// The news of it.
    pub notices: &'a [Notice],
}

#[derive(Serialize, Deserialize)]
struct ChangeRecord {
    format: u32,
    person: String,
    old: String,
    new: String,
    old_code_hash: String,
    new_code_hash: String,
    ends_at: Timestamp,
    expires_at: i64,
}

fn key(ticket_hash: &str) -> Key {
    Key::new(format!("A#contact-change#{ticket_hash}"), "A")
}

impl ContactChanges {
    /// The changes in a table.
    #[must_use]
    pub fn new(db: Db) -> Self {
        Self { db }
    }

    /// Keeps one under the hash of its ticket, and intends the notices with the codes.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn begin(
        &self,
        ticket_hash: &str,
        wanted: &ContactChange,
        notices: &[Notice],
        now: Timestamp,
    ) -> Result<(), Failure> {
        let record = ChangeRecord {
            format: 1,
            person: wanted.person.clone(),
            old: wanted.old.to_string(),
            new: wanted.new.to_string(),
            old_code_hash: wanted.old_code_hash.clone(),
            new_code_hash: wanted.new_code_hash.clone(),
            ends_at: wanted.ends_at,
            expires_at: wanted.ends_at.as_seconds(),
        };
        let mut writes = vec![Write::Put(to_item(&key(ticket_hash), &record)?, Condition::Absent)];
        for notice in notices {
            writes.push(intended(notice, now)?);
        }
        Ok(self.db.transact(writes).await?)
    }

    /// The one of a ticket, while its codes hold. Somebody else's is not found.
    ///
    /// # Errors
    /// `NotFound` when this person has none with this ticket.
    pub async fn find(&self, person: &str, ticket_hash: &str, now: Timestamp) -> Result<ContactChange, Failure> {
        let absent = Failure::NotFound("change");
        let Some(item) = self.db.get(&key(ticket_hash)).await? else {
            return Err(absent);
        };
        let record: ChangeRecord = from_item(item)?;
        if record.person != person || record.ends_at <= now {
            return Err(absent);
        }
        let wrong = |_| Error::defect("read a change of contact", "not a contact");
        Ok(ContactChange {
            person: record.person,
            old: Contact::new(&record.old).map_err(wrong)?,
            new: Contact::new(&record.new).map_err(wrong)?,
            old_code_hash: record.old_code_hash,
            new_code_hash: record.new_code_hash,
            ends_at: record.ends_at,
        })
    }

    /// Writes the account with its new address or phone, lets its owner log in with that and with what was replaced no more, ends every
    /// session, opens one in the place of this one and intends the news, all at once and once for each ticket.
    ///
    /// # Errors
    /// `Refused(AccountExists)` when the new one is somebody else's; `Conflict` when the account changed meanwhile or the ticket was used.
    pub async fn complete(
        &self,
        credentials: &Credentials,
        sessions: &Sessions,
        changed: &ChangedContact<'_>,
    ) -> Result<Person, Failure> {
        let ChangedContact {
            change,
            before,
            opening,
            ..
        } = changed;
        let people = People::new(self.db.clone());
        let edited = people.edited(&change.person, |person| person.reached_at(&change.new));
        let Edited {
            before: old,
            after,
            item,
            still,
        } = edited.await?;
        let (mut writes, of_new) = renamed(credentials, &old, &after, change).await?;
        writes.push(Write::Put(item, still));
        writes.push(Write::Delete(key(changed.ticket_hash), Condition::Present));
        for notice in changed.notices {
            writes.push(intended(notice, opening.now)?);
        }
        let outliving = sessions.outliving(*before, opening)?;
        match self.db.transact_with(writes, sessions.db(), outliving).await {
            Ok(()) => {}
            Err(Error::Condition(in_the_way)) => {
                let is_taken = in_the_way.into_iter().take(of_new).any(|item| item.is_some());
                return Err(if is_taken {
                    Refusal::AccountExists.into()
                } else {
                    Failure::Conflict
                });
            }
            Err(error) => return Err(error.into()),
        }
        sessions.forget_ended(&change.person).await;
        Ok(after)
    }
}

/// The writes of credentials: those of the new one first, made with the password of the old one, and how many they are; what stays gets the
/// next version.
async fn renamed(
    credentials: &Credentials,
    old: &Person,
    after: &Person,
    change: &ContactChange,
) -> Result<(Vec<Write>, usize), Failure> {
    // Another change may have come first, and by now the old one may be the credential of somebody else.
    if !old.contacts().contains(&change.old) {
        return Err(Failure::Conflict);
    }
    let known = credentials.known(&change.old).await?.ok_or(Failure::Conflict)?;
    let mut writes = credentials.making(&change.new, &known.record.renewed())?;
    let of_new = writes.len();
    let stay = after.contacts();
    for contact in old.contacts() {
        let known = credentials.known(&contact).await?.ok_or(Failure::Conflict)?;
        let still = known.still();
        if stay.contains(&contact) {
            writes.extend(credentials.replacing(&contact, &known.place, still, &known.record.renewed())?);
        } else {
            writes.push(Write::Delete(known.place, still));
        }
    }
    Ok((writes, of_new))
}

#[cfg(test)]
#[cfg(feature = "memory")]
mod tests;
