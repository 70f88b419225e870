//! Customers with an account, who delete it: not while an order of theirs is open, and whoever is stopped half-way comes back and goes on.

use domain::{
    Secret,
    id::{CustomerId, RootId},
    lifecycle::State,
    person::{Email, Holder, Person, PersonName, Preferences},
    session::{Session, Who},
};
use store::{Query, Range};

use crate::{
    people::{NAME, PHONE, STREET, Step},
    town::{Event, Town, at_once},
};

const MINUTE_MS: i64 = 60_000;
const HOUR_MS: i64 = 60 * MINUTE_MS;

impl Town {
    /// Gives a customer an account; registering with codes and passwords is told by the stories.
    pub(crate) fn joins(&mut self, who: usize) {
        let Ok(id) = CustomerId::from_ulid(&format!("01JDB7M3N8Q4R5S6T7{:08}", who)) else {
            return;
        };
        let email = format!("member{who}@example.com");
        let (Ok(email), Ok(name)) = (Email::new(&email), PersonName::new(NAME)) else {
            return;
        };
        let person = Person {
            holder: Holder::Customer(id.clone()),
            email: Some(email),
            phone: None,
            name,
            preferences: Preferences::default(),
        };
        let hash = Secret::new("no hash");
        let registered = at_once(self.people.register(&self.credentials, &person, &hash));
        if !matches!(registered, Some(Ok(_))) {
            return;
        }
        if let Some(customer) = self.customers.get_mut(who) {
            customer.account = Some(id);
        }
        self.logs_in(who);
    }

    fn logs_in(&mut self, who: usize) {
        let Some(account) = self.customers.get(who).and_then(|customer| customer.account.clone()) else {
            return;
        };
        let token = self.opens(Who::Customer(account));
        if let Some(customer) = self.customers.get_mut(who) {
            customer.token = token;
        }
    }

    /// A session of somebody, where no simulation of passwords is wanted.
    pub(crate) fn opens(&mut self, who: Who) -> Option<String> {
        self.number = self.number.saturating_add(1);
        let token = format!("token-{}-{:016x}", self.number, self.control.lock().chance.next());
        let now = self.now();
        let session = Session::begin(who, now);
        let hash = web::token_hash(&token);
        let opening = store::Opening {
            token_hash: &hash,
            session: &session,
            device: "simulation",
            now,
        };
        at_once(self.sessions.open(&opening))?.ok()?;
        Some(token)
    }

    pub(crate) fn deletion_answered(&mut self, who: usize, status: u16, code: Option<&str>) {
        let account = self.customers.get(who).and_then(|customer| customer.account.clone());
        let Some(account) = account else { return };
        let is_gone = matches!(at_once(self.people.by_id(account.as_str())), Some(Ok(None)));
        let wait = match status {
            200..=303 if !is_gone => {
                self.broken(
                    33,
                    format!("{account} was told that their account is gone, and it is there"),
                );
                return;
            }
            _ if is_gone => return self.forgotten(who),
            // An order is open: they try again every day.
            409 if code == Some("orders_open") => self.between(12 * HOUR_MS, 36 * HOUR_MS),
            // The first thing a deletion does is to end every session.
            401 => {
                self.logs_in(who);
                MINUTE_MS
            }
            0 | 409 | 429 | 500.. => self.between(MINUTE_MS, 10 * MINUTE_MS),
            _ => {
                self.broken(33, format!("{account} cannot delete their account: {status} {code:?}"));
                return self.rests(who);
            }
        };
        self.later(wait, Event::Customer(who));
    }

    fn forgotten(&mut self, who: usize) {
        let order = self.customers.get(who).and_then(|customer| customer.order.clone());
        let stood = order.and_then(|id| at_once(self.orders.load(&id))?.ok());
        if let Some(customer) = self.customers.get_mut(who) {
            customer.forgotten = stood.map(|order| order.life.state());
            customer.step = Step::Rest;
        }
    }

    /// What a deleted account leaves.
    pub(crate) fn reckon_forgotten(&self) {
        for customer in &self.customers {
            let (Some(order), Some(stood)) = (&customer.order, customer.forgotten) else {
                continue;
            };
            let all = Query::of(format!("O#{order}"), Range::All);
            let Some(Ok(items)) = at_once(self.table.query_all(all)) else {
                self.broken(25, format!("{order} cannot be read"));
                continue;
            };
            let words = format!("{items:?}");
            for personal in [NAME, PHONE, STREET, "@example.com"] {
                if words.contains(personal) {
                    self.broken(
                        33,
                        format!("{order} still says {personal} after its account was deleted"),
                    );
                }
            }
            let stands = at_once(self.orders.load(order)).and_then(Result::ok);
            let is_begun_anew = stands.is_some_and(|order| order.life.state() != stood);
            if is_begun_anew && stood != State::Closed {
                self.broken(
                    33,
                    format!("{order} was {stood} when its account was deleted and went on"),
                );
            }
        }
    }
}
