//! Customers: what each of them wants, the requests they send for it, and what they do with answers that do not come.

use std::collections::BTreeMap;

use axum::{
    body::Body,
    http::{Method, Request},
};
use domain::{
    id::{CustomerId, OrderId},
    lifecycle::State,
};
use serde_json::{Value, json};

use crate::{
    control::Inner,
    faults::Fault,
    town::{Event, Origin, Town},
    world::{Turn, store},
};

const SECOND_MS: i64 = 1_000;
const MINUTE_MS: i64 = 60 * SECOND_MS;
/// Somebody who gets no answer so often goes away.
pub(crate) const PATIENCE: u32 = 40;
/// New prices, new pages: so often a customer begins a step again from the start.
pub(crate) const NEW_STARTS: u32 = 6;

/// Where a customer is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    Add(usize),
    Quote,
    Order,
    Pay,
    Link,
    PayPart,
    AtPage,
    PayAgain,
    AtSecondPage,
    Look,
    Peek,
    Cancel,
    Forget,
    Rest,
}

/// A customer.
pub(crate) struct Customer {
    pub(crate) step: Step,
    pub(crate) token: Option<String>,
    pub(crate) order: Option<OrderId>,
    pub(crate) pages: Vec<String>,
    pub(crate) basket: Vec<(u64, u32)>,
    place: &'static (&'static str, &'static str, &'static str, &'static str),
    drift: &'static str,
    /// How parcels leave the warehouse; empty is the shop's own choice.
    parcels: &'static str,
    /// Takes the fastest way there is.
    pub(crate) hurries: bool,
    pub(crate) quote: Option<String>,
    /// Half of what the order costs, for who pays in parts.
    pub(crate) half: Option<Value>,
    /// The token of the link by which somebody else pays.
    pub(crate) link: String,
    pub(crate) key: String,
    pub(crate) tries: u32,
    pub(crate) starts: u32,
    pays_twice: bool,
    pub(crate) pays_late: bool,
    pub(crate) pays_parts: bool,
    pub(crate) cancels: bool,
    pub(crate) peeks: bool,
    pub(crate) says_nothing: bool,
    /// Has an account, and will delete it.
    pub(crate) account: Option<CustomerId>,
    /// When the account was gone, and where the order stood then.
    pub(crate) forgotten: Option<State>,
    pub(crate) answers: BTreeMap<String, String>,
    /// Why they went away without an order.
    pub(crate) gave_up: Option<String>,
}

/// What everybody is called, and their phone.
pub(crate) const NAME: &str = "Achieng Otieno";
pub(crate) const PHONE: &str = "+254712345678";
/// Where everybody lives.
pub(crate) const STREET: &str = "Ngong Road 44";

/// Country, city, postcode and tax number.
const PLACES: &[(&str, &str, &str, &str)] = &[
    ("KE", "Nairobi", "", "A123456789Z"),
    ("KE", "Kisumu", "", "A123456789Z"),
    ("UG", "Kampala", "", "1012345678"),
    ("FR", "Paris", "75001", ""),
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
        let parcels = if chance.hits(300) { "as_it_comes" } else { "" };
        let hurries = chance.hits(200);
        let key = fresh_key(control);
        Self {
            step: Step::Add(0),
            token: None,
            order: None,
            pages: Vec::new(),
            basket,
            place,
            drift,
            parcels,
            hurries,
            quote: None,
            half: None,
            link: String::new(),
            key,
            tries: 0,
            starts: 0,
            pays_twice: control.strikes(Fault::PaysTwice),
            pays_late: control.strikes(Fault::PaysLate),
            pays_parts: control.strikes(Fault::PaysParts),
            cancels: control.strikes(Fault::Cancels),
            peeks: control.strikes(Fault::Peeks),
            says_nothing: control.strikes(Fault::SaysNothing),
            account: None,
            forgotten: None,
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
            Step::Link => (Method::POST, format!("/orders/{}/pay-links", order()), json!({})),
            // The first part is half of it; whoever comes then pays what is left.
            Step::PayPart => {
                let form = match &self.half {
                    Some(half) => json!({ "provider": "stripe", "name": NAME, "amount": half }),
                    None => json!({ "provider": "stripe", "name": NAME }),
                };
                (Method::POST, format!("/pay/{}/payments", self.link), form)
            }
            Step::Look => (Method::GET, format!("/orders/{}", order()), Value::Null),
            Step::Peek => (Method::GET, format!("/orders/{}", other?), Value::Null),
            Step::Cancel => (Method::POST, format!("/orders/{}/cancellation", order()), json!({})),
            Step::Forget => (Method::POST, "/me/deletion".to_owned(), json!({ "is_sure": true })),
            Step::AtPage | Step::AtSecondPage | Step::Rest => return None,
        };
        asked(method, &path, self.token.as_deref(), &self.key, &body)
    }

    fn order_form(&self) -> Value {
        json!({
            "quote": self.quote, "name": NAME, "phone": PHONE, "email": "achieng@example.com", "line1": STREET,
            "landmark": "opposite the market", "city": self.place.1, "postcode": self.place.2, "country": self.place.0,
            "tax_number": self.place.3, "drift": self.drift, "consolidation": self.parcels
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
            | Step::Link
            | Step::PayPart
            | Step::PayAgain
            | Step::Look
            | Step::Peek
            | Step::Cancel
            | Step::Forget => {
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

    pub(crate) fn rests(&mut self, who: usize) {
        if let Some(customer) = self.customers.get_mut(who) {
            customer.step = Step::Rest;
        }
    }

    /// The next thing a customer does, under a new key.
    pub(crate) fn goes_on(&mut self, who: usize, step: Step, millis: i64) {
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
        let (pays_parts, is_first_part) = (customer.pays_parts, customer.half.is_some());
        let pay = if pays_parts { Step::PayPart } else { Step::Pay };
        let paid = self.world.lock().payments.pay(&Turn { now, control: &control }, &page);
        self.control.note(format_args!("a customer pays {page}: {paid}"));
        match (paid, step) {
            (true, Step::AtPage) if pays_parts && is_first_part => {
                if let Some(customer) = self.customers.get_mut(who) {
                    customer.half = None;
                }
                self.goes_on(who, Step::PayPart, 10 * MINUTE_MS);
            }
            (true, Step::AtPage) if twice => self.goes_on(who, Step::PayAgain, 100),
            (true, _) => self.goes_on(who, Step::Look, 5 * SECOND_MS),
            (false, Step::AtPage) if starts < NEW_STARTS => {
                if let Some(customer) = self.customers.get_mut(who) {
                    customer.starts = starts.saturating_add(1);
                }
                self.goes_on(who, pay, MINUTE_MS);
            }
            (false, _) => self.goes_on(who, Step::Look, MINUTE_MS),
        }
    }
}

impl Customer {
    /// Somebody of the same session who does only this.
    pub(crate) fn twin(&self, step: Step, key: String) -> Self {
        Self {
            step,
            token: self.token.clone(),
            order: self.order.clone(),
            pages: Vec::new(),
            basket: Vec::new(),
            place: self.place,
            drift: "",
            parcels: "",
            hurries: false,
            quote: None,
            half: None,
            link: String::new(),
            key,
            tries: 0,
            starts: 0,
            pays_twice: false,
            pays_late: false,
            pays_parts: false,
            cancels: false,
            peeks: false,
            says_nothing: self.says_nothing,
            account: self.account.clone(),
            forgotten: None,
            answers: BTreeMap::new(),
            gave_up: None,
        }
    }

    /// True for the one who only does something about what another has ordered.
    pub(crate) fn is_twin(&self) -> bool {
        self.basket.is_empty()
    }
}
