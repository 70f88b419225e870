//! Sources of exchange rates: whoever publishes one sheet a day. Which of their rates are taken decides `domain`.

pub mod ecb;
pub mod open_rates;

use domain::{Currency, Decimal, landed_cost::PublishedRates};

use crate::{error::Error, exchange::Exchange, request::BaseUrl};

/// Somebody who publishes exchange rates.
pub trait RateSource: Send + Sync {
    /// Who, for people and for the log.
    fn name(&self) -> &'static str;

    /// Asks for the newest sheet.
    ///
    /// # Errors
    /// When the request cannot be made.
    fn latest(&self) -> Result<Exchange<PublishedRates>, Error>;
}

/// Every source, the most trusted first: what one does not have the next is asked for. A new one is one line here.
#[must_use]
pub fn sources(ecb: BaseUrl, open_rates: BaseUrl) -> Vec<Box<dyn RateSource>> {
    vec![
        Box::new(ecb::Ecb::new(ecb)),
        Box::new(open_rates::OpenRates::new(open_rates)),
    ]
}

/// A rate as it is written; nothing for what is no currency of ours, or no number above zero.
fn rate(currency: &str, written: &str) -> Option<(Currency, Decimal)> {
    let rate: Decimal = written.parse().ok()?;
    let is_one = !rate.is_zero() && !rate.is_negative();
    Some((currency.parse().ok()?, rate)).filter(|_| is_one)
}
