//! Items, keys, conditions and writes: the small language in which the rest of the package speaks to a table.

use std::collections::HashMap;

use serde::{Serialize, de::DeserializeOwned};
/// One attribute of an item. Records become these and come out of them without a step between; only the client of AWS (`aws/dynamo.rs`)
/// has types of its own.
pub use serde_dynamo::AttributeValue;

use crate::error::Error;

/// One item of a table.
pub type Item = HashMap<String, AttributeValue>;

/// The primary key of an item.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key {
    /// Partition key.
    pub pk: String,
    /// Sort key.
    pub sk: String,
}

impl Key {
    /// A key from its two parts.
    pub fn new(pk: impl Into<String>, sk: impl Into<String>) -> Self {
        Self {
            pk: pk.into(),
            sk: sk.into(),
        }
    }

    #[cfg(feature = "memory")]
    pub(crate) fn of(item: &Item) -> Option<Self> {
        Some(Self {
            pk: text(item, "pk")?,
            sk: text(item, "sk")?,
        })
    }
}

/// What must hold for a write to happen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Condition {
    /// Nothing must hold.
    Always,
    /// There is no such item.
    Absent,
    /// There is such an item.
    Present,
    /// There is such an item and its `v` is this number.
    VersionIs(u64),
    /// There is no such item, or its attribute of this name is this text.
    AbsentOrSame(&'static str, String),
}

/// One write of a transaction.
#[derive(Clone, Debug)]
pub enum Write {
    /// Puts a whole item.
    Put(Item, Condition),
    /// Deletes an item.
    Delete(Key, Condition),
    /// Leaves an item as it is, and lets the transaction happen only if this holds.
    Check(Key, Condition),
    /// Adds to a counter.
    Count(Count),
    /// Changes some attributes of an item that is there.
    Amend(Amend),
}

/// Some attributes of an item, set or taken away; the others stay as they are. It happens only when the item is there. Only in transactions.
#[derive(Clone, Debug)]
pub struct Amend {
    /// The item.
    pub key: Key,
    /// Attributes and what they become.
    pub set: Vec<(&'static str, AttributeValue)>,
    /// Attributes that it has no more.
    pub remove: Vec<&'static str>,
}

/// An addition to the number `n` of an item, which is made when it is not there. Only in transactions.
#[derive(Clone, Debug)]
pub struct Count {
    /// The counter.
    pub key: Key,
    /// What is added.
    pub by: i64,
    /// The moment of it, in seconds since 1970; the counter keeps that of the last one.
    pub at: i64,
    /// Its time to live.
    pub ends_at: i64,
    /// It happens only when one of these holds, or the counter is not there; an empty list always holds.
    pub allowed: Vec<Below>,
}

/// The counter stands below `n`, if one is given, and was last added to at `last_at` or before, if that is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Below {
    /// Below this.
    pub n: Option<i64>,
    /// Quiet since this moment, in seconds since 1970.
    pub last_at: Option<i64>,
}

/// A look along a partition of a table or an index.
#[derive(Clone, Debug)]
pub struct Query {
    /// The index; nothing for the table itself, which is then read consistently.
    pub index: Option<&'static str>,
    /// Partition key.
    pub pk: String,
    /// Which sort keys.
    pub range: Range,
    /// At most so many items.
    pub limit: Option<i32>,
    /// Newest first.
    pub is_backward: bool,
    /// Go on behind this item, as a page gave it.
    pub after: Option<Item>,
}

/// Which sort keys a query wants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Range {
    /// All of them.
    All,
    /// Those that begin with this text.
    BeginsWith(String),
    /// Those below this text.
    Below(String),
    /// Those up to this text, itself included.
    UpTo(String),
}

/// Items found, and where to go on.
#[derive(Clone, Debug, Default)]
pub struct Page {
    /// The items.
    pub items: Vec<Item>,
    /// Where to go on; nothing at the end.
    pub next: Option<Item>,
}

impl Query {
    /// Everything in a partition of the table.
    pub fn of(pk: impl Into<String>, range: Range) -> Self {
        Self {
            index: None,
            pk: pk.into(),
            range,
            limit: None,
            is_backward: false,
            after: None,
        }
    }

    /// The names of the partition and sort key attributes.
    pub(crate) fn key_names(&self) -> (String, String) {
        match self.index {
            None => ("pk".into(), "sk".into()),
            Some(index) => (format!("{index}_pk"), format!("{index}_sk")),
        }
    }
}

/// A text attribute.
pub(crate) fn text(item: &Item, name: &str) -> Option<String> {
    as_text(item, name).map(str::to_owned)
}

/// The same, borrowed.
#[must_use]
pub fn as_text<'a>(item: &'a Item, name: &str) -> Option<&'a str> {
    if let Some(AttributeValue::S(text)) = item.get(name) {
        Some(text)
    } else {
        None
    }
}

/// A whole number.
#[cfg(feature = "memory")]
pub(crate) fn number(item: &Item, name: &str) -> Option<i128> {
    if let Some(AttributeValue::N(number)) = item.get(name) {
        number.parse().ok()
    } else {
        None
    }
}

/// A record as an item under a key. Attributes that are null are left out: an index key that is null is refused by DynamoDB.
pub(crate) fn to_item(key: &Key, record: &impl Serialize) -> Result<Item, Error> {
    const DOING: &str = "write a record";
    let record: AttributeValue =
        serde_dynamo::to_attribute_value(record).map_err(|error| Error::defect(DOING, error))?;
    let AttributeValue::M(mut item) = record else {
        return Err(Error::defect(DOING, "a record that has no attributes"));
    };
    item.retain(|_, value| !matches!(value, AttributeValue::Null(_)));
    item.insert("pk".into(), AttributeValue::S(key.pk.clone()));
    item.insert("sk".into(), AttributeValue::S(key.sk.clone()));
    Ok(item)
}

/// A record out of an item; attributes it does not know are ignored.
pub(crate) fn from_item<T: DeserializeOwned>(item: Item) -> Result<T, Error> {
    serde_dynamo::from_attribute_value(AttributeValue::M(item)).map_err(|error| {
        // It says which field is missing, or else repeats the value that does not fit, which may be somebody's name.
        let said = error.to_string();
        let why = if said.starts_with("missing field") {
            said
        } else {
            "a field of another type".to_owned()
        };
        Error::defect("read a record", format!("{}: {why}", std::any::type_name::<T>()))
    })
}
