//! Stripe Checkout: a hosted page takes the card, we ask what became of it. Needs a Stripe account with cards switched on.
//!
//! After docs.stripe.com and the async-stripe types of API version 2026-09-30.endive, read 2026-11-23. Create, look-up and expiry come
//! from async-stripe's typed request builders; the answers are read by `wire.rs`, which forgives missing fields.
//!
//! Quirks: there is no search for a session by our id, only a list by time (`checkout.rs`). Some currencies count differently from
//! ISO 4217 (`amounts.rs`). The first answer to an idempotency key, even an error, is repeated for a day.

mod amounts;
mod checkout;
mod limits;
mod movements;
mod refunds;
pub mod settings;
mod webhook;
mod wire;

#[cfg(test)]
mod tests;

use domain::{
    Secret, Settings, Timestamp, id::PaymentId, order::PaymentRefusal, payment_terms::PaymentTerms,
    product::ProviderCode,
};
use http::{HeaderMap, HeaderName, Method, header};
use stripe_client_core::{RequestBuilder, StripeMethod};

use crate::{
    error::Error,
    exchange::Exchange,
    payments::{
        Moved, Movement, PaymentLookUp, PaymentProvider, PaymentReport, RefundLookUp, RefundReport, RefundRequest,
        Rejected, StartPayment, Started, Verified, VoidOutcome, WebhookEvent, WebhookSource,
    },
    request::{Body, Request},
    response::Response,
};
use settings::StripeSettings;

/// The version our field names are taken from. The webhook endpoint in Stripe's dashboard must be pinned to the same one.
const VERSION: &str = "2026-09-30.endive";

/// Stripe as a provider of payments.
#[derive(Clone)]
pub struct Stripe {
    settings: StripeSettings,
}

impl Stripe {
    pub(super) fn read(settings: &mut Settings) -> Self {
        Self {
            settings: StripeSettings::read(settings),
        }
    }

    /// A request of the typed builders, with our key and our version; `key` makes its repetition harmless for a day.
    fn request(&self, call: &'static str, built: RequestBuilder, key: Option<&str>) -> Result<Request, Error> {
        let mut url = self.settings.base_url.join(&format!("/v1{}", built.path));
        url.set_query(built.query.as_deref().filter(|query| !query.is_empty()));
        let method = match built.method {
            StripeMethod::Get => Method::GET,
            StripeMethod::Post => Method::POST,
            StripeMethod::Delete => Method::DELETE,
        };
        let form = |text: String| Body::Raw {
            content_type: "application/x-www-form-urlencoded",
            bytes: text.into(),
        };
        let body = built.body.map_or(Body::Empty, form);
        let bearer = Secret::new(format!("Bearer {}", self.settings.secret_key.expose()));
        let request = Request::new(method, url, body)
            .secret_header(call, header::AUTHORIZATION, &bearer)?
            .header(call, HeaderName::from_static("stripe-version"), VERSION)?;
        match key {
            Some(key) => request.header(call, HeaderName::from_static("idempotency-key"), key),
            None => Ok(request),
        }
    }
}

impl PaymentProvider for Stripe {
    fn code(&self) -> ProviderCode {
        code()
    }

    fn terms(&self) -> PaymentTerms {
        terms()
    }

    fn refusal(&self, code: &str) -> PaymentRefusal {
        match code {
            "email_invalid" => PaymentRefusal::Email,
            "amount_too_small" | "amount_too_large" | "invalid_charge_amount" => PaymentRefusal::Amount,
            "invalid_charge_amount_no_decimal_compatible" => PaymentRefusal::Amount,
            "currency_not_supported" | "invalid_currency" => PaymentRefusal::Currency,
            _ => PaymentRefusal::Other,
        }
    }

    fn start(&self, payment: &StartPayment) -> Result<Exchange<Started>, Error> {
        checkout::start(self, payment)
    }

    fn look_up(&self, which: &PaymentLookUp) -> Result<Exchange<Option<PaymentReport>>, Error> {
        match &which.provider_reference {
            Some(session) => checkout::look_up(self, session),
            None => checkout::search(self, which),
        }
    }

    fn void(&self, payment: &PaymentId, provider_reference: &str) -> Result<Exchange<VoidOutcome>, Error> {
        checkout::expire(self, payment, provider_reference)
    }

    fn refund(&self, refund: &RefundRequest) -> Result<Exchange<RefundReport>, Error> {
        refunds::refund(self, refund)
    }

    fn find_refund(&self, refund: &RefundLookUp) -> Result<Exchange<Option<RefundReport>>, Error> {
        refunds::find(self, refund)
    }

    fn movements(&self, provider_reference: &str) -> Result<Exchange<Vec<Movement>>, Error> {
        movements::of_session(self, provider_reference)
    }

    fn moved_since(&self, since: Timestamp) -> Result<Exchange<Vec<Moved>>, Error> {
        movements::since(self, since)
    }

    fn payment_of(&self, settlement_reference: &str) -> Result<Exchange<Option<PaymentId>>, Error> {
        movements::payment_of(self, settlement_reference)
    }
}

/// Stripe as a source of webhooks.
pub struct StripeWebhooks {
    secrets: Vec<Secret>,
}

impl StripeWebhooks {
    pub(super) fn read(settings: &mut Settings) -> Self {
        Self {
            secrets: settings::webhook_secrets(settings),
        }
    }
}

impl WebhookSource for StripeWebhooks {
    fn code(&self) -> ProviderCode {
        code()
    }

    fn verify(&self, raw: &[u8], headers: &HeaderMap, now: Timestamp) -> Result<Verified, Rejected> {
        webhook::verify(raw, headers, &self.secrets, now)
    }

    fn parse(&self, raw: &[u8]) -> Result<WebhookEvent, Error> {
        webhook::parse(raw)
    }
}

/// What Stripe takes.
pub(super) fn terms() -> PaymentTerms {
    PaymentTerms {
        provider: code(),
        limits: limits::of,
    }
}

fn code() -> ProviderCode {
    "stripe"
        .parse()
        .unwrap_or_else(|_| unreachable!("a constant code is a code"))
}

/// An id of Stripe's, checked before it becomes part of a path.
fn plain_id<'a>(call: &'static str, id: &'a str) -> Result<&'a str, Error> {
    let plain = !id.is_empty() && id.len() <= 255 && id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    if plain {
        Ok(id)
    } else {
        Err(Error::Invalid {
            call,
            problem: "this is no id of Stripe's",
        })
    }
}

/// Why an answer is not a success. 429 and 5xx are judged before an adapter sees them.
fn refusal(call: &'static str, response: &Response) -> Error {
    let problem = match response.json::<wire::Problem>(call) {
        Ok(problem) => problem.error,
        // A 401 without a body of Stripe's is about our key all the same; anything else may be a stranger on the way.
        Err(_) if matches!(response.status, 401 | 403) => wire::ProblemDetail::default(),
        Err(unreadable) => return unreadable,
    };
    let kind = problem.kind.unwrap_or_default();
    let code = problem.code.unwrap_or_else(|| kind.clone());
    match response.status {
        401 | 403 => Error::Unauthorized { call, code },
        // Another call with the same key is under way, or came earlier with other contents: what that one did is not known here.
        409 => Error::Unavailable {
            call,
            source: code.into(),
        },
        _ if kind == "idempotency_error" => Error::Unavailable {
            call,
            source: code.into(),
        },
        400..500 => {
            let text = [problem.message, problem.param]
                .into_iter()
                .flatten()
                .collect::<Vec<_>>()
                .join(" / ");
            Error::Refused { call, code, text }
        }
        status => Error::malformed(call, format!("HTTP status {status}")),
    }
}
