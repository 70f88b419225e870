//! Exchange rates: takes the rates of the day from those who publish them, and leaves out what looks wrong.
//!
//! Trigger: schedule, every three hours. It writes one sheet of rates for a day; the ones before are kept, because quotes name them. A rate
//! that jumps, is missing or is old is not taken: the one before stays, the rule desk shows it, and a person enters it or lets it be.

mod take_rates;
#[cfg(test)]
mod tests;

use domain::Failure;
use providers::{
    Http,
    rates::{RateSource, sources},
};
use runtime::Clock;
use store::{Clients, RuleBooks};

runtime::config! {
    /// What is told.
    pub struct Config {
        /// Region, keys and endpoints of AWS.
        aws: store::AwsSettings = group,
        /// The table of rules.
        rules_table: String = "RULES_TABLE",
        /// Where the European Central Bank is.
        ecb_base_url: String = "ECB_BASE_URL",
        /// Where ExchangeRate-API is.
        open_rates_base_url: String = "OPEN_RATES_BASE_URL",
    }
}

/// What is used.
pub struct Deps {
    rules: RuleBooks,
    sources: Vec<Box<dyn RateSource>>,
    http: Http,
    clock: Clock,
}

impl Deps {
    /// Clients made and warmed before the first tick.
    ///
    /// # Errors
    /// When TLS cannot be set up or an address is none.
    pub async fn connect(config: Config) -> Result<Self, Failure> {
        let clients = Clients::new(config.aws.clone())?;
        Self::over(config, &clients, Http::new()?, Clock::system()).await
    }

    /// The same over any storage, outside world and clock.
    ///
    /// # Errors
    /// When an address is none.
    pub async fn over(config: Config, clients: &Clients, http: Http, clock: Clock) -> Result<Self, Failure> {
        let address = |text: &str, name| {
            let wrong = |_| Failure::internal(format!("{name} must be an https address"));
            text.parse().map_err(wrong)
        };
        let ecb = address(&config.ecb_base_url, "ECB_BASE_URL")?;
        let open_rates = address(&config.open_rates_base_url, "OPEN_RATES_BASE_URL")?;
        Ok(Self {
            rules: RuleBooks::connect(clients, &config.rules_table).await,
            sources: sources(ecb, open_rates),
            http,
            clock,
        })
    }
}

/// One tick.
///
/// # Errors
/// When no source answers, or the table does not.
pub async fn handle(deps: &Deps) -> Result<(), Failure> {
    take_rates::run(deps).await
}
