//! The books: every record the sandbox keeps, on disk before anybody hears of it.
//! One journal file; each commit is one line, so that a kill in the middle leaves all of a change or nothing of it.

use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::clock;

/// Why the books cannot be kept.
#[derive(Debug, thiserror::Error)]
pub enum BooksError {
    #[error("the books under {path} cannot be read or written")]
    Disk { path: PathBuf, source: std::io::Error },
    #[error("a record cannot be written down")]
    Record(#[from] serde_json::Error),
}

/// A thing the books can hold; the shelf is its kind, the key its number there.
pub(crate) trait Record: Serialize + DeserializeOwned {
    const SHELF: &'static str;
    fn key(&self) -> String;
}

/// One stored or removed (`None`) record.
type Entry = (String, String, Option<Value>);

pub(crate) struct Books {
    shelves: BTreeMap<String, BTreeMap<String, Value>>,
    pending: Vec<Entry>,
    failed: Option<serde_json::Error>,
    journal: File,
    path: PathBuf,
}

#[derive(Serialize, Deserialize)]
struct Series {
    name: String,
    last: u64,
}

impl Record for Series {
    const SHELF: &'static str = "series";
    fn key(&self) -> String {
        self.name.clone()
    }
}

impl Books {
    /// Opens the books of a folder, or starts new ones, and rewrites the journal without what is out of date.
    pub(crate) fn open(folder: &Path) -> Result<Books, BooksError> {
        let path = folder.join("books.jsonl");
        let disk = |source| BooksError::Disk {
            path: path.clone(),
            source,
        };
        std::fs::create_dir_all(folder).map_err(disk)?;
        let text = match std::fs::read(&path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Vec::new(),
            Err(error) => return Err(disk(error)),
        };
        let shelves = replay(&text);
        let fresh = folder.join("books.jsonl.new");
        let mut snapshot = File::create(&fresh).map_err(disk)?;
        for (shelf, records) in &shelves {
            for (key, value) in records {
                let line = serde_json::to_string(&[(shelf, key, Some(value))])?;
                writeln!(snapshot, "{line}").map_err(disk)?;
            }
        }
        snapshot.sync_all().map_err(disk)?;
        std::fs::rename(&fresh, &path).map_err(disk)?;
        let journal = OpenOptions::new().append(true).open(&path).map_err(disk)?;
        Ok(Books {
            shelves,
            pending: Vec::new(),
            failed: None,
            journal,
            path,
        })
    }

    pub(crate) fn get<R: Record>(&self, key: &str) -> Option<R> {
        let value = self.shelves.get(R::SHELF)?.get(key)?;
        R::deserialize(value).ok()
    }

    /// All records of a kind, in the order of their keys.
    pub(crate) fn all<R: Record>(&self) -> Vec<R> {
        let records = self.shelves.get(R::SHELF).into_iter().flat_map(BTreeMap::values);
        records.filter_map(|value| R::deserialize(value).ok()).collect()
    }

    /// The records of a kind that a look at their raw form picks; cheaper than reading them all.
    pub(crate) fn find<R: Record>(&self, wanted: impl Fn(&Value) -> bool) -> Vec<R> {
        let records = self.shelves.get(R::SHELF).into_iter().flat_map(BTreeMap::values);
        records
            .filter(|value| wanted(value))
            .filter_map(|value| R::deserialize(value).ok())
            .collect()
    }

    pub(crate) fn put<R: Record>(&mut self, record: &R) {
        match serde_json::to_value(record) {
            Ok(value) => self.change(R::SHELF, record.key(), Some(value)),
            Err(error) => self.failed = Some(error),
        }
    }

    pub(crate) fn remove<R: Record>(&mut self, key: &str) {
        self.change(R::SHELF, key.to_owned(), None);
    }

    /// Makes everything put since the last commit durable, as one change.
    pub(crate) fn commit(&mut self) -> Result<(), BooksError> {
        if let Some(error) = self.failed.take() {
            return Err(BooksError::Record(error));
        }
        if self.pending.is_empty() {
            return Ok(());
        }
        let mut line = serde_json::to_vec(&self.pending)?;
        line.push(b'\n');
        self.journal.write_all(&line).map_err(|source| BooksError::Disk {
            path: self.path.clone(),
            source,
        })?;
        self.pending.clear();
        Ok(())
    }

    /// The next number of a series that never repeats in these books.
    pub(crate) fn next_number(&mut self, series: &str) -> u64 {
        let last = self.get::<Series>(series).map_or(0, |series| series.last);
        let next = last.saturating_add(1);
        self.put(&Series {
            name: series.to_owned(),
            last: next,
        });
        next
    }

    /// A name that looks random, is never given twice, and differs from books to books.
    pub(crate) fn invent(&mut self, series: &str, length: usize) -> String {
        const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
        let number = self.next_number(series);
        let seed = self.seed();
        let mut name = String::with_capacity(length);
        let mut round = 0_u32;
        while name.len() < length {
            let digest = Sha256::digest(format!("{seed}/{series}/{number}/{round}"));
            let letters = digest
                .iter()
                .filter_map(|byte| LETTERS.get(usize::from(*byte) % LETTERS.len()));
            name.extend(letters.map(|letter| char::from(*letter)));
            round = round.saturating_add(1);
        }
        name.truncate(length);
        name
    }

    /// A number of these books, the same from the first start to the last.
    pub(crate) fn seed(&mut self) -> u64 {
        if let Some(series) = self.get::<Series>("seed") {
            return series.last;
        }
        let seed = clock::system_nanos().unsigned_abs() ^ (u64::from(std::process::id()) << 32);
        self.put(&Series {
            name: "seed".to_owned(),
            last: seed,
        });
        seed
    }

    fn change(&mut self, shelf: &str, key: String, value: Option<Value>) {
        apply(&mut self.shelves, (shelf.to_owned(), key.clone(), value.clone()));
        self.pending.push((shelf.to_owned(), key, value));
    }
}

fn apply(shelves: &mut BTreeMap<String, BTreeMap<String, Value>>, (shelf, key, value): Entry) {
    let records = shelves.entry(shelf).or_default();
    match value {
        Some(value) => records.insert(key, value),
        None => records.remove(&key),
    };
}

/// A line cut short by a kill was never answered to anybody: it is left out.
fn replay(text: &[u8]) -> BTreeMap<String, BTreeMap<String, Value>> {
    let mut shelves = BTreeMap::new();
    for line in text.split(|byte| *byte == b'\n') {
        let entries: Vec<Entry> = serde_json::from_slice(line).unwrap_or_default();
        for entry in entries {
            apply(&mut shelves, entry);
        }
    }
    shelves
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(name: &str) -> PathBuf {
        let path = std::env::temp_dir().join(format!("sandbox-books-{name}-{}", std::process::id()));
        if path.exists() {
            std::fs::remove_dir_all(&path).unwrap();
        }
        path
    }

    #[test]
    fn what_was_committed_is_there_after_a_restart() {
        let folder = folder("restart");
        let mut books = Books::open(&folder).unwrap();
        let first = books.next_number("waybill");
        let name = books.invent("cs", 24);
        books.commit().unwrap();
        books.next_number("waybill");
        drop(books);

        let mut again = Books::open(&folder).unwrap();

        assert_eq!(first, 1);
        assert_eq!(
            again.next_number("waybill"),
            2,
            "the uncommitted number was never given out"
        );
        assert_ne!(again.invent("cs", 24), name);
        std::fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn a_line_cut_short_is_all_that_is_lost() {
        let folder = folder("torn");
        let mut books = Books::open(&folder).unwrap();
        books.next_number("a");
        books.commit().unwrap();
        drop(books);
        let path = folder.join("books.jsonl");
        let mut text = std::fs::read(&path).unwrap();
        text.extend_from_slice(b"[[\"series\",\"a\",{\"name\":\"a\",\"la");
        std::fs::write(&path, text).unwrap();

        let books = Books::open(&folder).unwrap();

        assert_eq!(books.get::<Series>("a").unwrap().last, 1);
        std::fs::remove_dir_all(folder).unwrap();
    }
}
