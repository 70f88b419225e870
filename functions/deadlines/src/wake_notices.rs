//! Notices that were not sent in time, and news of orders that wait to be told, are sent to their queue.

use domain::Failure;
use store::MessageRecord;

use crate::Deps;

/// So many in one tick; the next one comes in a minute.
const MOST: i32 = 100;

pub(crate) async fn run(deps: &Deps) -> Result<usize, Failure> {
    let now = deps.clock.now();
    let (waiting, news) = tokio::try_join!(deps.notices.overdue(now, MOST), deps.news.overdue(now, MOST))?;
    for id in &waiting {
        deps.queues.send(MessageRecord::notice(id).into()).await;
    }
    for id in &news {
        deps.queues.send(MessageRecord::news(id).into()).await;
    }
    Ok(waiting.len().saturating_add(news.len()))
}
