//! What the sandbox is told at its start: where to listen, where its books lie, whom it answers to, and how fast
//! its stores and carriers work. Everything has a default except the port, the folder and the shop.

use std::path::PathBuf;

/// Why the sandbox cannot start as asked.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    #[error("usage: sandbox --port PORT --data FOLDER --shop ORIGIN ({0})")]
    Usage(String),
    #[error("{name} must be a whole number, not {value:?}")]
    NotANumber { name: &'static str, value: String },
}

/// The whole configuration of one sandbox process.
#[derive(Debug, Clone)]
pub struct Settings {
    pub port: u16,
    pub folder: PathBuf,
    /// Where webhooks go: scheme, host and port of the shop, without a path.
    pub shop: String,
    /// Holds whole seconds by which the sandbox clock runs ahead of the system clock.
    pub clock_ahead_file: Option<PathBuf>,
    /// The sandbox's own address as others see it; empty means `http://127.0.0.1:<port>`.
    pub origin: String,
    pub aliexpress: AliExpressAccount,
    pub stripe: StripeAccount,
    pub dhl: DhlAccount,
    pub messages: MessagesAccount,
}

#[derive(Debug, Clone)]
pub struct AliExpressAccount {
    pub app_key: String,
    pub app_secret: String,
    pub session: String,
    /// Sandbox seconds from payment to dispatch, and from dispatch to the warehouse door.
    pub ship_seconds: i64,
    pub deliver_seconds: i64,
    /// A new order stays out of the order list for this long.
    pub list_lag_seconds: i64,
}

#[derive(Debug, Clone)]
pub struct StripeAccount {
    pub secret_key: String,
    pub webhook_secret: String,
    /// A payment of a delayed method settles by itself after this many sandbox seconds.
    pub late_seconds: i64,
}

#[derive(Debug, Clone)]
pub struct DhlAccount {
    pub user: String,
    pub password: String,
    pub account: String,
    /// A new waybill cannot be looked up before this many sandbox seconds.
    pub visible_seconds: i64,
    /// The courier has a parcel by then, unless a pickup or a person says otherwise.
    pub hand_over_seconds: i64,
}

/// Who may send mail and text messages.
#[derive(Debug, Clone)]
pub struct MessagesAccount {
    pub postmark_token: String,
    pub texts_user: String,
    pub texts_key: String,
}

impl Settings {
    /// The defaults for one port, folder and shop.
    pub fn new(port: u16, folder: PathBuf, shop: &str) -> Settings {
        Settings {
            port,
            folder,
            shop: shop.trim_end_matches('/').to_owned(),
            clock_ahead_file: None,
            origin: String::new(),
            aliexpress: AliExpressAccount {
                app_key: "500000".to_owned(),
                app_secret: "sandbox-app-secret".to_owned(),
                session: "sandbox-session".to_owned(),
                ship_seconds: 180,
                deliver_seconds: 600,
                list_lag_seconds: 0,
            },
            stripe: StripeAccount {
                secret_key: "sk_test_sandbox".to_owned(),
                webhook_secret: "whsec_sandbox".to_owned(),
                late_seconds: 3600,
            },
            dhl: DhlAccount {
                user: "sandbox".to_owned(),
                password: "sandbox".to_owned(),
                account: "123456789".to_owned(),
                visible_seconds: 300,
                hand_over_seconds: 1800,
            },
            messages: MessagesAccount {
                postmark_token: "sandbox-postmark".to_owned(),
                texts_user: "sandbox".to_owned(),
                texts_key: "sandbox-texts".to_owned(),
            },
        }
    }

    /// Reads the command line and lets the environment replace the defaults.
    ///
    /// # Errors
    /// When an argument is missing or unknown, or a number is none.
    pub fn read(
        arguments: impl Iterator<Item = String>,
        environment: impl Fn(&str) -> Option<String>,
    ) -> Result<Settings, SettingsError> {
        let (port, folder, shop) = read_arguments(arguments)?;
        let mut settings = Settings::new(port, folder, &shop);
        settings.clock_ahead_file = environment("CLOCK_AHEAD_FILE").map(PathBuf::from);
        let texts: [(&'static str, &mut String); 12] = [
            ("SANDBOX_ORIGIN", &mut settings.origin),
            ("SANDBOX_ALIEXPRESS_APP_KEY", &mut settings.aliexpress.app_key),
            ("SANDBOX_ALIEXPRESS_APP_SECRET", &mut settings.aliexpress.app_secret),
            ("SANDBOX_ALIEXPRESS_SESSION", &mut settings.aliexpress.session),
            ("SANDBOX_STRIPE_SECRET_KEY", &mut settings.stripe.secret_key),
            ("SANDBOX_STRIPE_WEBHOOK_SECRET", &mut settings.stripe.webhook_secret),
            ("SANDBOX_DHL_USER", &mut settings.dhl.user),
            ("SANDBOX_DHL_PASSWORD", &mut settings.dhl.password),
            ("SANDBOX_DHL_ACCOUNT", &mut settings.dhl.account),
            ("SANDBOX_POSTMARK_TOKEN", &mut settings.messages.postmark_token),
            ("SANDBOX_TEXTS_USER", &mut settings.messages.texts_user),
            ("SANDBOX_TEXTS_KEY", &mut settings.messages.texts_key),
        ];
        for (name, place) in texts {
            if let Some(text) = environment(name) {
                *place = text;
            }
        }
        let seconds: [(&'static str, &mut i64); 6] = [
            ("SANDBOX_ALIEXPRESS_SHIP_SECONDS", &mut settings.aliexpress.ship_seconds),
            (
                "SANDBOX_ALIEXPRESS_DELIVER_SECONDS",
                &mut settings.aliexpress.deliver_seconds,
            ),
            (
                "SANDBOX_ALIEXPRESS_LIST_LAG_SECONDS",
                &mut settings.aliexpress.list_lag_seconds,
            ),
            ("SANDBOX_STRIPE_LATE_SECONDS", &mut settings.stripe.late_seconds),
            ("SANDBOX_DHL_VISIBLE_SECONDS", &mut settings.dhl.visible_seconds),
            ("SANDBOX_DHL_HAND_OVER_SECONDS", &mut settings.dhl.hand_over_seconds),
        ];
        for (name, place) in seconds {
            if let Some(value) = environment(name) {
                *place = value.parse().map_err(|_| SettingsError::NotANumber { name, value })?;
            }
        }
        Ok(settings)
    }
}

fn read_arguments(mut arguments: impl Iterator<Item = String>) -> Result<(u16, PathBuf, String), SettingsError> {
    let (mut port, mut folder, mut shop) = (None, None, None);
    while let Some(name) = arguments.next() {
        let value = arguments
            .next()
            .ok_or_else(|| SettingsError::Usage(format!("{name} needs a value")))?;
        match name.as_str() {
            "--port" => {
                port = Some(
                    value
                        .parse()
                        .map_err(|_| SettingsError::NotANumber { name: "--port", value })?,
                );
            }
            "--data" => folder = Some(PathBuf::from(value)),
            "--shop" => shop = Some(value),
            _ => return Err(SettingsError::Usage(format!("{name} is unknown"))),
        }
    }
    match (port, folder, shop) {
        (Some(port), Some(folder), Some(shop)) => Ok((port, folder, shop)),
        _ => Err(SettingsError::Usage("all three are needed".to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(line: &str) -> impl Iterator<Item = String> {
        line.split(' ').map(str::to_owned).collect::<Vec<_>>().into_iter()
    }

    #[test]
    fn the_environment_replaces_keys_and_paces() {
        let environment = |name: &str| match name {
            "SANDBOX_DHL_ACCOUNT" => Some("987654321".to_owned()),
            "SANDBOX_ALIEXPRESS_SHIP_SECONDS" => Some("5".to_owned()),
            _ => None,
        };

        let settings = Settings::read(words("--port 4000 --data d --shop http://s/"), environment).unwrap();

        assert_eq!(settings.shop, "http://s");
        assert_eq!(settings.dhl.account, "987654321");
        assert_eq!(settings.aliexpress.ship_seconds, 5);
    }

    #[test]
    fn a_missing_or_unknown_argument_stops_the_start() {
        for line in [
            "--port 4000",
            "--port 4000 --data d --shop s --what x",
            "--port x --data d --shop s",
        ] {
            assert!(Settings::read(words(line), |_| None).is_err(), "{line}");
        }
    }
}
