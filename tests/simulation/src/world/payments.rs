//! A payment provider that speaks Stripe: hosted pages, refunds, idempotency keys kept for a day, and events.

use std::collections::BTreeMap;

use domain::Timestamp;
use providers::{Request, Response};
use serde_json::{Value, json};

use super::{Turn, field, form, json as answer};
use crate::faults::Fault;

const PAID: &str = "checkout.session.completed";
/// Money that comes when the page is closed. The provider tells it for sure: nobody asks again for a page that it has called closed, and
/// such money is found without its word only by comparing whole books.
pub(crate) const PAID_LATE: &str = "checkout.session.async_payment_succeeded";
/// Keys are remembered for 24 hours.
const KEY_LIFE_MS: i64 = 24 * 3600 * 1000;

/// A hosted payment page.
#[derive(Clone, Debug)]
pub(crate) struct Session {
    pub(crate) payment: String,
    pub(crate) asked: i64,
    pub(crate) currency: String,
    created: Timestamp,
    expires_at: i64,
    is_closed: bool,
    pub(crate) paid: Option<i64>,
}

/// Money that went back.
#[derive(Clone, Debug)]
pub(crate) struct Refund {
    pub(crate) refund: String,
    attempt: String,
    pub(crate) session: String,
    pub(crate) amount: i64,
    pub(crate) is_failed: bool,
}

/// The provider's books.
#[derive(Default)]
pub(crate) struct Payments {
    pub(crate) sessions: BTreeMap<String, Session>,
    pub(crate) refunds: BTreeMap<String, Refund>,
    keys: BTreeMap<String, (Timestamp, String, u16, Value)>,
    /// Events that are still to be told: the name and the object.
    pub(crate) untold: Vec<(String, Value)>,
    number: u64,
}

impl Payments {
    pub(crate) fn answer(&mut self, turn: &Turn<'_>, request: &Request) -> Response {
        let path = request.url.path().trim_start_matches("/v1").to_owned();
        let key = request.headers.get("idempotency-key").and_then(|key| key.to_str().ok());
        let body = String::from_utf8_lossy(&request.body.bytes()).into_owned();
        if let Some(known) = key.and_then(|key| self.keys.get(key))
            && turn.now.as_millis().saturating_sub(known.0.as_millis()) < KEY_LIFE_MS
        {
            if known.1 != body {
                return refused(
                    400,
                    "idempotency_error",
                    "This key was used before with other parameters.",
                );
            }
            return answer(known.2, &known.3);
        }
        let fields = form(request);
        let (status, told) = match (request.method.as_str(), path.as_str()) {
            ("POST", "/checkout/sessions") => self.open(turn, &fields),
            ("GET", "/checkout/sessions") => (200, self.list(turn, request)),
            ("POST", "/refunds") => self.refund(turn, &fields),
            ("GET", "/refunds") => (200, self.refunds_of(request)),
            ("GET", "/disputes" | "/radar/early_fraud_warnings") => (200, json!({ "data": [], "has_more": false })),
            (method, path) => self.of_session(turn, method, path),
        };
        if let Some(key) = key {
            self.keys.insert(key.to_owned(), (turn.now, body, status, told.clone()));
        }
        answer(status, &told)
    }

    fn open(&mut self, turn: &Turn<'_>, fields: &[(String, String)]) -> (u16, Value) {
        let number = |name: &str| field(fields, name).parse::<i64>().unwrap_or(0);
        let expires_at = number("expires_at");
        let lives = expires_at.saturating_sub(turn.now.as_seconds());
        if !(30 * 60..=24 * 3600).contains(&lives) {
            return (
                400,
                problem(
                    "invalid_request_error",
                    "expires_at must be between 30 minutes and 24 hours",
                ),
            );
        }
        let (units, currency) = (
            number("line_items[0][price_data][unit_amount]"),
            field(fields, "line_items[0][price_data][currency]"),
        );
        if let Some(code) = not_taken(units, currency) {
            return (
                400,
                json!({ "error": { "type": "invalid_request_error", "code": code, "message": "not taken" } }),
            );
        }
        self.number = self.number.saturating_add(1);
        let id = format!("cs_test_{}", self.number);
        let session = Session {
            payment: field(fields, "client_reference_id").to_owned(),
            asked: number("line_items[0][price_data][unit_amount]"),
            currency: field(fields, "line_items[0][price_data][currency]").to_owned(),
            created: turn.now,
            expires_at,
            is_closed: false,
            paid: None,
        };
        let told = session.told(&id, turn.now);
        self.sessions.insert(id, session);
        (200, told)
    }

    fn of_session(&mut self, turn: &Turn<'_>, method: &str, path: &str) -> (u16, Value) {
        let rest = path.trim_start_matches("/checkout/sessions/");
        let (id, verb) = rest.split_once('/').unwrap_or((rest, ""));
        let Some(session) = self.sessions.get_mut(id) else {
            return (
                404,
                json!({ "error": { "type": "invalid_request_error", "code": "resource_missing", "message": "No such session" } }),
            );
        };
        if method == "POST" && verb == "expire" {
            if session.status(turn.now) != "open" {
                return (
                    400,
                    problem("invalid_request_error", "Only open sessions can be expired."),
                );
            }
            session.is_closed = true;
        }
        (200, session.told(id, turn.now))
    }

    fn list(&self, turn: &Turn<'_>, request: &Request) -> Value {
        let bound = |name: &str| {
            let found = request.url.query_pairs().find(|(known, _)| known == name);
            found.and_then(|(_, value)| value.parse::<i64>().ok())
        };
        let (from, to) = (
            bound("created[gte]").unwrap_or(0),
            bound("created[lte]").unwrap_or(i64::MAX),
        );
        let within = |session: &Session| (from..=to).contains(&session.created.as_seconds());
        let found: Vec<Value> = self
            .sessions
            .iter()
            .filter(|(_, session)| within(session))
            .map(|(id, session)| session.told(id, turn.now))
            .collect();
        json!({ "object": "list", "data": found, "has_more": false })
    }

    fn refund(&mut self, turn: &Turn<'_>, fields: &[(String, String)]) -> (u16, Value) {
        let intent = field(fields, "payment_intent");
        let session = intent.replacen("pi_", "cs_", 1);
        let amount = field(fields, "amount").parse::<i64>().unwrap_or(0);
        let paid = self
            .sessions
            .get(&session)
            .and_then(|session| session.paid)
            .unwrap_or(0);
        if amount <= 0 || self.refunded(&session).saturating_add(amount) > paid {
            return (
                400,
                json!({ "error": { "type": "invalid_request_error", "code": "charge_already_refunded", "message": "More than was charged." } }),
            );
        }
        self.number = self.number.saturating_add(1);
        let id = format!("re_{}", self.number);
        let refund = Refund {
            refund: field(fields, "metadata[refund_id]").to_owned(),
            attempt: field(fields, "metadata[attempt]").to_owned(),
            session,
            amount,
            is_failed: turn.strikes(Fault::RefundFails),
        };
        let told = self.tell_refund(&id, &refund);
        self.untold.push(("refund.updated".to_owned(), told.clone()));
        self.refunds.insert(id, refund);
        (200, told)
    }

    fn refunds_of(&self, request: &Request) -> Value {
        let intent = request.url.query_pairs().find(|(name, _)| name == "payment_intent");
        let session = intent
            .map(|(_, intent)| intent.replacen("pi_", "cs_", 1))
            .unwrap_or_default();
        let mine = self.refunds.iter().filter(|(_, refund)| refund.session == session);
        let data: Vec<Value> = mine.map(|(id, refund)| self.tell_refund(id, refund)).collect();
        json!({ "object": "list", "data": data, "has_more": false })
    }

    fn tell_refund(&self, id: &str, refund: &Refund) -> Value {
        let currency = self
            .sessions
            .get(&refund.session)
            .map_or("", |session| session.currency.as_str());
        let status = if refund.is_failed { "failed" } else { "succeeded" };
        json!({
            "id": id, "object": "refund", "amount": refund.amount, "currency": currency, "status": status,
            "metadata": { "refund_id": refund.refund, "attempt": refund.attempt }, "failure_reason": refund.is_failed.then_some("lost_or_stolen_card"),
            "payment_intent": refund.session.replacen("cs_", "pi_", 1)
        })
    }

    /// What has gone back of a session's money.
    pub(crate) fn refunded(&self, session: &str) -> i64 {
        let mine = self
            .refunds
            .values()
            .filter(|refund| refund.session == session && !refund.is_failed);
        mine.map(|refund| refund.amount).sum()
    }

    /// A customer pays a page; false when it is closed or paid already.
    pub(crate) fn pay(&mut self, turn: &Turn<'_>, id: &str) -> bool {
        let Some(session) = self.sessions.get_mut(id) else {
            return false;
        };
        let status = session.status(turn.now);
        if status == "complete" || (status == "expired" && !turn.strikes(Fault::PaidWhenClosed)) {
            return false;
        }
        let is_wrong = turn.strikes(Fault::WrongAmount);
        session.paid = Some(if is_wrong {
            session.asked.saturating_sub(turn.between(1, 5000)).max(1)
        } else {
            session.asked
        });
        let told = session.told(id, turn.now);
        let event = if status == "expired" { PAID_LATE } else { PAID };
        self.untold.push((event.to_owned(), told));
        true
    }
}

impl Session {
    pub(crate) fn status(&self, now: Timestamp) -> &'static str {
        if self.paid.is_some() {
            "complete"
        } else if self.is_closed || now.as_seconds() >= self.expires_at {
            "expired"
        } else {
            "open"
        }
    }

    fn told(&self, id: &str, now: Timestamp) -> Value {
        let intent = self
            .paid
            .map(|_| json!({ "id": id.replacen("cs_", "pi_", 1), "status": "succeeded" }));
        json!({
            "id": id, "object": "checkout.session", "amount_total": self.paid.unwrap_or(self.asked), "currency": self.currency,
            "client_reference_id": self.payment, "created": self.created.as_seconds(), "expires_at": self.expires_at,
            "metadata": { "payment_id": self.payment }, "payment_intent": intent, "status": self.status(now),
            "payment_status": if self.paid.is_some() { "paid" } else { "unpaid" }, "url": format!("https://stripe.test/pay/{id}")
        })
    }
}

/// Why an amount is not taken: at most eight digits, and whole units where hundredths mean nothing any more.
fn not_taken(units: i64, currency: &str) -> Option<&'static str> {
    if units > 99_999_999 {
        Some("amount_too_large")
    } else if units < 50 {
        Some("amount_too_small")
    } else if matches!(currency, "ugx" | "isk") && units % 100 != 0 {
        Some("invalid_charge_amount_no_decimal_compatible")
    } else {
        None
    }
}

fn problem(kind: &str, message: &str) -> Value {
    json!({ "error": { "type": kind, "message": message } })
}

fn refused(status: u16, kind: &str, message: &str) -> Response {
    answer(status, &problem(kind, message))
}
