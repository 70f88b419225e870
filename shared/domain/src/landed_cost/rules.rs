//! All rule rows, read and checked as a whole: a wrong row is named and nothing is priced with half a rule book.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{
    Deserialize, Serialize,
    de::{Error, MapAccess},
};

use super::{
    classify::ClassRow,
    dated::{self, Dated},
    fees::{CarrierFee, ChargeUnit, Guarantee, Insurance, Packing, PaymentFee, QuoteLife, ServiceFee, Tolerance},
    freight::{FreightPrice, FreightSurcharge, FreightZone},
    rate_sheet::RateGuard,
    restrict::{Acceptance, DangerRow, Restriction},
    row::RowId,
    table::{Destination, DutyRate, ExchangeRate, Fallback, Table, TaxRule, Threshold, ValueBase},
    weight::{CarrierRule, WeightAssumption, WeightMargin},
};

/// Which rows a price was made of: the shipped files by date and content, then the edition of the staff and the exchange rates on top of
/// them, as in `2026-11-23-5f1d9c3a+7+fx.2026-11-25`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RulesVersion(pub(super) String);

impl RulesVersion {
    /// The version as text; empty for rows of a test.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

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
            /// Which rows these are, as quotes name it.
            pub(super) version: RulesVersion,
            $(pub(super) $rows: Vec<Dated<$rule>>,)*
        }

        impl Rules {
            /// Reads one row of a table and checks what it must fulfil by itself.
            pub(super) fn add<'de, A: MapAccess<'de>>(&mut self, table: &str, fields: A) -> Result<(), A::Error> {
                match table {
                    $($word => self.$rows.push(read_checked(fields)?),)*
                    _ => return Err(A::Error::custom(format!("there is no table {table:?}"))),
                }
                Ok(())
            }

            /// Takes a row out, whatever table it is in.
            pub(super) fn remove(&mut self, id: &RowId) {
                $(self.$rows.retain(|row| row.id != *id);)*
            }

            pub(super) fn check_overlaps(&self) -> Result<(), RulesError> {
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
    "rate_guard" rate_guards RateGuard;
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
    /// Which rows these are, as quotes name it.
    #[must_use]
    pub fn version(&self) -> &RulesVersion {
        &self.version
    }

    /// The countries we deliver to on a day, with their names.
    #[must_use]
    pub fn destinations(&self, day: Date) -> Vec<&Destination> {
        holding(&self.destinations, day).map(|row| &row.rule).collect()
    }
}

/// The rows that hold on a day.
pub(super) fn holding<T>(rows: &[Dated<T>], day: Date) -> impl Iterator<Item = &Dated<T>> {
    rows.iter().filter(move |row| row.holds_on(day))
}

fn read_checked<'de, T: Table + Deserialize<'de>, A: MapAccess<'de>>(fields: A) -> Result<Dated<T>, A::Error> {
    let row = dated::read::<T, A>(fields)?;
    row.rule.check().map_err(A::Error::custom)?;
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
