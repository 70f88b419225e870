//! Exchange rates: the dated row, its inverse, or two rows through the dollar.

use std::collections::BTreeMap;

use super::{
    dated::Dated,
    row::RowId,
    rules::{Rules, holding},
    table::{ExchangeRate, Purpose},
    trace::{Cites, Trace},
    want::NotPriced,
};
use crate::{currency::Currency, decimal::Decimal, money::Money};

/// Decimals of an inverse or crossed rate: exact to the minor unit for any amount a parcel is worth.
const SCALE: u8 = 12;

/// One exchange rate of a price.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExchangeUsed {
    /// One unit of this currency ...
    pub from: Currency,
    /// ... is so much of this one.
    pub to: Currency,
    /// Units of `to` for one of `from`, before the margin.
    pub rate: Decimal,
    /// The margin on it: its own component of the price.
    pub margin: Decimal,
    /// The rows of the rate.
    pub rules: Vec<RowId>,
}

/// Turns amounts into the currency the customer pays, and remembers on which of them the margin falls.
pub(super) struct Till<'a> {
    rules: &'a Rules,
    charge: Currency,
    foreign: BTreeMap<Currency, (ExchangeUsed, Money)>,
    cites: Cites,
}

impl<'a> Till<'a> {
    pub(super) fn new(rules: &'a Rules, charge: Currency) -> Self {
        Self {
            rules,
            charge,
            foreign: BTreeMap::new(),
            cites: Cites::default(),
        }
    }

    /// What somebody else is paid in their currency: the margin falls on it.
    pub(super) fn cost(&mut self, amount: Money, trace: &mut Trace) -> Result<Money, NotPriced> {
        let (rate, cites) = rate(self.rules, Purpose::Shop, (amount.currency(), self.charge), trace)?;
        let here = amount.exchanged(rate.rate, self.charge)?;
        if amount.currency() != self.charge {
            self.cites.add(cites);
            let entry = self
                .foreign
                .entry(amount.currency())
                .or_insert((rate, Money::zero(self.charge)));
            entry.1 = entry.1.plus(here)?;
        }
        Ok(here)
    }

    /// What we set ourselves, such as the least fee: no margin.
    pub(super) fn fee(&self, amount: Money, trace: &mut Trace) -> Result<Money, NotPriced> {
        let (rate, _) = rate(self.rules, Purpose::Shop, (amount.currency(), self.charge), trace)?;
        Ok(amount.exchanged(rate.rate, self.charge)?)
    }

    /// The rows of the rates used so far.
    pub(super) fn cites(&self) -> Cites {
        self.cites.clone()
    }

    /// The margin on everything that was exchanged, and the rates.
    pub(super) fn close(self) -> Result<(Money, Cites, Vec<ExchangeUsed>), NotPriced> {
        let mut margin = Money::zero(self.charge);
        let mut used = Vec::new();
        for (rate, amount) in self.foreign.into_values() {
            margin = margin.plus(amount.share(rate.margin)?)?;
            used.push(rate);
        }
        Ok((margin, self.cites, used))
    }
}

/// An amount at the rate of customs; at our own rate, flagged, when customs' rate is missing.
pub(super) fn at_customs_rate(
    rules: &Rules,
    amount: Money,
    to: Currency,
    trace: &mut Trace,
) -> Result<Money, NotPriced> {
    let pair = (amount.currency(), to);
    if let Ok((rate, _)) = rate(rules, Purpose::Customs, pair, trace) {
        return Ok(amount.exchanged(rate.rate, to)?);
    }
    let (rate, _) = rate(rules, Purpose::Shop, pair, trace)?;
    let sentence = format!(
        "No customs exchange rate from {} to {to} is known; ours was taken.",
        amount.currency()
    );
    trace.say(super::Severity::NeedsReview, "row_missing", None, sentence);
    Ok(amount.exchanged(rate.rate, to)?)
}

/// A rate between two currencies: direct, inverse, or through the dollar, with the larger of the margins.
pub(super) fn rate(
    rules: &Rules,
    purpose: Purpose,
    (from, to): (Currency, Currency),
    trace: &mut Trace,
) -> Result<(ExchangeUsed, Cites), NotPriced> {
    let one = Decimal::new(1, 0);
    if from == to {
        let none = ExchangeUsed {
            from,
            to,
            rate: one,
            margin: Decimal::default(),
            rules: Vec::new(),
        };
        return Ok((none, Cites::default()));
    }
    let missing = NotPriced::NoRate { from, to };
    let day = trace.day;
    let find = |from, to| {
        holding(&rules.exchange_rates, day)
            .find(|row| row.rule.purpose == purpose && row.rule.from == from && row.rule.to == to)
    };
    let made = |rate, margin, cites: Cites| {
        (
            ExchangeUsed {
                from,
                to,
                rate,
                margin,
                rules: cites.ids(),
            },
            cites,
        )
    };
    if let Some(row) = find(from, to) {
        return Ok(made(row.rule.rate, row.rule.margin, uses(rules, row, trace)));
    }
    if let Some(row) = find(to, from) {
        let rate = one.divided_by(row.rule.rate, SCALE).ok_or(missing)?;
        return Ok(made(rate, row.rule.margin, uses(rules, row, trace)));
    }
    let (Some(first), Some(second)) = (find(Currency::USD, from), find(Currency::USD, to)) else {
        return Err(missing);
    };
    let rate = second.rule.rate.divided_by(first.rule.rate, SCALE).ok_or(missing)?;
    let cites = uses(rules, first, trace).with(uses(rules, second, trace));
    Ok(made(rate, larger_margin(first, second), cites))
}

/// Notes a rate, and that it is too old when it is: rates age in days, other rows in months.
fn uses(rules: &Rules, row: &Dated<ExchangeRate>, trace: &mut Trace) -> Cites {
    let guard = holding(&rules.rate_guards, trace.day).next();
    let oldest = guard.map(|guard| i32::from(guard.rule.max_age_days));
    if row.rule.purpose == Purpose::Shop && oldest.is_some_and(|oldest| row.age_on(trace.day) > oldest) {
        let sentence = format!(
            "The exchange rate is that of {}; a newer one is not known.",
            row.checked_on
        );
        trace.about_row(row, "rate_stale", sentence);
    }
    trace.uses(row)
}

fn larger_margin(first: &Dated<ExchangeRate>, second: &Dated<ExchangeRate>) -> Decimal {
    let units = |row: &Dated<ExchangeRate>| row.rule.margin.exact_units(SCALE);
    if units(first) >= units(second) {
        first.rule.margin
    } else {
        second.rule.margin
    }
}
