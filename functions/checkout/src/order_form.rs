//! The page on which a quote becomes an order: where it goes and how the customer wants it.

use askama::Template;
use domain::{Money, Timestamp, quote::Quote};
use serde::Serialize;
use web::Draft;

use crate::views::moment;

/// What is ordered, and what is still to be said.
#[derive(Clone, Serialize, Template)]
#[template(path = "checkout.html")]
pub(crate) struct OrderFormPage {
    quote: String,
    country: String,
    total: Money,
    expires_at: Timestamp,
    lines: Vec<FormLine>,
    #[serde(skip)]
    shown: Shown,
}

#[derive(Clone, Serialize)]
struct FormLine {
    title: String,
    variant_label: String,
    quantity: u32,
}

/// Finished texts of the page.
#[derive(Clone)]
struct Shown {
    total: String,
    holds_until: String,
    is_expired: bool,
    form_key: String,
    draft: Draft,
}

impl OrderFormPage {
    /// `form_key` names the order that the page's form will place.
    pub(crate) fn of(quote: &Quote, form_key: String, now: Timestamp) -> Self {
        let terms = quote.terms();
        let line = |line: &domain::quote::QuoteLine| FormLine {
            title: line.title.clone(),
            variant_label: line.variant_label.clone(),
            quantity: line.quantity,
        };
        Self {
            quote: terms.id.to_string(),
            country: terms.destination.to_string(),
            total: terms.total,
            expires_at: terms.expires_at,
            lines: terms.lines.iter().map(line).collect(),
            shown: Shown {
                total: terms.total.to_string(),
                holds_until: moment(terms.expires_at),
                is_expired: quote.is_expired(now),
                form_key,
                draft: Draft::empty(),
            },
        }
    }

    /// The same page with what was typed and what is wrong with it.
    pub(crate) fn with(mut self, draft: Draft) -> Self {
        self.shown.draft = draft;
        self
    }
}
