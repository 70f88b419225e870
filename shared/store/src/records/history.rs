//! What only grows: timeline and journal. The entries of one commit are one item, so that a step of the order costs one write more.

use domain::{
    Money, Timestamp,
    ledger::{Account, Entry, LedgerTransaction},
    lifecycle::{Event, State},
    order::TimelineEntry,
};
use serde::{Deserialize, Serialize};

use super::{header::FORMAT, parts::part};
use crate::error::Error;

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct TimelineRecord {
    format: u32,
    entries: Vec<TimelineEntryRecord>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct TimelineEntryRecord {
    number: u32,
    at: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    happened_at: Option<Timestamp>,
    actor: String,
    about: String,
    event: Event,
    from: Option<State>,
    to: State,
    says: String,
    note: String,
    hash: String,
}

impl TimelineRecord {
    pub(crate) fn of(entries: &[TimelineEntry]) -> Self {
        let record = |entry: &TimelineEntry| TimelineEntryRecord {
            number: entry.number,
            at: entry.at,
            happened_at: entry.happened_at,
            actor: entry.actor.to_string(),
            about: entry.part.id().to_owned(),
            event: entry.event,
            from: entry.from,
            to: entry.to,
            says: entry.says.clone(),
            note: entry.note.clone(),
            hash: entry.hash.clone(),
        };
        Self {
            format: FORMAT,
            entries: entries.iter().map(record).collect(),
        }
    }

    pub(crate) fn into_entries(self) -> Result<Vec<TimelineEntry>, Error> {
        let entry = |record: TimelineEntryRecord| {
            let unreadable = |_| Error::defect("read a timeline", format!("no such actor: {}", record.actor));
            Ok(TimelineEntry {
                number: record.number,
                at: record.at,
                happened_at: record.happened_at,
                actor: record.actor.parse().map_err(unreadable)?,
                part: part(record.about)?,
                event: record.event,
                from: record.from,
                to: record.to,
                says: record.says,
                note: record.note,
                hash: record.hash,
            })
        };
        self.entries.into_iter().map(entry).collect()
    }
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct JournalRecord {
    format: u32,
    transactions: Vec<TransactionRecord>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct TransactionRecord {
    id: String,
    at: Timestamp,
    entries: Vec<(String, Money)>,
}

impl JournalRecord {
    pub(crate) fn of(transactions: &[LedgerTransaction]) -> Self {
        let record = |transaction: &LedgerTransaction| TransactionRecord {
            id: transaction.id().to_owned(),
            at: transaction.at(),
            entries: transaction
                .entries()
                .iter()
                .map(|entry| (entry.account.word().to_owned(), entry.amount))
                .collect(),
        };
        Self {
            format: FORMAT,
            transactions: transactions.iter().map(record).collect(),
        }
    }

    pub(crate) fn into_transactions(self) -> Result<Vec<LedgerTransaction>, Error> {
        let entry = |(word, amount): (String, Money)| {
            let account = Account::from_word(&word);
            let account =
                account.ok_or_else(|| Error::defect("read the journal", format!("unknown account {word}")))?;
            Ok(Entry { account, amount })
        };
        let transaction = |record: TransactionRecord| {
            let entries = record
                .entries
                .into_iter()
                .map(entry)
                .collect::<Result<Vec<_>, Error>>()?;
            LedgerTransaction::new(record.id, record.at, entries)
                .map_err(|error| Error::defect("read the journal", error))
        };
        self.transactions.into_iter().map(transaction).collect()
    }
}
