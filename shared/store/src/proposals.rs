//! Proposals that wait for a second person. They lie in the table of what they are about, so that an approval and what it approves are one
//! transaction: of two approvals at the same moment one finds nothing left.

use domain::{Failure, Refusal, Timestamp, approval::Proposal, audit::Entry};
use serde::{Deserialize, Serialize};

use crate::{
    audit::entry_write,
    db::Db,
    error::Error,
    item::{Condition, Item, Key, Query, Range, Write, from_item, to_item},
};

const OPEN: &str = "P#open";

/// The open proposals.
#[derive(Clone)]
pub struct Proposals {
    db: Db,
}

#[derive(Serialize, Deserialize)]
struct ProposalRecord {
    format: u32,
    v: u64,
    subject: String,
    // `action` and `amount` are no reserved words of DynamoDB's conditions, and none is used in one.
    action: String,
    amount: String,
    reason: String,
    proposed_by: String,
    proposed_at: Timestamp,
    ends_at: Timestamp,
}

fn key(subject: &str) -> Key {
    Key::new(OPEN, subject)
}

/// The write that decides a proposal: it is only there as long as nobody did.
pub(crate) fn decided(subject: &str) -> Write {
    Write::Delete(key(subject), Condition::Present)
}

impl Proposals {
    /// The proposals in a table.
    #[must_use]
    pub fn new(db: Db) -> Self {
        Self { db }
    }

    /// The open proposal about something.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn about(&self, subject: &str, now: Timestamp) -> Result<Option<Proposal>, Failure> {
        let item = self.db.get(&key(subject)).await?;
        let found = item.map(proposal).transpose()?;
        Ok(found.filter(|proposal| proposal.is_open(now)))
    }

    /// All that are open, the longest waiting first.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn open(&self, now: Timestamp) -> Result<Vec<Proposal>, Failure> {
        let items = self.db.query_all(Query::of(OPEN, Range::All)).await?;
        let all = items.into_iter().map(proposal).collect::<Result<Vec<_>, Error>>()?;
        let mut open: Vec<_> = all.into_iter().filter(|proposal| proposal.is_open(now)).collect();
        open.sort_by_key(|proposal| proposal.proposed_at);
        Ok(open)
    }

    /// Writes a proposal, unless one about the same is open.
    ///
    /// # Errors
    /// `Refused(AlreadyApplied)` when one is.
    pub async fn propose(&self, proposal: &Proposal, entry: &Entry) -> Result<(), Failure> {
        let key = key(&proposal.subject);
        let (version, condition) = match self.db.get(&key).await? {
            None => (1, Condition::Absent),
            Some(item) => {
                let before: ProposalRecord = from_item(item)?;
                if proposal.proposed_at < before.ends_at {
                    return Err(Refusal::AlreadyApplied.into());
                }
                (before.v.saturating_add(1), Condition::VersionIs(before.v))
            }
        };
        let record = ProposalRecord {
            format: 1,
            v: version,
            subject: proposal.subject.clone(),
            action: proposal.action.clone(),
            amount: proposal.amount.clone(),
            reason: proposal.reason.clone(),
            proposed_by: proposal.proposed_by.to_string(),
            proposed_at: proposal.proposed_at,
            ends_at: proposal.expires_at,
        };
        let writes = vec![Write::Put(to_item(&key, &record)?, condition), entry_write(entry)?];
        match self.db.transact(writes).await {
            Ok(()) => Ok(()),
            Err(Error::Condition(_)) => Err(Refusal::AlreadyApplied.into()),
            Err(error) => Err(error.into()),
        }
    }

    /// Takes a proposal away that will not be approved.
    ///
    /// # Errors
    /// `NotFound` when there is none.
    pub async fn withdraw(&self, subject: &str, entry: &Entry) -> Result<(), Failure> {
        match self.db.transact(vec![decided(subject), entry_write(entry)?]).await {
            Ok(()) => Ok(()),
            Err(Error::Condition(_)) => Err(Failure::NotFound("proposal")),
            Err(error) => Err(error.into()),
        }
    }
}

fn proposal(item: Item) -> Result<Proposal, Error> {
    let record: ProposalRecord = from_item(item)?;
    let by = record.proposed_by.parse();
    Ok(Proposal {
        subject: record.subject,
        action: record.action,
        amount: record.amount,
        reason: record.reason,
        proposed_by: by.map_err(|_| Error::defect("read a proposal", "not an id"))?,
        proposed_at: record.proposed_at,
        expires_at: record.ends_at,
    })
}
