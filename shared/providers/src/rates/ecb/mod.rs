//! The euro reference rates of the European Central Bank: about thirty currencies, set on working days at about 16:00 in Frankfurt.
//!
//! Documentation: "Euro foreign exchange reference rates" of the ECB; the daily sheet is one XML document without a key. Quirks: every rate
//! is for one euro; no sheet appears on weekends and TARGET holidays, so the newest may be five days old at Easter; no currency of East or
//! West Africa is in it.

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use domain::{Currency, landed_cost::PublishedRates};
use quick_xml::{
    Reader,
    events::{BytesStart, Event},
};

use super::{RateSource, rate};
use crate::{
    error::Error,
    exchange::Exchange,
    request::{BaseUrl, Request},
    response::Response,
};

const CALL: &str = "ecb daily rates";

/// The bank.
pub struct Ecb {
    base_url: BaseUrl,
}

impl Ecb {
    /// The bank at an address.
    #[must_use]
    pub fn new(base_url: BaseUrl) -> Self {
        Self { base_url }
    }
}

impl RateSource for Ecb {
    fn name(&self) -> &'static str {
        "European Central Bank"
    }

    fn latest(&self) -> Result<Exchange<PublishedRates>, Error> {
        let url = self.base_url.join("/stats/eurofxref/eurofxref-daily.xml");
        Ok(Exchange::reads(CALL, Request::get(url), parse))
    }
}

fn malformed(source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Error {
    Error::Malformed {
        call: CALL,
        source: source.into(),
    }
}

fn parse(response: &Response) -> Result<PublishedRates, Error> {
    if !response.is_success() {
        return Err(Error::Unavailable {
            call: CALL,
            source: format!("status {}", response.status).into(),
        });
    }
    let text = std::str::from_utf8(&response.body).map_err(malformed)?;
    let mut reader = Reader::from_str(text);
    let (mut day, mut rates) = (None, BTreeMap::new());
    loop {
        let event = reader.read_event().map_err(malformed)?;
        if matches!(event, Event::Eof) {
            break;
        }
        let (Event::Start(tag) | Event::Empty(tag)) = event else {
            continue;
        };
        if tag.local_name().as_ref() != b"Cube" {
            continue;
        }
        if let Some(time) = attribute(&tag, "time")? {
            day = Some(time.parse().map_err(malformed)?);
        }
        // One odd rate is one rate less.
        let told = |name| attribute(&tag, name).ok().flatten();
        let pair = told("currency").zip(told("rate"));
        rates.extend(pair.and_then(|(currency, written)| rate(&currency, &written)));
    }
    let day = day.ok_or_else(|| malformed("the sheet has no day"))?;
    if rates.is_empty() {
        return Err(malformed("the sheet has no rates"));
    }
    Ok(PublishedRates {
        base: "EUR".parse::<Currency>().map_err(malformed)?,
        rates,
        day,
        source: "Euro reference rates of the European Central Bank".into(),
    })
}

fn attribute(tag: &BytesStart<'_>, name: &str) -> Result<Option<String>, Error> {
    let found = tag.try_get_attribute(name).map_err(malformed)?;
    let text = found.map(|it| std::str::from_utf8(&it.value).map(str::to_owned).map_err(malformed));
    text.transpose()
}
