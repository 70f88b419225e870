//! How storage fails, sorted by what the caller can do about it.

use std::time::Duration;

use domain::{Cause, Failure};

use crate::item::Item;

type Source = Box<dyn std::error::Error + Send + Sync>;

/// A failed call to DynamoDB, SQS or S3.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A condition did not hold and nothing was written; the items that stood in the way, in the order of the writes.
    #[error("a condition did not hold")]
    Condition(Vec<Option<Item>>),
    /// The service did not answer, is throttling, or another transaction was in the way. Ask again.
    #[error("could not {doing}")]
    Unavailable {
        /// What was being done.
        doing: &'static str,
        /// What the client said.
        source: Source,
    },
    /// The service refused the request itself, or a stored record is not what it should be: a defect.
    #[error("could not {doing}")]
    Defect {
        /// What was being done.
        doing: &'static str,
        /// What was wrong.
        source: Source,
    },
}

impl Error {
    pub(crate) fn defect(doing: &'static str, source: impl Into<Source>) -> Self {
        Self::Defect {
            doing,
            source: source.into(),
        }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        match error {
            Error::Condition(_) => Self::Conflict,
            Error::Unavailable { .. } => Self::Unavailable {
                retry_after: Duration::from_secs(1),
                cause: Cause::with("storage is unavailable", error),
            },
            Error::Defect { .. } => Self::Internal(Cause::with("storage is broken", error)),
        }
    }
}
