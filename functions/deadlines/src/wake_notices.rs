//! Notices that were not sent in time are sent to their queue again.

use domain::Failure;
use store::MessageRecord;

use crate::Deps;

/// So many in one tick; the next one comes in a minute.
const MOST: i32 = 100;

pub(crate) async fn run(deps: &Deps) -> Result<usize, Failure> {
    let waiting = deps.notices.overdue(deps.clock.now(), MOST).await?;
    for id in &waiting {
        deps.queues.send(MessageRecord::notice(id).into()).await;
    }
    Ok(waiting.len())
}
