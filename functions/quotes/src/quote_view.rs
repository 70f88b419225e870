//! A quote as people read it: the parts of the price, what it assumes, how long it holds, and where to go on.

use askama::Template;
use domain::{
    Timestamp,
    id::OrderId,
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

/// How a quote is seen.
pub(crate) struct Seen<'a> {
    pub(crate) reader: Reader,
    /// The destination's name.
    pub(crate) country: String,
    /// Where the shop lives.
    pub(crate) shop_origin: &'a str,
    /// The customer's order at this price.
    pub(crate) order: Option<OrderId>,
    pub(crate) now: Timestamp,
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
    /// The link that shows this price to somebody else, with the shop's own address; empty for them.
    share: String,
    /// The order that was placed at this price; empty while there is none.
    order: String,
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
    pub(crate) fn of(quote: &Quote, seen: Seen<'_>) -> Self {
        let only_customer = |link: String| {
            if seen.reader == Reader::Customer {
                link
            } else {
                String::new()
            }
        };
        let terms = quote.terms();
        let shown = Shown {
            prices: terms.components.iter().map(price_line).collect(),
            total: terms.total.to_string(),
            country: seen.country,
            holds_until: moment(terms.expires_at),
            is_expired: quote.is_expired(seen.now),
            freight: freight_sentence(quote),
            ways: ways(quote, only_customer),
            warnings: sentences(quote, Severity::Warning),
            assumptions: assumptions(quote),
            go_on: if seen.order.is_none() {
                only_customer(format!("/checkout/{}", quote.id()))
            } else {
                String::new()
            },
            share: only_customer(format!(
                "{}/quotes/{}?token={}",
                seen.shop_origin,
                quote.id(),
                quote.hash()
            )),
            order: seen.order.map(|order| format!("/orders/{order}")).unwrap_or_default(),
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
