//! The rules as the price page prints them, made from the same rows as every price.

use jiff::civil::Date;

use super::{
    dated::Dated,
    row::RowId,
    rules::{Rules, holding},
    table::Purpose,
};
use crate::{decimal::Decimal, measure::Grams};

/// One rule in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PrintedRule {
    /// The row.
    pub row: RowId,
    /// What it says.
    pub sentence: String,
    /// Where it has its figure from.
    pub source: String,
    /// When a person last compared it with its source.
    pub checked_on: Date,
}

impl Rules {
    /// Our own fees and promises on a day: service, packing, insurance, payment, guarantee, tolerance, exchange, rounding, duration.
    #[must_use]
    pub fn printed(&self, day: Date) -> Vec<PrintedRule> {
        let mut all = Vec::new();
        all.extend(print(&self.service_fees, day, |fee| {
            Some(format!(
                "Our service costs {} of the items, at least {}.",
                percent(fee.share),
                fee.min.0
            ))
        }));
        all.extend(print(&self.packings, day, |step| {
            Some(format!(
                "Packing up to {} kg costs {}.",
                Grams(step.up_to_g).kilograms(),
                step.fee.0
            ))
        }));
        all.extend(print(&self.insurances, day, |it| {
            Some(format!(
                "Insurance costs {} of the items, at least {}.",
                percent(it.share),
                it.min.0
            ))
        }));
        all.extend(print(&self.payment_fees, day, |fee| {
            let with = if fee.provider.exactness() == 0 {
                "any provider".to_owned()
            } else {
                fee.provider.to_string()
            };
            Some(format!(
                "Paying with {with} costs {} and {}.",
                percent(fee.share),
                fee.fixed.0
            ))
        }));
        all.extend(print(&self.guarantees, day, |it| {
            Some(format!(
                "For {} of the duties and taxes we guarantee them: you pay no more at the door.",
                percent(it.share)
            ))
        }));
        all.extend(print(&self.tolerances, day, |it| Some(it.printed.clone())));
        all.extend(print(&self.exchange_rates, day, |rate| {
            let (from, to) = (rate.from, rate.to);
            (rate.purpose == Purpose::Shop).then(|| format!("1 {from} = {} {to}. {}.", rate.rate, rate.printed))
        }));
        all.extend(print(&self.charge_units, day, |unit| {
            Some(format!(
                "Prices in {} are rounded to what can be paid: {}.",
                unit.currency, unit.reason
            ))
        }));
        all.extend(print(&self.quote_lives, day, |life| {
            Some(format!("A quote holds for {} minutes.", life.minutes))
        }));
        all
    }
}

fn print<T>(rows: &[Dated<T>], day: Date, say: impl Fn(&T) -> Option<String>) -> Vec<PrintedRule> {
    let in_words = |row: &Dated<T>| {
        let (row_id, source, checked_on) = (row.id.clone(), row.source.clone(), row.checked_on);
        say(&row.rule).map(|sentence| PrintedRule {
            row: row_id,
            sentence,
            source,
            checked_on,
        })
    };
    holding(rows, day).filter_map(in_words).collect()
}

/// `0.035` as `3.5 %`.
fn percent(share: Decimal) -> String {
    share
        .shifted(2, 0)
        .map_or_else(|| format!("{share} times"), |percent| format!("{percent} %"))
}
