//! Asks the settlement to compare the providers' books with ours, at fixed times of the day. A tick that is missed costs six hours.

use domain::Timestamp;
use store::MessageRecord;

use crate::Deps;

/// Every six hours, some minutes past, when few others wake.
const EVERY_MINUTES: i64 = 6 * 60;
const PAST: i64 = 17;

pub(crate) async fn run(deps: &Deps, planned_at: Timestamp) {
    if planned_at.as_seconds().div_euclid(60).rem_euclid(EVERY_MINUTES) == PAST {
        deps.queues.send(MessageRecord::compare_books().into()).await;
    }
}
