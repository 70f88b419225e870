//! A payment intent with its charge: money that was promised or has come in.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::books::Record;

#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum PaymentStatus {
    Processing,
    Succeeded,
    /// A delayed payment that did not come.
    RequiresPaymentMethod,
}

#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Payment {
    pub(crate) id: String,
    pub(crate) charge: String,
    pub(crate) session: String,
    pub(crate) amount: i64,
    pub(crate) currency: String,
    pub(crate) refunded: i64,
    pub(crate) created: i64,
    pub(crate) status: PaymentStatus,
    pub(crate) metadata: BTreeMap<String, String>,
    /// A bank has taken it back, or asks about it.
    #[serde(default)]
    pub(crate) disputed: bool,
}

impl Record for Payment {
    const SHELF: &'static str = "stripe-payments";
    fn key(&self) -> String {
        self.id.clone()
    }
}

impl Payment {
    pub(crate) fn is_paid(&self) -> bool {
        self.status == PaymentStatus::Succeeded
    }

    pub(crate) fn received(&self) -> i64 {
        if self.is_paid() { self.amount } else { 0 }
    }

    fn last_error(&self) -> Value {
        if self.status != PaymentStatus::RequiresPaymentMethod {
            return Value::Null;
        }
        json!({ "type": "card_error", "code": "card_declined", "decline_code": "generic_decline", "message": "Your card was declined." })
    }

    pub(super) fn intent(&self) -> Value {
        json!({
            "id": self.id,
            "object": "payment_intent",
            "amount": self.amount,
            "amount_capturable": 0,
            "amount_received": self.received(),
            "capture_method": "automatic_async",
            "confirmation_method": "automatic",
            "created": self.created,
            "currency": self.currency,
            "customer": null,
            "description": null,
            "last_payment_error": self.last_error(),
            "latest_charge": self.charge(),
            "livemode": false,
            "metadata": self.metadata,
            "next_action": null,
            "payment_method_types": ["card"],
            "receipt_email": null,
            "shipping": null,
            "status": self.status,
        })
    }

    pub(super) fn charge(&self) -> Value {
        json!({
            "id": self.charge,
            "object": "charge",
            "amount": self.amount,
            "amount_captured": self.received(),
            "amount_refunded": self.refunded,
            "balance_transaction": format!("txn_{}", self.charge.trim_start_matches("ch_")),
            "billing_details": { "address": null, "email": null, "name": null, "phone": null, "tax_id": null },
            "captured": self.is_paid(),
            "created": self.created,
            "currency": self.currency,
            "customer": null,
            "disputed": self.disputed,
            "livemode": false,
            "metadata": self.metadata,
            "paid": self.is_paid(),
            "payment_intent": self.id,
            "payment_method": null,
            "refunded": self.refunded > 0 && self.refunded >= self.amount,
            "status": match self.status {
                PaymentStatus::Succeeded => "succeeded",
                PaymentStatus::Processing => "pending",
                PaymentStatus::RequiresPaymentMethod => "failed",
            },
        })
    }
}
