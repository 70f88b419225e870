//! How long an invocation may still work. It is counted by the machine's own time, whatever the clock pretends.

use std::time::Duration;

use domain::Timestamp;
use lambda_runtime::Context;

use crate::clock::machine_time;

/// Nothing new is begun when less than this is left.
const ENOUGH_TO_START: Duration = Duration::from_secs(5);
/// What runs is dropped this long before the end, so that the answer about everything else still gets out.
const ENOUGH_TO_ANSWER: Duration = Duration::from_secs(1);

/// The end of an invocation.
#[derive(Clone, Copy)]
pub(crate) struct Deadline(Timestamp);

impl Deadline {
    /// The end that came with the event.
    pub(crate) fn of(context: &Context) -> Self {
        Self(Timestamp::from_millis(
            i64::try_from(context.deadline).unwrap_or(i64::MAX),
        ))
    }

    /// An end so much later than now.
    #[cfg(test)]
    pub(crate) fn after(left: Duration) -> Self {
        Self(machine_time().plus(left))
    }

    /// True while there is time to begin something.
    pub(crate) fn leaves_time_to_start(self) -> bool {
        self.0.since(machine_time()) >= ENOUGH_TO_START
    }

    /// How long new work may still be begun.
    pub(crate) fn time_to_start(self) -> Duration {
        self.0.since(machine_time()).saturating_sub(ENOUGH_TO_START)
    }

    /// How long what runs may go on.
    pub(crate) fn time_to_run(self) -> Duration {
        self.0.since(machine_time()).saturating_sub(ENOUGH_TO_ANSWER)
    }
}
