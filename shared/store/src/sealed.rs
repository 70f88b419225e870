//! What even a reader of the table must not read: numbers of identity papers. Each person has a key of their own, itself sealed with the
//! key of the shop; without it their numbers are noise, so deleting the key deletes them everywhere.

use domain::Failure;
use serde::{Deserialize, Serialize};

use crate::{
    db::Db,
    item::{Condition, Key, Write, from_item, to_item},
};

/// The sealed numbers in the table of accounts.
#[derive(Clone)]
pub struct SealedNumbers {
    db: Db,
}

/// A number, and the key it is sealed with. Both are sealed before they come here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SealedNumber {
    /// The person's key, sealed with the shop's.
    pub key: String,
    /// The number, sealed with the person's.
    pub number: String,
    /// Enough of it for its owner to recognise it.
    pub hint: String,
}

#[derive(Serialize, Deserialize)]
struct KeyRecord {
    format: u32,
    key: String,
}

#[derive(Serialize, Deserialize)]
struct NumberRecord {
    format: u32,
    number: String,
    hint: String,
}

fn place(person: &str, what: &str) -> Key {
    Key::new(format!("A#{person}"), what)
}

/// The writes that forget everything sealed of a person.
pub(crate) fn forgetting(person: &str) -> Vec<Write> {
    ["KEY", "TAX"]
        .map(|what| Write::Delete(place(person, what), Condition::Always))
        .into()
}

impl SealedNumbers {
    /// The sealed numbers in a table.
    #[must_use]
    pub fn new(db: Db) -> Self {
        Self { db }
    }

    /// The tax number of a person.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn tax_number(&self, person: &str) -> Result<Option<SealedNumber>, Failure> {
        let Some(number) = self.db.get(&place(person, "TAX")).await? else {
            return Ok(None);
        };
        let Some(key) = self.db.get(&place(person, "KEY")).await? else {
            return Ok(None);
        };
        let NumberRecord { number, hint, .. } = from_item(number)?;
        let KeyRecord { key, .. } = from_item(key)?;
        Ok(Some(SealedNumber { key, number, hint }))
    }

    /// Keeps a tax number, with a new key.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn keep_tax_number(&self, person: &str, sealed: &SealedNumber) -> Result<(), Failure> {
        let key = KeyRecord {
            format: 1,
            key: sealed.key.clone(),
        };
        let number = NumberRecord {
            format: 1,
            number: sealed.number.clone(),
            hint: sealed.hint.clone(),
        };
        let writes = vec![
            Write::Put(to_item(&place(person, "KEY"), &key)?, Condition::Always),
            Write::Put(to_item(&place(person, "TAX"), &number)?, Condition::Always),
        ];
        Ok(self.db.transact(writes).await?)
    }

    /// Forgets it.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn forget(&self, person: &str) -> Result<(), Failure> {
        Ok(self.db.transact(forgetting(person)).await?)
    }
}
