//! A batch of queue messages: one after the other, each with its own ending, and an answer that names those to send again.

use domain::Failure;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use tracing::Instrument;

use crate::{
    deadline::Deadline,
    verdict::{Verdict, judge},
};

/// What SQS delivers.
#[derive(Deserialize)]
pub(crate) struct Batch {
    #[serde(rename = "Records")]
    records: Vec<Message>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Message {
    message_id: String,
    #[serde(default)]
    body: String,
}

/// The messages that are to be delivered again; all others are deleted.
#[derive(Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct BatchAnswer {
    batch_item_failures: Vec<FailedItem>,
}

#[derive(Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
struct FailedItem {
    item_identifier: String,
}

/// Takes the messages one at a time, as long as the deadline leaves time for another.
pub(crate) async fn answer<M, T, F>(batch: Batch, deadline: Deadline, handler: &impl Fn(M) -> F) -> BatchAnswer
where
    M: DeserializeOwned,
    F: Future<Output = Result<T, Failure>>,
{
    let mut answer = BatchAnswer::default();
    for message in batch.records {
        let span = tracing::info_span!("message", message_id = message.message_id);
        let verdict = take(&message, deadline, handler).instrument(span).await;
        if verdict == Verdict::Retry {
            answer.batch_item_failures.push(FailedItem {
                item_identifier: message.message_id,
            });
        }
    }
    answer
}

async fn take<M, T, F>(message: &Message, deadline: Deadline, handler: &impl Fn(M) -> F) -> Verdict
where
    M: DeserializeOwned,
    F: Future<Output = Result<T, Failure>>,
{
    if !deadline.leaves_time_to_start() {
        tracing::warn!("No time left for this message; it will be delivered again");
        return Verdict::Retry;
    }
    let content = match serde_json::from_str(&message.body) {
        Ok(content) => content,
        Err(error) => {
            // serde's sentence may quote the message, which may hold an address; where it stands is enough to find it.
            let (line, column) = (error.line(), error.column());
            tracing::error!(line, column, "The message is malformed; it belongs to the dead letters");
            return Verdict::Retry;
        }
    };
    match tokio::time::timeout(deadline.time_to_run(), handler(content)).await {
        Ok(Ok(_)) => Verdict::Acknowledge,
        Ok(Err(failure)) => judge(&failure),
        Err(_) => {
            tracing::error!("The time was up before this message was done; it will be delivered again");
            Verdict::Retry
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{cell::RefCell, time::Duration};

    use domain::Refusal;
    use serde_json::json;

    use super::*;

    #[derive(Deserialize)]
    struct Work {
        order: String,
    }

    fn batch(bodies: &[&str]) -> Batch {
        let records: Vec<_> = bodies
            .iter()
            .enumerate()
            .map(|(number, body)| {
                json!({
                    "messageId": format!("m-{number}"), "receiptHandle": "handle", "body": body, "attributes": {},
                    "messageAttributes": {}, "md5OfBody": "", "eventSource": "aws:sqs", "awsRegion": "eu-west-1",
                    "eventSourceARN": "arn:aws:sqs:eu-west-1:000000000000:work-queue"
                })
            })
            .collect();
        serde_json::from_value(json!({ "Records": records })).unwrap()
    }

    fn plenty() -> Deadline {
        Deadline::after(Duration::from_secs(30))
    }

    fn failed(answer: &BatchAnswer) -> Vec<&str> {
        answer
            .batch_item_failures
            .iter()
            .map(|item| item.item_identifier.as_str())
            .collect()
    }

    async fn by_order(work: Work) -> Result<(), Failure> {
        match work.order.as_str() {
            "refused" => Err(Refusal::CartEmpty.into()),
            "conflict" => Err(Failure::Conflict),
            "slow" => std::future::pending().await,
            _ => Ok(()),
        }
    }

    #[tokio::test]
    async fn one_bad_message_fails_alone() {
        let bodies = [
            r#"{"order":"a"}"#,
            "not json",
            r#"{"order":"conflict"}"#,
            r#"{"order":"refused"}"#,
            "{}",
        ];

        let answer = answer(batch(&bodies), plenty(), &by_order).await;

        assert_eq!(failed(&answer), ["m-1", "m-2", "m-4"]);
    }

    #[tokio::test]
    async fn the_answer_has_the_form_that_lambda_reads() {
        let answer = answer(batch(&["nothing"]), plenty(), &by_order).await;

        let expected = json!({ "batchItemFailures": [{ "itemIdentifier": "m-0" }] });
        assert_eq!(serde_json::to_value(answer).unwrap(), expected);
        assert_eq!(
            serde_json::to_value(BatchAnswer::default()).unwrap(),
            json!({ "batchItemFailures": [] })
        );
    }

    #[tokio::test]
    async fn messages_are_taken_in_order_and_one_at_a_time() {
        let seen = RefCell::new(Vec::new());
        let note = |work: Work| {
            seen.borrow_mut().push(format!("{} begins", work.order));
            let seen = &seen;
            async move {
                tokio::task::yield_now().await;
                seen.borrow_mut().push(format!("{} ends", work.order));
                Ok::<_, Failure>(())
            }
        };

        answer(batch(&[r#"{"order":"a"}"#, r#"{"order":"b"}"#]), plenty(), &note).await;

        assert_eq!(seen.into_inner(), ["a begins", "a ends", "b begins", "b ends"]);
    }

    #[tokio::test]
    async fn nothing_new_is_begun_shortly_before_the_end() {
        let late = Deadline::after(Duration::from_secs(4));

        let answer = answer(batch(&[r#"{"order":"a"}"#, r#"{"order":"b"}"#]), late, &by_order).await;

        assert_eq!(failed(&answer), ["m-0", "m-1"]);
    }

    #[tokio::test(start_paused = true)]
    async fn a_message_that_takes_too_long_is_dropped_and_does_not_take_the_others_with_it() {
        let answer = answer(batch(&[r#"{"order":"a"}"#, r#"{"order":"slow"}"#]), plenty(), &by_order).await;

        assert_eq!(failed(&answer), ["m-1"]);
    }
}
