//! A table in memory for tests: the same conditions, transactions, paging and sparse indexes, nothing else.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use aws_sdk_dynamodb::types::AttributeValue;

use crate::{
    error::Error,
    item::{Condition, Count, Item, Key, Page, Query, Range, Write, number, text, version},
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
        let judged = judge(&items, writes)?;
        if !judged.holds {
            return Err(Error::Condition(judged.in_the_way));
        }
        Ok(apply(&mut items, judged.changed))
    }

    /// The same over two tables, both or neither.
    pub(crate) fn replace_in_both(
        &self,
        writes: Vec<Write>,
        other: &Self,
        more: Vec<Write>,
    ) -> Result<Vec<Option<Item>>, Error> {
        if Arc::ptr_eq(&self.items, &other.items) {
            return self.replace(writes.into_iter().chain(more).collect());
        }
        // Always in the same order, so that two of them never wait for each other.
        let is_first = Arc::as_ptr(&self.items) < Arc::as_ptr(&other.items);
        let (mut mine, mut theirs);
        if is_first {
            mine = self.items();
            theirs = other.items();
        } else {
            theirs = other.items();
            mine = self.items();
        }
        let (one, two) = (judge(&mine, writes)?, judge(&theirs, more)?);
        if !(one.holds && two.holds) {
            return Err(Error::Condition([one.in_the_way, two.in_the_way].concat()));
        }
        let mut before = apply(&mut mine, one.changed);
        before.extend(apply(&mut theirs, two.changed));
        Ok(before)
    }
}

/// What a transaction would change, and what stands in its way.
struct Judged {
    changed: Vec<(Key, After)>,
    in_the_way: Vec<Option<Item>>,
    holds: bool,
}

enum After {
    Is(Item),
    Gone,
    Same,
}

fn judge(items: &BTreeMap<Key, Item>, writes: Vec<Write>) -> Result<Judged, Error> {
    let mut judged = Judged {
        changed: Vec::new(),
        in_the_way: Vec::new(),
        holds: true,
    };
    for write in writes {
        let (key, after, good) = match write {
            Write::Put(item, condition) => {
                let key = Key::of(&item).ok_or_else(|| Error::defect("write an item", "an item without a key"))?;
                let good = is_met(&condition, items.get(&key));
                (key, After::Is(item), good)
            }
            Write::Delete(key, condition) => {
                let good = is_met(&condition, items.get(&key));
                (key, After::Gone, good)
            }
            Write::Check(key, condition) => {
                let good = is_met(&condition, items.get(&key));
                (key, After::Same, good)
            }
            Write::Count(count) => {
                let before = items.get(&count.key);
                let good = may_count(&count, before);
                (count.key.clone(), After::Is(counted(&count, before)), good)
            }
        };
        if judged.changed.iter().any(|(other, _)| *other == key) {
            return Err(Error::defect("write a transaction", "one item twice"));
        }
        judged
            .in_the_way
            .push(if good { None } else { items.get(&key).cloned() });
        judged.holds &= good;
        judged.changed.push((key, after));
    }
    Ok(judged)
}

fn apply(items: &mut BTreeMap<Key, Item>, changed: Vec<(Key, After)>) -> Vec<Option<Item>> {
    let replaced = changed.into_iter().map(|(key, after)| match after {
        After::Is(item) => items.insert(key, item),
        After::Gone => items.remove(&key),
        After::Same => items.get(&key).cloned(),
    });
    replaced.collect()
}

fn may_count(count: &Count, before: Option<&Item>) -> bool {
    let Some(item) = before else { return true };
    let holds = |name, limit: Option<i64>, is_good: fn(i64, i64) -> bool| {
        limit.is_none_or(|limit| number(item, name).is_some_and(|value| is_good(value, limit)))
    };
    count.allowed.is_empty()
        || count.allowed.iter().any(|below| {
            holds("n", below.n, |n, most| n < most) && holds("last_at", below.last_at, |at, end| at <= end)
        })
}

fn counted(count: &Count, before: Option<&Item>) -> Item {
    let mut item = before.cloned().unwrap_or_default();
    let n = before
        .and_then(|item| number(item, "n"))
        .unwrap_or(0)
        .saturating_add(count.by);
    item.insert("pk".into(), AttributeValue::S(count.key.pk.clone()));
    item.insert("sk".into(), AttributeValue::S(count.key.sk.clone()));
    for (name, value) in [("n", n), ("last_at", count.at), ("expires_at", count.ends_at)] {
        item.insert(name.into(), AttributeValue::N(value.to_string()));
    }
    item
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
