//! Baskets and edited rule rows for the tests: each shows only what matters.

use std::sync::LazyLock;

use serde_json::{Map, Value};

use crate::{
    address::Country,
    currency::Currency,
    landed_cost::{ComponentKind, Freight, FreightOffer, LandedCost, Mode, Rules, RulesError, Speed, Want, WantedLine},
    measure::{Dimensions, Grams, Millimetres},
    money::Money,
    product::{Package, VariantRef},
    timestamp::Timestamp,
};

pub(super) fn now() -> Timestamp {
    "2026-11-23T09:00:00Z".parse().unwrap()
}

pub(super) fn usd(text: &str) -> Money {
    Money::parse(text, Currency::USD).unwrap()
}

pub(super) fn line(title: &str, price: &str) -> WantedLine {
    let variant = VariantRef {
        store: "aliexpress".parse().unwrap(),
        product: title.into(),
        variant: String::new(),
    };
    let size = Dimensions::new(Millimetres(400), Millimetres(300), Millimetres(150));
    let package = Some(Package {
        weight: Grams(1800),
        size: Some(size),
    });
    WantedLine {
        package,
        origin: Some("VN".parse().unwrap()),
        ..WantedLine::new(variant, title, 1, usd(price))
    }
}

/// A basket to Kenya with a carrier's own price for the freight, charged in dollars.
pub(super) fn want(lines: Vec<WantedLine>, freight: &str) -> Want {
    let offer = FreightOffer {
        carrier: "dhl".parse().unwrap(),
        service: "P".into(),
        speed: Speed::Economy,
        price: usd(freight),
        days: Some((3, 6)),
    };
    Want {
        lines,
        destination: Country::KE,
        export_from: Country::US,
        charge: Currency::USD,
        charge_unit: 1,
        freight: Freight::Live(offer),
        mode: Mode::Air,
        payment: None,
    }
}

pub(super) fn amount(cost: &LandedCost, kind: &str) -> Money {
    let kind: ComponentKind = kind.parse().unwrap();
    let found = cost.components.iter().find(|part| part.kind == kind);
    found.map_or(Money::zero(cost.total.currency()), |part| part.amount)
}

pub(super) fn has_remark(cost: &LandedCost, code: &str) -> bool {
    cost.remarks.iter().any(|remark| remark.code == code)
}

/// The shipped rules, read once.
pub(super) fn shipped() -> &'static Rules {
    static SHIPPED: LazyLock<Rules> = LazyLock::new(|| Rules::shipped().unwrap());
    &SHIPPED
}

/// The shipped rows, open to edits.
#[derive(Clone)]
pub(super) struct Book(Vec<Map<String, Value>>);

impl Book {
    pub(super) fn shipped() -> Self {
        let rows = Rules::SHIPPED
            .iter()
            .flat_map(|(_, text)| serde_json::from_str::<Vec<_>>(text).unwrap());
        Self(rows.collect())
    }

    pub(super) fn set(mut self, id: &str, field: &str, value: impl Into<Value>) -> Self {
        let row = self
            .0
            .iter_mut()
            .find(|row| row.get("id") == Some(&Value::from(id)))
            .unwrap();
        row.insert(field.into(), value.into());
        self
    }

    pub(super) fn without(mut self, id: &str) -> Self {
        let before = self.0.len();
        self.0
            .retain(|row| !row.get("id").unwrap().as_str().unwrap().starts_with(id));
        assert!(self.0.len() < before, "no row {id}");
        self
    }

    pub(super) fn with(mut self, row: Value) -> Self {
        self.0.push(row.as_object().unwrap().clone());
        self
    }

    pub(super) fn of(rows: Vec<Map<String, Value>>) -> Self {
        Self(rows)
    }

    pub(super) fn rows(&self) -> &[Map<String, Value>] {
        &self.0
    }

    pub(super) fn into_rows(self) -> Vec<Map<String, Value>> {
        self.0
    }

    pub(super) fn read(&self) -> Result<Rules, RulesError> {
        Rules::parse(&[("edited.json", &serde_json::to_string(&self.0).unwrap())])
    }

    pub(super) fn rules(&self) -> Rules {
        self.read().unwrap()
    }

    /// Without everything that the worked example leaves out: packing, margins, the carrier's and the payment's fee.
    pub(super) fn bare() -> Self {
        Self::shipped()
            .set("fx.shop.usd-kes", "margin", "0")
            .set("shop.packing.5000", "fee", "USD 0.00")
            .set("shop.packing.10000", "fee", "USD 0.00")
            .set("shop.guarantee", "share", "0")
            .set("shop.payment.any", "share", "0")
            .set("shop.payment.any", "fixed", "USD 0.00")
            .set("any.carrier-fee.ddp", "share", "0")
            .set("any.carrier-fee.ddp", "min", "USD 0.00")
    }
}
