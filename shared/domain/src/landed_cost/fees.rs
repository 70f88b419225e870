//! What is charged beside goods, freight and taxes: our service, packing, insurance, the guarantee, the carrier's handling, the payment.

use serde::Deserialize;

use super::{
    dated::Dated,
    rules::{Rules, holding},
    table::{Amount, Match, Table},
    trace::{Cites, Trace},
    want::NotPriced,
};
use crate::{
    address::Country, currency::Currency, decimal::Decimal, measure::Grams, money::Money, product::ProviderCode,
};

/// Our fee: a share of the goods.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ServiceFee {
    /// The share.
    pub share: Decimal,
    /// At least so much.
    pub min: Amount,
}

/// The reserve of the price guarantee: a share of duties and taxes.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Guarantee {
    /// The destination.
    pub dest: Match<Country>,
    /// The share.
    pub share: Decimal,
}

/// Box and work, by the billed weight.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Packing {
    /// Up to this weight, inclusive.
    pub up_to_g: u32,
    /// The fee.
    pub fee: Amount,
}

/// Insurance: a share of the goods.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Insurance {
    /// The share.
    pub share: Decimal,
    /// At least so much.
    pub min: Amount,
}

/// What a payment provider takes, as a share of everything before it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PaymentFee {
    /// The provider.
    pub provider: Match<ProviderCode>,
    /// The share.
    pub share: Decimal,
    /// And so much for each payment.
    pub fixed: Amount,
}

/// What a carrier takes for paying customs first, as a share of duties and taxes.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CarrierFee {
    /// The carrier.
    pub carrier: Match<ProviderCode>,
    /// The destination.
    pub dest: Match<Country>,
    /// What for.
    pub fee: FeeKind,
    /// The share.
    pub share: Decimal,
    /// At least so much; charged also when there is nothing to pay to customs.
    pub min: Amount,
}

/// What a carrier's fee is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum FeeKind {
    /// Paying duties and taxes in advance.
    Disbursement,
    /// Billing duties and taxes to us instead of the receiver.
    Ddp,
    /// Clearance work.
    Clearance,
}

/// The smallest amount that can be paid in a currency.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ChargeUnit {
    /// The currency.
    pub currency: Currency,
    /// In minor units: 100 for whole shillings.
    pub minor_units: u32,
    /// Why.
    pub reason: String,
}

/// How much more a store may ask before the customer is asked: the larger of the two.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Tolerance {
    /// A share of what was quoted.
    pub share: Decimal,
    /// An amount.
    pub floor: Amount,
    /// The rule as printed on the price page.
    pub printed: String,
}

/// How long a quote holds.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct QuoteLife {
    /// In minutes.
    pub minutes: u32,
}

impl Table for ServiceFee {
    fn key(&self) -> String {
        String::new()
    }

    fn check(&self) -> Result<(), String> {
        is_share(self.share)
    }
}

impl Table for Guarantee {
    fn key(&self) -> String {
        self.dest.to_string()
    }

    fn check(&self) -> Result<(), String> {
        is_share(self.share)
    }
}

impl Table for Packing {
    fn key(&self) -> String {
        self.up_to_g.to_string()
    }
}

impl Table for Insurance {
    fn key(&self) -> String {
        String::new()
    }

    fn check(&self) -> Result<(), String> {
        is_share(self.share)
    }
}

impl Table for PaymentFee {
    fn key(&self) -> String {
        self.provider.to_string()
    }

    fn check(&self) -> Result<(), String> {
        is_share(self.share)
    }
}

impl Table for CarrierFee {
    fn key(&self) -> String {
        format!("{} {} {:?}", self.carrier, self.dest, self.fee)
    }

    fn check(&self) -> Result<(), String> {
        is_share(self.share)
    }
}

impl Table for ChargeUnit {
    fn key(&self) -> String {
        self.currency.to_string()
    }

    fn check(&self) -> Result<(), String> {
        if self.minor_units == 0 {
            Err("a unit is at least one minor unit".into())
        } else {
            Ok(())
        }
    }
}

impl Table for Tolerance {
    fn key(&self) -> String {
        String::new()
    }

    fn check(&self) -> Result<(), String> {
        is_share(self.share)
    }
}

impl Table for QuoteLife {
    fn key(&self) -> String {
        String::new()
    }

    fn check(&self) -> Result<(), String> {
        if self.minutes == 0 {
            Err("a quote holds at least a minute".into())
        } else {
            Ok(())
        }
    }
}

/// A share of ours is between nothing and the whole.
fn is_share(share: Decimal) -> Result<(), String> {
    match share.exact_units(9) {
        Some(0..=1_000_000_000) => Ok(()),
        Some(_) | None => Err("a share is not below zero and not above one".into()),
    }
}

/// The only row of a table that has one row at a time.
pub(super) fn single<'a, T>(
    rows: &'a [Dated<T>],
    table: &'static str,
    trace: &mut Trace,
) -> Result<(&'a T, Cites), NotPriced> {
    let row = holding(rows, trace.day).next();
    let row = row.ok_or_else(|| NotPriced::NoRow {
        table,
        wanted: trace.day.to_string(),
    })?;
    Ok((&row.rule, trace.uses(row)))
}

/// The packing step of a weight; above the last step its fee stays.
pub(super) fn packing<'a>(
    rules: &'a Rules,
    weight: Grams,
    trace: &mut Trace,
) -> Result<(&'a Packing, Cites), NotPriced> {
    let fits = holding(&rules.packings, trace.day)
        .filter(|row| row.rule.up_to_g >= weight.0)
        .min_by_key(|row| row.rule.up_to_g);
    let row = fits.or_else(|| holding(&rules.packings, trace.day).max_by_key(|row| row.rule.up_to_g));
    let row = row.ok_or_else(|| NotPriced::NoRow {
        table: "packing",
        wanted: weight.kilograms(),
    })?;
    Ok((&row.rule, trace.uses(row)))
}

/// The fee of a payment provider; while none is chosen, that of any.
pub(super) fn payment<'a>(
    rules: &'a Rules,
    provider: Option<&ProviderCode>,
    trace: &mut Trace,
) -> Result<(&'a PaymentFee, Cites), NotPriced> {
    let row = holding(&rules.payment_fees, trace.day)
        .filter(|row| row.rule.provider.fits(provider))
        .max_by_key(|row| row.rule.provider.exactness());
    let wanted = || provider.map_or_else(|| "*".to_owned(), ToString::to_string);
    let row = row.ok_or_else(|| NotPriced::NoRow {
        table: "payment_fee",
        wanted: wanted(),
    })?;
    Ok((&row.rule, trace.uses(row)))
}

/// The carrier's fees to a country, the most exact row of each kind.
pub(super) fn carrier_fees<'a>(
    rules: &'a Rules,
    carrier: &ProviderCode,
    to: Country,
    day: jiff::civil::Date,
) -> Vec<&'a Dated<CarrierFee>> {
    let fits = |row: &&Dated<CarrierFee>| row.rule.carrier.fits(Some(carrier)) && row.rule.dest.fits(Some(&to));
    let exactness = |row: &Dated<CarrierFee>| (row.rule.carrier.exactness(), row.rule.dest.exactness());
    let mut best: std::collections::BTreeMap<FeeKind, &Dated<CarrierFee>> = std::collections::BTreeMap::new();
    for row in holding(&rules.carrier_fees, day).filter(fits) {
        let entry = best.entry(row.rule.fee).or_insert(row);
        if exactness(row) > exactness(entry) {
            *entry = row;
        }
    }
    best.into_values().collect()
}

/// The guarantee's row for a country.
pub(super) fn guarantee(rules: &Rules, to: Country, day: jiff::civil::Date) -> Option<&Dated<Guarantee>> {
    holding(&rules.guarantees, day)
        .filter(|row| row.rule.dest.fits(Some(&to)))
        .max_by_key(|row| row.rule.dest.exactness())
}

/// An amount, or at least so much.
pub(super) fn at_least(amount: Money, least: Money) -> Money {
    if amount.amount() < least.amount() {
        least
    } else {
        amount
    }
}
