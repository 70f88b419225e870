//! How a call to the outside can end badly. The kinds differ in one thing above all: whether something may have happened there.

use std::{error::Error as StdError, time::Duration};

use domain::{Cause, Failure};

/// The reason below an error, kept whole for the log.
pub type Source = Box<dyn StdError + Send + Sync>;

/// What a provider call can end with instead of its value. `call` names it as in `aliexpress order.create`.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The provider answered a definite no; nothing was done.
    #[error("{call} was refused: {code}")]
    Refused {
        /// Which call.
        call: &'static str,
        /// The provider's own code.
        code: String,
        /// The provider's own words. They may repeat parts of an address, so they are shown to staff and never logged.
        text: String,
    },
    /// The request surely never reached the provider.
    #[error("{call} could not be sent")]
    NotSent {
        /// Which call.
        call: &'static str,
        /// Why not.
        source: Source,
    },
    /// No usable answer, and surely no effect.
    #[error("{call} got no answer")]
    Unavailable {
        /// Which call.
        call: &'static str,
        /// What came instead.
        source: Source,
    },
    /// The provider asks to be called less often; it did nothing.
    #[error("{call} was called too often")]
    Throttled {
        /// Which call.
        call: &'static str,
        /// How long to wait.
        retry_after: Duration,
    },
    /// The call may or may not have had its effect. Only a look at the provider's books tells; never repeat it blindly.
    #[error("the outcome of {call} is unknown")]
    OutcomeUnknown {
        /// Which call.
        call: &'static str,
        /// Our reference to look it up by.
        reference: String,
        /// What came instead of the outcome.
        source: Source,
    },
    /// The provider does not accept our keys; a person must look.
    #[error("{call} was refused for our keys: {code}")]
    Unauthorized {
        /// Which call.
        call: &'static str,
        /// The provider's own code.
        code: String,
    },
    /// The answer does not have the form the provider documents, and surely there was no effect.
    #[error("{call} was answered with something unreadable")]
    Malformed {
        /// Which call.
        call: &'static str,
        /// What was wrong with it.
        source: Source,
    },
    /// This provider has no such operation.
    #[error("{call} is not offered")]
    Unsupported {
        /// Which call.
        call: &'static str,
    },
    /// What we asked cannot be said in the provider's protocol; nothing was sent.
    #[error("{call} cannot be asked: {problem}")]
    Invalid {
        /// Which call.
        call: &'static str,
        /// What does not fit.
        problem: &'static str,
    },
}

impl Error {
    /// An unreadable answer, described in words.
    #[must_use]
    pub fn malformed(call: &'static str, problem: impl Into<String>) -> Self {
        Self::Malformed {
            call,
            source: problem.into().into(),
        }
    }

    /// Which call it was.
    #[must_use]
    pub fn call(&self) -> &'static str {
        match self {
            Self::Refused { call, .. }
            | Self::NotSent { call, .. }
            | Self::Unavailable { call, .. }
            | Self::Throttled { call, .. }
            | Self::OutcomeUnknown { call, .. }
            | Self::Unauthorized { call, .. }
            | Self::Malformed { call, .. }
            | Self::Unsupported { call }
            | Self::Invalid { call, .. } => call,
        }
    }

    /// The stable word for the log.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Self::Refused { .. } => "refused",
            Self::NotSent { .. } => "not_sent",
            Self::Unavailable { .. } => "unavailable",
            Self::Throttled { .. } => "throttled",
            Self::OutcomeUnknown { .. } => "outcome_unknown",
            Self::Unauthorized { .. } => "unauthorized",
            Self::Malformed { .. } => "malformed",
            Self::Unsupported { .. } => "unsupported",
            Self::Invalid { .. } => "invalid",
        }
    }

    /// The same error as the end of a call that moves something: whatever leaves the effect open becomes an unknown outcome.
    #[must_use]
    pub(crate) fn after_sending(self, reference: &str) -> Self {
        match self {
            Self::Unavailable { call, .. } | Self::Malformed { call, .. } => Self::OutcomeUnknown {
                call,
                reference: reference.to_owned(),
                source: Box::new(self),
            },
            Self::Refused { .. }
            | Self::NotSent { .. }
            | Self::Throttled { .. }
            | Self::OutcomeUnknown { .. }
            | Self::Unauthorized { .. }
            | Self::Unsupported { .. }
            | Self::Invalid { .. } => self,
        }
    }

    /// The same error when an earlier call of the flow has already moved something: no later ending undoes that.
    #[must_use]
    pub(crate) fn after_moving(self, reference: &str) -> Self {
        if let Self::OutcomeUnknown { .. } = self {
            return self;
        }
        Self::OutcomeUnknown {
            call: self.call(),
            reference: reference.to_owned(),
            source: Box::new(self),
        }
    }
}

/// The pause after which a read may be tried again when the provider names none.
const PAUSE: Duration = Duration::from_secs(5);

impl From<Error> for Failure {
    /// The general ending. A caller for whom a refusal is news (a purchase, a label, a charge) matches it before it gets here.
    fn from(error: Error) -> Self {
        let call = error.call();
        let cause = |error: Error| Cause::with(format!("calling {call}"), error);
        match error {
            Error::OutcomeUnknown { ref reference, .. } => Self::OutcomeUnknown {
                reference: reference.clone(),
                cause: cause(error),
            },
            Error::Throttled { retry_after, .. } => Self::Unavailable {
                retry_after,
                cause: cause(error),
            },
            Error::NotSent { .. } | Error::Unavailable { .. } | Error::Malformed { .. } => Self::Unavailable {
                retry_after: PAUSE,
                cause: cause(error),
            },
            Error::Refused { .. } | Error::Unauthorized { .. } | Error::Unsupported { .. } | Error::Invalid { .. } => {
                Self::Internal(cause(error))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_endings_without_an_effect_may_be_asked_again() {
        let lost = Error::malformed("x pay", "half a page").after_sending("pay_1");
        let refused = Error::Refused {
            call: "x pay",
            code: "no".into(),
            text: String::new(),
        }
        .after_sending("pay_1");

        assert!(!Failure::from(lost).is_retryable());
        assert!(matches!(refused, Error::Refused { .. }));
        assert!(Failure::from(Error::malformed("x rates", "half a page")).is_retryable());
    }

    #[test]
    fn the_log_hears_the_reason_but_not_the_words_of_the_provider() {
        let refused = Error::Refused {
            call: "x order",
            code: "bad_address".into(),
            text: "12 Secret Lane is unknown".into(),
        };

        let Failure::Internal(cause) = Failure::from(refused) else {
            panic!("a refusal nobody expected is internal")
        };

        assert_eq!(cause.chain(), "calling x order: x order was refused: bad_address");
    }
}
