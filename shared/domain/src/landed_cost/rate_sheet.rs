//! Exchange rates as somebody publishes them, and which of them we take: a rate that jumps, is missing or is old is left out and shown to
//! the staff, and the one before stays.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::Deserialize;

use super::{
    dated::{Confidence, Dated},
    rules::{Rules, RulesVersion, holding},
    table::{ExchangeRate, Purpose, Table},
};
use crate::{currency::Currency, decimal::Decimal, timestamp::Timestamp};

/// Decimals of a rate that was crossed through another currency.
const SCALE: u8 = 8;

/// What a source says about one day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublishedRates {
    /// One unit of this ...
    pub base: Currency,
    /// ... is so much of each of these.
    pub rates: BTreeMap<Currency, Decimal>,
    /// The day they are of.
    pub day: Date,
    /// Who publishes them, for people.
    pub source: String,
}

/// The rates the shop uses, one for each pair it has a row for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RateSheet {
    /// When it was made.
    pub taken_at: Timestamp,
    /// Each rate that was taken, now or earlier.
    pub rates: Vec<TakenRate>,
    /// What was not taken this time.
    pub refused: Vec<RefusedRate>,
}

/// One rate that was taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TakenRate {
    /// One unit of this ...
    pub from: Currency,
    /// ... is `rate` of this.
    pub to: Currency,
    /// How much.
    pub rate: Decimal,
    /// The day it was published for.
    pub day: Date,
    /// By whom.
    pub source: String,
}

/// One rate that was not taken; the one before stays.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefusedRate {
    /// From this currency ...
    pub from: Currency,
    /// ... to this one.
    pub to: Currency,
    /// What was said; nothing when nothing was.
    pub said: Option<Decimal>,
    /// The rate that stays.
    pub stays: Decimal,
    /// Why.
    pub why: WhyRefused,
}

/// Why a rate was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WhyRefused {
    /// The source does not have it.
    Missing,
    /// It lies too far from the one before.
    Jump,
    /// It is of a day too long ago, or of a day to come.
    Old,
}

/// When a published rate is believed.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RateGuard {
    /// The largest share by which it may differ from the one before.
    pub max_jump: Decimal,
    /// How many days old it may be.
    pub max_age_days: u16,
}

impl Table for RateGuard {
    fn key(&self) -> String {
        String::new()
    }

    fn check(&self) -> Result<(), String> {
        if self.max_jump.is_negative() || self.max_jump.is_zero() || self.max_age_days == 0 {
            return Err("a rate may move a little and be a day old".into());
        }
        Ok(())
    }
}

impl WhyRefused {
    /// All of them.
    pub const ALL: &[Self] = &[Self::Missing, Self::Jump, Self::Old];

    /// The stable word for programs.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::Jump => "jump",
            Self::Old => "old",
        }
    }
}

impl PublishedRates {
    /// Units of `to` for one of `from`, crossed through the base where neither is it.
    fn rate(&self, from: Currency, to: Currency) -> Option<Decimal> {
        let one = Decimal::new(1, 0);
        let of = |currency| {
            if currency == self.base {
                Some(one)
            } else {
                self.rates.get(&currency).copied()
            }
        };
        let (below, above) = (of(from)?, of(to)?);
        let rate = if from == self.base {
            Some(above)
        } else {
            above.divided_by(below, SCALE)
        };
        rate.filter(|rate| !rate.is_zero() && !rate.is_negative())
    }
}

impl RateSheet {
    /// What is taken of published rates. `rules` are those in force, with the sheet before; sources are asked in their order.
    #[must_use]
    pub fn of(rules: &Rules, before: Option<&Self>, published: &[PublishedRates], now: Timestamp) -> Self {
        let mut sheet = Self {
            taken_at: now,
            rates: Vec::new(),
            refused: Vec::new(),
        };
        let guard = holding(&rules.rate_guards, now.date()).next();
        let shop = holding(&rules.exchange_rates, now.date()).filter(|row| row.rule.purpose == Purpose::Shop);
        for row in shop {
            let kept = before.and_then(|sheet| sheet.rate(row.rule.from, row.rule.to));
            match judge(row, guard.map(|guard| &guard.rule), published, now.date()) {
                // What was taken for a day stays: quotes name it.
                Ok(taken) if kept.is_none_or(|kept| kept.day < taken.day) => sheet.rates.push(taken),
                Ok(_) => sheet.rates.extend(kept.cloned()),
                Err(refused) => {
                    sheet.rates.extend(kept.cloned());
                    sheet.refused.push(refused);
                }
            }
        }
        sheet
    }

    /// The rate of a pair.
    #[must_use]
    pub fn rate(&self, from: Currency, to: Currency) -> Option<&TakenRate> {
        self.rates.iter().find(|rate| (rate.from, rate.to) == (from, to))
    }

    /// The newest day of its rates.
    #[must_use]
    pub fn day(&self) -> Option<Date> {
        self.rates.iter().map(|rate| rate.day).max()
    }
}

fn judge(
    row: &Dated<ExchangeRate>,
    guard: Option<&RateGuard>,
    published: &[PublishedRates],
    today: Date,
) -> Result<TakenRate, RefusedRate> {
    let (from, to) = (row.rule.from, row.rule.to);
    let refused = |said, why| RefusedRate {
        from,
        to,
        said,
        stays: row.rule.rate,
        why,
    };
    let said = published
        .iter()
        .find_map(|source| Some((source, source.rate(from, to)?)));
    let (source, rate) = said.ok_or_else(|| refused(None, WhyRefused::Missing))?;
    // Without a guard nothing is believed: the row is missing, and a missing row is never a silent yes.
    let guard = guard.ok_or_else(|| refused(Some(rate), WhyRefused::Jump))?;
    let age = source.day.until(today).map_or(i32::MAX, |span| span.get_days());
    // A day ahead: the source may live east of Greenwich.
    if !(-1..=i32::from(guard.max_age_days)).contains(&age) {
        return Err(refused(Some(rate), WhyRefused::Old));
    }
    if is_jump(row.rule.rate, rate, guard.max_jump) {
        return Err(refused(Some(rate), WhyRefused::Jump));
    }
    let (day, source) = (source.day, source.source.clone());
    Ok(TakenRate {
        from,
        to,
        rate,
        day,
        source,
    })
}

/// True when the two differ by more than this share of the first.
fn is_jump(before: Decimal, now: Decimal, share: Decimal) -> bool {
    let ratio = now.divided_by(before, SCALE).and_then(|ratio| ratio.exact_units(SCALE));
    let one = Decimal::new(1, 0).exact_units(SCALE);
    let (Some(ratio), Some(one), Some(share)) = (ratio, one, share.exact_units(SCALE)) else {
        return true;
    };
    ratio.abs_diff(one) > share.unsigned_abs()
}

impl Rules {
    /// Puts the rates of a sheet in the place of the rows they follow; margin and printed rule stay. A row that a person compared with its
    /// source on a later day than the rate's stays as it is.
    pub(super) fn take_rates(&mut self, sheet: &RateSheet) {
        for taken in &sheet.rates {
            let followed = self.exchange_rates.iter_mut().find(|row| {
                let rule = &row.rule;
                (rule.purpose, rule.from, rule.to) == (Purpose::Shop, taken.from, taken.to) && row.holds_on(taken.day)
            });
            let Some(row) = followed.filter(|row| row.checked_on < taken.day) else {
                continue;
            };
            let mut follower = row.clone();
            let Ok(id) = format!("{}.{}", row.id, taken.day).parse() else {
                continue;
            };
            // Every rate before is part of the sheet it came with; from here on only this one is used.
            row.valid_to = taken.day.yesterday().ok();
            follower.id = id;
            follower.rule.rate = taken.rate;
            follower.valid_from = taken.day;
            follower.checked_on = taken.day;
            follower.source = taken.source.clone();
            (follower.confidence, follower.needs_review, follower.note) = (Confidence::Secondary, false, None);
            self.exchange_rates.push(follower);
        }
        if let Some(day) = sheet.day() {
            self.version = RulesVersion(format!("{}+fx.{day}", self.version.0));
        }
    }
}
