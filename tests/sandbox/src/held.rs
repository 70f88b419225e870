//! Calls that are kept waiting on purpose until somebody releases them or their time is up.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use serde::Serialize;
use tokio::sync::Notify;

/// A waiting call as the control API lists it.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct HeldCall {
    pub(crate) id: u64,
    pub(crate) provider: &'static str,
    pub(crate) operation: &'static str,
    /// The shop's own reference in the call, when it carries one.
    pub(crate) reference: String,
    /// `before_effect` or `after_effect`.
    pub(crate) stage: &'static str,
    pub(crate) since: i64,
}

#[derive(Default)]
pub(crate) struct HeldCalls {
    waiting: Mutex<Waiting>,
}

#[derive(Default)]
struct Waiting {
    last: u64,
    calls: BTreeMap<u64, (HeldCall, Arc<Notify>)>,
}

impl HeldCalls {
    /// Keeps the caller here; the id of the call is filled in.
    pub(crate) async fn wait(&self, mut call: HeldCall, longest: Duration) {
        let bell = Arc::new(Notify::new());
        let id = {
            let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
            waiting.last = waiting.last.saturating_add(1);
            call.id = waiting.last;
            let id = call.id;
            waiting.calls.insert(id, (call, Arc::clone(&bell)));
            id
        };
        // Whether the bell rang or the time ran out, the call goes on.
        drop(tokio::time::timeout(longest, bell.notified()).await);
        self.waiting
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .calls
            .remove(&id);
    }

    pub(crate) fn list(&self) -> Vec<HeldCall> {
        let waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.calls.values().map(|(call, _)| call.clone()).collect()
    }

    /// Lets one call go on, or all of them; the number of calls released.
    pub(crate) fn release(&self, only: Option<u64>) -> usize {
        let waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        let chosen = waiting
            .calls
            .iter()
            .filter(|(id, _)| only.is_none_or(|only| only == **id));
        chosen.map(|(_, (_, bell))| bell.notify_one()).count()
    }
}
