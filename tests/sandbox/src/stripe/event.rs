//! Events for the shop: written in the same commit as what they tell of, signed when they are sent.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::session::Session;
use crate::books::Record;
use crate::calls::Turn;
use crate::json::Fields;
use crate::signing::hmac_hex;

/// The version the sandbox speaks, named in every event.
pub(super) const API_VERSION: &str = "2026-09-30.endive";

#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Fate {
    Waiting,
    Delivered,
    /// All attempts failed.
    GivenUp,
    /// A fault swallowed it.
    Dropped,
}

#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Event {
    pub(crate) id: String,
    pub(crate) kind: String,
    /// Unix seconds.
    pub(crate) created: i64,
    pub(crate) object: Value,
    pub(crate) fate: Fate,
    pub(crate) attempts: u32,
    /// Milliseconds; when the next attempt is due.
    pub(crate) next_at: i64,
    /// What the last attempt met: a status or a sentence.
    pub(crate) last_outcome: String,
}

impl Record for Event {
    const SHELF: &'static str = "stripe-events";
    fn key(&self) -> String {
        self.id.clone()
    }
}

impl Event {
    /// The body of a delivery, the same bytes for every attempt.
    pub(super) fn body(&self) -> String {
        let body = json!({
            "id": self.id,
            "object": "event",
            "api_version": API_VERSION,
            "created": self.created,
            "data": { "object": self.object },
            "livemode": false,
            "pending_webhooks": 1,
            "request": { "id": null, "idempotency_key": null },
            "type": self.kind,
        });
        body.to_string()
    }
}

/// What an endpoint of a shop is subscribed to. Stripe makes many more events of a payment; an endpoint hears of those that it names.
const SUBSCRIBED: [&str; 6] = [
    "checkout.session.",
    "refund.",
    "charge.refunded",
    "charge.dispute.",
    "radar.early_fraud_warning.",
    "payment_intent.payment_failed",
];

/// Notes an event that somebody is subscribed to; it is sent as soon as the commit is done.
pub(super) fn note(turn: &mut Turn<'_>, kind: &str, object: Value) {
    if !SUBSCRIBED.iter().any(|start| kind.starts_with(start)) {
        return;
    }
    let event = new(turn, kind, object);
    turn.books.put(&event);
}

/// What a stranger would have to send so that an unpaid session looks paid; it never enters the books.
pub(crate) fn forged(turn: &mut Turn<'_>, session: &Session) -> Event {
    let mut object = session.view(turn.books, &turn.settings.origin, &[]);
    object.set("status", "complete");
    object.set("payment_status", "paid");
    object.set("payment_intent", "pi_3OfAStranger000000000000");
    new(turn, "checkout.session.completed", object)
}

fn new(turn: &mut Turn<'_>, kind: &str, object: Value) -> Event {
    Event {
        id: format!("evt_1{}", turn.books.invent("stripe/event", 23)),
        kind: kind.to_owned(),
        created: turn.now / 1000,
        object,
        fate: Fate::Waiting,
        attempts: 0,
        next_at: turn.now,
        last_outcome: String::new(),
    }
}

/// The value of the `Stripe-Signature` header.
pub(super) fn signature(secret: &str, seconds: i64, body: &str) -> String {
    let signed = hmac_hex(secret.as_bytes(), format!("{seconds}.{body}").as_bytes());
    format!("t={seconds},v1={signed}")
}

#[cfg(test)]
mod tests {
    use super::*;

    const BODY: &str = concat!(
        r#"{"id":"evt_1TestVector0001","object":"event","api_version":"2026-09-30.endive","created":1764000000,"#,
        r#""data":{"object":{"id":"cs_test_a1Vector","object":"checkout.session","amount_total":7997,"currency":"usd","#,
        r#""payment_status":"paid","status":"complete","client_reference_id":"ord_01JDEMO"}},"livemode":false,"#,
        r#""pending_webhooks":1,"request":{"id":null,"idempotency_key":null},"type":"checkout.session.completed"}"#
    );

    #[test]
    fn events_are_signed_like_the_published_examples() {
        let long = signature("whsec_test_5f2c1e7a9b", 1_764_000_000, BODY);
        let short = signature("whsec_x", 1, r#"{"a":1}"#);

        assert_eq!(
            long,
            "t=1764000000,v1=1307e3eff44a27fc60471ac858c49fe9d588ba0e2892f25f55716bf55c118175"
        );
        assert_eq!(
            short,
            "t=1,v1=7318395d4aaca1dcc05b8514f79fad3e366e403c75307c6742e207c2c83c2a68"
        );
    }
}
