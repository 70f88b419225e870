//! A quote as people read it: the parts of the price, what it assumes, how long it holds, and where to go on.

use askama::Template;
use domain::{
    Timestamp,
    landed_cost::{Component, FreightSource, Severity, WeightSource, days_in_words},
    quote::{Quote, Way},
};
use serde::Serialize;

use crate::{quote_facts::QuoteFacts, views::moment};

/// Who reads it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reader {
    /// The customer it was made for.
    Customer,
    /// Somebody who was sent its link.
    Guest,
}

/// A quote. What is written as JSON never changes; the rest is for the page.
#[derive(Clone, Serialize, Template)]
#[template(path = "quote.html")]
pub(crate) struct QuoteView {
    #[serde(flatten)]
    facts: QuoteFacts,
    #[serde(skip)]
    shown: Shown,
}

/// Finished texts of the page.
#[derive(Clone)]
struct Shown {
    prices: Vec<PriceLine>,
    total: String,
    country: String,
    holds_until: String,
    is_expired: bool,
    freight: String,
    /// The ways to choose from; none when there is only one.
    ways: Vec<ShownWay>,
    warnings: Vec<String>,
    assumptions: Vec<String>,
    /// Where the customer goes on; empty for somebody who was sent the link.
    go_on: String,
    /// The link that shows this price to somebody else; empty for them.
    share: String,
}

#[derive(Clone)]
struct ShownWay {
    label: String,
    total: String,
    is_this: bool,
    /// Where its price is read; empty for somebody who was sent the link of one.
    link: String,
}

#[derive(Clone)]
struct PriceLine {
    label: String,
    /// The page's list of sources stands below, so that the price itself can be read at a glance.
    note: &'static str,
    amount: String,
    source: String,
}

impl QuoteView {
    /// `country` is the destination's name.
    pub(crate) fn of(quote: &Quote, country: String, reader: Reader, now: Timestamp) -> Self {
        let only_customer = |link: String| {
            if reader == Reader::Customer {
                link
            } else {
                String::new()
            }
        };
        let terms = quote.terms();
        let shown = Shown {
            prices: terms.components.iter().map(price_line).collect(),
            total: terms.total.to_string(),
            country,
            holds_until: moment(terms.expires_at),
            is_expired: quote.is_expired(now),
            freight: freight_sentence(quote),
            ways: ways(quote, only_customer),
            warnings: sentences(quote, Severity::Warning),
            assumptions: assumptions(quote),
            go_on: only_customer(format!("/checkout/{}", quote.id())),
            share: only_customer(format!("/quotes/{}?token={}", quote.id(), quote.hash())),
        };
        Self {
            facts: QuoteFacts::of(quote),
            shown,
        }
    }
}

fn ways(quote: &Quote, only_customer: impl Fn(String) -> String) -> Vec<ShownWay> {
    if quote.terms().other_ways.is_empty() {
        return Vec::new();
    }
    let shown = |way: Way| ShownWay {
        label: match way.days {
            Some(days) => format!("{}, {}", way.speed.label(), days_in_words(days)),
            None => way.speed.label().to_owned(),
        },
        total: way.total.to_string(),
        is_this: way.quote == *quote.id(),
        link: only_customer(format!("/quotes/{}", way.quote)),
    };
    quote.ways().into_iter().map(shown).collect()
}

fn price_line(part: &Component) -> PriceLine {
    PriceLine {
        label: part.kind.label(),
        note: "",
        amount: part.amount.to_string(),
        source: part.source.clone(),
    }
}

fn freight_sentence(quote: &Quote) -> String {
    let choice = &quote.terms().freight;
    let carrier = choice.carrier.as_str().to_uppercase();
    let days = match choice.days {
        Some(days) => format!(", {} after we hand it over", days_in_words(days)),
        None => String::new(),
    };
    let whose = match choice.source {
        FreightSource::Live => "at the carrier's price of today",
        FreightSource::Tariff => "at the price of our table, because the carrier gave none just now",
    };
    format!("By air with {carrier} {} {whose}{days}.", choice.speed.label())
}

fn assumptions(quote: &Quote) -> Vec<String> {
    let mut all = Vec::new();
    if quote.terms().weight_source == WeightSource::Assumed {
        all.push("A store does not say what an item weighs; we took the weight of goods of its kind.".to_owned());
    }
    all.extend(sentences(quote, Severity::Assumption));
    all.extend(sentences(quote, Severity::NeedsReview));
    all
}

/// The remarks of one kind, each sentence once.
fn sentences(quote: &Quote, severity: Severity) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for remark in quote
        .terms()
        .remarks
        .iter()
        .filter(|remark| remark.severity == severity)
    {
        if !found.contains(&remark.sentence) {
            found.push(remark.sentence.clone());
        }
    }
    found
}
