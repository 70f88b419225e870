//! A tick of a schedule: when it was planned and how long the work may begin new things.

use std::time::Duration;

use domain::{Failure, Timestamp};
use serde::Deserialize;

use crate::{
    deadline::Deadline,
    verdict::{Verdict, judge},
};

/// What a schedule's handler is given. What time it is now says the clock in `Deps`, for a tick can come late.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tick {
    /// The moment the schedule names; late and repeated ticks keep it.
    pub planned_at: Timestamp,
    /// For so long new work may be begun; what is left then waits for the next tick.
    pub time_to_start: Duration,
}

/// What EventBridge sends.
#[derive(Deserialize)]
pub(crate) struct ScheduledEvent {
    time: Timestamp,
}

/// The work was not done; the invocation counts as failed.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("the scheduled work was not done; the log says why")]
pub(crate) struct NotDone;

/// Runs the work of one tick.
pub(crate) async fn answer<T, F>(
    event: ScheduledEvent,
    deadline: Deadline,
    handler: &impl Fn(Tick) -> F,
) -> Result<(), NotDone>
where
    F: Future<Output = Result<T, Failure>>,
{
    let tick = Tick {
        planned_at: event.time,
        time_to_start: deadline.time_to_start(),
    };
    match tokio::time::timeout(deadline.time_to_run(), handler(tick)).await {
        Ok(Ok(_)) => Ok(()),
        Ok(Err(failure)) => match judge(&failure) {
            Verdict::Acknowledge => Ok(()),
            Verdict::Retry => Err(NotDone),
        },
        Err(_) => {
            tracing::error!("The time was up before the work was done; the next tick goes on");
            Err(NotDone)
        }
    }
}

#[cfg(test)]
mod tests {
    use domain::Refusal;
    use serde_json::json;

    use super::*;

    fn event() -> ScheduledEvent {
        serde_json::from_value(json!({
            "version": "0", "id": "53dc4d37-cffa-4f76-80c9-8b7d4a4d2eaa", "detail-type": "Scheduled Event",
            "source": "aws.events", "account": "000000000000", "time": "2026-11-23T07:43:00Z", "region": "eu-west-1",
            "resources": ["arn:aws:events:eu-west-1:000000000000:rule/deadlines"], "detail": {}
        }))
        .unwrap()
    }

    fn plenty() -> Deadline {
        Deadline::after(Duration::from_secs(30))
    }

    #[tokio::test]
    async fn the_handler_learns_what_was_planned_and_how_long_it_may_begin_things() {
        let check = |tick: Tick| async move {
            assert_eq!(tick.planned_at.to_string(), "2026-11-23T07:43:00.000Z");
            assert!(tick.time_to_start > Duration::from_secs(20) && tick.time_to_start <= Duration::from_secs(25));
            Ok(())
        };

        assert_eq!(answer(event(), plenty(), &check).await, Ok(()));
    }

    #[tokio::test]
    async fn only_work_that_was_not_done_fails_the_invocation() {
        let refused = |_| async { Err::<(), _>(Refusal::AlreadyApplied.into()) };
        let broken = |_| async { Err::<(), _>(Failure::internal("sweeping")) };

        assert_eq!(answer(event(), plenty(), &refused).await, Ok(()));
        assert_eq!(answer(event(), plenty(), &broken).await, Err(NotDone));
    }

    #[tokio::test(start_paused = true)]
    async fn work_without_an_end_is_dropped_before_the_deadline() {
        let endless = |_| std::future::pending::<Result<(), Failure>>();

        assert_eq!(answer(event(), plenty(), &endless).await, Err(NotDone));
    }
}
