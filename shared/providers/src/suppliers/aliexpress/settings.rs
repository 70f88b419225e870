//! What AliExpress needs to be told once: where its gateway is, which application we are, and whose buying account we use.

use domain::{Secret, Settings as Named};

use crate::request::{BASE_URL_FORM, BaseUrl};

/// The settings read here.
pub const NAMES: &[&str] = &[
    "ALIEXPRESS_BASE_URL",
    "ALIEXPRESS_APP_KEY",
    "ALIEXPRESS_APP_SECRET",
    "ALIEXPRESS_SESSION_TOKEN",
];

/// The settings of the adapter.
#[derive(Clone)]
pub struct Settings {
    /// The gateway; business calls go to `/sync` below it. In production `https://api-sg.aliexpress.com`.
    pub base_url: BaseUrl,
    /// The application's public key.
    pub app_key: String,
    /// What requests are signed with.
    pub app_secret: Secret,
    /// The access token of the buying account; it ends with the consent, or when the account's password changes.
    pub session_token: Secret,
}

/// Reads the settings; what is missing or wrong is remembered there.
pub fn read(settings: &mut Named) -> Settings {
    Settings {
        base_url: settings.parsed("ALIEXPRESS_BASE_URL", BASE_URL_FORM),
        app_key: settings.text("ALIEXPRESS_APP_KEY"),
        app_secret: settings.secret("ALIEXPRESS_APP_SECRET"),
        session_token: settings.secret("ALIEXPRESS_SESSION_TOKEN"),
    }
}
