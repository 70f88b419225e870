//! The rules as the price page prints them, made from the same rows as every price.

use jiff::civil::Date;

use super::{
    dated::{Confidence, Dated},
    row::RowId,
    rules::{Rules, holding},
    table::{Match, Purpose},
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
    /// False while nobody has confirmed it.
    pub is_confirmed: bool,
}

/// Rules about the same thing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PrintedSection {
    /// What they are about.
    pub heading: &'static str,
    /// The rules; never none.
    pub rules: Vec<PrintedRule>,
}

impl Rules {
    /// Our own fees and promises on a day: what we take, what paying costs, the exchange, the carriers, what we promise.
    #[must_use]
    pub fn printed(&self, day: Date) -> Vec<PrintedSection> {
        let sections = [
            ("What we take", self.own_fees(day)),
            ("Paying", self.paying(day)),
            ("Exchange rates", self.exchange(day)),
            ("The way to you", self.carriage(day)),
            ("What we promise", self.promises(day)),
        ];
        filled(sections)
    }

    fn own_fees(&self, day: Date) -> Vec<PrintedRule> {
        let mut all = print(&self.service_fees, day, |fee| {
            format!(
                "Our service costs {} of the items, at least {}.",
                percent(fee.share),
                fee.min.0
            )
        });
        all.extend(print(&self.packings, day, |step| {
            format!(
                "Packing up to {} kg costs {}.",
                Grams(step.up_to_g).kilograms(),
                step.fee.0
            )
        }));
        all.extend(print(&self.insurances, day, |it| {
            format!(
                "Insurance costs {} of the items, at least {}.",
                percent(it.share),
                it.min.0
            )
        }));
        all.extend(print(&self.guarantees, day, |it| {
            let to = if let Match::Only(country) = &it.dest {
                format!(" to {}", self.country_name(*country, day))
            } else {
                String::new()
            };
            format!(
                "For {} of the duties and taxes{to} we guarantee them: you pay no more at the door.",
                percent(it.share)
            )
        }));
        all
    }

    fn paying(&self, day: Date) -> Vec<PrintedRule> {
        let mut all = print(&self.payment_fees, day, |fee| {
            let with = match &fee.provider {
                Match::Any => "any other provider".to_owned(),
                Match::Only(provider) => provider.to_string(),
            };
            format!("Paying with {with} costs {} and {}.", percent(fee.share), fee.fixed.0)
        });
        all.extend(print(&self.charge_units, day, |unit| {
            format!(
                "Prices in {} are rounded to what can be paid: {}.",
                unit.currency, unit.reason
            )
        }));
        all
    }

    fn exchange(&self, day: Date) -> Vec<PrintedRule> {
        let shop = self
            .exchange_rates
            .iter()
            .filter(|row| row.rule.purpose == Purpose::Shop);
        print(shop, day, |rate| {
            let (from, to) = (rate.from, rate.to);
            format!("1 {from} = {} {to}. {}.", rate.rate, rate.printed)
        })
    }

    fn carriage(&self, day: Date) -> Vec<PrintedRule> {
        let sends = |carrier: &crate::product::ProviderCode| {
            holding(&self.freight_prices, day).any(|row| row.rule.carrier == *carrier)
        };
        let used = self.carriers.iter().filter(|row| sends(&row.rule.carrier));
        let mut all = print(used, day, |it| {
            format!(
                "{} with {}: billed is the weight or, if that is more, a kilogram for every {} cm³; up to {} kg in steps of {} g. One piece \
                 weighs at most {} kg and is at most {} cm long.",
                it.speed.label(),
                it.carrier.as_str().to_uppercase(),
                it.divisor,
                it.step_until_g / 1000,
                it.step_g,
                it.max_piece_g / 1000,
                it.max_side_mm / 10,
            )
        });
        all.extend(print(&self.carrier_fees, day, |fee| {
            let to = match &fee.dest {
                Match::Any => "any country".to_owned(),
                Match::Only(country) => self.country_name(*country, day),
            };
            format!(
                "For paying customs to {to} the carrier takes {} of duties and taxes, at least {}.",
                percent(fee.share),
                fee.min.0
            )
        }));
        all
    }

    fn promises(&self, day: Date) -> Vec<PrintedRule> {
        let mut all = print(&self.quote_lives, day, |life| {
            format!("A quote holds for {} minutes.", life.minutes)
        });
        all.extend(print(&self.tolerances, day, |it| it.printed.clone()));
        all
    }

    /// The name of a country, or its code where it has no row.
    pub(super) fn country_name(&self, country: crate::address::Country, day: Date) -> String {
        let row = holding(&self.destinations, day).find(|row| row.rule.dest == country);
        row.map_or_else(|| country.to_string(), |row| row.rule.name.clone())
    }
}

/// Sections that say something.
pub(super) fn filled(sections: impl IntoIterator<Item = (&'static str, Vec<PrintedRule>)>) -> Vec<PrintedSection> {
    let made = sections
        .into_iter()
        .map(|(heading, rules)| PrintedSection { heading, rules });
    made.filter(|section| !section.rules.is_empty()).collect()
}

/// The rows that hold on a day, in words.
pub(super) fn print<'a, T: 'a>(
    rows: impl IntoIterator<Item = &'a Dated<T>>,
    day: Date,
    say: impl Fn(&T) -> String,
) -> Vec<PrintedRule> {
    let in_words = |row: &Dated<T>| PrintedRule {
        row: row.id.clone(),
        sentence: say(&row.rule),
        source: row.source.clone(),
        checked_on: row.checked_on,
        is_confirmed: !row.needs_review && row.confidence != Confidence::Unconfirmed,
    };
    rows.into_iter().filter(|row| row.holds_on(day)).map(in_words).collect()
}

/// `0.035` as `3.5 %`.
pub(super) fn percent(share: Decimal) -> String {
    share
        .shifted(2, 0)
        .map_or_else(|| format!("{share} times"), |percent| format!("{percent} %"))
}
