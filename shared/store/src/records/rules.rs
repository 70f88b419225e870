//! Editions of the rules and sheets of exchange rates as items.

use std::collections::BTreeMap;

use domain::{
    Currency, Decimal, Timestamp,
    id::StaffId,
    landed_cost::{Edition, RateSheet, RefusedRate, RowId, TakenRate, WhyRefused},
};
use serde::{Deserialize, Serialize};

use super::header::FORMAT;
use crate::error::Error;

#[derive(Serialize, Deserialize)]
pub(crate) struct EditionRecord {
    format: u32,
    /// Its number: the version on which the next one is conditional.
    v: u32,
    made_at: Timestamp,
    made_by: StaffId,
    reason: String,
    checked_with: String,
    changed: Vec<RowId>,
    rows: BTreeMap<String, String>,
}

#[derive(Serialize, Deserialize)]
pub(crate) struct RateSheetRecord {
    format: u32,
    taken_at: Timestamp,
    rates: Vec<TakenRecord>,
    refused: Vec<RefusedRecord>,
}

#[derive(Serialize, Deserialize)]
struct TakenRecord {
    from: Currency,
    to: Currency,
    rate: Decimal,
    day: String,
    source: String,
}

#[derive(Serialize, Deserialize)]
struct RefusedRecord {
    from: Currency,
    to: Currency,
    said: Option<Decimal>,
    stays: Decimal,
    why: String,
}

impl EditionRecord {
    pub(crate) fn of(edition: &Edition) -> Self {
        let rows = edition.rows.iter().map(|(id, row)| (id.to_string(), row.clone()));
        Self {
            format: FORMAT,
            v: edition.number,
            made_at: edition.made_at,
            made_by: edition.made_by.clone(),
            reason: edition.reason.clone(),
            checked_with: edition.checked_with.clone(),
            changed: edition.changed.clone(),
            rows: rows.collect(),
        }
    }

    pub(crate) fn into_edition(self) -> Edition {
        // An id that is none any more cannot be written: the rules refuse it before.
        let rows = self
            .rows
            .into_iter()
            .filter_map(|(id, row)| Some((id.parse().ok()?, row)));
        Edition {
            number: self.v,
            made_at: self.made_at,
            made_by: self.made_by,
            reason: self.reason,
            checked_with: self.checked_with,
            changed: self.changed,
            rows: rows.collect(),
        }
    }
}

impl RateSheetRecord {
    pub(crate) fn of(sheet: &RateSheet) -> Self {
        Self {
            format: FORMAT,
            taken_at: sheet.taken_at,
            rates: sheet.rates.iter().map(TakenRecord::of).collect(),
            refused: sheet.refused.iter().map(RefusedRecord::of).collect(),
        }
    }

    pub(crate) fn into_sheet(self) -> Result<RateSheet, Error> {
        Ok(RateSheet {
            taken_at: self.taken_at,
            rates: self
                .rates
                .into_iter()
                .map(TakenRecord::into_rate)
                .collect::<Result<_, _>>()?,
            refused: self
                .refused
                .into_iter()
                .map(RefusedRecord::into_rate)
                .collect::<Result<_, _>>()?,
        })
    }
}

impl TakenRecord {
    fn of(taken: &TakenRate) -> Self {
        Self {
            from: taken.from,
            to: taken.to,
            rate: taken.rate,
            day: taken.day.to_string(),
            source: taken.source.clone(),
        }
    }

    fn into_rate(self) -> Result<TakenRate, Error> {
        let day = self
            .day
            .parse()
            .map_err(|error| Error::defect("read the day of a rate", error))?;
        let (from, to, rate, source) = (self.from, self.to, self.rate, self.source);
        Ok(TakenRate {
            from,
            to,
            rate,
            day,
            source,
        })
    }
}

impl RefusedRecord {
    fn of(refused: &RefusedRate) -> Self {
        Self {
            from: refused.from,
            to: refused.to,
            said: refused.said,
            stays: refused.stays,
            why: refused.why.code().to_owned(),
        }
    }

    fn into_rate(self) -> Result<RefusedRate, Error> {
        let why = WhyRefused::ALL.iter().find(|why| why.code() == self.why);
        let why = why.ok_or_else(|| Error::defect("read a refused rate", format!("unknown reason {}", self.why)))?;
        let (from, to, said, stays) = (self.from, self.to, self.said, self.stays);
        Ok(RefusedRate {
            from,
            to,
            said,
            stays,
            why: *why,
        })
    }
}
