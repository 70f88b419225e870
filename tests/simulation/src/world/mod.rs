//! The outside world: a payment provider, a store and a carrier that speak their own protocols and keep books of their own. The books are the
//! truth that everything of ours is compared with.

pub(crate) mod carrier;
pub(crate) mod messages;
pub(crate) mod payments;
pub(crate) mod store;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use domain::Timestamp;
use providers::{Http, Loss, Request, Response};
use serde_json::Value;

use crate::{
    bugs::Bug,
    control::{Control, Spot},
    faults::Fault,
};

/// Everybody outside.
#[derive(Default)]
pub(crate) struct World {
    pub(crate) payments: payments::Payments,
    pub(crate) store: store::Store,
    pub(crate) carrier: carrier::Carrier,
    pub(crate) messages: messages::Messages,
}

/// A provider's turn: what it may use to answer one request.
pub(crate) struct Turn<'a> {
    pub(crate) now: Timestamp,
    pub(crate) control: &'a Control,
}

impl Turn<'_> {
    pub(crate) fn strikes(&self, fault: Fault) -> bool {
        self.control.strikes(fault)
    }

    pub(crate) fn between(&self, least: i64, most: i64) -> i64 {
        self.control.lock().chance.between(least, most)
    }
}

/// The world as a town shares it.
#[derive(Clone, Default)]
pub(crate) struct Shared(Arc<Mutex<World>>);

impl Shared {
    pub(crate) fn lock(&self) -> MutexGuard<'_, World> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The world behind the functions' HTTP client.
    pub(crate) fn http(&self, control: &Control, bug: Option<Bug>) -> Http {
        let (world, control) = (self.clone(), control.clone());
        Http::simulated(move |request| {
            let (world, control, request) = (world.clone(), control.clone(), request.clone());
            Box::pin(async move { call(&world, &control, bug, request).await })
        })
    }

    fn answer(&self, control: &Control, request: &Request) -> Response {
        let turn = Turn {
            now: control.now(),
            control,
        };
        let mut world = self.lock();
        match request.url.host_str() {
            Some("stripe.test") => world.payments.answer(&turn, request),
            Some("aliexpress.test") => world.store.answer(&turn, request),
            Some("mail.test") => world.messages.mail(request),
            Some("texts.test") => world.messages.text(request),
            Some("dhl.test") => world.carrier.answer(&turn, request),
            _ => json(404, &Value::Null),
        }
    }
}

/// One call on its way there and back.
async fn call(world: &Shared, control: &Control, bug: Option<Bug>, mut request: Request) -> Result<Response, Loss> {
    let name = name(&request);
    let spot = |moment| Spot {
        moment,
        operation: &name,
        place: "",
    };
    control.point(spot("call ")).await;
    if control.is_away(request.url.host_str()) || control.meets(Fault::Unreachable) {
        return Err(Loss::NotConnected("nobody is there".into()));
    }
    if control.meets(Fault::TooMany) {
        return Ok(json(429, &Value::Null));
    }
    if control.meets(Fault::RefuseBefore) {
        return Ok(json(500, &Value::Null));
    }
    if control.meets(Fault::ErrorInside) {
        return Ok(json(
            200,
            &serde_json::json!({ "error_response": { "code": "ServiceTimeout", "type": "ISP", "msg": "busy" } }),
        ));
    }
    if bug == Some(Bug::FreshKeys) {
        let key = format!("k{}", control.lock().chance.next());
        if let Ok(value) = http::HeaderValue::from_str(&key) {
            request.headers.insert("idempotency-key", value);
        }
    }
    let sent = control.now();
    let answer = world.answer(control, &request);
    control.note(format_args!("{name} answered {}", answer.status));
    control.point(spot("after ")).await;
    if control.meets(Fault::ErrorAfter) {
        return Ok(json(503, &Value::Null));
    }
    let took = control.now().since(sent);
    if took > request.timeout || control.meets(Fault::LoseAnswer) {
        if bug == Some(Bug::RetriesOnTimeout) {
            return Ok(world.answer(control, &request));
        }
        return Err(Loss::NoAnswer("the answer was lost".into()));
    }
    Ok(answer)
}

/// The call's name without what differs from order to order.
fn name(request: &Request) -> String {
    let host = request.url.host_str().unwrap_or_default();
    let host = host.trim_end_matches(".test");
    if host == "aliexpress" {
        let body = request.body.bytes();
        let method = url::form_urlencoded::parse(&body).find(|(name, _)| name == "method");
        let method = method.map(|(_, value)| value.into_owned()).unwrap_or_default();
        return format!("{host} {method}");
    }
    let plain = |part: &&str| !part.chars().any(|c| c.is_ascii_digit()) || part.len() < 4;
    let path: Vec<&str> = request.url.path().split('/').filter(plain).collect();
    format!("{host} {} {}", request.method, path.join("/"))
}

pub(crate) fn form(request: &Request) -> Vec<(String, String)> {
    let body = request.body.bytes();
    url::form_urlencoded::parse(&body)
        .map(|(name, value)| (name.into_owned(), value.into_owned()))
        .collect()
}

pub(crate) fn field<'a>(form: &'a [(String, String)], name: &str) -> &'a str {
    form.iter()
        .find(|(known, _)| known == name)
        .map_or("", |(_, value)| value.as_str())
}

pub(crate) fn json(status: u16, body: &Value) -> Response {
    Response::new(status, body.to_string())
}

/// A whole number of hundredths as decimal text.
pub(crate) fn decimal(cents: i64) -> String {
    format!("{}.{:02}", cents / 100, cents.abs() % 100)
}
