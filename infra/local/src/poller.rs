//! The event source mapping between a queue and a function: receive, invoke, delete what succeeded.
//! What failed stays in the queue until it becomes visible again or has had its tries.

use std::collections::BTreeSet;
use std::time::Duration;

use bytes::Bytes;
use rustack_sqs_model::types::Message;
use serde_json::{Value, json};
use tokio::task::JoinSet;
use tokio::time::sleep;

use crate::invoker::Invoker;
use crate::progress::Progress;
use crate::queues::Queues;
use template::part;
use template::{Failures, Mapping, Template};

/// Seconds of a long poll; SQS knows no longer one.
const LONG_POLL: i32 = 20;

/// One poller per mapping and instance.
pub(crate) fn start(
    tasks: &mut JoinSet<()>,
    template: &Template,
    queues: &Queues,
    (invoker, copies): (&Invoker, usize),
    progress: &Progress,
) {
    for function in &template.functions {
        for mapping in function
            .mappings
            .iter()
            .flat_map(|mapping| std::iter::repeat_n(mapping, copies))
        {
            let poller = Poller {
                function: function.name.clone(),
                mapping: mapping.clone(),
                queues: queues.clone(),
                invoker: invoker.clone(),
                progress: progress.clone(),
            };
            tasks.spawn(async move {
                loop {
                    if let Err(error) = poller.round().await {
                        poller.progress.warn(&format!("{}: {error:#}", poller.mapping.queue));
                        sleep(Duration::from_secs(1)).await;
                    }
                }
            });
        }
    }
}

struct Poller {
    function: String,
    mapping: Mapping,
    queues: Queues,
    invoker: Invoker,
    progress: Progress,
}

impl Poller {
    async fn round(&self) -> anyhow::Result<()> {
        let queue = &self.mapping.queue;
        let mut batch = vec![];
        for message in self.queues.receive(queue, self.mapping.batch_size, LONG_POLL).await? {
            if self.queues.is_next_lost(queue) {
                self.queues.delete(queue, &message).await?;
                self.progress.say(&format!("  lost a message of {queue}, as asked"));
            } else {
                batch.push(message);
            }
        }
        if batch.is_empty() {
            return Ok(());
        }
        let records: Vec<Value> = batch.iter().map(|message| record(queue, message)).collect();
        let event = Bytes::from(json!({ "Records": records }).to_string());
        match self.invoker.invoke(&self.function, event).await {
            Ok(answer) => {
                let failed = failed(&answer, &batch, self.mapping.failures);
                for message in batch.iter().filter(|message| !failed.contains(id(message))) {
                    self.queues.delete(queue, message).await?;
                }
            }
            Err(failure) => {
                self.progress
                    .warn(&format!("{} with {queue}: {failure}", self.function));
                // A function that cannot start would take all tries of a message within a second.
                sleep(Duration::from_secs(1)).await;
            }
        }
        Ok(())
    }
}

fn id(message: &Message) -> &str {
    message.message_id.as_deref().unwrap_or_default()
}

fn record(queue: &str, message: &Message) -> Value {
    let attributes: serde_json::Map<String, Value> = message
        .message_attributes
        .iter()
        .map(|(name, value)| {
            let value = json!({
                "dataType": value.data_type,
                "stringValue": value.string_value,
                "stringListValues": [],
                "binaryListValues": [],
            });
            (name.clone(), value)
        })
        .collect();
    json!({
        "messageId": id(message),
        "receiptHandle": message.receipt_handle,
        "body": message.body,
        "attributes": message.attributes,
        "messageAttributes": attributes,
        "md5OfBody": message.md5_of_body,
        "eventSource": "aws:sqs",
        "eventSourceARN": format!("arn:aws:sqs:{}:{}:{queue}", crate::REGION, crate::ACCOUNT),
        "awsRegion": crate::REGION,
    })
}

/// The ids that stay in the queue. AWS takes a missing list for "all succeeded", and an answer that is no JSON,
/// an empty id or an id that was not in the batch for "all failed".
fn failed<'a>(answer: &[u8], batch: &'a [Message], rule: Failures) -> BTreeSet<&'a str> {
    let all = || batch.iter().map(id).collect();
    if rule == Failures::Whole {
        return BTreeSet::new();
    }
    let Ok(answer) = serde_json::from_slice::<Value>(answer) else {
        return all();
    };
    let Some(named) = part(&answer, "/batchItemFailures").as_array() else {
        return BTreeSet::new();
    };
    let mut failed = BTreeSet::new();
    for name in named {
        match batch.iter().map(id).find(|known| name["itemIdentifier"] == *known) {
            Some(known) => failed.insert(known),
            None => return all(),
        };
    }
    failed
}

#[cfg(test)]
mod tests {
    use super::*;

    fn batch() -> Vec<Message> {
        let message = |id: &str| Message {
            message_id: Some(id.to_owned()),
            ..Message::default()
        };
        vec![message("a"), message("b")]
    }

    #[test]
    fn only_messages_that_the_answer_names_stay_in_the_queue() {
        for (answer, stays) in [
            (r#"{"batchItemFailures":[{"itemIdentifier":"b"}]}"#, vec!["b"]),
            (r#"{"batchItemFailures":[]}"#, vec![]),
            ("null", vec![]),
            ("{}", vec![]),
            (r#"{"batchItemFailures":[{"itemIdentifier":"c"}]}"#, vec!["a", "b"]),
            (r#"{"batchItemFailures":[{"itemIdentifier":null}]}"#, vec!["a", "b"]),
            ("no json", vec!["a", "b"]),
        ] {
            let batch = batch();
            let failed: Vec<&str> = failed(answer.as_bytes(), &batch, Failures::Named).into_iter().collect();
            assert_eq!(failed, stays, "{answer}");
        }
    }

    #[test]
    fn without_the_report_an_answer_is_a_success_for_the_whole_batch() {
        let answer = br#"{"batchItemFailures":[{"itemIdentifier":"b"}]}"#;

        assert!(failed(answer, &batch(), Failures::Whole).is_empty());
    }
}
