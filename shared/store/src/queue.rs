//! Queues: what a commit asks for is sent after it, as well as it goes. A message that is lost is sent again by its deadline.

use std::{collections::BTreeMap, sync::Arc};

use aws_sdk_sqs::types::SendMessageBatchRequestEntry;
use domain::{
    id::{NoticeId, OrderId, PaymentId},
    lifecycle::Task,
    order::{Message, Part},
};
use serde::{Deserialize, Serialize};

use crate::{aws::unsaid, error::Error};
#[cfg(feature = "memory")]
use crate::{
    cost,
    watch::{Call, Watch},
};

/// A message as it stands in a queue: ids only, never a name, an address or an amount.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MessageRecord {
    /// The form of this record.
    pub format: u32,
    /// What to do.
    pub task: Task,
    /// For which order; for a webhook that names none, absent.
    pub order: Option<OrderId>,
    /// About which part of it: its id, or the key of a stored webhook.
    pub about: String,
    /// Which payment a stored webhook names, so that its body need not be read again to ask about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payment: Option<PaymentId>,
}

impl MessageRecord {
    /// The form written now.
    pub const FORMAT: u32 = 1;

    /// The message that a stored webhook waits to be applied.
    #[must_use]
    pub fn webhook(key: &str) -> Self {
        Self {
            format: Self::FORMAT,
            task: Task::ApplyWebhook,
            order: None,
            about: key.to_owned(),
            payment: None,
        }
    }

    /// The same for one that names a payment.
    #[must_use]
    pub fn webhook_about(key: &str, payment: Option<PaymentId>) -> Self {
        Self {
            payment,
            ..Self::webhook(key)
        }
    }

    /// The message that a notice waits to be sent.
    #[must_use]
    pub fn notice(id: &NoticeId) -> Self {
        Self {
            format: Self::FORMAT,
            task: Task::SendNotice,
            order: None,
            about: id.to_string(),
            payment: None,
        }
    }

    /// The part it is about.
    #[must_use]
    pub fn part(&self) -> Option<Part> {
        Part::from_id(&self.about)
    }
}

impl From<Message> for MessageRecord {
    fn from(message: Message) -> Self {
        let about = message.about.id().to_owned();
        Self {
            format: Self::FORMAT,
            task: message.task,
            order: Some(message.order),
            about,
            payment: None,
        }
    }
}

/// Messages of a commit that are still to be sent.
#[must_use = "messages that are not sent wait for their deadline"]
#[derive(Clone, Debug, Default)]
pub struct Outgoing(Vec<MessageRecord>);

impl Outgoing {
    pub(crate) fn of(messages: Vec<Message>) -> Self {
        Self(messages.into_iter().map(MessageRecord::from).collect())
    }

    /// The messages themselves.
    #[must_use]
    pub fn records(&self) -> &[MessageRecord] {
        &self.0
    }
}

impl From<MessageRecord> for Outgoing {
    fn from(message: MessageRecord) -> Self {
        Self(vec![message])
    }
}

/// The queues this function may send to, by the function that reads them.
#[derive(Clone)]
pub enum Queues {
    /// SQS.
    Sqs {
        /// The client.
        client: aws_sdk_sqs::Client,
        /// Queue addresses by consumer, as in `supplier-order`.
        urls: Arc<BTreeMap<&'static str, String>>,
    },
    /// A list in this process, for tests.
    #[cfg(feature = "memory")]
    Memory(Arc<std::sync::Mutex<Vec<MessageRecord>>>),
    /// A list whose every call is seen, for tests.
    #[cfg(feature = "memory")]
    Watched(Arc<std::sync::Mutex<Vec<MessageRecord>>>, Arc<dyn Watch>),
}

impl Queues {
    /// Queues by consumer and address.
    #[must_use]
    pub fn new(client: aws_sdk_sqs::Client, urls: impl IntoIterator<Item = (&'static str, String)>) -> Self {
        Self::Sqs {
            client,
            urls: Arc::new(urls.into_iter().collect()),
        }
    }

    /// Sends what a commit asked for. A failure is logged and forgotten here: the deadline of each message's subject sends it again.
    pub async fn send(&self, outgoing: Outgoing) {
        if let Err(error) = self.try_send(outgoing).await {
            tracing::warn!(error = %error, "Could not send messages; their deadlines will");
        }
    }

    /// Sends messages and says whether it worked, for callers that have no deadline behind them.
    ///
    /// # Errors
    /// When a queue does not take them.
    pub async fn try_send(&self, outgoing: Outgoing) -> Result<(), Error> {
        let mut by_consumer: BTreeMap<&'static str, Vec<MessageRecord>> = BTreeMap::new();
        for message in outgoing.0 {
            by_consumer.entry(message.task.consumer()).or_default().push(message);
        }
        for (consumer, messages) in by_consumer {
            match self {
                Self::Sqs { client, urls } => send_to(client, urls.get(consumer), consumer, &messages).await?,
                #[cfg(feature = "memory")]
                Self::Memory(list) => list
                    .lock()
                    .unwrap_or_else(std::sync::PoisonError::into_inner)
                    .extend(messages),
                #[cfg(feature = "memory")]
                Self::Watched(list, watch) => watched_send(list, watch.as_ref(), consumer, messages).await?,
            }
        }
        Ok(())
    }
}

#[cfg(feature = "memory")]
async fn watched_send(
    list: &std::sync::Mutex<Vec<MessageRecord>>,
    watch: &dyn Watch,
    consumer: &'static str,
    messages: Vec<MessageRecord>,
) -> Result<(), Error> {
    let bodies = messages.iter().map(serde_json::to_string);
    let bytes: Result<usize, _> = bodies.map(|body| body.map(|body| body.len())).sum();
    let bytes = bytes.map_err(|error| Error::defect("write a message", error))?;
    let call = Call {
        operation: "SendMessageBatch",
        place: consumer.to_owned(),
        about: messages
            .first()
            .map(|message| message.about.clone())
            .unwrap_or_default(),
        writes: true,
    };
    watch.before(&call).await?;
    list.lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner)
        .extend(messages);
    watch
        .after(&call, cost::of_messages(u64::try_from(bytes).unwrap_or(u64::MAX)))
        .await
}

async fn send_to(
    client: &aws_sdk_sqs::Client,
    url: Option<&String>,
    consumer: &'static str,
    messages: &[MessageRecord],
) -> Result<(), Error> {
    let url =
        url.ok_or_else(|| Error::defect("send a message", format!("this function may not send to {consumer}")))?;
    // SQS takes at most ten messages in one call.
    for batch in messages.chunks(10) {
        let mut request = client.send_message_batch().queue_url(url);
        for (number, message) in batch.iter().enumerate() {
            let body = serde_json::to_string(message).map_err(|error| Error::defect("write a message", error))?;
            let entry = SendMessageBatchRequestEntry::builder()
                .id(number.to_string())
                .message_body(body)
                .build();
            request = request.entries(entry.map_err(|error| Error::defect("write a message", error))?);
        }
        let unavailable = |why: String| Error::Unavailable {
            doing: "send a message",
            source: format!("{consumer}: {why}").into(),
        };
        let answer = request
            .send()
            .await
            .map_err(|error| unavailable(unsaid::kind(&error)))?;
        if let Some(failed) = answer.failed.first() {
            return Err(unavailable(unsaid::code(Some(&failed.code))));
        }
    }
    Ok(())
}
