//! What the answers show beside the quote itself: the question where it goes.

use std::collections::BTreeSet;

use askama::Template;
use domain::{
    Money, Timestamp,
    cart::{Cart, CartLine},
    id::QuoteId,
    landed_cost::{Destination, Rules},
    payment_terms::PaymentMethods,
};
use serde::Serialize;
use web::Draft;

use crate::charge::usual;

/// What is about to be bought, and the question where it goes.
#[derive(Clone, Serialize, Template)]
#[template(path = "ask.html")]
pub(crate) struct AskPage {
    lines: Vec<AskLine>,
    destinations: Vec<Served>,
    #[serde(skip)]
    countries: Vec<(String, String)>,
    #[serde(skip)]
    currencies: Vec<(String, String)>,
    #[serde(skip)]
    form_key: String,
    #[serde(skip)]
    draft: Draft,
}

/// A country we deliver to, and the currency in which it is charged unless another is asked for.
#[derive(Clone, Serialize)]
struct Served {
    country: String,
    name: String,
    currency: String,
}

#[derive(Clone, Serialize)]
struct AskLine {
    title: String,
    variant_label: String,
    image: Option<String>,
    quantity: u32,
    unit_price: Money,
    #[serde(skip)]
    price: String,
}

impl AskPage {
    pub(crate) fn of(
        cart: &Cart,
        (rules, methods): (&Rules, &PaymentMethods),
        form_key: String,
        now: Timestamp,
    ) -> Self {
        let served = |row: &Destination| {
            let currency = usual(methods, row.customs_currency)?;
            Some(Served {
                country: row.dest.to_string(),
                name: row.name.clone(),
                currency: currency.to_string(),
            })
        };
        let mut destinations: Vec<Served> = rules.destinations(now.date()).into_iter().filter_map(served).collect();
        destinations.sort_by(|a, b| a.name.cmp(&b.name));
        let pair = |value: &String, title: &String| (value.clone(), title.clone());
        let countries = destinations.iter().map(|row| pair(&row.country, &row.name)).collect();
        let own = (
            String::new(),
            "The currency of that country, or dollars where we cannot take it".to_owned(),
        );
        let codes: BTreeSet<&String> = destinations.iter().map(|row| &row.currency).collect();
        let currencies = std::iter::once(own)
            .chain(codes.into_iter().map(|code| pair(code, code)))
            .collect();
        let draft = Draft::empty().with("country", "KE");
        Self {
            lines: cart.lines.iter().map(line).collect(),
            destinations,
            countries,
            currencies,
            form_key,
            draft,
        }
    }

    /// The same page with what was chosen and what is wrong with it.
    pub(crate) fn with(self, draft: Draft) -> Self {
        Self { draft, ..self }
    }
}

/// What somebody sees who opens the plain address of a price that is not theirs, as a friend does who was sent it.
#[derive(Serialize, Template)]
#[template(path = "not_yours.html")]
pub(crate) struct NotYoursPage {
    login: String,
}

impl NotYoursPage {
    pub(crate) fn of(id: &QuoteId) -> Self {
        Self {
            login: format!("/login?next=/quotes/{id}"),
        }
    }
}

fn line(line: &CartLine) -> AskLine {
    AskLine {
        title: line.title.clone(),
        variant_label: line.variant_label.clone(),
        image: line.image.clone(),
        quantity: line.quantity,
        unit_price: line.unit_price,
        price: format!("{} × {}", line.quantity, line.unit_price),
    }
}

/// A moment for people: `23 Nov 2026, 13:00 UTC`.
pub(crate) fn moment(at: Timestamp) -> String {
    let whole = at.to_string();
    let time = whole.get(11..16).unwrap_or_default();
    format!("{}, {time} UTC", at.date().strftime("%-d %b %Y"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_written_for_people() {
        assert_eq!(
            moment("2026-11-23T13:05:59Z".parse().unwrap()),
            "23 Nov 2026, 13:05 UTC"
        );
    }
}
