//! SQS on this machine: rustack in this process, its queues from the template. Messages live in memory;
//! what a restart loses, the deadlines function sends again, as it does on AWS when a send is lost.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Context, anyhow};
use hyper::server::conn::http1;
use hyper_util::rt::TokioIo;
use rustack_sqs_core::config::SqsConfig;
use rustack_sqs_core::handler::RustackSqsHandler;
use rustack_sqs_core::provider::RustackSqs;
use rustack_sqs_http::service::{SqsHttpConfig, SqsHttpService};
use rustack_sqs_model::input::{CreateQueueInput, DeleteMessageInput, GetQueueAttributesInput, ReceiveMessageInput};
use rustack_sqs_model::types::Message;
use tokio::net::TcpListener;
use tokio::task::JoinSet;

use template::Queue;

/// The queues of this stack; clones share them.
#[derive(Clone)]
pub(crate) struct Queues {
    provider: Arc<RustackSqs>,
    origin: String,
    names: Arc<Vec<String>>,
    drops: Arc<Mutex<BTreeMap<String, u32>>>,
}

impl Queues {
    /// Makes the queues, those first that others send their dead letters to, and serves the SQS protocol.
    pub(crate) async fn start(
        tasks: &mut JoinSet<()>,
        listener: TcpListener,
        queues: &[Queue],
    ) -> anyhow::Result<Self> {
        let address = listener.local_addr()?;
        let provider = Arc::new(RustackSqs::new(SqsConfig {
            skip_signature_validation: true,
            default_region: crate::REGION.to_owned(),
            account_id: crate::ACCOUNT.to_owned(),
            host: address.ip().to_string(),
            port: address.port(),
        }));
        let mut order: Vec<&Queue> = queues.iter().collect();
        order.sort_by_key(|queue| queue.attributes.contains_key("RedrivePolicy"));
        for queue in &order {
            let input = CreateQueueInput {
                queue_name: queue.name.clone(),
                attributes: queue.attributes.clone().into_iter().collect(),
                tags: HashMap::new(),
            };
            let made = provider.create_queue(input).await;
            made.map_err(|error| anyhow!("queue {}: {error}", queue.name))?;
        }
        let config = SqsHttpConfig {
            region: crate::REGION.to_owned(),
            ..SqsHttpConfig::default()
        };
        let service = SqsHttpService::new(Arc::new(RustackSqsHandler::new(Arc::clone(&provider))), config);
        tasks.spawn(serve(listener, service));
        let names = order.iter().map(|queue| queue.name.clone()).collect();
        let origin = format!("http://{address}");
        Ok(Self {
            provider,
            origin,
            names: Arc::new(names),
            drops: Arc::default(),
        })
    }

    pub(crate) fn names(&self) -> &[String] {
        &self.names
    }

    fn address(&self, queue: &str) -> String {
        format!("{}/{}/{queue}", self.origin, crate::ACCOUNT)
    }

    /// Waits up to `seconds` for messages.
    pub(crate) async fn receive(&self, queue: &str, most: i32, seconds: i32) -> anyhow::Result<Vec<Message>> {
        let input = ReceiveMessageInput {
            queue_url: self.address(queue),
            max_number_of_messages: Some(most),
            wait_time_seconds: Some(seconds),
            message_system_attribute_names: vec!["All".to_owned()],
            message_attribute_names: vec!["All".to_owned()],
            ..ReceiveMessageInput::default()
        };
        let output = self.provider.receive_message(input).await;
        Ok(output
            .map_err(|error| anyhow!("cannot receive from {queue}: {error}"))?
            .messages)
    }

    pub(crate) async fn delete(&self, queue: &str, message: &Message) -> anyhow::Result<()> {
        let receipt_handle = message.receipt_handle.clone().context("a message without a receipt")?;
        let input = DeleteMessageInput {
            queue_url: self.address(queue),
            receipt_handle,
        };
        let deleted = self.provider.delete_message(input).await;
        deleted
            .map(drop)
            .map_err(|error| anyhow!("cannot delete from {queue}: {error}"))
    }

    /// How many messages wait, and how many are being worked on.
    pub(crate) async fn depth(&self, queue: &str) -> anyhow::Result<(u64, u64)> {
        let input = GetQueueAttributesInput {
            queue_url: self.address(queue),
            attribute_names: vec!["All".to_owned()],
        };
        let output = self.provider.get_queue_attributes(input).await;
        let all = output
            .map_err(|error| anyhow!("cannot count {queue}: {error}"))?
            .attributes;
        let count = |name: &str| all.get(name).and_then(|text| text.parse().ok()).unwrap_or(0);
        Ok((
            count("ApproximateNumberOfMessages"),
            count("ApproximateNumberOfMessagesNotVisible"),
        ))
    }

    /// The next `count` messages of the queue will be lost before their function sees them.
    pub(crate) fn lose_next(&self, queue: &str, count: u32) -> anyhow::Result<()> {
        if !self.names.iter().any(|name| name == queue) {
            anyhow::bail!("there is no queue {queue}");
        }
        let mut drops = self.drops.lock().unwrap_or_else(PoisonError::into_inner);
        *drops.entry(queue.to_owned()).or_default() += count;
        Ok(())
    }

    /// Whether the message just received is one of those to lose.
    pub(crate) fn is_next_lost(&self, queue: &str) -> bool {
        let mut drops = self.drops.lock().unwrap_or_else(PoisonError::into_inner);
        match drops.get_mut(queue) {
            Some(left) if *left > 0 => {
                *left -= 1;
                true
            }
            Some(_) | None => false,
        }
    }
}

async fn serve(listener: TcpListener, service: SqsHttpService<RustackSqsHandler>) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => if let Ok((stream, _)) = accepted {
                stream.set_nodelay(true).ok();
                let connection = http1::Builder::new().serve_connection(TokioIo::new(stream), service.clone());
                // A broken connection is the caller's to notice.
                connections.spawn(async move { connection.await.ok(); });
            },
            Some(_) = connections.join_next() => {}
        }
    }
}
