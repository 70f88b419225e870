//! What the HTTP edge of a function must be told: where the shop lives, where pictures come from, how a session is found.

use std::{pin::Pin, sync::Arc};

use domain::{Failure, Settings, session::Session};

use crate::access::{ROUTES, Route};

type Found = Pin<Box<dyn Future<Output = Result<Option<Session>, Failure>> + Send>>;
type Lookup = dyn Fn(String) -> Found + Send + Sync;

/// The settings of the HTTP edge; a group of `runtime::config!`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EdgeSettings {
    /// Where customers reach the shop, as `https://host` without a slash at the end.
    pub shop_origin: String,
    /// Origins that product pictures come from, separated by spaces.
    pub image_sources: String,
}

impl EdgeSettings {
    /// The settings read here.
    pub const NAMES: &'static [&'static str] = &["SHOP_ORIGIN", "IMAGE_SOURCES"];

    /// Reads them; missing ones are remembered in `settings`.
    pub fn read(settings: &mut Settings) -> Self {
        Self {
            shop_origin: settings.text("SHOP_ORIGIN"),
            image_sources: settings.text("IMAGE_SOURCES"),
        }
    }
}

/// The HTTP edge of one function. Cheap to clone.
#[derive(Clone)]
pub struct Edge {
    pub(crate) shop_origin: Arc<str>,
    pub(crate) image_sources: Arc<str>,
    pub(crate) form_targets: Arc<str>,
    pub(crate) routes: &'static [Route],
    sessions: Option<Arc<Lookup>>,
}

impl Edge {
    /// An edge without sessions: everybody is a visitor.
    #[must_use]
    pub fn new(settings: &EdgeSettings) -> Self {
        Self {
            shop_origin: settings.shop_origin.trim_end_matches('/').into(),
            image_sources: source_list(&settings.image_sources).into(),
            form_targets: "".into(),
            routes: ROUTES,
            sessions: None,
        }
    }

    /// Finds sessions with `lookup`, which is given the SHA-256 of the token in hexadecimal and answers only sessions that have not
    /// ended. It is called when a handler asks who is there, and at most once per request.
    #[must_use]
    pub fn with_sessions<L, F>(mut self, lookup: L) -> Self
    where
        L: Fn(String) -> F + Send + Sync + 'static,
        F: Future<Output = Result<Option<Session>, Failure>> + Send + 'static,
    {
        self.sessions = Some(Arc::new(move |hash| Box::pin(lookup(hash))));
        self
    }

    /// Takes another table than the product's for who may call what: for tests of the edge itself.
    #[must_use]
    pub fn with_routes(self, routes: &'static [Route]) -> Self {
        Self { routes, ..self }
    }

    /// Lets forms on this function's pages end on another site, as on a payment page: browsers check where a form's answer redirects
    /// to. Providers choose the address of their pages themselves, so any `https` one is let through; `sites` adds others.
    #[must_use]
    pub fn with_forms_to(mut self, sites: &[&str]) -> Self {
        self.form_targets = format!(" https:{}", source_list(&sites.join(" "))).into();
        self
    }

    /// For callers that are programs and have no sessions.
    pub(crate) fn closed() -> Self {
        Self {
            shop_origin: "".into(),
            image_sources: "".into(),
            form_targets: "".into(),
            routes: ROUTES,
            sessions: None,
        }
    }

    pub(crate) async fn find_session(&self, hash: String) -> Result<Option<Session>, Failure> {
        match &self.sessions {
            Some(lookup) => lookup(hash).await,
            None => Ok(None),
        }
    }
}

/// Origins fit for a policy header, each cut down to scheme, host and port; what is not an origin is left out, because a stray word there
/// would change the policy.
fn source_list(text: &str) -> String {
    let origins = text.split_whitespace().filter_map(|source| {
        let (scheme, rest) = source.split_once("://")?;
        let host = rest.split('/').next().unwrap_or_default();
        let plain = !host.is_empty() && host.chars().all(|c| c.is_ascii_alphanumeric() || ".-:*[]".contains(c));
        (["http", "https"].contains(&scheme) && plain).then(|| format!(" {scheme}://{host}"))
    });
    origins.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_origins_reach_the_policy() {
        for (given, list) in [
            (
                "https://ae01.alicdn.com  http://localhost:9100/pictures",
                " https://ae01.alicdn.com http://localhost:9100",
            ),
            ("https://*.alicdn.com", " https://*.alicdn.com"),
            (
                "'unsafe-inline' * data: javascript:alert(1) https://a.example;script-src",
                "",
            ),
            ("", ""),
        ] {
            assert_eq!(source_list(given), list, "{given:?}");
        }
    }
}
