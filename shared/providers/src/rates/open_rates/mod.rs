//! The open rates of ExchangeRate-API: about 160 currencies for one dollar, once a day, without a key.
//!
//! Documentation: "Open access" of exchangerate-api.com; it asks to be named as the source and to be called once an hour at most. Quirks:
//! the day stands in seconds since 1970, and numbers are JSON numbers, which are kept as they are written.

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use domain::{Currency, Timestamp, landed_cost::PublishedRates};
use serde::Deserialize;
use serde_json::value::RawValue;

use super::{RateSource, rate};
use crate::{
    error::Error,
    exchange::Exchange,
    request::{BaseUrl, Request},
    response::Response,
};

const CALL: &str = "open rates latest";

/// The publisher.
pub struct OpenRates {
    base_url: BaseUrl,
}

/// What it answers.
#[derive(Deserialize)]
struct Sheet {
    result: String,
    base_code: Option<Currency>,
    time_last_update_unix: Option<i64>,
    #[serde(default)]
    rates: BTreeMap<String, Box<RawValue>>,
    #[serde(rename = "error-type")]
    error_type: Option<String>,
}

impl OpenRates {
    /// The publisher at an address.
    #[must_use]
    pub fn new(base_url: BaseUrl) -> Self {
        Self { base_url }
    }
}

impl RateSource for OpenRates {
    fn name(&self) -> &'static str {
        "ExchangeRate-API"
    }

    fn latest(&self) -> Result<Exchange<PublishedRates>, Error> {
        let url = self.base_url.join("/v6/latest/USD");
        Ok(Exchange::reads(CALL, Request::get(url), parse))
    }
}

fn parse(response: &Response) -> Result<PublishedRates, Error> {
    let sheet: Sheet = response.json(CALL)?;
    if sheet.result != "success" {
        let code = sheet.error_type.unwrap_or(sheet.result);
        return Err(Error::Refused {
            call: CALL,
            code,
            text: String::new(),
        });
    }
    let missing = |what: &'static str| Error::Malformed {
        call: CALL,
        source: what.into(),
    };
    let base = sheet.base_code.ok_or_else(|| missing("the sheet has no base"))?;
    let updated = sheet
        .time_last_update_unix
        .ok_or_else(|| missing("the sheet has no day"))?;
    // One odd rate is one rate less.
    let read = |(currency, number): (String, Box<RawValue>)| rate(&currency, number.get());
    let rates: BTreeMap<_, _> = sheet.rates.into_iter().filter_map(read).collect();
    if rates.is_empty() {
        return Err(missing("the sheet has no rates"));
    }
    Ok(PublishedRates {
        base,
        rates,
        day: Timestamp::from_seconds(updated).date(),
        source: "Rates by ExchangeRate-API (exchangerate-api.com)".into(),
    })
}
