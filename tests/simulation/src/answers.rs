//! What customers do with an answer: go on, try again under the same key, begin the step anew, or go away.

use domain::{Money, payment_terms::Payable};
use serde_json::Value;

use crate::{
    people::{NEW_STARTS, PATIENCE, Step, fresh_key},
    shop::Answer,
    town::{Event, Town},
};

const SECOND_MS: i64 = 1_000;
const MINUTE_MS: i64 = 60 * SECOND_MS;
const HOUR_MS: i64 = 60 * MINUTE_MS;

impl Town {
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
        if step == Step::Forget {
            self.deletion_answered(who, status, said.get("code").and_then(Value::as_str));
            return;
        }
        // Somebody else was faster, or the same request is still under way: no answer yet. What is refused is one.
        let code = said.get("code").and_then(Value::as_str);
        let is_passing = status == 409 && matches!(code, Some("conflict" | "still_running"));
        match status {
            200..=303 => self.customer_goes_on(who, step, &said),
            _ if (is_passing || matches!(status, 0 | 429 | 500..)) && tries < PATIENCE => {
                let pause = self.between(SECOND_MS, MINUTE_MS);
                self.later(pause, Event::Customer(who));
            }
            _ => self.customer_refused(who, step, status, &said),
        }
    }

    /// The same key tells of the same thing, however often it is sent.
    fn same_answer(&mut self, who: usize, step: Step, key: &str, status: u16, said: &Value) {
        if !(200..=201).contains(&status)
            || !matches!(
                step,
                Step::Quote | Step::Order | Step::Pay | Step::PayPart | Step::Link | Step::PayAgain
            )
        {
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
                let fastest = said
                    .pointer("/ways")
                    .and_then(Value::as_array)
                    .and_then(|ways| ways.last());
                let hurried = fastest.and_then(|way| way.get("quote")?.as_str().map(str::to_owned));
                customer.quote = hurried.filter(|_| customer.hurries).or_else(|| text("id"));
                self.goes_on(who, Step::Order, think);
            }
            Step::Order => {
                customer.order = text("id").and_then(|id| id.parse().ok());
                customer.half = said.get("total").cloned().map(halved);
                // What cannot be paid at once is paid in two parts.
                customer.pays_parts |= said.get("total").is_some_and(is_too_much_at_once);
                self.has_ordered(who, think);
            }
            Step::Link => match text("url").and_then(|url| url.rsplit('/').next().map(str::to_owned)) {
                Some(token) => {
                    customer.link = token;
                    self.goes_on(who, Step::PayPart, think);
                }
                // A link is told once; who did not hear it pays alone.
                None => {
                    customer.pays_parts = false;
                    self.goes_on(who, Step::Pay, think);
                }
            },
            Step::Pay | Step::PayPart | Step::PayAgain => self.goes_to_page(who, step, said),
            Step::Look => {
                let next = if customer.peeks { Step::Peek } else { Step::Rest };
                self.goes_on(who, next, think);
            }
            Step::Peek => {
                self.broken(31, "a customer saw somebody else's order");
                self.rests(who);
            }
            Step::Cancel | Step::Forget | Step::AtPage | Step::AtSecondPage | Step::Rest => self.rests(who),
        }
    }

    /// Pays it, or has others pay it; some cancel, and some delete their account.
    fn has_ordered(&mut self, who: usize, think: i64) {
        let Some(customer) = self.customers.get_mut(who) else {
            return;
        };
        let pays = if customer.pays_parts { Step::Link } else { Step::Pay };
        let (cancels, has_account) = (std::mem::take(&mut customer.cancels), customer.account.is_some());
        if cancels {
            // Somebody who cancels does so at another time than they pay: as a second person with the same session. Half of them think of
            // it while we buy.
            let longest = if self.control.lock().chance.hits(500) {
                40 * HOUR_MS
            } else {
                30 * MINUTE_MS
            };
            let wait = self.between(0, longest);
            self.twin_later(who, Step::Cancel, wait);
        }
        if has_account {
            let wait = self.between(0, 60 * HOUR_MS);
            self.twin_later(who, Step::Forget, wait);
        }
        self.goes_on(who, pays, think);
    }

    /// To the page of the payment provider, at once or when it is late.
    fn goes_to_page(&mut self, who: usize, step: Step, said: &Value) {
        let page = said.get("redirect_url").and_then(Value::as_str);
        let page = page.and_then(|url| url.rsplit('/').next()).map(str::to_owned);
        let Some(customer) = self.customers.get_mut(who) else {
            return;
        };
        customer.pages.extend(page);
        let wait = if std::mem::take(&mut customer.pays_late) {
            if self.control.lock().chance.hits(500) {
                self.between(HOUR_MS, 30 * HOUR_MS)
            } else {
                self.between(30 * HOUR_MS, 110 * HOUR_MS)
            }
        } else {
            self.between(SECOND_MS, 2 * MINUTE_MS)
        };
        let next = if step == Step::PayAgain {
            Step::AtSecondPage
        } else {
            Step::AtPage
        };
        self.goes_on(who, next, wait);
    }

    /// A customer of the same session who does only this.
    fn twin_later(&mut self, who: usize, step: Step, wait: i64) {
        let key = fresh_key(&mut self.control.lock());
        let Some(customer) = self.customers.get(who) else {
            return;
        };
        let twin = customer.twin(step, key);
        self.customers.push(twin);
        let number = self.customers.len().saturating_sub(1);
        self.later(wait, Event::Customer(number));
    }

    fn customer_refused(&mut self, who: usize, step: Step, status: u16, said: &Value) {
        let code = said.get("code").and_then(Value::as_str).unwrap_or("no code").to_owned();
        self.control
            .note(format_args!("a customer is refused at {step:?}: {status} {code}"));
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
            Step::Pay | Step::PayPart if matches!(code.as_str(), "method_not_offered" | "amount_not_taken") => {
                self.broken(34, "an order was placed that cannot be paid");
            }
            Step::Pay | Step::PayPart | Step::Link if is_new_start => self.goes_on(who, Step::Look, MINUTE_MS),
            Step::Add(_)
            | Step::Quote
            | Step::Order
            | Step::Pay
            | Step::Link
            | Step::PayPart
            | Step::AtPage
            | Step::PayAgain
            | Step::AtSecondPage
            | Step::Look
            | Step::Peek
            | Step::Cancel
            | Step::Forget
            | Step::Rest => {
                if customer.order.is_none() {
                    customer.gave_up = Some(format!("{step:?} {status} {code}"));
                }
                self.rests(who);
            }
        }
    }
}

/// True for an amount that the provider does not take in one payment.
fn is_too_much_at_once(total: &Value) -> bool {
    let money: Option<Money> = serde_json::from_value(total.clone()).ok();
    let how = money.map(|money| providers::payments::methods().payable(money));
    matches!(how, Some(Ok((Payable::InParts { .. }, _))))
}

/// Half of an amount as programs write it.
fn halved(mut money: Value) -> Value {
    if let Some(amount) = money.get_mut("amount") {
        *amount = (amount.as_i64().unwrap_or(0) / 2).into();
    }
    money
}

fn token_in(cookie: &str) -> Option<&str> {
    let (name, rest) = cookie.split_once('=')?;
    (name == "__Host-sid").then(|| rest.split(';').next().unwrap_or_default())
}
