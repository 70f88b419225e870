//! A path within the shop, for "go on where you were": nothing that a browser could read as another site.

use std::{convert::Infallible, fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// A path and query of this shop. What is not one becomes `/`, so that reading it never fails.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub struct LocalPath(String);

impl LocalPath {
    /// The path as text, starting with exactly one slash.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// An address of the shop that carries this path along in its query, for whoever is to go on there later.
    #[must_use]
    pub fn carried_by(&self, address: &str) -> String {
        let mark = if address.contains('?') { '&' } else { '?' };
        match serde_html_form::to_string([("next", self.as_str())]) {
            Ok(query) if self.0 != "/" => format!("{address}{mark}{query}"),
            Ok(_) | Err(_) => address.to_owned(),
        }
    }
}

impl Default for LocalPath {
    fn default() -> Self {
        Self("/".into())
    }
}

impl From<String> for LocalPath {
    fn from(text: String) -> Self {
        // Browsers read `//host` and `/\host` as another site, and drop tabs and line ends before they look.
        let plain = text.chars().all(|c| c.is_ascii_graphic() && c != '\\');
        let local = text.starts_with('/') && !text.starts_with("//");
        if plain && local && text.len() <= 1_000 {
            Self(text)
        } else {
            Self::default()
        }
    }
}

impl FromStr for LocalPath {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(text.to_owned().into())
    }
}

impl From<LocalPath> for String {
    fn from(path: LocalPath) -> Self {
        path.0
    }
}

impl fmt::Display for LocalPath {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_path_of_this_shop_is_kept() {
        for (given, kept) in [
            ("/orders/ord_1?x=1", "/orders/ord_1?x=1"),
            ("/", "/"),
            ("//evil.example", "/"),
            ("/\\evil.example", "/"),
            ("/\t/evil.example", "/"),
            ("https://evil.example", "/"),
            ("javascript:alert(1)", "/"),
            ("orders", "/"),
            ("", "/"),
        ] {
            assert_eq!(LocalPath::from(given.to_owned()).as_str(), kept, "{given:?}");
        }
    }
}
