//! The audit of the staff. An entry is written in the transaction of the deed it tells of, in the table of that deed; nothing writes one
//! again. Entries of a month lie together, so a reader goes from month to month, the newest first, through all tables at once.

use domain::{Failure, Timestamp, audit::Entry};
use serde::{Deserialize, Serialize};

use crate::{
    db::Db,
    error::Error,
    item::{Condition, Item, Key, Query, Range, Write, from_item, to_item},
};

/// A month without any deed is rare; a reader who finds none looks so far back and no further.
const MONTHS_LOOKED_BACK: u32 = 13;

/// The audit over the tables that hold a part of it.
#[derive(Clone)]
pub struct Audit {
    tables: Vec<Db>,
}

/// Some entries, the newest first, and where to go on.
#[derive(Clone, Debug, Default)]
pub struct AuditPage {
    /// The entries.
    pub entries: Vec<Entry>,
    /// Where to go on; nothing at the end.
    pub next: Option<String>,
}

#[derive(Serialize, Deserialize)]
struct AuditRecord {
    format: u32,
    id: String,
    at: Timestamp,
    actor: String,
    source: String,
    action: String,
    about: String,
    #[serde(rename = "was", default)]
    before: String,
    #[serde(rename = "now_is", default)]
    after: String,
    #[serde(default)]
    reason: String,
}

/// The write of an entry: there is no second one under its key.
pub(crate) fn entry_write(entry: &Entry) -> Result<Write, Error> {
    let place = place(entry);
    let record = AuditRecord {
        format: 1,
        id: entry.id.clone(),
        at: entry.at,
        actor: entry.actor.to_string(),
        source: entry.source.clone(),
        action: entry.action.clone(),
        about: entry.about.clone(),
        before: entry.before.clone(),
        after: entry.after.clone(),
        reason: entry.reason.clone(),
    };
    let key = Key::new(partition(month(&place)), &place);
    Ok(Write::Put(to_item(&key, &record)?, Condition::Absent))
}

fn place(entry: &Entry) -> String {
    format!("{}#{}", entry.at, entry.id)
}

fn partition(month: &str) -> String {
    format!("L#{month}")
}

/// `2026-11` of `2026-11-23T09:00:00.000Z#…`.
fn month(place: &str) -> &str {
    place.get(..7).unwrap_or_default()
}

fn month_before(month: &str) -> Option<String> {
    let (year, number) = month.split_once('-')?;
    let (year, number): (u32, u32) = (year.parse().ok()?, number.parse().ok()?);
    Some(if number <= 1 {
        format!("{:04}-12", year.checked_sub(1)?)
    } else {
        format!("{year:04}-{:02}", number.checked_sub(1)?)
    })
}

impl Audit {
    /// The audit in these tables.
    #[must_use]
    pub fn new(tables: Vec<Db>) -> Self {
        Self { tables }
    }

    /// Writes an entry for a deed that changed nothing in a table of ours.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn write(db: &Db, entry: &Entry) -> Result<(), Failure> {
        Ok(db.transact(vec![entry_write(entry)?]).await?)
    }

    /// At most `limit` entries before a place, as the page before gave it, or the newest.
    ///
    /// # Errors
    /// The field `cursor` for what is no place.
    pub async fn page(&self, cursor: Option<&str>, limit: usize, now: Timestamp) -> Result<AuditPage, Failure> {
        let mut before = match cursor {
            Some(cursor) if is_place(cursor) => cursor.to_owned(),
            Some(_) => return Err(no_place()),
            // Behind every entry that there can be now.
            None => format!("{now}~"),
        };
        let mut entries: Vec<Entry> = Vec::new();
        for _ in 0..MONTHS_LOOKED_BACK {
            let missing = limit.saturating_sub(entries.len());
            entries.extend(self.some_of_month(&before, missing).await?);
            if entries.len() >= limit {
                let next = entries.last().map(place);
                return Ok(AuditPage { entries, next });
            }
            let Some(earlier) = month_before(month(&before)) else {
                break;
            };
            // Behind the last moment of that month.
            before = format!("{earlier}~");
        }
        Ok(AuditPage { entries, next: None })
    }

    async fn some_of_month(&self, before: &str, limit: usize) -> Result<Vec<Entry>, Failure> {
        let mut found = Vec::new();
        for db in &self.tables {
            let query = Query {
                limit: i32::try_from(limit).ok(),
                is_backward: true,
                ..Query::of(partition(month(before)), Range::Below(before.to_owned()))
            };
            for item in db.query(query).await?.items {
                found.push(entry(item)?);
            }
        }
        found.sort_by_key(|entry| std::cmp::Reverse(place(entry)));
        found.truncate(limit);
        Ok(found)
    }
}

fn is_place(cursor: &str) -> bool {
    let Some((at, id)) = cursor.split_once('#') else {
        return false;
    };
    at.parse::<Timestamp>().is_ok()
        && id.len() <= 64
        && id
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
}

fn no_place() -> Failure {
    Failure::field(
        "cursor",
        "invalid_cursor",
        "This page link is not valid. Start from the first page.",
    )
}

fn entry(item: Item) -> Result<Entry, Failure> {
    let record: AuditRecord = from_item(item)?;
    Ok(Entry {
        actor: record.actor.parse()?,
        id: record.id,
        at: record.at,
        source: record.source,
        action: record.action,
        about: record.about,
        before: record.before,
        after: record.after,
        reason: record.reason,
    })
}

#[cfg(test)]
#[cfg(feature = "memory")]
mod tests {
    use domain::{
        audit::Hand,
        id::{RootId, StaffId},
        order::Actor,
    };

    use super::*;
    use crate::memory::Memory;

    fn did(at: &str, number: u32) -> Entry {
        let staff = StaffId::from_ulid("01JDB7M3N8Q4R5S6T7V8W9X0YZ").unwrap();
        let hand = Hand {
            actor: Actor::Staff(staff),
            source: "192.0.2.7".into(),
        };
        hand.did(format!("e{number}"), at.parse().unwrap(), "tested", "x")
    }

    #[tokio::test]
    async fn pages_go_through_all_tables_and_months_without_a_gap_and_end() {
        let (one, two) = (Db::Memory(Memory::default()), Db::Memory(Memory::default()));
        let times = [
            "2026-01-05T00:00:00Z",
            "2026-03-31T23:59:59.999Z",
            "2026-04-01T00:00:00Z",
            "2026-04-01T00:00:00Z",
            "2026-05-02T10:00:00Z",
        ];
        for (number, at) in (0_u32..).zip(times) {
            let db = if number % 2 == 0 { &one } else { &two };
            Audit::write(db, &did(at, number)).await.unwrap();
        }
        let audit = Audit::new(vec![one, two]);
        let now = "2026-05-03T00:00:00Z".parse().unwrap();

        let mut read = Vec::new();
        let mut cursor = None;
        loop {
            let page = audit.page(cursor.as_deref(), 2, now).await.unwrap();
            read.extend(page.entries.into_iter().map(|entry| entry.id));
            cursor = page.next;
            if cursor.is_none() {
                break;
            }
        }

        assert_eq!(read, ["e4", "e3", "e2", "e1", "e0"]);
        assert!(audit.page(Some("L#2026-05"), 2, now).await.is_err());
    }

    #[tokio::test]
    async fn an_entry_is_never_written_again() {
        let db = Db::Memory(Memory::default());
        let entry = did("2026-04-01T00:00:00Z", 1);
        Audit::write(&db, &entry).await.unwrap();

        let again = Audit::write(&db, &entry.clone().because("another reason")).await;

        assert!(again.is_err());
        let page = Audit::new(vec![db]).page(None, 9, entry.at).await.unwrap();
        assert_eq!(page.entries, [entry]);
    }
}
