//! DHL Express through MyDHL API: prices, bookings with label and invoice, tracking. Needs a DHL Express account and a key pair for it.
//!
//! After the OpenAPI description 3.1.1 and its samples, read 2026-11-23; `wire/` has the field names, `status_codes.csv` the events.
//!
//! Quirks: nothing makes a booking repeatable, the same body twice is two waybills, so it is sent once and looked up by its reference.
//! The label is in the booking's answer and nowhere else; invoice and waybill copy are shown again. There is no call to void a shipment: a label that is never handed over is
//! not charged (practice, not contract). Unknown keys and numbers of more than three decimals are refused.

mod booking;
mod customs;
mod lookup;
mod papers;
mod rates;
pub mod settings;
mod status;
mod tracking;
mod wire;
mod words;

#[cfg(test)]
mod tests;

use base64::{Engine, engine::general_purpose::STANDARD};
use domain::{Secret, Settings, Timestamp, collection::CollectionDays, product::ProviderCode};
use http::{HeaderName, header};

use crate::{
    carriers::{
        BookRequest, Booked, BookingLookUp, Carrier, Document, FoundBooking, PapersLookUp, RateOffer, RateQuery,
        TrackingReport, UtcOffset, Void, VoidOutcome,
    },
    error::Error,
    exchange::Exchange,
    request::Request,
    response::Response,
};
use settings::DhlSettings;

/// The version our field names are taken from.
const VERSION: &str = "3.1.0";

/// DHL Express.
#[derive(Clone)]
pub struct Dhl {
    settings: DhlSettings,
}

impl Dhl {
    pub(super) fn read(settings: &mut Settings) -> Self {
        Self {
            settings: DhlSettings::read(settings),
        }
    }

    /// The request with our keys on it.
    fn signed(&self, call: &'static str, request: Request) -> Result<Request, Error> {
        let pair = format!(
            "{}:{}",
            self.settings.api_key.expose(),
            self.settings.api_secret.expose()
        );
        let basic = Secret::new(format!("Basic {}", STANDARD.encode(pair)));
        request
            .secret_header(call, header::AUTHORIZATION, &basic)?
            .header(call, HeaderName::from_static("x-version"), VERSION)?
            .header(call, header::ACCEPT, "application/json")
    }
}

impl Carrier for Dhl {
    fn code(&self) -> ProviderCode {
        code()
    }

    fn rates(&self, query: &RateQuery) -> Result<Exchange<Vec<RateOffer>>, Error> {
        let request = self.signed(rates::CALL, rates::request(query, &self.settings)?)?;
        Ok(Exchange::reads(rates::CALL, request, rates::parse))
    }

    fn book(&self, shipment: &BookRequest) -> Result<Exchange<Booked>, Error> {
        let request = self.signed(booking::CALL, booking::request(shipment, &self.settings)?)?;
        Ok(Exchange::moves(
            booking::CALL,
            shipment.shipment.as_str(),
            request,
            booking::parse,
        ))
    }

    /// Couriers drive on working days, the last round ends at six (the pick-up window of every official sample).
    fn collects(&self) -> CollectionDays {
        CollectionDays::working_days_until(18)
    }

    fn papers(&self, booking: &PapersLookUp) -> Result<Vec<Exchange<Vec<Document>>>, Error> {
        let ask = |kind: &'static str| {
            let request = self.signed(papers::CALL, papers::request(booking, kind, &self.settings)?)?;
            Ok(Exchange::reads(papers::CALL, request, papers::parse))
        };
        papers::KINDS.into_iter().map(ask).collect()
    }

    fn find_by_reference(&self, which: &BookingLookUp) -> Result<Exchange<Vec<FoundBooking>>, Error> {
        let request = self.signed(lookup::CALL, lookup::request(which, &self.settings))?;
        let reference = which.shipment.to_string();
        Ok(Exchange::reads(lookup::CALL, request, move |response| {
            lookup::parse(response, &reference)
        }))
    }

    fn track(&self, carrier_number: &str) -> Result<Exchange<TrackingReport>, Error> {
        let request = self.signed(tracking::CALL, tracking::request(carrier_number, &self.settings)?)?;
        let number = carrier_number.to_owned();
        Ok(Exchange::reads(tracking::CALL, request, move |response| {
            tracking::parse(response, &number)
        }))
    }

    fn void(&self, _carrier_number: &str) -> Result<Void, Error> {
        Ok(Void::Known(VoidOutcome::NotSupported))
    }
}

fn code() -> ProviderCode {
    "dhl"
        .parse()
        .unwrap_or_else(|_| unreachable!("a constant code is a code"))
}

/// A moment as DHL wants it: the local time of the origin, a space, and its difference from UTC.
fn planned(at: Timestamp, offset: UtcOffset) -> String {
    format!("{} GMT{offset}", offset.local_time(at))
}

/// A time of DHL's, which may be a day alone, or a time without saying where; both are then read as UTC.
fn moment(text: &str) -> Option<Timestamp> {
    let text = text.trim();
    let whole = if text.contains('T') {
        text.to_owned()
    } else {
        format!("{text}T23:59:00")
    };
    whole.parse().or_else(|_| format!("{whole}Z").parse()).ok()
}

/// Why an answer is not a success. 429 and 5xx are judged before an adapter sees them.
fn refusal(call: &'static str, response: &Response) -> Error {
    let problem = match response.json::<wire::Problem>(call) {
        Ok(problem) => problem,
        // DHL's gateway answers wrong keys before MyDHL sees them, not always in JSON.
        Err(_) if matches!(response.status, 401 | 403) => wire::Problem::default(),
        Err(unreadable) => return unreadable,
    };
    let text = std::iter::once(problem.detail.or(problem.message).or(problem.title).unwrap_or_default())
        .chain(problem.more.read)
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>();
    let code = text
        .iter()
        .find_map(|part| number(part))
        .unwrap_or_else(|| response.status.to_string());
    let about_account =
        matches!(code.as_str(), "8003" | "8007") || text.iter().any(|part| part.contains("account number is not"));
    match response.status {
        401 | 403 => Error::Unauthorized { call, code },
        400 if about_account => Error::Unauthorized { call, code },
        400..500 => Error::Refused {
            call,
            code,
            text: text.join(" / "),
        },
        status => Error::malformed(call, format!("HTTP status {status}")),
    }
}

/// A 404 in DHL's own words means that it knows nothing of the kind; in any other it may be a wrong address.
fn absent<T: Default>(error: Error) -> Result<T, Error> {
    if let Error::Refused { .. } = error {
        Ok(T::default())
    } else {
        Err(error)
    }
}

/// A number of DHL's that may become part of a path.
fn plain_number<'a>(call: &'static str, number: &'a str) -> Result<&'a str, Error> {
    let is_plain = (1..=35).contains(&number.len()) && number.bytes().all(|b| b.is_ascii_alphanumeric());
    is_plain.then_some(number).ok_or(Error::Invalid {
        call,
        problem: "this is no number of DHL's",
    })
}

/// The business code in front of a sentence, as in `7008: The requested …`.
fn number(sentence: &str) -> Option<String> {
    let (code, _) = sentence.split_once(':')?;
    let code = code.trim();
    (!code.is_empty() && code.bytes().all(|b| b.is_ascii_digit())).then(|| code.to_owned())
}
