//! A table in memory, for tests and for the simulator: it answers as DynamoDB does, with conditions, transactions, pages, sparse indexes and
//! limits. `tests/contract` compares it with an emulator of DynamoDB. What nothing here stores is left out: sets, numbers that are not
//! whole, and keys that are not texts.

mod judge;
mod shelf;

use std::{
    collections::HashSet,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

pub(crate) use crate::memory::shelf::Stored;
use crate::{
    error::Error,
    item::{Condition, Item, Key, Page, Query, Write},
    memory::{
        judge::{Judged, Wrong, check_key, judge, sized, target},
        shelf::Shelf,
    },
};

/// DynamoDB's limits (2026): actions in a transaction, and bytes of it.
const MOST_ACTIONS: usize = 100;
const LARGEST_TRANSACTION: u64 = 4 * 1024 * 1024;
const WRITING: &str = "write a transaction";

/// A table of this process; clones share it.
#[derive(Clone, Default)]
pub struct Memory {
    shelf: Arc<Mutex<Shelf>>,
}

/// What a write came to, and what it replaced or would have replaced.
pub(crate) struct Done {
    pub(crate) result: Result<(), Error>,
    pub(crate) written: Vec<Replaced>,
}

/// An item before a write and after it.
pub(crate) struct Replaced {
    pub(crate) before: Option<Arc<Stored>>,
    pub(crate) after: Option<Arc<Stored>>,
}

impl Replaced {
    /// The item after the write, when the write changed it.
    pub(crate) fn changed(&self) -> Option<&Item> {
        let after = self.after.as_ref()?;
        let is_kept = self.before.as_ref().is_some_and(|before| Arc::ptr_eq(before, after));
        (!is_kept).then_some(&after.item)
    }
}

impl Done {
    fn refused(error: Error) -> Self {
        Self {
            result: Err(error),
            written: Vec::new(),
        }
    }
}

impl From<Judged> for Replaced {
    fn from(judged: Judged) -> Self {
        Self {
            before: judged.before,
            after: judged.after,
        }
    }
}

impl Memory {
    fn shelf(&self) -> MutexGuard<'_, Shelf> {
        self.shelf.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn get(&self, key: &Key) -> Result<Option<Item>, Error> {
        check_key(key).map_err(|wrong| wrong.into_defect("read an item"))?;
        Ok(self.shelf().get(key).map(|stored| stored.item.clone()))
    }

    pub(crate) fn query(&self, query: &Query) -> Result<Page, Error> {
        self.shelf().query(query)
    }

    /// A put that finds the very same item in its way was applied before, and only its answer was lost.
    pub(crate) fn put(&self, item: Item, condition: Condition) -> Done {
        self.write_one(Write::Put(item, condition), "write an item")
    }

    pub(crate) fn delete(&self, key: &Key) -> Done {
        self.write_one(Write::Delete(key.clone(), Condition::Always), "delete an item")
    }

    fn write_one(&self, write: Write, doing: &'static str) -> Done {
        let mut shelf = self.shelf();
        let judged = match sized(&write).and_then(|_| judge(&shelf, write)) {
            Ok(judged) => judged,
            Err(wrong) => return Done::refused(wrong.into_defect(doing)),
        };
        let result = if judged.is_met {
            shelf.set(&judged.key, judged.after.as_ref());
            Ok(())
        } else if judged.is_repeat() {
            Ok(())
        } else {
            Err(Error::Condition(vec![judged.in_the_way()]))
        };
        Done {
            result,
            written: vec![judged.into()],
        }
    }

    /// Writes all or nothing.
    pub(crate) fn transact(&self, writes: Vec<Write>) -> Done {
        if let Err(error) = check_request(&[&writes]) {
            return Done::refused(error);
        }
        let mut shelf = self.shelf();
        match judge_all(&shelf, writes) {
            Ok((judged, wrong)) => finish(judged, wrong, |_, one| shelf.set(&one.key, one.after.as_ref())),
            Err(error) => Done::refused(error),
        }
    }

    /// Writes all or nothing in this table and in another.
    pub(crate) fn transact_with(&self, writes: Vec<Write>, other: &Self, more: Vec<Write>) -> Done {
        if Arc::ptr_eq(&self.shelf, &other.shelf) {
            return self.transact(writes.into_iter().chain(more).collect());
        }
        if let Err(error) = check_request(&[&writes, &more]) {
            return Done::refused(error);
        }
        let mine = writes.len();
        let (mut first, mut second) = self.both(other);
        let judged = judge_all(&first, writes).and_then(|one| Ok((one, judge_all(&second, more)?)));
        match judged {
            Ok(((mut judged, wrong), (others, also))) => {
                judged.extend(others);
                finish(judged, wrong.or(also), |number, one| {
                    let shelf = if number < mine { &mut first } else { &mut second };
                    shelf.set(&one.key, one.after.as_ref());
                })
            }
            Err(error) => Done::refused(error),
        }
    }

    /// Locks both, always in the same order, so that two of them never wait for each other.
    fn both<'a>(&'a self, other: &'a Self) -> (MutexGuard<'a, Shelf>, MutexGuard<'a, Shelf>) {
        if Arc::as_ptr(&self.shelf) < Arc::as_ptr(&other.shelf) {
            let first = self.shelf();
            (first, other.shelf())
        } else {
            let second = other.shelf();
            (self.shelf(), second)
        }
    }
}

impl Wrong {
    fn into_defect(self, doing: &'static str) -> Error {
        match self {
            Self::Request(what) | Self::Action(what) => Error::defect(doing, what),
        }
    }
}

impl Judged {
    fn in_the_way(&self) -> Option<Item> {
        self.before.as_ref().map(|stored| stored.item.clone())
    }

    fn is_repeat(&self) -> bool {
        match (&self.before, &self.after) {
            (Some(before), Some(after)) => before.item == after.item,
            (Some(_) | None, None) | (None, Some(_)) => false,
        }
    }
}

/// What DynamoDB asks of a transaction before it looks at a table. Each list is of a table of its own.
fn check_request(tables: &[&[Write]]) -> Result<(), Error> {
    let count: usize = tables.iter().map(|writes| writes.len()).sum();
    if count == 0 || count > MOST_ACTIONS {
        return Err(Error::defect(WRITING, "no action or more than 100"));
    }
    let mut bytes = 0_u64;
    let mut seen = HashSet::with_capacity(count);
    for (table, writes) in tables.iter().enumerate() {
        for write in *writes {
            let size = sized(write).map_err(|wrong| wrong.into_defect(WRITING))?;
            bytes = bytes.saturating_add(size);
            if target(write).is_some_and(|key| !seen.insert((table, key))) {
                return Err(Error::defect(WRITING, "one item twice"));
            }
        }
    }
    if bytes > LARGEST_TRANSACTION {
        return Err(Error::defect(WRITING, "more than 4 MB"));
    }
    Ok(())
}

/// Every write with what it would do, and what is wrong with an action, which matters only when all conditions hold.
type AllJudged = (Vec<Judged>, Option<&'static str>);

fn judge_all(shelf: &Shelf, writes: Vec<Write>) -> Result<AllJudged, Error> {
    let mut judged = Vec::with_capacity(writes.len());
    let mut first_wrong = None;
    for write in writes {
        match judge(shelf, write) {
            Ok(one) => judged.push(one),
            Err(Wrong::Action(what)) => {
                first_wrong = first_wrong.or(Some(what));
                judged.push(Judged::nothing());
            }
            Err(wrong @ Wrong::Request(_)) => return Err(wrong.into_defect(WRITING)),
        }
    }
    Ok((judged, first_wrong))
}

fn finish(judged: Vec<Judged>, wrong: Option<&'static str>, mut set: impl FnMut(usize, &Judged)) -> Done {
    if judged.iter().any(|one| !one.is_met) {
        let in_the_way = judged
            .iter()
            .map(|one| if one.is_met { None } else { one.in_the_way() });
        return Done {
            result: Err(Error::Condition(in_the_way.collect())),
            written: judged.into_iter().map(Replaced::from).collect(),
        };
    }
    if let Some(what) = wrong {
        return Done::refused(Error::defect(WRITING, what));
    }
    for (number, one) in judged.iter().enumerate() {
        set(number, one);
    }
    Done {
        result: Ok(()),
        written: judged.into_iter().map(Replaced::from).collect(),
    }
}
