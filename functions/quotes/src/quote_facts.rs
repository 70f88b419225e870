//! A quote as programs read it: every part of the price with the rows it rests on. Nothing in here ever changes.

use domain::{
    Money, Timestamp,
    landed_cost::{Component, ExchangeUsed, Remark, RowId, TravelDays},
    quote::{Quote, QuoteLine, Way},
};
use serde::Serialize;

/// Everything promised. What we may spend at a store is our own matter and left out.
#[derive(Clone, Serialize)]
pub(crate) struct QuoteFacts {
    pub(crate) id: String,
    pub(crate) destination: String,
    total: Money,
    low: Money,
    high: Money,
    components: Vec<Part>,
    pub(crate) lines: Vec<Line>,
    exchanges: Vec<Exchange>,
    freight: Freight,
    /// The ways to choose from, this one among them; what is ordered is the quote of one.
    ways: Vec<Choice>,
    chargeable_weight_g: u32,
    weight_source: &'static str,
    remarks: Vec<Note>,
    rules: Vec<RowId>,
    rules_version: String,
    hash: String,
    made_at: Timestamp,
    pub(crate) expires_at: Timestamp,
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
pub(crate) struct Line {
    store: String,
    product: String,
    variant: String,
    pub(crate) title: String,
    pub(crate) variant_label: String,
    image: Option<String>,
    seller: Option<String>,
    pub(crate) quantity: u32,
    pub(crate) unit_price: Money,
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
    speed: &'static str,
    price: Money,
    source: &'static str,
    days: Option<TravelDays>,
}

#[derive(Clone, Serialize)]
struct Choice {
    quote: String,
    carrier: String,
    speed: &'static str,
    days: Option<TravelDays>,
    total: Money,
}

#[derive(Clone, Serialize)]
struct Note {
    severity: &'static str,
    code: String,
    line: Option<u32>,
    row: Option<RowId>,
    sentence: String,
}

impl QuoteFacts {
    pub(crate) fn of(quote: &Quote) -> Self {
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
            ways: quote.ways().into_iter().map(choice).collect(),
            chargeable_weight_g: terms.chargeable_weight.0,
            weight_source: terms.weight_source.code(),
            remarks: terms.remarks.iter().map(note).collect(),
            rules: terms.rules.clone(),
            rules_version: terms.rules_version.as_str().to_owned(),
            hash: quote.hash().to_owned(),
            made_at: terms.made_at,
            expires_at: terms.expires_at,
        }
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
        speed: choice.speed.code(),
        price: choice.price,
        source: choice.source.code(),
        days: choice.days,
    }
}

fn choice(way: Way) -> Choice {
    Choice {
        quote: way.quote.to_string(),
        carrier: way.carrier.to_string(),
        speed: way.speed.code(),
        days: way.days,
        total: way.total,
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
