//! Whether a write may happen, and what it would leave behind.

use std::sync::Arc;

use crate::{
    indexes::INDEXES,
    item::{Amend, AttributeValue, Below, Condition, Count, Item, Key, Write, as_text, number},
    memory::shelf::{Shelf, Stored},
};

/// DynamoDB's limits (2026): bytes of an item, of a partition key and of a sort key.
const LARGEST_ITEM: u64 = 400 * 1024;
const LARGEST_PK: usize = 2048;
const LARGEST_SK: usize = 1024;

/// Why DynamoDB would refuse a write whatever is stored.
pub(super) enum Wrong {
    /// The whole request is refused.
    Request(&'static str),
    /// The action is refused; a condition of another action that does not hold is told first.
    Action(&'static str),
}

/// A write with what it finds and what it leaves.
pub(super) struct Judged {
    pub(super) key: Key,
    pub(super) before: Option<Arc<Stored>>,
    pub(super) after: Option<Arc<Stored>>,
    pub(super) is_met: bool,
}

impl Judged {
    /// In the place of an action that is refused by itself.
    pub(super) fn nothing() -> Self {
        Self {
            key: Key::new("", ""),
            before: None,
            after: None,
            is_met: true,
        }
    }
}

pub(super) fn judge(shelf: &Shelf, write: Write) -> Result<Judged, Wrong> {
    let key = key(&write)?;
    let before = shelf.get(&key).cloned();
    let old = before.as_ref().map(|before| &before.item);
    let (is_met, after) = match write {
        Write::Put(item, condition) => {
            check_indexes(&item)?;
            (is_met(&condition, old), Some(Arc::new(Stored::from(item))))
        }
        Write::Delete(_, condition) => (is_met(&condition, old), None),
        Write::Check(_, condition) => (is_met(&condition, old), before.clone()),
        Write::Count(count) if may_count(&count, old) => {
            let counted = Stored::from(counted(&count, old)?);
            if counted.size > LARGEST_ITEM {
                return Err(Wrong::Action("an item over 400 KB"));
            }
            (true, Some(Arc::new(counted)))
        }
        Write::Count(_) => (false, before.clone()),
        Write::Amend(amend) => match old {
            Some(item) => {
                let amended = amended(&amend, item);
                check_indexes(&amended)?;
                let amended = Stored::from(amended);
                if amended.size > LARGEST_ITEM {
                    return Err(Wrong::Action("an item over 400 KB"));
                }
                (true, Some(Arc::new(amended)))
            }
            None => (false, None),
        },
    };
    Ok(Judged {
        key,
        before,
        after,
        is_met,
    })
}

/// What is wrong with a write by itself, and its size as a part of a transaction.
pub(super) fn sized(write: &Write) -> Result<u64, Wrong> {
    let bytes = |key: &Key| {
        let texts = ["pk", "sk", &key.pk, &key.sk];
        let all = texts.iter().map(|text| text.len()).sum::<usize>();
        u64::try_from(all).unwrap_or(u64::MAX)
    };
    match write {
        Write::Put(item, _) => {
            let size = crate::cost::size(item);
            if size > LARGEST_ITEM {
                return Err(Wrong::Request("an item over 400 KB"));
            }
            Ok(size)
        }
        Write::Check(_, Condition::Always) => Err(Wrong::Request("a check of nothing")),
        Write::Delete(key, _) | Write::Check(key, _) => Ok(bytes(key)),
        Write::Count(count) => {
            let nothing = Below { n: None, last_at: None };
            if count.allowed.contains(&nothing) {
                return Err(Wrong::Request("a way to count that asks for nothing"));
            }
            Ok(bytes(&count.key))
        }
        Write::Amend(amend) if amend.set.is_empty() && amend.remove.is_empty() => {
            Err(Wrong::Request("an amendment of nothing"))
        }
        Write::Amend(amend) => Ok(bytes(&amend.key)),
    }
}

/// The key a write is about, when it has one.
pub(super) fn target(write: &Write) -> Option<Key> {
    match write {
        Write::Put(item, _) => Key::of(item),
        Write::Delete(key, _) | Write::Check(key, _) => Some(key.clone()),
        Write::Count(count) => Some(count.key.clone()),
        Write::Amend(amend) => Some(amend.key.clone()),
    }
}

/// The parts are looked at one after the other, and the first that is wrong decides.
fn key(write: &Write) -> Result<Key, Wrong> {
    if let Write::Put(item, _) = write {
        let part = |name| as_text(item, name).ok_or(Wrong::Action("an item without a key"));
        check_part(part("pk")?, LARGEST_PK)?;
        check_part(part("sk")?, LARGEST_SK)?;
    }
    let key = target(write).ok_or(Wrong::Action("an item without a key"))?;
    check_key(&key)?;
    Ok(key)
}

pub(super) fn check_key(key: &Key) -> Result<(), Wrong> {
    check_part(&key.pk, LARGEST_PK)?;
    check_part(&key.sk, LARGEST_SK)
}

fn check_part(part: &str, largest: usize) -> Result<(), Wrong> {
    if part.is_empty() {
        return Err(Wrong::Request("an empty key"));
    }
    if part.len() > largest {
        return Err(Wrong::Action("a key that is too long"));
    }
    Ok(())
}

/// An item may lack what an index is made of, but what is there must be a text, and not an empty one.
fn check_indexes(item: &Item) -> Result<(), Wrong> {
    for name in INDEXES.iter().flat_map(|index| [index.pk, index.sk]) {
        if item.contains_key(name) {
            match as_text(item, name) {
                None => return Err(Wrong::Action("a key of an index that is no text")),
                Some("") => return Err(Wrong::Request("an empty key of an index")),
                Some(_) => {}
            }
        }
    }
    Ok(())
}

fn may_count(count: &Count, before: Option<&Item>) -> bool {
    let Some(item) = before else { return true };
    let holds = |name, limit: Option<i64>, is_good: fn(&i128, &i128) -> bool| {
        limit.is_none_or(|limit| number(item, name).is_some_and(|value| is_good(&value, &i128::from(limit))))
    };
    count.allowed.is_empty()
        || count
            .allowed
            .iter()
            .any(|below| holds("n", below.n, i128::lt) && holds("last_at", below.last_at, i128::le))
}

fn counted(count: &Count, before: Option<&Item>) -> Result<Item, Wrong> {
    let mut item = before.cloned().unwrap_or_default();
    let n = if item.contains_key("n") {
        number(&item, "n").ok_or(Wrong::Action("adding to what is no number"))?
    } else {
        0
    };
    item.insert("pk".into(), AttributeValue::S(count.key.pk.clone()));
    item.insert("sk".into(), AttributeValue::S(count.key.sk.clone()));
    let sum = n.saturating_add(i128::from(count.by));
    item.insert("n".into(), AttributeValue::N(sum.to_string()));
    for (name, value) in [("last_at", count.at), ("expires_at", count.ends_at)] {
        item.insert(name.into(), AttributeValue::N(value.to_string()));
    }
    Ok(item)
}

fn amended(amend: &Amend, before: &Item) -> Item {
    let mut item = before.clone();
    for (name, value) in &amend.set {
        item.insert((*name).to_owned(), value.clone());
    }
    for name in &amend.remove {
        item.remove(*name);
    }
    item
}

fn is_met(condition: &Condition, before: Option<&Item>) -> bool {
    match condition {
        Condition::Always => true,
        Condition::Absent => before.is_none(),
        Condition::Present => before.is_some(),
        Condition::VersionIs(wanted) => before.and_then(|item| number(item, "v")) == Some(i128::from(*wanted)),
        Condition::AbsentOrSame(name, wanted) => before.is_none_or(|item| as_text(item, name) == Some(wanted.as_str())),
    }
}
