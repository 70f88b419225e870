//! All rule rows, read and checked as a whole: a wrong row is named and nothing is priced with half a rule book.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::{
    classify::ClassRow,
    dated::{self, Dated},
    fees::{CarrierFee, ChargeUnit, Guarantee, Insurance, Packing, PaymentFee, QuoteLife, ServiceFee, Tolerance},
    freight::{FreightPrice, FreightSurcharge, FreightZone},
    restrict::{Acceptance, DangerRow, Restriction},
    row::RowId,
    table::{Destination, DutyRate, ExchangeRate, Fallback, Table, TaxRule, Threshold, ValueBase},
    weight::{CarrierRule, WeightAssumption, WeightMargin},
};

/// Why rule texts are refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RulesError {
    /// A file is no list of rows at all.
    #[error("{file}: not a list of rows: {reason}")]
    File {
        /// The file.
        file: String,
        /// What is wrong with it.
        reason: String,
    },
    /// One row is wrong.
    #[error("{file}: row {row}: {reason}")]
    Row {
        /// The file.
        file: String,
        /// The id of the row, or its position when it has none.
        row: String,
        /// What is wrong with it.
        reason: String,
    },
    /// Two rows say something about the same thing on the same day.
    #[error("rows {0} and {1} overlap: close the older one the day before the newer begins")]
    Overlap(RowId, RowId),
}

macro_rules! tables {
    ($($word:literal $rows:ident $rule:ty;)*) => {
        /// Every dated row the landed price is made of.
        #[derive(Clone, Debug, Default)]
        pub struct Rules {
            $(pub(super) $rows: Vec<Dated<$rule>>,)*
        }

        impl Rules {
            fn add(&mut self, table: &str, id: RowId, fields: Map<String, Value>) -> Result<(), String> {
                match table {
                    $($word => self.$rows.push(read_checked(id, fields)?),)*
                    _ => return Err(format!("there is no table {table:?}")),
                }
                Ok(())
            }

            fn check_overlaps(&self) -> Result<(), RulesError> {
                $(no_overlap(&self.$rows)?;)*
                Ok(())
            }
        }
    };
}

tables! {
    "carrier" carriers CarrierRule;
    "carrier_fee" carrier_fees CarrierFee;
    "charge_unit" charge_units ChargeUnit;
    "classification" classifications ClassRow;
    "danger" dangers DangerRow;
    "danger_acceptance" acceptances Acceptance;
    "destination" destinations Destination;
    "duty_rate" duties DutyRate;
    "exchange_rate" exchange_rates ExchangeRate;
    "fallback" fallbacks Fallback;
    "freight_price" freight_prices FreightPrice;
    "freight_surcharge" freight_surcharges FreightSurcharge;
    "freight_zone" freight_zones FreightZone;
    "guarantee" guarantees Guarantee;
    "insurance" insurances Insurance;
    "packing" packings Packing;
    "payment_fee" payment_fees PaymentFee;
    "quote_life" quote_lives QuoteLife;
    "restriction" restrictions Restriction;
    "service_fee" service_fees ServiceFee;
    "tax_rule" taxes TaxRule;
    "threshold" thresholds Threshold;
    "tolerance" tolerances Tolerance;
    "value_base" value_bases ValueBase;
    "weight_assumption" weight_assumptions WeightAssumption;
    "weight_margin" weight_margins WeightMargin;
}

impl Rules {
    /// The names and texts of the rule files that come with the shop.
    pub const SHIPPED: &[(&str, &str)] = &[
        ("shop.json", include_str!("../../rules/shop.json")),
        ("exchange.json", include_str!("../../rules/exchange.json")),
        ("freight.json", include_str!("../../rules/freight.json")),
        ("classification.json", include_str!("../../rules/classification.json")),
        ("restrictions.json", include_str!("../../rules/restrictions.json")),
        ("weights.json", include_str!("../../rules/weights.json")),
        ("east-africa.json", include_str!("../../rules/east-africa.json")),
        ("kenya.json", include_str!("../../rules/kenya.json")),
        ("africa.json", include_str!("../../rules/africa.json")),
        ("world.json", include_str!("../../rules/world.json")),
    ];

    /// The rules that come with the shop.
    ///
    /// # Errors
    /// Never for a build whose tests pass.
    pub fn shipped() -> Result<Self, RulesError> {
        Self::parse(Self::SHIPPED)
    }

    /// Reads rule files: pairs of a name and a JSON text that is a list of rows.
    ///
    /// # Errors
    /// The first file, row or pair of rows that is wrong, by name.
    pub fn parse(files: &[(&str, &str)]) -> Result<Self, RulesError> {
        let mut rules = Self::default();
        let mut seen = BTreeSet::new();
        for (file, text) in files {
            let wrong = |reason: serde_json::Error| RulesError::File {
                file: (*file).to_owned(),
                reason: reason.to_string(),
            };
            let rows: Vec<Map<String, Value>> = serde_json::from_str(text).map_err(wrong)?;
            for (position, fields) in rows.into_iter().enumerate() {
                rules.add_row(file, position, fields, &mut seen)?;
            }
        }
        rules.check_overlaps()?;
        Ok(rules)
    }

    /// The countries we deliver to on a day, with their names.
    #[must_use]
    pub fn destinations(&self, day: Date) -> Vec<&Destination> {
        holding(&self.destinations, day).map(|row| &row.rule).collect()
    }

    fn add_row(
        &mut self,
        file: &str,
        position: usize,
        mut fields: Map<String, Value>,
        seen: &mut BTreeSet<RowId>,
    ) -> Result<(), RulesError> {
        let named = fields
            .get("id")
            .and_then(Value::as_str)
            .map_or_else(|| format!("number {}", position + 1), str::to_owned);
        let wrong = |reason: String| RulesError::Row {
            file: file.to_owned(),
            row: named.clone(),
            reason,
        };
        let id = dated::text(&mut fields, "id")
            .map_err(wrong)?
            .ok_or_else(|| wrong("id is missing".into()))?;
        let id: RowId = id.parse().map_err(|e: super::row::NotARowId| wrong(e.to_string()))?;
        let table = dated::text(&mut fields, "table")
            .map_err(wrong)?
            .ok_or_else(|| wrong("table is missing".into()))?;
        if !seen.insert(id.clone()) {
            return Err(wrong("the id is used twice".into()));
        }
        self.add(&table, id, fields).map_err(wrong)
    }
}

/// The rows that hold on a day.
pub(super) fn holding<T>(rows: &[Dated<T>], day: Date) -> impl Iterator<Item = &Dated<T>> {
    rows.iter().filter(move |row| row.holds_on(day))
}

fn read_checked<T: Table + for<'de> Deserialize<'de>>(
    id: RowId,
    fields: Map<String, Value>,
) -> Result<Dated<T>, String> {
    let row = dated::read::<T>(id, fields)?;
    row.rule.check()?;
    Ok(row)
}

fn no_overlap<T: Table>(rows: &[Dated<T>]) -> Result<(), RulesError> {
    let mut by_key: BTreeMap<String, Vec<&Dated<T>>> = BTreeMap::new();
    for row in rows {
        let same = by_key.entry(row.rule.key()).or_default();
        if let Some(other) = same.iter().find(|other| other.overlaps(row)) {
            return Err(RulesError::Overlap(other.id.clone(), row.id.clone()));
        }
        same.push(row);
    }
    Ok(())
}
