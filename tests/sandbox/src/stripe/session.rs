//! The Checkout Session: what is kept of it and how it looks to the shop.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::payment::Payment;
use super::problem::or_null;
use crate::books::{Books, Record};

#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Status {
    Open,
    Complete,
    Expired,
}

#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Session {
    pub(crate) id: String,
    /// Unix seconds, as everywhere at Stripe.
    pub(crate) created: i64,
    pub(crate) expires_at: i64,
    pub(crate) status: Status,
    pub(crate) currency: String,
    /// The sum of the lines, and what the page charges in the end.
    pub(crate) amount_subtotal: i64,
    pub(crate) amount_total: i64,
    pub(crate) lines: Vec<Line>,
    pub(crate) success_url: String,
    pub(crate) cancel_url: Option<String>,
    pub(crate) client_reference_id: Option<String>,
    pub(crate) customer_email: Option<String>,
    pub(crate) locale: Option<String>,
    pub(crate) payment_method_types: Vec<String>,
    pub(crate) metadata: BTreeMap<String, String>,
    pub(crate) intent_metadata: BTreeMap<String, String>,
    pub(crate) payment_intent: Option<String>,
    /// Cards that were declined on the hosted page.
    pub(crate) declines: u32,
}

#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Line {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) quantity: i64,
    pub(crate) unit_amount: i64,
}

impl Record for Session {
    const SHELF: &'static str = "stripe-sessions";
    fn key(&self) -> String {
        self.id.clone()
    }
}

impl Session {
    pub(crate) fn payment_status(&self, payment: Option<&Payment>) -> &'static str {
        match payment {
            Some(payment) if payment.is_paid() => "paid",
            _ => "unpaid",
        }
    }

    /// The whole object, with what the caller asked to expand.
    pub(super) fn view(&self, books: &Books, origin: &str, expand: &[&str]) -> Value {
        let payment = self.payment_intent.as_ref().and_then(|id| books.get::<Payment>(id));
        let is_open = self.status == Status::Open;
        let mut view = json!({
            "id": self.id,
            "object": "checkout.session",
            "adaptive_pricing": { "enabled": false },
            "after_expiration": null,
            "allow_promotion_codes": null,
            "amount_subtotal": self.amount_subtotal,
            "amount_total": self.amount_total,
            "automatic_tax": { "enabled": false, "liability": null, "provider": null, "status": null },
            "billing_address_collection": null,
            "cancel_url": or_null(self.cancel_url.as_ref()),
            "client_reference_id": or_null(self.client_reference_id.as_ref()),
            "client_secret": null,
            "collected_information": null,
            "consent": null,
            "consent_collection": null,
            "created": self.created,
            "currency": self.currency,
            "currency_conversion": null,
            "custom_fields": [],
            "custom_text": {
                "after_submit": null,
                "shipping_address": null,
                "submit": null,
                "terms_of_service_acceptance": null,
            },
            "customer": null,
            "customer_creation": "if_required",
            "customer_details": self.customer(is_open),
            "customer_email": or_null(self.customer_email.as_ref()),
            "discounts": [],
            "expires_at": self.expires_at,
            "invoice": null,
            "invoice_creation": null,
            "livemode": false,
            "locale": or_null(self.locale.as_ref()),
            "metadata": self.metadata,
            "mode": "payment",
            "origin_context": null,
        });
        self.add_outcome(&mut view, payment.as_ref(), origin, expand);
        view
    }

    fn customer(&self, is_open: bool) -> Value {
        if is_open {
            return Value::Null;
        }
        let email = self.customer_email.as_deref().unwrap_or("buyer@example.com");
        json!({ "address": null, "email": email, "name": "Sandbox Buyer", "phone": null, "tax_exempt": "none", "tax_ids": [] })
    }

    fn add_outcome(&self, view: &mut Value, payment: Option<&Payment>, origin: &str, expand: &[&str]) {
        let url = format!("{origin}/stripe/pay/{}", self.id);
        let intent = match payment {
            Some(payment) if expand.iter().any(|name| name.starts_with("payment_intent")) => payment.intent(),
            _ => or_null(self.payment_intent.as_ref()),
        };
        let more = json!({
            "payment_intent": intent,
            "payment_link": null,
            "payment_method_collection": "if_required",
            "payment_method_options": {},
            "payment_method_types": self.payment_method_types,
            "payment_status": self.payment_status(payment),
            "phone_number_collection": { "enabled": false },
            "recovered_from": null,
            "setup_intent": null,
            "shipping_address_collection": null,
            "shipping_cost": null,
            "shipping_options": [],
            "status": self.status,
            "submit_type": null,
            "subscription": null,
            "success_url": self.success_url,
            "total_details": { "amount_discount": 0, "amount_shipping": 0, "amount_tax": 0 },
            "ui_mode": "hosted_page",
            "url": if self.status == Status::Open { Value::String(url) } else { Value::Null },
        });
        if let (Some(fields), Value::Object(more)) = (view.as_object_mut(), more) {
            fields.extend(more);
            if expand.contains(&"line_items") {
                fields.insert("line_items".to_owned(), self.line_items());
            }
        }
    }

    pub(super) fn line_items(&self) -> Value {
        let entry = |line: &Line| {
            let total = line.unit_amount.saturating_mul(line.quantity);
            json!({
                "id": line.id,
                "object": "item",
                "amount_discount": 0,
                "amount_subtotal": total,
                "amount_tax": 0,
                "amount_total": total,
                "currency": self.currency,
                "description": line.name,
                "quantity": line.quantity,
            })
        };
        let entries: Vec<Value> = self.lines.iter().map(entry).collect();
        let url = format!("/v1/checkout/sessions/{}/line_items", self.id);
        json!({ "object": "list", "data": entries, "has_more": false, "url": url })
    }
}
