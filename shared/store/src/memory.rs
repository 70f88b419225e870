//! A table in memory for tests: the same conditions, transactions, paging and sparse indexes, nothing else.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use aws_sdk_dynamodb::types::AttributeValue;

use crate::{
    error::Error,
    item::{Condition, Item, Key, Page, Query, Range, Write, text, version},
};

/// DynamoDB's limits (2026): actions in a transaction.
const MOST_ACTIONS: usize = 100;

/// A table of this process; clones share it.
#[derive(Clone, Default)]
pub struct Memory {
    items: Arc<Mutex<BTreeMap<Key, Item>>>,
}

impl Memory {
    fn items(&self) -> MutexGuard<'_, BTreeMap<Key, Item>> {
        self.items.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn get(&self, key: &Key) -> Option<Item> {
        self.items().get(key).cloned()
    }

    pub(crate) fn query(&self, query: &Query) -> Page {
        let (pk_name, sk_name) = query.key_names();
        let mut found: Vec<(String, Key, Item)> = self
            .items()
            .iter()
            .filter(|(_, item)| text(item, &pk_name).as_ref() == Some(&query.pk))
            .filter_map(|(key, item)| Some((text(item, &sk_name)?, key.clone(), item.clone())))
            .filter(|(sk, ..)| is_in(sk, &query.range))
            .collect();
        found.sort_by(|a, b| (&a.0, &a.1).cmp(&(&b.0, &b.1)));
        if query.is_backward {
            found.reverse();
        }
        if let Some(after) = query.after.as_ref().and_then(Key::of) {
            let place = found.iter().position(|(_, key, _)| *key == after);
            found = found.split_off(place.map_or(0, |place| place + 1));
        }
        let limit = query
            .limit
            .and_then(|limit| usize::try_from(limit).ok())
            .unwrap_or(usize::MAX);
        let more = found.len() > limit;
        found.truncate(limit);
        let next = if more {
            found.last().map(|(_, _, item)| item.clone())
        } else {
            None
        };
        Page {
            items: found.into_iter().map(|(_, _, item)| item).collect(),
            next,
        }
    }

    pub(crate) fn transact(&self, writes: Vec<Write>) -> Result<(), Error> {
        self.replace(writes).map(drop)
    }

    /// Writes all or nothing, and gives what stood there before.
    pub(crate) fn replace(&self, writes: Vec<Write>) -> Result<Vec<Option<Item>>, Error> {
        if writes.len() > MOST_ACTIONS {
            return Err(Error::defect("write a transaction", "more than 100 actions"));
        }
        let mut items = self.items();
        let mut changed: Vec<(Key, Option<Item>)> = Vec::new();
        let mut in_the_way = Vec::new();
        let mut holds = true;
        for write in writes {
            let (key, after, condition) = match write {
                Write::Put(item, condition) => {
                    let key = Key::of(&item).ok_or_else(|| Error::defect("write an item", "an item without a key"))?;
                    (key, Some(item), condition)
                }
                Write::Delete(key, condition) => (key, None, condition),
            };
            if changed.iter().any(|(other, _)| *other == key) {
                return Err(Error::defect("write a transaction", "one item twice"));
            }
            let before = items.get(&key);
            let good = is_met(&condition, before);
            in_the_way.push(if good { None } else { before.cloned() });
            holds &= good;
            changed.push((key, after));
        }
        if !holds {
            return Err(Error::Condition(in_the_way));
        }
        let replaced = changed.into_iter().map(|(key, after)| match after {
            Some(item) => items.insert(key, item),
            None => items.remove(&key),
        });
        Ok(replaced.collect())
    }

    pub(crate) fn add(&self, key: &Key, n: i64, ends_at: i64) -> i64 {
        let mut items = self.items();
        let item = items.entry(key.clone()).or_default();
        let before: i64 = item
            .get("n")
            .and_then(|n| n.as_n().ok())
            .and_then(|n| n.parse().ok())
            .unwrap_or(0);
        let sum = before.saturating_add(n);
        item.insert("pk".into(), AttributeValue::S(key.pk.clone()));
        item.insert("sk".into(), AttributeValue::S(key.sk.clone()));
        item.insert("n".into(), AttributeValue::N(sum.to_string()));
        item.insert("expires_at".into(), AttributeValue::N(ends_at.to_string()));
        sum
    }
}

fn is_in(sk: &str, range: &Range) -> bool {
    match range {
        Range::All => true,
        Range::BeginsWith(prefix) => sk.starts_with(prefix.as_str()),
        Range::Below(end) => sk < end.as_str(),
        Range::UpTo(end) => sk <= end.as_str(),
    }
}

fn is_met(condition: &Condition, before: Option<&Item>) -> bool {
    match condition {
        Condition::Always => true,
        Condition::Absent => before.is_none(),
        Condition::Present => before.is_some(),
        Condition::VersionIs(wanted) => before.and_then(version) == Some(*wanted),
        Condition::AbsentOrSame(name, wanted) => before.is_none_or(|item| text(item, name).as_ref() == Some(wanted)),
    }
}
