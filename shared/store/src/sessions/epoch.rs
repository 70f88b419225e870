//! Epoch: a number for each person with an account, which rises whenever all their sessions end. A session is good as long as its own epoch
//! is not below it, so ending a thousand of them is one write, and one that is opened at that very moment ends with the others.

use std::time::Duration;

use domain::{Failure, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{
    error::Error,
    item::{Condition, Item, Key, Write, from_item, to_item},
    sessions::Sessions,
};

/// The place of an epoch in its person's partition, beside the list of sessions.
pub(super) const EPOCH: &str = "EPOCH";
/// Longer than any session lasts: the epoch of an account that is gone must outlive what it ended.
const OUTLIVES: Duration = Duration::from_secs(400 * 24 * 3600);

/// Somebody whose sessions all end.
#[derive(Serialize, Deserialize)]
struct EpochRecord {
    format: u32,
    /// The epoch itself.
    v: u64,
    /// Only when the account is gone.
    #[serde(default)]
    expires_at: Option<i64>,
}

fn key(principal: &str) -> Key {
    Key::new(format!("P#{principal}"), EPOCH)
}

/// The epoch in an item; without one it is the first.
pub(super) fn epoch_of(item: Option<Item>) -> Result<u64, Error> {
    let record = item.map(from_item::<EpochRecord>).transpose()?;
    Ok(record.map_or(0, |record| record.v))
}

fn is_still(epoch: u64) -> Condition {
    match epoch {
        0 => Condition::Absent,
        epoch => Condition::VersionIs(epoch),
    }
}

impl Sessions {
    /// The epoch of a person: the one their next session belongs to.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn epoch(&self, principal: &str) -> Result<u64, Failure> {
        Ok(epoch_of(self.db().get(&key(principal)).await?)?)
    }

    /// The same at half the price, for the look-up in every request. What lags behind the newest is never above it.
    pub(super) async fn epoch_eventually(&self, principal: &str) -> Result<u64, Error> {
        epoch_of(self.db().get_eventually(&key(principal)).await?)
    }

    /// A transaction with this happens only while the epoch is this one.
    pub(crate) fn still_in(principal: &str, epoch: u64) -> Write {
        Write::Check(key(principal), is_still(epoch))
    }

    /// Ends every session of a person that is open or about to be opened, together with whatever else is in the transaction. The epoch
    /// must be this one until then.
    pub(crate) fn ending_epoch(principal: &str, epoch: u64) -> Result<Write, Error> {
        raising(principal, epoch, None)
    }

    /// The same for an account that is deleted.
    pub(crate) fn ending_for_good(principal: &str, epoch: u64, now: Timestamp) -> Result<Write, Error> {
        raising(principal, epoch, Some(now.plus(OUTLIVES).as_seconds()))
    }
}

fn raising(principal: &str, epoch: u64, expires_at: Option<i64>) -> Result<Write, Error> {
    let record = EpochRecord {
        format: 1,
        v: epoch.saturating_add(1),
        expires_at,
    };
    Ok(Write::Put(to_item(&key(principal), &record)?, is_still(epoch)))
}
