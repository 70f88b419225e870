//! The only error that crosses packages: what went wrong in words every layer understands, without status codes.

use std::{error::Error, fmt, time::Duration};

use crate::refusal::Refusal;

/// What a use case answers when it cannot do what was asked.
#[derive(Debug)]
pub enum Failure {
    /// The input itself is wrong; each field says why. Nothing was done.
    Invalid(Vec<FieldError>),
    /// There is no such thing, or the caller may not know of it.
    NotFound(&'static str),
    /// Nobody is logged in where somebody must be.
    Unauthenticated,
    /// Known caller, not allowed.
    Forbidden,
    /// A business rule says no.
    Refused(Refusal),
    /// Somebody else changed the same thing first; load it again.
    Conflict,
    /// A part we depend on does not answer; nothing was lost, ask again.
    Unavailable {
        /// How long the caller should wait before the next try.
        retry_after: Duration,
        /// What was being done, for the log.
        cause: Cause,
    },
    /// A call to the outside may or may not have had its effect. Never repeat it blindly.
    OutcomeUnknown {
        /// Our reference under which the outcome can be looked up.
        reference: String,
        /// What was being done, for the log.
        cause: Cause,
    },
    /// A defect or a broken record. The caller learns nothing, the log everything.
    Internal(Cause),
}

/// One wrong field of an input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldError {
    /// JSON pointer of the field, for example `/quantity`.
    pub pointer: String,
    /// Stable machine word, for example `out_of_range`.
    pub code: &'static str,
    /// A sentence for the person who typed it.
    pub message: String,
}

impl FieldError {
    /// A field error from its parts; `field` is a name such as `quantity`.
    #[must_use]
    pub fn new(field: &str, code: &'static str, message: impl Into<String>) -> Self {
        Self {
            pointer: format!("/{}", field.replace('.', "/")),
            code,
            message: message.into(),
        }
    }
}

/// The inside of a failure. It has no `Display`, so it cannot be shown to a caller by accident; the log writes [`Cause::chain`].
pub struct Cause {
    doing: String,
    source: Option<Box<dyn Error + Send + Sync>>,
}

impl Cause {
    /// What was being done, as a fragment that fits after "failed: ".
    #[must_use]
    pub fn new(doing: impl Into<String>) -> Self {
        Self {
            doing: doing.into(),
            source: None,
        }
    }

    /// The same with the error that ended it.
    #[must_use]
    pub fn with(doing: impl Into<String>, source: impl Error + Send + Sync + 'static) -> Self {
        Self {
            doing: doing.into(),
            source: Some(Box::new(source)),
        }
    }

    /// The whole chain of reasons, for the log only.
    #[must_use]
    pub fn chain(&self) -> String {
        let mut text = self.doing.clone();
        let mut next: Option<&dyn Error> = self.source.as_ref().map(|source| {
            let source: &dyn Error = source.as_ref();
            source
        });
        while let Some(error) = next {
            text.push_str(": ");
            text.push_str(&error.to_string());
            next = error.source();
        }
        text
    }
}

impl fmt::Debug for Cause {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Cause({})", self.chain())
    }
}

impl Failure {
    /// One wrong field.
    #[must_use]
    pub fn field(field: &str, code: &'static str, message: impl Into<String>) -> Self {
        Self::Invalid(vec![FieldError::new(field, code, message)])
    }

    /// A defect, described for the log.
    #[must_use]
    pub fn internal(doing: impl Into<String>) -> Self {
        Self::Internal(Cause::new(doing))
    }

    /// True when the same request may simply be sent again.
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        matches!(self, Self::Conflict | Self::Unavailable { .. })
    }
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cause_tells_the_whole_chain_to_the_log() {
        let inner = "x".parse::<u8>().unwrap_err();

        let cause = Cause::with("could not read the quantity", inner);

        assert_eq!(
            cause.chain(),
            "could not read the quantity: invalid digit found in string"
        );
    }

    #[test]
    fn an_unknown_outcome_is_never_retryable() {
        let unknown = Failure::OutcomeUnknown {
            reference: "sup_1".into(),
            cause: Cause::new("placing"),
        };

        assert!(!unknown.is_retryable());
        assert!(Failure::Conflict.is_retryable());
    }
}
