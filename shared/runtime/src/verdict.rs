//! What a failure means for the trigger: send the same again, or leave it to its deadline and to staff.

use domain::Failure;

/// What to tell the trigger.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Nothing more will come of sending this again.
    Acknowledge,
    /// The same may well succeed later.
    Retry,
}

/// Decides, and writes the one log line about it.
///
/// A refusal, an absence and an unknown outcome are answers: the record carries a deadline that brings the matter back, and a person
/// sees it there. Repeating an unknown outcome here would be the blind second try that must never happen.
pub fn judge(failure: &Failure) -> Verdict {
    match failure {
        Failure::Invalid(errors) => {
            let fields: Vec<_> = errors
                .iter()
                .map(|error| format!("{} {}", error.pointer, error.code))
                .collect();
            tracing::error!(
                fields = fields.join(", "),
                "The content is not valid; this belongs to the dead letters"
            );
            Verdict::Retry
        }
        Failure::NotFound(what) => {
            tracing::warn!(what, "Gave up: there is no such {what}");
            Verdict::Acknowledge
        }
        Failure::Refused(refusal) => {
            tracing::info!(code = refusal.code(), "Refused: {refusal}");
            Verdict::Acknowledge
        }
        Failure::OutcomeUnknown { reference, cause } => {
            tracing::warn!(
                reference,
                cause = cause.chain(),
                "The outcome of {reference} is unknown and will be looked up"
            );
            Verdict::Acknowledge
        }
        Failure::Conflict => {
            tracing::info!("Somebody else changed it first; it will be tried again");
            Verdict::Retry
        }
        Failure::Unavailable { cause, .. } => {
            tracing::warn!(
                cause = cause.chain(),
                "A part we depend on does not answer; it will be tried again"
            );
            Verdict::Retry
        }
        Failure::Internal(cause) => {
            tracing::error!(cause = cause.chain(), "Failed");
            Verdict::Retry
        }
        Failure::Unauthenticated | Failure::Forbidden => {
            tracing::error!("Failed: it was not allowed, which cannot be right for work of our own");
            Verdict::Retry
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use domain::{Cause, Refusal};

    use super::*;

    #[test]
    fn only_what_may_succeed_later_or_needs_an_alarm_is_sent_again() {
        let unknown = Failure::OutcomeUnknown {
            reference: "sup_1".into(),
            cause: Cause::new("placing"),
        };
        let unavailable = Failure::Unavailable {
            retry_after: Duration::from_secs(1),
            cause: Cause::new("reading"),
        };
        for (failure, verdict) in [
            (Failure::Refused(Refusal::AlreadyApplied), Verdict::Acknowledge),
            (Failure::NotFound("order"), Verdict::Acknowledge),
            (unknown, Verdict::Acknowledge),
            (Failure::Conflict, Verdict::Retry),
            (unavailable, Verdict::Retry),
            (Failure::internal("a broken record"), Verdict::Retry),
            (Failure::field("kind", "unknown", "No such kind."), Verdict::Retry),
            (Failure::Forbidden, Verdict::Retry),
        ] {
            assert_eq!(judge(&failure), verdict, "{failure:?}");
        }
    }
}
