//! What DHL Express needs to be told: where MyDHL API is, its key pair, and the account that pays.

use domain::{Secret, Settings};

use crate::request::{BASE_URL_FORM, BaseUrl};

/// The settings of a function that asks DHL.
pub const NAMES: &[&str] = &["DHL_BASE_URL", "DHL_API_KEY", "DHL_API_SECRET", "DHL_ACCOUNT_NUMBER"];

/// Where DHL is, and who we are there.
#[derive(Clone)]
pub struct DhlSettings {
    /// `https://express.api.dhl.com/mydhlapi`, with `/test` behind it for DHL's own test system.
    pub base_url: BaseUrl,
    /// The user of the key pair.
    pub api_key: Secret,
    /// Its password.
    pub api_secret: Secret,
    /// The shipper account: at most 12 characters.
    pub account: String,
}

impl DhlSettings {
    pub(super) fn read(settings: &mut Settings) -> Self {
        Self {
            base_url: settings.parsed("DHL_BASE_URL", BASE_URL_FORM),
            api_key: settings.secret("DHL_API_KEY"),
            api_secret: settings.secret("DHL_API_SECRET"),
            account: settings.text("DHL_ACCOUNT_NUMBER"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_names_are_those_that_are_read() {
        let mut settings = Settings::new([]);
        DhlSettings::read(&mut settings);

        let wrong = settings.finish().unwrap_err().0;

        let missing: Vec<_> = NAMES.iter().map(|name| format!("{name} is missing")).collect();
        assert_eq!(wrong, missing);
    }
}
