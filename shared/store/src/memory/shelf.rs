//! The items of one table in the order of their keys, and the same items in the order of each index.

use std::{
    collections::{BTreeMap, HashMap},
    ops::Bound,
    sync::Arc,
};

use crate::{
    cost::size,
    error::Error,
    indexes::{INDEXES, Index, only},
    item::{Item, Key, Page, Query, Range, as_text},
};

/// A page ends before it would be larger than this (DynamoDB, 2026).
const LARGEST_PAGE: u64 = 1024 * 1024;
const DOING: &str = "query a table";
const KEY: [&str; 2] = ["pk", "sk"];

/// An item as it lies here, with its size by DynamoDB's rules.
#[derive(Debug)]
pub(crate) struct Stored {
    pub(crate) item: Item,
    pub(crate) size: u64,
}

impl From<Item> for Stored {
    fn from(item: Item) -> Self {
        Self {
            size: size(&item),
            item,
        }
    }
}

/// A place in a partition. In an index many items may have one sort key; there the key of the table tells them apart.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Place {
    sort: String,
    of: Option<Key>,
}

impl Place {
    /// The first place with a sort key, and the only one of the table itself.
    fn first(sort: impl Into<String>) -> Self {
        Self {
            sort: sort.into(),
            of: None,
        }
    }

    fn in_index(sort: &str, key: &Key) -> Self {
        Self {
            sort: sort.to_owned(),
            of: Some(key.clone()),
        }
    }
}

type Partition = BTreeMap<Place, Arc<Stored>>;

/// One table.
#[derive(Default)]
pub(super) struct Shelf {
    items: HashMap<String, Partition>,
    indexes: [HashMap<String, Partition>; INDEXES.len()],
}

impl Shelf {
    pub(super) fn get(&self, key: &Key) -> Option<&Arc<Stored>> {
        self.items.get(&key.pk)?.get(&Place::first(key.sk.as_str()))
    }

    /// Puts an item under its key, or takes away what is there.
    pub(super) fn set(&mut self, key: &Key, after: Option<&Arc<Stored>>) {
        let before = match after {
            Some(after) => put(&mut self.items, &key.pk, Place::first(key.sk.as_str()), after),
            None => take(&mut self.items, &key.pk, &Place::first(key.sk.as_str())),
        };
        for (index, partitions) in INDEXES.iter().zip(&mut self.indexes) {
            let old = before.as_ref().and_then(|before| index.key(&before.item));
            let new = after.and_then(|after| Some((index.key(&after.item)?, after)));
            if let Some((pk, sk)) = old
                && new.is_none_or(|(place, _)| place != (pk, sk))
            {
                take(partitions, pk, &Place::in_index(sk, key));
            }
            if let Some(((pk, sk), after)) = new {
                put(partitions, pk, Place::in_index(sk, key), after);
            }
        }
    }

    pub(super) fn query(&self, query: &Query) -> Result<Page, Error> {
        let (partitions, index) = self.read_by(query)?;
        let limit = match query.limit.map(usize::try_from) {
            None => usize::MAX,
            Some(Ok(limit)) if limit > 0 => limit,
            Some(_) => return Err(Error::defect(DOING, "a limit below one")),
        };
        let bounds = bounds(query, index)?;
        let Some(partition) = partitions.get(&query.pk) else {
            return Ok(Page::default());
        };
        let found = partition.range(bounds).map(|(_, stored)| stored);
        Ok(if query.is_backward {
            page(found.rev(), index, limit)
        } else {
            page(found, index, limit)
        })
    }

    fn read_by(&self, query: &Query) -> Result<(&HashMap<String, Partition>, Option<&'static Index>), Error> {
        let Some(name) = query.index else {
            return Ok((&self.items, None));
        };
        let mut known = self.indexes.iter().zip(&INDEXES);
        let found = known.find(|(_, index)| index.name == name);
        let (partitions, index) = found.ok_or_else(|| Error::defect(DOING, "no such index"))?;
        Ok((partitions, Some(index)))
    }
}

fn put(
    partitions: &mut HashMap<String, Partition>,
    pk: &str,
    place: Place,
    after: &Arc<Stored>,
) -> Option<Arc<Stored>> {
    if let Some(partition) = partitions.get_mut(pk) {
        return partition.insert(place, Arc::clone(after));
    }
    let partition = Partition::from([(place, Arc::clone(after))]);
    partitions.insert(pk.to_owned(), partition);
    None
}

fn take(partitions: &mut HashMap<String, Partition>, pk: &str, place: &Place) -> Option<Arc<Stored>> {
    let partition = partitions.get_mut(pk)?;
    let taken = partition.remove(place);
    if partition.is_empty() {
        partitions.remove(pk);
    }
    taken
}

/// Whether more would come is not looked at: a page that ends at its limit says where to go on, as DynamoDB's does.
fn page<'a>(found: impl Iterator<Item = &'a Arc<Stored>>, index: Option<&Index>, limit: usize) -> Page {
    let mut page = Page::default();
    let (mut bytes, mut last) = (0_u64, None);
    for stored in found {
        let size = index.map_or(stored.size, |index| index.entry_size(&stored.item, stored.size));
        bytes = bytes.saturating_add(size);
        if bytes > LARGEST_PAGE && last.is_some() {
            page.next = last.map(|last: &Arc<Stored>| place_of(&last.item, index));
            return page;
        }
        last = Some(stored);
        let item = index.map_or_else(|| stored.item.clone(), |index| index.entry(&stored.item));
        page.items.push(item);
        if page.items.len() >= limit {
            page.next = Some(place_of(&stored.item, index));
            return page;
        }
    }
    page
}

fn place_of(item: &Item, index: Option<&Index>) -> Item {
    match index {
        None => only(item, &KEY),
        Some(index) => only(item, &index.kept()),
    }
}

/// What a query wants of a partition, as a stretch of places.
fn bounds(query: &Query, index: Option<&Index>) -> Result<(Bound<Place>, Bound<Place>), Error> {
    let text = match &query.range {
        Range::All => None,
        Range::BeginsWith(text) | Range::Below(text) | Range::UpTo(text) => Some(text),
    };
    if query.pk.is_empty() || text.is_some_and(String::is_empty) {
        return Err(Error::defect(DOING, "an empty key"));
    }
    let (mut lower, mut upper) = match &query.range {
        Range::All => (Bound::Unbounded, Bound::Unbounded),
        Range::BeginsWith(prefix) => (
            Bound::Included(Place::first(prefix.as_str())),
            behind_all(prefix).map_or(Bound::Unbounded, |end| Bound::Excluded(Place::first(end))),
        ),
        Range::Below(end) => (Bound::Unbounded, Bound::Excluded(Place::first(end.as_str()))),
        Range::UpTo(end) => (Bound::Unbounded, Bound::Excluded(Place::first(format!("{end}\0")))),
    };
    if let Some(after) = &query.after {
        let place = Bound::Excluded(start(query, after, index)?);
        if query.is_backward {
            upper = place;
        } else {
            lower = place;
        }
    }
    Ok((lower, upper))
}

/// The first text behind every text with this prefix; there is none when every character of it is the last one.
fn behind_all(prefix: &str) -> Option<String> {
    let mut chars: Vec<char> = prefix.chars().collect();
    while let Some(last) = chars.pop() {
        // Over the surrogates, which are no characters.
        let next = (u32::from(last).saturating_add(1)..=u32::from(char::MAX)).find_map(char::from_u32);
        if let Some(next) = next {
            chars.push(next);
            return Some(chars.into_iter().collect());
        }
    }
    None
}

/// The place where a page ended. DynamoDB refuses one that is not of the table, the index, the partition and the range.
fn start(query: &Query, after: &Item, index: Option<&Index>) -> Result<Place, Error> {
    let wrong = || Error::defect(DOING, "a page cannot begin there");
    let part = |name: &str| as_text(after, name).filter(|text| !text.is_empty()).ok_or_else(wrong);
    let key = Key::new(part("pk")?, part("sk")?);
    let (pk, place, parts) = match index {
        None => (key.pk.clone(), Place::first(key.sk), KEY.len()),
        Some(index) => {
            let place = Place::in_index(part(index.sk)?, &key);
            (part(index.pk)?.to_owned(), place, index.kept().len())
        }
    };
    if after.len() != parts || pk != query.pk || !is_in(&place.sort, &query.range) {
        return Err(wrong());
    }
    Ok(place)
}

fn is_in(sort: &str, range: &Range) -> bool {
    match range {
        Range::All => true,
        Range::BeginsWith(prefix) => sort.starts_with(prefix.as_str()),
        Range::Below(end) => sort < end.as_str(),
        Range::UpTo(end) => sort <= end.as_str(),
    }
}
