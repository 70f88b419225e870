//! Stripe's own words: only the fields we read, all optional except the ids and amounts without which an answer means nothing.

use std::collections::BTreeMap;

use domain::{
    Timestamp,
    id::{PaymentId, RefundId},
};
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
    Whole(Box<WholeIntent>),
}

/// What is read of a whole PaymentIntent.
#[derive(Clone, Deserialize)]
pub(super) struct WholeIntent {
    id: String,
    status: Option<String>,
    amount: Option<i64>,
    currency: Option<String>,
    last_payment_error: Option<Value>,
    metadata: Metadata,
}

impl Intent {
    pub(super) fn id(&self) -> &str {
        match self {
            Self::Id(id) => id,
            Self::Whole(whole) => &whole.id,
        }
    }

    pub(super) fn status(&self) -> Option<&str> {
        match self {
            Self::Id(_) => None,
            Self::Whole(whole) => whole.status.as_deref(),
        }
    }

    fn whole(&self) -> Option<&WholeIntent> {
        match self {
            Self::Id(_) => None,
            Self::Whole(whole) => Some(whole),
        }
    }

    /// Our payment, as Stripe kept it.
    pub(super) fn payment(&self) -> Option<PaymentId> {
        noted(&self.whole()?.metadata, PAYMENT_KEY)?.parse().ok()
    }

    /// How much it asks for, and in which currency.
    pub(super) fn amount(&self) -> Option<(i64, &str)> {
        let whole = self.whole()?;
        Some((whole.amount?, whole.currency.as_deref()?))
    }

    /// True when the last try to pay it was declined.
    pub(super) fn was_declined(&self) -> bool {
        let error = self.whole().and_then(|whole| whole.last_payment_error.as_ref());
        error.is_some_and(|error| !error.is_null())
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
    pub(super) payment_intent: Option<Intent>,
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

/// A dispute.
#[derive(Deserialize)]
pub(super) struct Dispute {
    pub(super) id: String,
    pub(super) amount: i64,
    pub(super) currency: String,
    pub(super) status: Option<String>,
    pub(super) reason: Option<String>,
    pub(super) payment_intent: Option<Intent>,
    evidence_details: Option<EvidenceDetails>,
    #[serde(default)]
    balance_transactions: Vec<BalanceTransaction>,
}

#[derive(Deserialize)]
struct EvidenceDetails {
    due_by: Option<i64>,
}

/// Money that Stripe took from our balance or put back. Its currency is that of the balance, so only the sign counts.
#[derive(Deserialize)]
struct BalanceTransaction {
    amount: i64,
}

impl Dispute {
    pub(super) fn answer_by(&self) -> Option<Timestamp> {
        let due = self.evidence_details.as_ref()?.due_by?;
        Some(Timestamp::from_seconds(due))
    }

    /// True while more was taken for it than was put back.
    pub(super) fn is_withdrawn(&self) -> bool {
        let moved = self.balance_transactions.iter().map(|transaction| transaction.amount);
        moved.fold(0_i64, i64::saturating_add) < 0
    }
}

/// A warning of the card scheme that a payment is probably a fraud.
#[derive(Deserialize)]
pub(super) struct Warning {
    pub(super) id: String,
    pub(super) actionable: Option<bool>,
    pub(super) fraud_type: Option<String>,
    pub(super) payment_intent: Option<Intent>,
}

/// Anything that carries our metadata.
#[derive(Deserialize)]
pub(super) struct Marked {
    metadata: Metadata,
}

impl Marked {
    /// Our payment, as Stripe kept it.
    pub(super) fn payment(&self) -> Option<PaymentId> {
        noted(&self.metadata, PAYMENT_KEY)?.parse().ok()
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

    pub(super) fn payment(&self) -> Option<PaymentId> {
        let noted = || self.text("/metadata/payment_id");
        self.text("/client_reference_id").or_else(noted)?.parse().ok()
    }

    pub(super) fn refund(&self) -> Option<RefundId> {
        self.text("/metadata/refund_id")?.parse().ok()
    }

    /// The money it is about: a PaymentIntent, or the charge of one that is not named.
    pub(super) fn money(&self) -> Option<String> {
        ["/payment_intent", "/payment_intent/id", "/charge", "/charge/id"]
            .iter()
            .find_map(|path| self.text(path))
            .map(str::to_owned)
    }
}
