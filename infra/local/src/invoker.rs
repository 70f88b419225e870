//! Invokes functions through cargo-lambda's invoke endpoint, no more at once than there are instances.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::StatusCode;
use tokio::sync::Semaphore;
use tokio::time::timeout;

use crate::instances::Instances;
use crate::runtime_api::Slot;
use crate::wire::Wire;
use template::Template;
use template::part;

/// Why an invocation gave no answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Failure {
    /// The template has no such function.
    Unknown,
    /// Its instances end before they take work.
    NotStarting,
    /// The function failed, timed out or died; the text is what Lambda would report.
    Failed(String),
    /// Nothing came back in the function's time and a little more.
    Silent,
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Unknown => f.write_str("is not in the template"),
            Self::NotStarting => f.write_str("does not start; its log says why"),
            Self::Failed(report) => write!(f, "failed: {report}"),
            Self::Silent => f.write_str("gave no answer"),
        }
    }
}

/// The way into every function; clones share it.
#[derive(Clone)]
pub(crate) struct Invoker {
    lanes: Arc<BTreeMap<String, Arc<Lane>>>,
}

struct Lane {
    address: String,
    wire: Wire,
    /// One per instance: cargo-lambda's own queue stands still once a hundred requests wait in it.
    permits: Semaphore,
    patience: Duration,
    slots: Vec<Arc<Slot>>,
}

impl Invoker {
    pub(crate) fn new(template: &Template, instances: &Instances, cargo_lambda: &str) -> Self {
        let wire = Wire::new();
        let lane = |name: &str, timeout: Duration| {
            let slots = instances.of(name).to_vec();
            Arc::new(Lane {
                address: format!("{cargo_lambda}/2015-03-31/functions/{name}/invocations"),
                wire: wire.clone(),
                permits: Semaphore::new(slots.len()),
                patience: timeout + Duration::from_secs(5),
                slots,
            })
        };
        let lanes = template
            .functions
            .iter()
            .map(|function| (function.name.clone(), lane(&function.name, function.timeout)))
            .collect();
        Self { lanes: Arc::new(lanes) }
    }

    /// Invokes and waits. The function works on even when the caller gives up, as on Lambda.
    pub(crate) async fn invoke(&self, function: &str, event: Bytes) -> Result<Bytes, Failure> {
        let lane = Arc::clone(self.lanes.get(function).ok_or(Failure::Unknown)?);
        let work = tokio::spawn(async move { lane.invoke(event).await });
        work.await.unwrap_or(Err(Failure::Silent))
    }
}

impl Lane {
    async fn invoke(&self, event: Bytes) -> Result<Bytes, Failure> {
        let turn = timeout(self.patience, self.permits.acquire()).await;
        let Ok(Ok(_turn)) = turn else {
            return Err(Failure::Silent);
        };
        if self.slots.iter().all(|slot| slot.is_broken()) {
            return Err(Failure::NotStarting);
        }
        let answer = timeout(self.patience, self.wire.post(&self.address, event)).await;
        let Ok(Ok(answer)) = answer else {
            return Err(Failure::Silent);
        };
        if answer.status == StatusCode::OK {
            return Ok(answer.body);
        }
        Err(Failure::Failed(reason(&answer.body)))
    }
}

/// The message of Lambda's error document, or all of what is none.
fn reason(report: &[u8]) -> String {
    let document = serde_json::from_slice::<serde_json::Value>(report).ok();
    let message = document
        .as_ref()
        .and_then(|document| part(document, "/errorMessage").as_str());
    message.map_or_else(|| String::from_utf8_lossy(report).into_owned(), str::to_owned)
}
