//! The values of the template's `Parameters` on one machine, from `infra/local/parameters.toml`.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context, bail};

/// Parameter names with their finished values.
#[derive(Debug, Clone, Default)]
pub struct Parameters(BTreeMap<String, String>);

impl Parameters {
    /// Reads the file, puts addresses for `{gateway}` and `{sandbox}`, and lets `overrides` win.
    pub fn read(path: &Path, addresses: &[(&str, &str)], overrides: &BTreeMap<String, String>) -> anyhow::Result<Self> {
        let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
        let mut parameters = Self::parse(&text, addresses).with_context(|| format!("in {}", path.display()))?;
        parameters.0.extend(overrides.clone());
        Ok(parameters)
    }

    /// The same from text.
    pub fn parse(text: &str, addresses: &[(&str, &str)]) -> anyhow::Result<Self> {
        let table: toml::Table = text.parse().context("is not TOML")?;
        let mut values = BTreeMap::new();
        for (name, value) in table {
            let text = match value {
                toml::Value::String(text) => text,
                toml::Value::Integer(number) => number.to_string(),
                toml::Value::Boolean(_)
                | toml::Value::Float(_)
                | toml::Value::Datetime(_)
                | toml::Value::Array(_)
                | toml::Value::Table(_) => bail!("{name} must be a text or a whole number"),
            };
            let filled = addresses.iter().fold(text, |text, (word, address)| {
                text.replace(&format!("{{{word}}}"), address)
            });
            values.insert(name, filled);
        }
        Ok(Self(values))
    }

    /// The value of one parameter.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    /// All names, to find those that the template does not know.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }
}
