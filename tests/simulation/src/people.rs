//! Customers: what each of them wants, the requests they send for it, and what they do with answers that do not come.

use std::collections::BTreeMap;

use axum::{
    body::Body,
    http::{Method, Request},
};
use domain::id::OrderId;
use serde_json::{Value, json};

use crate::{
    control::Inner,
    faults::Fault,
    shop::Answer,
    town::{Event, Origin, Town},
    world::{Turn, store},
};

const SECOND_MS: i64 = 1_000;
const MINUTE_MS: i64 = 60 * SECOND_MS;
const HOUR_MS: i64 = 60 * MINUTE_MS;
/// Somebody who gets no answer so often goes away.
const PATIENCE: u32 = 40;
/// New prices, new pages: so often a customer begins a step again from the start.
const NEW_STARTS: u32 = 6;

/// Where a customer is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    Add(usize),
    Quote,
    Order,
    Pay,
    AtPage,
    PayAgain,
    AtSecondPage,
    Look,
    Peek,
    Cancel,
    Rest,
}

/// A customer.
pub(crate) struct Customer {
    pub(crate) step: Step,
    pub(crate) token: Option<String>,
    pub(crate) order: Option<OrderId>,
    pub(crate) pages: Vec<String>,
    basket: Vec<(u64, u32)>,
    place: &'static (&'static str, &'static str, &'static str, &'static str),
    drift: &'static str,
    quote: Option<String>,
    key: String,
    tries: u32,
    starts: u32,
    pays_twice: bool,
    pays_late: bool,
    cancels: bool,
    peeks: bool,
    answers: BTreeMap<String, String>,
    /// Why they went away without an order.
    pub(crate) gave_up: Option<String>,
}

/// Country, city, postcode and tax number.
const PLACES: &[(&str, &str, &str, &str)] = &[
    ("KE", "Nairobi", "", "A123456789Z"),
    ("KE", "Kisumu", "", "A123456789Z"),
    ("UG", "Kampala", "", ""),
    ("GB", "London", "SW1A 1AA", ""),
    ("DE", "Berlin", "10115", ""),
];

const DRIFTS: &[&str] = &["within_guarantee", "ask", "drop_line", ""];

impl Customer {
    pub(crate) fn drawn(control: &mut Inner) -> Self {
        let chance = &mut control.chance;
        let lines = if chance.hits(250) { 2 } else { 1 };
        let mut basket = Vec::new();
        for _ in 0..lines {
            let product = store::FIRST_PRODUCT.saturating_add(chance.below(store::PRODUCTS));
            let quantity = u32::try_from(chance.below(2)).unwrap_or(0).saturating_add(1);
            if basket.iter().all(|(known, _)| *known != product) {
                basket.push((product, quantity));
            }
        }
        let place = PLACES
            .get(chance.index(PLACES.len()))
            .unwrap_or(&("KE", "Nairobi", "", ""));
        let drift = DRIFTS.get(chance.index(DRIFTS.len())).copied().unwrap_or("");
        let key = fresh_key(control);
        Self {
            step: Step::Add(0),
            token: None,
            order: None,
            pages: Vec::new(),
            basket,
            place,
            drift,
            quote: None,
            key,
            tries: 0,
            starts: 0,
            pays_twice: control.strikes(Fault::PaysTwice),
            pays_late: control.strikes(Fault::PaysLate),
            cancels: control.strikes(Fault::Cancels),
            peeks: control.strikes(Fault::Peeks),
            answers: BTreeMap::new(),
            gave_up: None,
        }
    }

    fn request(&self, other: Option<&OrderId>) -> Option<Request<Body>> {
        let order = || self.order.as_ref().map(OrderId::as_str).unwrap_or_default();
        let (method, path, body) = match self.step {
            Step::Add(line) => {
                let (product, quantity) = self.basket.get(line)?;
                let line = json!({
                    "store": "aliexpress", "product": product.to_string(), "variant": "12000039870010012|14:193#Coal", "quantity": quantity
                });
                (Method::POST, "/cart/lines".to_owned(), line)
            }
            Step::Quote => (
                Method::POST,
                "/quotes".to_owned(),
                json!({ "country": self.place.0, "city": self.place.1, "postcode": self.place.2 }),
            ),
            Step::Order => (Method::POST, "/orders".to_owned(), self.order_form()),
            Step::Pay | Step::PayAgain => (
                Method::POST,
                format!("/orders/{}/payments", order()),
                json!({ "provider": "stripe" }),
            ),
            Step::Look => (Method::GET, format!("/orders/{}", order()), Value::Null),
            Step::Peek => (Method::GET, format!("/orders/{}", other?), Value::Null),
            Step::Cancel => (Method::POST, format!("/orders/{}/cancellation", order()), json!({})),
            Step::AtPage | Step::AtSecondPage | Step::Rest => return None,
        };
        asked(method, &path, self.token.as_deref(), &self.key, &body)
    }

    fn order_form(&self) -> Value {
        json!({
            "quote": self.quote, "name": "Achieng Otieno", "phone": "+254712345678", "email": "achieng@example.com", "line1": "Ngong Road 44",
            "landmark": "opposite the market", "city": self.place.1, "postcode": self.place.2, "country": self.place.0,
            "tax_number": self.place.3, "drift": self.drift
        })
    }
}

/// A request as a program sends it.
pub(crate) fn asked(method: Method, path: &str, token: Option<&str>, key: &str, body: &Value) -> Option<Request<Body>> {
    let mut request = Request::builder()
        .uri(path)
        .header("accept", "application/json")
        .header("idempotency-key", key);
    if let Some(token) = token {
        request = request.header("authorization", format!("Bearer {token}"));
    }
    let body = if method == Method::GET {
        Body::empty()
    } else {
        request = request.header("content-type", "application/json");
        Body::from(body.to_string())
    };
    request.method(method).body(body).ok()
}

pub(crate) fn fresh_key(control: &mut Inner) -> String {
    format!("key-{:016x}{:016x}", control.chance.next(), control.chance.next())
}

impl Town {
    pub(crate) fn customer_steps(&mut self, who: usize) {
        let other = self
            .customers
            .get(who.saturating_add(1) % self.customers.len().max(1))
            .and_then(|other| other.order.clone());
        let Some(customer) = self.customers.get(who) else {
            return;
        };
        let step = customer.step;
        match step {
            Step::Rest => {}
            Step::AtPage | Step::AtSecondPage => self.customer_pays(who),
            Step::Peek if other.is_none() || other == customer.order => self.rests(who),
            Step::Add(_)
            | Step::Quote
            | Step::Order
            | Step::Pay
            | Step::PayAgain
            | Step::Look
            | Step::Peek
            | Step::Cancel => {
                let key = customer.key.clone();
                let Some(request) = customer.request(other.as_ref()) else {
                    self.rests(who);
                    return;
                };
                let again = customer.request(other.as_ref());
                let posts = !matches!(step, Step::Look | Step::Peek | Step::Add(_));
                self.request(request, Origin::Customer(who, step, key.clone()));
                if posts
                    && self.strikes(Fault::DoubleClick)
                    && let Some(again) = again
                {
                    self.request(again, Origin::Customer(who, step, key));
                }
            }
        }
    }

    fn rests(&mut self, who: usize) {
        if let Some(customer) = self.customers.get_mut(who) {
            customer.step = Step::Rest;
        }
    }

    /// The next thing a customer does, under a new key.
    fn goes_on(&mut self, who: usize, step: Step, millis: i64) {
        let key = fresh_key(&mut self.control.lock());
        if let Some(customer) = self.customers.get_mut(who) {
            customer.step = step;
            customer.key = key;
            customer.tries = 0;
            if step != Step::Rest {
                self.later(millis, Event::Customer(who));
            }
        }
    }

    fn customer_pays(&mut self, who: usize) {
        let (now, control) = (self.now(), self.control.clone());
        let Some(customer) = self.customers.get(who) else {
            return;
        };
        let (step, page) = (customer.step, customer.pages.last().cloned().unwrap_or_default());
        let (twice, starts) = (customer.pays_twice, customer.starts);
        let paid = self.world.lock().payments.pay(&Turn { now, control: &control }, &page);
        self.control.note(|| format!("a customer pays {page}: {paid}"));
        match (paid, step) {
            (true, Step::AtPage) if twice => self.goes_on(who, Step::PayAgain, 100),
            (true, _) => self.goes_on(who, Step::Look, 5 * SECOND_MS),
            (false, Step::AtPage) if starts < NEW_STARTS => {
                if let Some(customer) = self.customers.get_mut(who) {
                    customer.starts = starts.saturating_add(1);
                }
                self.goes_on(who, Step::Pay, MINUTE_MS);
            }
            (false, _) => self.goes_on(who, Step::Look, MINUTE_MS),
        }
    }

    pub(crate) fn customer_answered(&mut self, who: usize, step: Step, key: &str, answer: Option<Answer>) {
        let (status, cookie, body) = match answer {
            Some(Answer::Http { status, cookie, body }) => (status, cookie, body),
            Some(Answer::Work(_)) | None => (0, None, Vec::new()),
        };
        let said: Value = serde_json::from_slice(&body).unwrap_or_default();
        self.same_answer(who, step, key, status, &said);
        let Some(customer) = self.customers.get_mut(who) else {
            return;
        };
        if customer.step != step || customer.key != key {
            return;
        }
        if let Some(token) = cookie.as_deref().and_then(token_in) {
            customer.token = Some(token.to_owned());
        }
        customer.tries = customer.tries.saturating_add(1);
        let tries = customer.tries;
        match status {
            200..=303 => self.customer_goes_on(who, step, &said),
            0 | 409 | 429 | 500.. if tries < PATIENCE => {
                let pause = self.between(SECOND_MS, MINUTE_MS);
                self.later(pause, Event::Customer(who));
            }
            _ => self.customer_refused(who, step, status, &said),
        }
    }

    /// The same key tells of the same thing, however often it is sent.
    fn same_answer(&mut self, who: usize, step: Step, key: &str, status: u16, said: &Value) {
        if !(200..=201).contains(&status) || !matches!(step, Step::Quote | Step::Order | Step::Pay | Step::PayAgain) {
            return;
        }
        let Some(id) = said.get("id").and_then(Value::as_str).map(str::to_owned) else {
            return;
        };
        let before = self
            .customers
            .get_mut(who)
            .and_then(|customer| customer.answers.insert(key.to_owned(), id.clone()));
        if let Some(before) = before
            && before != id
        {
            self.broken(23, format!("{step:?} under one key gave {before} and {id}"));
        }
    }

    fn customer_goes_on(&mut self, who: usize, step: Step, said: &Value) {
        let think = self.between(SECOND_MS, 2 * MINUTE_MS);
        let text = |name: &str| said.get(name).and_then(Value::as_str).map(str::to_owned);
        let Some(customer) = self.customers.get_mut(who) else {
            return;
        };
        let lines = customer.basket.len();
        match step {
            Step::Add(line) if line.saturating_add(1) < lines => {
                self.goes_on(who, Step::Add(line.saturating_add(1)), think)
            }
            Step::Add(_) => self.goes_on(who, Step::Quote, think),
            Step::Quote => {
                customer.quote = text("id");
                self.goes_on(who, Step::Order, think);
            }
            Step::Order => {
                customer.order = text("id").and_then(|id| id.parse().ok());
                if customer.cancels {
                    customer.cancels = false;
                    // Somebody who cancels does so at another time than they pay: as a second person with the same session.
                    let wait = self.between(0, 40 * HOUR_MS);
                    self.cancels_later(who, wait);
                }
                self.goes_on(who, Step::Pay, think);
            }
            Step::Pay | Step::PayAgain => {
                let page = text("redirect_url").and_then(|url| url.rsplit('/').next().map(str::to_owned));
                let is_late = std::mem::take(&mut customer.pays_late);
                customer.pages.extend(page);
                let wait = if is_late {
                    self.between(HOUR_MS, 30 * HOUR_MS)
                } else {
                    think
                };
                let next = if step == Step::Pay {
                    Step::AtPage
                } else {
                    Step::AtSecondPage
                };
                self.goes_on(who, next, wait);
            }
            Step::Look => {
                let next = if customer.peeks { Step::Peek } else { Step::Rest };
                self.goes_on(who, next, think);
            }
            Step::Peek => {
                self.broken(31, "a customer saw somebody else's order");
                self.rests(who);
            }
            Step::Cancel | Step::AtPage | Step::AtSecondPage | Step::Rest => self.rests(who),
        }
    }

    /// A customer of the same session who only cancels.
    fn cancels_later(&mut self, who: usize, wait: i64) {
        let key = fresh_key(&mut self.control.lock());
        let Some(customer) = self.customers.get(who) else {
            return;
        };
        let twin = Customer {
            step: Step::Cancel,
            token: customer.token.clone(),
            order: customer.order.clone(),
            pages: Vec::new(),
            basket: Vec::new(),
            place: customer.place,
            drift: "",
            quote: None,
            key,
            tries: 0,
            starts: 0,
            pays_twice: false,
            pays_late: false,
            cancels: false,
            peeks: false,
            answers: BTreeMap::new(),
            gave_up: None,
        };
        self.customers.push(twin);
        let number = self.customers.len().saturating_sub(1);
        self.later(wait, Event::Customer(number));
    }

    fn customer_refused(&mut self, who: usize, step: Step, status: u16, said: &Value) {
        let code = said.get("code").and_then(Value::as_str).unwrap_or("no code").to_owned();
        self.control
            .note(|| format!("a customer is refused at {step:?}: {status} {code}"));
        let Some(customer) = self.customers.get_mut(who) else {
            return;
        };
        customer.starts = customer.starts.saturating_add(1);
        let is_new_start = customer.starts <= NEW_STARTS;
        match step {
            Step::Look if status == 404 => self.broken(30, "a customer does not find the order they placed"),
            Step::Add(_) | Step::Quote if is_new_start => self.goes_on(who, step, MINUTE_MS),
            // The price has expired or the cart is another: a new price is asked for.
            Step::Order if is_new_start => self.goes_on(who, Step::Quote, MINUTE_MS),
            Step::Pay if is_new_start => self.goes_on(who, Step::Look, MINUTE_MS),
            Step::Add(_)
            | Step::Quote
            | Step::Order
            | Step::Pay
            | Step::AtPage
            | Step::PayAgain
            | Step::AtSecondPage
            | Step::Look
            | Step::Peek
            | Step::Cancel
            | Step::Rest => {
                if customer.order.is_none() {
                    customer.gave_up = Some(format!("{step:?} {status} {code}"));
                }
                self.rests(who);
            }
        }
    }
}

fn token_in(cookie: &str) -> Option<&str> {
    let (name, rest) = cookie.split_once('=')?;
    (name == "__Host-sid").then(|| rest.split(';').next().unwrap_or_default())
}

impl Customer {
    /// True for the one who only cancels what another has ordered.
    pub(crate) fn is_twin(&self) -> bool {
        self.basket.is_empty()
    }
}
