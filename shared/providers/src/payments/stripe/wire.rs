//! Stripe's own words: only the fields we read, all optional except the ids and amounts without which an answer means nothing.

use std::collections::BTreeMap;

use domain::id::{PaymentId, RefundId};
use serde::Deserialize;
use serde_json::Value;

/// Where our ids stand in Stripe's metadata.
pub(super) const PAYMENT_KEY: &str = "payment_id";
pub(super) const REFUND_KEY: &str = "refund_id";
/// In the metadata of refunds.
pub(super) const ATTEMPT_KEY: &str = "attempt";

type Metadata = Option<BTreeMap<String, String>>;

fn noted(metadata: &Metadata, key: &str) -> Option<String> {
    metadata.as_ref()?.get(key).cloned()
}

/// A Checkout Session.
#[derive(Deserialize)]
pub(super) struct Session {
    pub(super) id: String,
    pub(super) url: Option<String>,
    pub(super) status: Option<String>,
    pub(super) payment_status: Option<String>,
    pub(super) amount_total: Option<i64>,
    pub(super) currency: Option<String>,
    pub(super) client_reference_id: Option<String>,
    pub(super) expires_at: Option<i64>,
    pub(super) payment_intent: Option<Intent>,
    pub(super) metadata: Metadata,
}

impl Session {
    /// Our payment, as Stripe kept it.
    pub(super) fn payment(&self) -> Option<PaymentId> {
        let noted = || noted(&self.metadata, PAYMENT_KEY);
        self.client_reference_id.clone().or_else(noted)?.parse().ok()
    }
}

/// A PaymentIntent: its id, or the whole of it when it was asked for.
#[derive(Clone, Deserialize)]
#[serde(untagged)]
pub(super) enum Intent {
    Id(String),
    Whole { id: String, status: Option<String> },
}

impl Intent {
    pub(super) fn id(&self) -> &str {
        match self {
            Self::Id(id) | Self::Whole { id, .. } => id,
        }
    }

    pub(super) fn status(&self) -> Option<&str> {
        match self {
            Self::Id(_) => None,
            Self::Whole { status, .. } => status.as_deref(),
        }
    }
}

/// A refund.
#[derive(Deserialize)]
pub(super) struct Refund {
    pub(super) id: String,
    pub(super) amount: i64,
    pub(super) currency: String,
    pub(super) status: Option<String>,
    pub(super) failure_reason: Option<String>,
    pub(super) metadata: Metadata,
}

impl Refund {
    /// Our refund, as Stripe kept it.
    pub(super) fn refund(&self) -> Option<RefundId> {
        noted(&self.metadata, REFUND_KEY)?.parse().ok()
    }

    /// Which attempt at it.
    pub(super) fn attempt(&self) -> Option<u32> {
        noted(&self.metadata, ATTEMPT_KEY)?.parse().ok()
    }
}

/// One page of a list.
#[derive(Deserialize)]
pub(super) struct Page<T> {
    pub(super) data: Vec<T>,
    #[serde(default)]
    pub(super) has_more: bool,
}

/// What a refusal looks like.
#[derive(Deserialize)]
pub(super) struct Problem {
    pub(super) error: ProblemDetail,
}

#[derive(Default, Deserialize)]
pub(super) struct ProblemDetail {
    #[serde(rename = "type")]
    pub(super) kind: Option<String>,
    pub(super) code: Option<String>,
    pub(super) message: Option<String>,
    pub(super) param: Option<String>,
}

/// The envelope of a webhook.
#[derive(Deserialize)]
pub(super) struct Event {
    pub(super) id: String,
    #[serde(rename = "type")]
    pub(super) name: String,
    pub(super) data: EventData,
}

#[derive(Deserialize)]
pub(super) struct EventData {
    pub(super) object: EventObject,
}

/// What a webhook is about. Dozens of kinds of object come here, so nothing of their form is assumed.
#[derive(Deserialize)]
#[serde(transparent)]
pub(super) struct EventObject(Value);

impl EventObject {
    fn text(&self, path: &str) -> Option<&str> {
        self.0.pointer(path)?.as_str()
    }

    pub(super) fn id(&self) -> Option<String> {
        self.text("/id").map(str::to_owned)
    }

    pub(super) fn status(&self) -> Option<&str> {
        self.text("/status")
    }

    pub(super) fn payment(&self) -> Option<PaymentId> {
        let noted = || self.text("/metadata/payment_id");
        self.text("/client_reference_id").or_else(noted)?.parse().ok()
    }

    pub(super) fn refund(&self) -> Option<RefundId> {
        self.text("/metadata/refund_id")?.parse().ok()
    }

    pub(super) fn payment_intent(&self) -> Option<String> {
        self.text("/payment_intent")
            .or_else(|| self.text("/payment_intent/id"))
            .map(str::to_owned)
    }

    pub(super) fn answer_by(&self) -> Option<i64> {
        self.0.pointer("/evidence_details/due_by")?.as_i64()
    }
}
