//! A quote as it is shown: every part of the price with the rows it rests on, for programs, and a page with the form that orders it.

use askama::Template;
use domain::{
    Money, Timestamp,
    landed_cost::{Component, ExchangeUsed, FreightSource, Remark, RowId, Severity, WeightSource},
    quote::{Quote, QuoteLine},
};
use serde::Serialize;
use web::Draft;

use crate::views::moment;

/// A quote. What is written as JSON never changes; the rest is for the page.
#[derive(Clone, Serialize, Template)]
#[template(path = "quote.html")]
pub(crate) struct QuoteView {
    id: String,
    destination: String,
    total: Money,
    low: Money,
    high: Money,
    components: Vec<Part>,
    lines: Vec<Line>,
    exchanges: Vec<Exchange>,
    freight: Freight,
    chargeable_weight_g: u32,
    weight_source: &'static str,
    remarks: Vec<Note>,
    rules: Vec<RowId>,
    hash: String,
    made_at: Timestamp,
    expires_at: Timestamp,
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
    warnings: Vec<String>,
    assumptions: Vec<String>,
    form_key: String,
    draft: Draft,
}

#[derive(Clone)]
struct PriceLine {
    label: String,
    note: String,
    amount: String,
}

#[derive(Clone, Serialize)]
struct Part {
    kind: String,
    label: String,
    amount: Money,
    rules: Vec<RowId>,
    source: String,
}

#[derive(Clone, Serialize)]
struct Line {
    store: String,
    product: String,
    variant: String,
    title: String,
    variant_label: String,
    image: Option<String>,
    seller: Option<String>,
    quantity: u32,
    unit_price: Money,
    store_delivery: Money,
    goods: Money,
    customs_value: Money,
    hs_code: Option<String>,
    hs_confidence: u8,
    origin: Option<String>,
    unit_weight_g: u32,
    danger: &'static str,
}

#[derive(Clone, Serialize)]
struct Exchange {
    from: String,
    to: String,
    rate: String,
    margin: String,
    rules: Vec<RowId>,
}

#[derive(Clone, Serialize)]
struct Freight {
    carrier: String,
    service: String,
    price: Money,
    source: &'static str,
    days: Option<(u16, u16)>,
}

#[derive(Clone, Serialize)]
struct Note {
    severity: &'static str,
    code: String,
    line: Option<u32>,
    row: Option<RowId>,
    sentence: String,
}

impl QuoteView {
    /// `country` is the destination's name; `form_key` names the order that the page's form will place.
    pub(crate) fn of(quote: &Quote, country: String, form_key: String, now: Timestamp) -> Self {
        let terms = quote.terms();
        Self {
            id: terms.id.to_string(),
            destination: terms.destination.to_string(),
            total: terms.total,
            low: terms.low,
            high: terms.high,
            components: terms.components.iter().map(part).collect(),
            lines: terms.lines.iter().map(line).collect(),
            exchanges: terms.exchanges.iter().map(exchange).collect(),
            freight: freight(quote),
            chargeable_weight_g: terms.chargeable_weight.0,
            weight_source: terms.weight_source.code(),
            remarks: terms.remarks.iter().map(note).collect(),
            rules: terms.rules.clone(),
            hash: quote.hash().to_owned(),
            made_at: terms.made_at,
            expires_at: terms.expires_at,
            shown: Shown {
                prices: terms.components.iter().map(price_line).collect(),
                total: terms.total.to_string(),
                country,
                holds_until: moment(terms.expires_at),
                is_expired: quote.is_expired(now),
                freight: freight_sentence(quote),
                warnings: sentences(quote, Severity::Warning),
                assumptions: assumptions(quote),
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

fn part(part: &Component) -> Part {
    Part {
        kind: part.kind.code(),
        label: part.kind.label(),
        amount: part.amount,
        rules: part.rules.clone(),
        source: part.source.clone(),
    }
}

fn price_line(part: &Component) -> PriceLine {
    PriceLine { label: part.kind.label(), note: part.source.clone(), amount: part.amount.to_string() }
}

fn line(line: &QuoteLine) -> Line {
    Line {
        store: line.variant.store.to_string(),
        product: line.variant.product.clone(),
        variant: line.variant.variant.clone(),
        title: line.title.clone(),
        variant_label: line.variant_label.clone(),
        image: line.image.clone(),
        seller: line.seller.clone(),
        quantity: line.quantity,
        unit_price: line.unit_price,
        store_delivery: line.store_delivery,
        goods: line.goods,
        customs_value: line.customs_value,
        hs_code: line.classification.code.as_ref().map(ToString::to_string),
        hs_confidence: line.classification.confidence,
        origin: line.origin.map(|country| country.to_string()),
        unit_weight_g: line.unit_weight.0,
        danger: line.danger.code(),
    }
}

fn exchange(used: &ExchangeUsed) -> Exchange {
    Exchange {
        from: used.from.to_string(),
        to: used.to.to_string(),
        rate: used.rate.to_string(),
        margin: used.margin.to_string(),
        rules: used.rules.clone(),
    }
}

fn freight(quote: &Quote) -> Freight {
    let choice = &quote.terms().freight;
    Freight {
        carrier: choice.carrier.to_string(),
        service: choice.service.clone(),
        price: choice.price,
        source: choice.source.code(),
        days: choice.days,
    }
}

fn note(remark: &Remark) -> Note {
    Note {
        severity: remark.severity.code(),
        code: remark.code.clone(),
        line: remark.line,
        row: remark.row.clone(),
        sentence: remark.sentence.clone(),
    }
}

fn freight_sentence(quote: &Quote) -> String {
    let choice = &quote.terms().freight;
    let carrier = choice.carrier.as_str().to_uppercase();
    let days = match choice.days {
        Some((soonest, latest)) if soonest == latest => format!(", about {latest} days after we hand it over"),
        Some((soonest, latest)) => format!(", {soonest} to {latest} days after we hand it over"),
        None => String::new(),
    };
    let whose = match choice.source {
        FreightSource::Live => "at the carrier's price of today",
        FreightSource::Tariff => "at the price of our table, because the carrier gave none just now",
    };
    format!("By air with {carrier} {whose}{days}.")
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
    for remark in quote.terms().remarks.iter().filter(|remark| remark.severity == severity) {
        if !found.contains(&remark.sentence) {
            found.push(remark.sentence.clone());
        }
    }
    found
}
