//! What Stripe needs to be told: where it is, our key, and, in the function that receives webhooks alone, the secrets that sign them.

use domain::{Secret, Settings};

use crate::request::{BASE_URL_FORM, BaseUrl};

/// The settings of a function that asks Stripe.
pub const NAMES: &[&str] = &["STRIPE_BASE_URL", "STRIPE_SECRET_KEY"];

/// The setting of the function that hears Stripe: one secret, or old and new with a comma between them while they are being changed.
pub const WEBHOOK_NAMES: &[&str] = &["STRIPE_WEBHOOK_SECRETS"];

/// Where Stripe is and the key that opens it.
#[derive(Clone)]
pub struct StripeSettings {
    /// `https://api.stripe.com`, in test and live mode alike: the key decides.
    pub base_url: BaseUrl,
    /// `sk_…` or, better, a restricted `rk_…`.
    pub secret_key: Secret,
}

impl StripeSettings {
    pub(super) fn read(settings: &mut Settings) -> Self {
        Self {
            base_url: settings.parsed("STRIPE_BASE_URL", BASE_URL_FORM),
            secret_key: settings.secret("STRIPE_SECRET_KEY"),
        }
    }
}

/// Every webhook secret that counts at the moment.
pub(super) fn webhook_secrets(settings: &mut Settings) -> Vec<Secret> {
    let text = settings.secret("STRIPE_WEBHOOK_SECRETS");
    text.expose()
        .split(',')
        .map(str::trim)
        .filter(|secret| !secret.is_empty())
        .map(Secret::new)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_secrets_count_while_one_replaces_the_other() {
        let mut settings = Settings::new([("STRIPE_WEBHOOK_SECRETS".into(), "whsec_old, whsec_new,".into())]);

        let secrets = webhook_secrets(&mut settings);

        let texts: Vec<_> = secrets.iter().map(Secret::expose).collect();
        assert_eq!(texts, ["whsec_old", "whsec_new"]);
        assert!(settings.finish().is_ok());
    }

    #[test]
    fn the_names_are_those_that_are_read() {
        let mut settings = Settings::new([]);
        StripeSettings::read(&mut settings);
        webhook_secrets(&mut settings);

        let wrong = settings.finish().unwrap_err().0;

        let missing: Vec<_> = NAMES
            .iter()
            .chain(WEBHOOK_NAMES)
            .map(|name| format!("{name} is missing"))
            .collect();
        assert_eq!(wrong, missing);
    }
}
