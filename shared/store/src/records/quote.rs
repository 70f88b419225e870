//! A quote as an item. Its hash stands beside its terms: what does not give the same hash any more is refused when it is read.

use domain::{
    Currency, Decimal, Grams, Money, Timestamp,
    address::Country,
    id::{CustomerId, QuoteId},
    landed_cost::{
        Classification, Component, ComponentKind, Danger, ExchangeUsed, HsCode, Remark, RowId, RulesVersion, Severity,
        StoreCap, Want, WeightSource,
    },
    product::ProviderCode,
    quote::{Quote, QuoteLine, Terms},
};
use serde::{Deserialize, Serialize};

use super::{
    header::FORMAT,
    parts::VariantRecord,
    want::WantRecord,
    ways::{FreightRecord, WayRecord},
};
use crate::error::Error;

#[derive(Serialize, Deserialize)]
pub(crate) struct QuoteRecord {
    format: u32,
    hash: String,
    id: QuoteId,
    customer: CustomerId,
    destination: Country,
    lines: Vec<LineRecord>,
    components: Vec<ComponentRecord>,
    total: Money,
    low: Money,
    high: Money,
    exchanges: Vec<ExchangeRecord>,
    caps: Vec<CapRecord>,
    freight: FreightRecord,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    other_ways: Vec<WayRecord>,
    chargeable_weight: Grams,
    weight_source: WeightSource,
    remarks: Vec<RemarkRecord>,
    rules: Vec<RowId>,
    #[serde(default)]
    rules_version: RulesVersion,
    cart_fingerprint: String,
    made_at: Timestamp,
    // Not `expires_at`: that is the attribute at which the table forgets an item, and an order points at its quote for ever.
    quote_expires_at: Timestamp,
    /// What was priced; absent in a quote that was stored before it was kept.
    #[serde(default)]
    inputs: Option<WantRecord>,
    /// Where it stands among the newest quotes; only the first of a basket's ways does.
    due_pk: Option<String>,
    due_sk: Option<String>,
}

#[derive(Serialize, Deserialize)]
struct LineRecord {
    variant: VariantRecord,
    quantity: u32,
    title: String,
    variant_label: String,
    image: Option<String>,
    seller: Option<String>,
    unit_price: Money,
    store_service: String,
    store_delivery: Money,
    goods: Money,
    hs_code: Option<HsCode>,
    hs_confidence: u8,
    hs_rule: Option<RowId>,
    origin: Option<Country>,
    customs_value: Money,
    unit_weight: Grams,
    danger: Danger,
}

#[derive(Serialize, Deserialize)]
struct ComponentRecord {
    kind: ComponentKind,
    amount: Money,
    rules: Vec<RowId>,
    source: String,
}

#[derive(Serialize, Deserialize)]
struct ExchangeRecord {
    from: Currency,
    to: Currency,
    rate: Decimal,
    margin: Decimal,
    rules: Vec<RowId>,
}

#[derive(Serialize, Deserialize)]
struct CapRecord {
    store: ProviderCode,
    lines: Vec<u32>,
    expected: Money,
    max_total: Money,
    rule: RowId,
}

#[derive(Serialize, Deserialize)]
struct RemarkRecord {
    severity: Severity,
    code: String,
    line: Option<u32>,
    row: Option<RowId>,
    sentence: String,
}

impl QuoteRecord {
    pub(crate) fn of(quote: &Quote) -> Self {
        let terms = quote.terms().clone();
        Self {
            format: FORMAT,
            hash: quote.hash().to_owned(),
            id: terms.id,
            customer: terms.customer,
            destination: terms.destination,
            lines: terms.lines.into_iter().map(LineRecord::of).collect(),
            components: terms.components.into_iter().map(ComponentRecord::of).collect(),
            total: terms.total,
            low: terms.low,
            high: terms.high,
            exchanges: terms.exchanges.into_iter().map(ExchangeRecord::of).collect(),
            caps: terms.caps.into_iter().map(CapRecord::of).collect(),
            freight: FreightRecord::of(terms.freight),
            other_ways: terms.other_ways.into_iter().map(WayRecord::of).collect(),
            chargeable_weight: terms.chargeable_weight,
            weight_source: terms.weight_source,
            remarks: terms.remarks.into_iter().map(RemarkRecord::of).collect(),
            rules: terms.rules,
            rules_version: terms.rules_version,
            cart_fingerprint: terms.cart_fingerprint,
            made_at: terms.made_at,
            quote_expires_at: terms.expires_at,
            inputs: None,
            due_pk: None,
            due_sk: None,
        }
    }

    /// The same with what was priced.
    pub(crate) fn with_inputs(self, want: &Want) -> Self {
        Self {
            inputs: Some(WantRecord::of(want)),
            ..self
        }
    }

    /// The same with a place among the newest quotes.
    pub(crate) fn listed(self, pk: String) -> Self {
        Self {
            due_pk: Some(pk),
            due_sk: Some(format!("{}#{}", self.made_at, self.id)),
            ..self
        }
    }

    /// What was priced, when it was kept.
    pub(crate) fn take_inputs(&mut self) -> Option<Want> {
        self.inputs.take().map(WantRecord::into_want)
    }

    pub(crate) fn into_quote(self) -> Result<Quote, Error> {
        let terms = Terms {
            id: self.id,
            customer: self.customer,
            destination: self.destination,
            lines: self.lines.into_iter().map(LineRecord::into_line).collect(),
            components: self
                .components
                .into_iter()
                .map(ComponentRecord::into_component)
                .collect(),
            total: self.total,
            low: self.low,
            high: self.high,
            exchanges: self.exchanges.into_iter().map(ExchangeRecord::into_exchange).collect(),
            caps: self.caps.into_iter().map(CapRecord::into_cap).collect(),
            freight: self.freight.into_choice()?,
            other_ways: self.other_ways.into_iter().map(WayRecord::into_way).collect(),
            chargeable_weight: self.chargeable_weight,
            weight_source: self.weight_source,
            remarks: self.remarks.into_iter().map(RemarkRecord::into_remark).collect(),
            rules: self.rules,
            rules_version: self.rules_version,
            cart_fingerprint: self.cart_fingerprint,
            made_at: self.made_at,
            expires_at: self.quote_expires_at,
        };
        Quote::rebuild(terms, &self.hash).map_err(|error| Error::defect("read a quote", error))
    }
}

impl LineRecord {
    fn of(line: QuoteLine) -> Self {
        let Classification { code, confidence, rule } = line.classification;
        Self {
            variant: VariantRecord::of(&line.variant),
            quantity: line.quantity,
            title: line.title,
            variant_label: line.variant_label,
            image: line.image,
            seller: line.seller,
            unit_price: line.unit_price,
            store_service: line.store_service,
            store_delivery: line.store_delivery,
            goods: line.goods,
            hs_code: code,
            hs_confidence: confidence,
            hs_rule: rule,
            origin: line.origin,
            customs_value: line.customs_value,
            unit_weight: line.unit_weight,
            danger: line.danger,
        }
    }

    fn into_line(self) -> QuoteLine {
        QuoteLine {
            variant: self.variant.into_variant(),
            quantity: self.quantity,
            title: self.title,
            variant_label: self.variant_label,
            image: self.image,
            seller: self.seller,
            unit_price: self.unit_price,
            store_service: self.store_service,
            store_delivery: self.store_delivery,
            goods: self.goods,
            classification: Classification {
                code: self.hs_code,
                confidence: self.hs_confidence,
                rule: self.hs_rule,
            },
            origin: self.origin,
            customs_value: self.customs_value,
            unit_weight: self.unit_weight,
            danger: self.danger,
        }
    }
}

impl ComponentRecord {
    fn of(
        Component {
            kind,
            amount,
            rules,
            source,
        }: Component,
    ) -> Self {
        Self {
            kind,
            amount,
            rules,
            source,
        }
    }

    fn into_component(self) -> Component {
        Component {
            kind: self.kind,
            amount: self.amount,
            rules: self.rules,
            source: self.source,
        }
    }
}

impl ExchangeRecord {
    fn of(
        ExchangeUsed {
            from,
            to,
            rate,
            margin,
            rules,
        }: ExchangeUsed,
    ) -> Self {
        Self {
            from,
            to,
            rate,
            margin,
            rules,
        }
    }

    fn into_exchange(self) -> ExchangeUsed {
        ExchangeUsed {
            from: self.from,
            to: self.to,
            rate: self.rate,
            margin: self.margin,
            rules: self.rules,
        }
    }
}

impl CapRecord {
    fn of(
        StoreCap {
            store,
            lines,
            expected,
            max_total,
            rule,
        }: StoreCap,
    ) -> Self {
        Self {
            store,
            lines,
            expected,
            max_total,
            rule,
        }
    }

    fn into_cap(self) -> StoreCap {
        StoreCap {
            store: self.store,
            lines: self.lines,
            expected: self.expected,
            max_total: self.max_total,
            rule: self.rule,
        }
    }
}

impl RemarkRecord {
    fn of(
        Remark {
            severity,
            code,
            line,
            row,
            sentence,
        }: Remark,
    ) -> Self {
        Self {
            severity,
            code,
            line,
            row,
            sentence,
        }
    }

    fn into_remark(self) -> Remark {
        Remark {
            severity: self.severity,
            code: self.code,
            line: self.line,
            row: self.row,
            sentence: self.sentence,
        }
    }
}
