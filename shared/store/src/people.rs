//! People: accounts, one per e-mail address or phone, and their delivery addresses.

use domain::{
    Failure, FieldError, Refusal, RequestKey, Secret, Timestamp,
    address::{Address, AddressInput},
    contact::Phone,
    id::{AddressId, CustomerId},
    notice::Notice,
    person::{Email, Holder, KeptAddress, Person, PersonName, Preferences},
};
use serde::{Deserialize, Serialize};

use crate::{
    credentials::{CredentialRecord, Credentials},
    db::Db,
    decide::Once,
    error::Error,
    item::{Condition, Item, Key, Query, Range, Write, from_item, text, to_item},
    notices::intended,
    requests::write_once,
    sealed::forgetting,
    sessions::Sessions,
};

/// The people the shop knows.
#[derive(Clone)]
pub struct People {
    db: Db,
}

/// How a registration ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Registered {
    /// The account is there.
    Written,
    /// The id is another account's already.
    IdTaken,
}

/// A change of an account that is not written yet.
pub(crate) struct Edited {
    pub(crate) before: Person,
    pub(crate) after: Person,
    pub(crate) item: Item,
    /// The account is still as it was read.
    pub(crate) still: Condition,
}

#[derive(Serialize, Deserialize)]
struct PersonRecord {
    format: u32,
    v: u64,
    kind: String,
    id: String,
    email: Option<String>,
    phone: Option<String>,
    name: String,
    preferences: Preferences,
}

#[derive(Serialize, Deserialize)]
struct AddressRecord {
    format: u32,
    address: AddressInput,
}

const ADDRESS: &str = "ADR#";

fn person_key(id: &str) -> Key {
    Key::new(format!("A#{id}"), "A")
}

fn address_key(customer: &CustomerId, id: &AddressId) -> Key {
    Key::new(format!("A#{customer}"), format!("{ADDRESS}{id}"))
}

impl People {
    /// The people in a table.
    #[must_use]
    pub fn new(db: Db) -> Self {
        Self { db }
    }

    /// The account with this id: a customer's or a staff member's.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn by_id(&self, id: &str) -> Result<Option<Person>, Failure> {
        let item = self.db.get(&person_key(id)).await?;
        Ok(item
            .map(from_item::<PersonRecord>)
            .transpose()?
            .map(PersonRecord::into_person)
            .transpose()?)
    }

    /// Changes an account as it is now.
    ///
    /// # Errors
    /// `NotFound` when it is gone; `Conflict` when it changes at the same moment.
    pub async fn edit(&self, id: &str, edit: impl FnOnce(Person) -> Person) -> Result<Person, Failure> {
        let Edited { after, item, still, .. } = self.edited(id, edit).await?;
        self.db.put(item, still).await?;
        Ok(after)
    }

    /// The account as it is now and as it would be, for a transaction with more in it.
    ///
    /// # Errors
    /// `NotFound` when it is gone.
    pub(crate) async fn edited(&self, id: &str, edit: impl FnOnce(Person) -> Person) -> Result<Edited, Failure> {
        let item = self
            .db
            .get(&person_key(id))
            .await?
            .ok_or(Failure::NotFound("account"))?;
        let known: PersonRecord = from_item(item)?;
        let version = known.v;
        let before = known.into_person()?;
        let after = edit(before.clone());
        let record = PersonRecord {
            v: version.saturating_add(1),
            ..PersonRecord::of(&after)
        };
        Ok(Edited {
            before,
            after,
            item: to_item(&person_key(id), &record)?,
            still: Condition::VersionIs(version),
        })
    }

    /// Makes an account, if nobody has one with its addresses, its phone or its id.
    ///
    /// # Errors
    /// `AccountExists` when an address or the phone is taken.
    pub async fn register(
        &self,
        credentials: &Credentials,
        person: &Person,
        password_hash: &Secret,
    ) -> Result<Registered, Failure> {
        self.register_with(credentials, person, password_hash, Vec::new()).await
    }

    /// The same, with writes that happen only together with it.
    pub(crate) async fn register_with(
        &self,
        credentials: &Credentials,
        person: &Person,
        password_hash: &Secret,
        also: Vec<Write>,
    ) -> Result<Registered, Failure> {
        let id = person.holder.id();
        let credential = CredentialRecord::first(id, password_hash);
        let mut writes = vec![Write::Put(
            to_item(&person_key(id), &PersonRecord::of(person))?,
            Condition::Absent,
        )];
        for contact in person.contacts() {
            writes.extend(credentials.making(&contact, &credential)?);
        }
        let of_contacts = writes.len().saturating_sub(1);
        writes.extend(also);
        match self.db.transact(writes).await {
            Ok(()) => Ok(Registered::Written),
            Err(Error::Condition(in_the_way)) => {
                let mut in_the_way = in_the_way.into_iter();
                let is_id_taken = in_the_way.next().flatten().is_some();
                let is_contact_taken = in_the_way.take(of_contacts).any(|item| item.is_some());
                match (is_contact_taken, is_id_taken) {
                    (true, _) => Err(Refusal::AccountExists.into()),
                    (false, true) => Ok(Registered::IdTaken),
                    (false, false) => Err(Failure::Conflict),
                }
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Deletes an account: whatever it is called and reached by, its addresses, its credentials, its keys. The news of it is intended in the
    /// same transaction, and every session ends with it.
    ///
    /// # Errors
    /// `Conflict` when it changes at the same moment.
    pub async fn delete(
        &self,
        credentials: &Credentials,
        sessions: &Sessions,
        person: &Person,
        notices: &[Notice],
        now: Timestamp,
    ) -> Result<(), Failure> {
        let id = person.holder.id();
        let mut writes = vec![Write::Delete(person_key(id), Condition::Present)];
        for contact in person.contacts() {
            let known = credentials.known(&contact).await?.ok_or(Failure::Conflict)?;
            writes.push(Write::Delete(known.place, Condition::Present));
        }
        for item in self
            .db
            .query_all(Query::of(person_key(id).pk, Range::BeginsWith(ADDRESS.into())))
            .await?
        {
            let kept = kept(item)?;
            writes.push(Write::Delete(
                Key::new(person_key(id).pk, format!("{ADDRESS}{}", kept.id)),
                Condition::Always,
            ));
        }
        writes.extend(forgetting(id));
        for notice in notices {
            writes.push(intended(notice, now)?);
        }
        let ending = Sessions::ending_for_good(id, sessions.epoch(id).await?, now)?;
        self.db.transact_with(writes, sessions.db(), vec![ending]).await?;
        sessions.forget_ended(id).await;
        Ok(())
    }

    /// A customer's addresses, the oldest first.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn addresses(&self, customer: &CustomerId) -> Result<Vec<KeptAddress>, Failure> {
        let query = Query::of(person_key(customer.as_str()).pk, Range::BeginsWith(ADDRESS.into()));
        let items = self.db.query_all(query).await?;
        Ok(items.into_iter().map(kept).collect::<Result<_, Error>>()?)
    }

    /// One address of a customer. Somebody else's is not found.
    ///
    /// # Errors
    /// `NotFound` when this customer has none with this id.
    pub async fn address(&self, customer: &CustomerId, id: &AddressId) -> Result<KeptAddress, Failure> {
        let item = self
            .db
            .get(&address_key(customer, id))
            .await?
            .ok_or(Failure::NotFound("address"))?;
        Ok(kept(item)?)
    }

    /// Keeps a new address, once for each request; a repeat is answered with the id of the first time.
    ///
    /// # Errors
    /// `Refused(KeyReused)` when the key came with another request before.
    pub async fn keep_address(
        &self,
        customer: &CustomerId,
        new: &KeptAddress,
        request: &RequestKey,
        now: Timestamp,
    ) -> Result<Once, Failure> {
        let writes = vec![Write::Put(address_item(customer, new)?, Condition::Absent)];
        write_once(&self.db, writes, request, new.id.to_string(), now).await
    }

    /// Writes an address anew. Orders that were placed with it keep the one they were placed with.
    ///
    /// # Errors
    /// `NotFound` when this customer has none with this id.
    pub async fn change_address(&self, customer: &CustomerId, changed: &KeptAddress) -> Result<(), Failure> {
        let written = self.db.put(address_item(customer, changed)?, Condition::Present).await;
        written.map_err(absent)
    }

    /// Forgets an address.
    ///
    /// # Errors
    /// `NotFound` when this customer has none with this id.
    pub async fn remove_address(&self, customer: &CustomerId, id: &AddressId) -> Result<(), Failure> {
        let write = Write::Delete(address_key(customer, id), Condition::Present);
        self.db.transact(vec![write]).await.map_err(absent)
    }
}

fn absent(error: Error) -> Failure {
    match error {
        Error::Condition(_) => Failure::NotFound("address"),
        Error::Unavailable { .. } | Error::Defect { .. } => error.into(),
    }
}

fn address_item(customer: &CustomerId, kept: &KeptAddress) -> Result<Item, Error> {
    to_item(
        &address_key(customer, &kept.id),
        &AddressRecord {
            format: 1,
            address: kept.address.clone().into(),
        },
    )
}

fn kept(item: Item) -> Result<KeptAddress, Error> {
    let id = text(&item, "sk").and_then(|sk| sk.strip_prefix(ADDRESS)?.parse().ok());
    let id = id.ok_or_else(|| Error::defect("read an address", "its key holds no id"))?;
    Ok(KeptAddress {
        id,
        address: Address::kept(from_item::<AddressRecord>(item)?.address)
            .map_err(|error| Error::defect("read an address", error))?,
    })
}

impl PersonRecord {
    fn of(person: &Person) -> Self {
        let kind = match &person.holder {
            Holder::Customer(_) => "customer",
            Holder::Staff(_) => "staff",
        };
        Self {
            format: 1,
            v: 1,
            kind: kind.to_owned(),
            id: person.holder.id().to_owned(),
            email: person.email.as_ref().map(ToString::to_string),
            phone: person.phone.as_ref().map(ToString::to_string),
            name: person.name.as_str().to_owned(),
            preferences: person.preferences,
        }
    }

    fn into_person(self) -> Result<Person, Error> {
        let wrong = |_| Error::defect("read a person", "not an id");
        let field = |error: FieldError| Error::defect("read a person", error.message);
        let holder = match self.kind.as_str() {
            "customer" => Holder::Customer(self.id.parse().map_err(wrong)?),
            "staff" => Holder::Staff(self.id.parse().map_err(wrong)?),
            other => return Err(Error::defect("read a person", format!("unknown kind {other}"))),
        };
        Ok(Person {
            holder,
            email: self.email.map(|email| Email::new(&email)).transpose().map_err(field)?,
            phone: self.phone.map(|phone| Phone::new(&phone)).transpose().map_err(field)?,
            name: PersonName::new(&self.name).map_err(field)?,
            preferences: self.preferences,
        })
    }
}

#[cfg(test)]
#[cfg(feature = "memory")]
mod tests;
