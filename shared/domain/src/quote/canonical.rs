//! The canonical text of a quote: every field by name, each value with its length, so that no two different quotes share a text.

use std::fmt::Display;

use sha2::{Digest, Sha256};

use super::{QuoteLine, Terms, Way};
use crate::landed_cost::{Component, ExchangeUsed, FreightChoice, Remark, RowId, StoreCap, TravelDays};

/// SHA-256 of the canonical text, in hexadecimal.
pub(super) fn hash(terms: &Terms) -> String {
    let mut text = Text(Sha256::new());
    // The form's own version: a later form gets another number, stored quotes keep theirs.
    text.field("quote", 1);
    text.field("id", &terms.id);
    text.field("customer", &terms.customer);
    text.field("destination", terms.destination);
    text.list("lines", &terms.lines, line);
    text.list("components", &terms.components, component);
    text.field("total", terms.total);
    text.field("low", terms.low);
    text.field("high", terms.high);
    text.list("exchanges", &terms.exchanges, exchange);
    text.list("caps", &terms.caps, cap);
    freight(&mut text, &terms.freight);
    // The first form knew one speed and no version of the rules; its quotes keep their hash.
    let is_first_form = terms.rules_version.as_str().is_empty();
    if !is_first_form {
        text.field("speed", terms.freight.speed);
    }
    // A quote without a choice is written as before there was one.
    if !terms.other_ways.is_empty() {
        text.list("other_ways", &terms.other_ways, way);
    }
    text.field("chargeable_weight_g", terms.chargeable_weight.0);
    text.field("weight_source", terms.weight_source.code());
    text.list("remarks", &terms.remarks, remark);
    text.list("rules", &terms.rules, rule);
    if !is_first_form {
        text.field("rules_version", terms.rules_version.as_str());
    }
    text.field("cart_fingerprint", &terms.cart_fingerprint);
    text.field("made_at", terms.made_at);
    text.field("expires_at", terms.expires_at);
    format!("{:x}", text.0.finalize())
}

struct Text(Sha256);

impl Text {
    fn field(&mut self, name: &str, value: impl Display) {
        let value = value.to_string();
        for part in [name, ":", &value.len().to_string(), ":", &value, "\n"] {
            self.0.update(part);
        }
    }

    fn maybe(&mut self, name: &str, value: Option<&impl Display>) {
        match value {
            Some(value) => self.field(name, value),
            None => self.0.update(format!("{name}:-\n")),
        }
    }

    fn list<T>(&mut self, name: &str, values: &[T], write: fn(&mut Self, &T)) {
        self.field(name, values.len());
        for value in values {
            write(self, value);
        }
    }
}

fn line(text: &mut Text, line: &QuoteLine) {
    text.field("store", &line.variant.store);
    text.field("product", &line.variant.product);
    text.field("variant", &line.variant.variant);
    text.field("quantity", line.quantity);
    text.field("title", &line.title);
    text.field("variant_label", &line.variant_label);
    text.maybe("image", line.image.as_ref());
    text.maybe("seller", line.seller.as_ref());
    text.field("unit_price", line.unit_price);
    text.field("store_service", &line.store_service);
    text.field("store_delivery", line.store_delivery);
    text.field("goods", line.goods);
    text.maybe("hs", line.classification.code.as_ref());
    text.field("hs_confidence", line.classification.confidence);
    text.maybe("hs_rule", line.classification.rule.as_ref());
    text.maybe("origin", line.origin.as_ref());
    text.field("customs_value", line.customs_value);
    text.field("unit_weight_g", line.unit_weight.0);
    text.field("danger", line.danger);
}

fn component(text: &mut Text, part: &Component) {
    text.field("kind", &part.kind);
    text.field("amount", part.amount);
    text.list("rules", &part.rules, rule);
    text.field("source", &part.source);
}

fn exchange(text: &mut Text, used: &ExchangeUsed) {
    text.field("from", used.from);
    text.field("to", used.to);
    text.field("rate", used.rate);
    text.field("margin", used.margin);
    text.list("rules", &used.rules, rule);
}

fn cap(text: &mut Text, cap: &StoreCap) {
    text.field("store", &cap.store);
    text.list("lines", &cap.lines, |text, number| text.field("line", number));
    text.field("expected", cap.expected);
    text.field("max_total", cap.max_total);
    text.field("rule", &cap.rule);
}

fn freight(text: &mut Text, choice: &FreightChoice) {
    text.field("carrier", &choice.carrier);
    text.field("service", &choice.service);
    text.field("price", choice.price);
    text.field("freight_source", choice.source.code());
    days(text, choice.days);
}

fn way(text: &mut Text, way: &Way) {
    text.field("quote", &way.quote);
    text.field("carrier", &way.carrier);
    text.field("speed", way.speed);
    days(text, way.days);
    text.field("total", way.total);
}

fn days(text: &mut Text, days: Option<TravelDays>) {
    let written = days.map(|(soonest, latest)| format!("{soonest}-{latest}"));
    text.maybe("days", written.as_ref());
}

fn remark(text: &mut Text, remark: &Remark) {
    text.field("severity", remark.severity.code());
    text.field("code", &remark.code);
    text.maybe("line", remark.line.as_ref());
    text.maybe("row", remark.row.as_ref());
    text.field("sentence", &remark.sentence);
}

fn rule(text: &mut Text, rule: &RowId) {
    text.field("rule", rule);
}
