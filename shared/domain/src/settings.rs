//! Reads settings by name and remembers every missing or wrong one, so that a start that fails names them all at once.
//!
//! The values arrive as a map; where they come from is not known here.

use std::{collections::BTreeMap, fmt, str::FromStr};

use crate::secret::Secret;

/// A set of named settings being read.
pub struct Settings {
    values: BTreeMap<String, String>,
    wrong: Vec<String>,
}

/// The settings that are missing or cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WrongSettings(pub Vec<String>);

impl fmt::Display for WrongSettings {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "cannot start, wrong settings: {}", self.0.join("; "))
    }
}

impl std::error::Error for WrongSettings {}

impl Settings {
    /// Settings out of name and value pairs.
    #[must_use]
    pub fn new(values: impl IntoIterator<Item = (String, String)>) -> Self {
        Self {
            values: values.into_iter().collect(),
            wrong: Vec::new(),
        }
    }

    /// A text that must be there and not be empty; a missing one is remembered and read as empty.
    pub fn text(&mut self, name: &'static str) -> String {
        self.parsed(name, "must be set")
    }

    /// A secret that must be there.
    pub fn secret(&mut self, name: &'static str) -> Secret {
        Secret::new(self.text(name))
    }

    /// A text that may be absent; empty counts as absent.
    #[must_use]
    pub fn optional(&self, name: &str) -> Option<String> {
        self.values.get(name).filter(|value| !value.is_empty()).cloned()
    }

    /// A value that must be there and readable; `form` says what is expected, as in "must be a number of seconds".
    pub fn parsed<T: FromStr + Default>(&mut self, name: &'static str, form: &str) -> T {
        match self.optional(name) {
            None => {
                self.wrong.push(format!("{name} is missing"));
                T::default()
            }
            Some(value) => value.parse().unwrap_or_else(|_| {
                self.wrong.push(format!("{name} {form}"));
                T::default()
            }),
        }
    }

    /// Ends the reading.
    ///
    /// # Errors
    /// When anything was missing or wrong, naming all of it and no value.
    pub fn finish(self) -> Result<(), WrongSettings> {
        if self.wrong.is_empty() {
            Ok(())
        } else {
            Err(WrongSettings(self.wrong))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_missing_and_wrong_setting_is_named_at_once_without_its_value() {
        let mut settings = Settings::new([("PORT".into(), "many".into()), ("EMPTY".into(), String::new())]);

        let _: u16 = settings.parsed("PORT", "must be a port number");
        settings.text("EMPTY");
        settings.secret("KEY");

        let WrongSettings(wrong) = settings.finish().unwrap_err();
        assert_eq!(
            wrong,
            ["PORT must be a port number", "EMPTY is missing", "KEY is missing"]
        );
    }
}
