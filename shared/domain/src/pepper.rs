//! The pepper: a secret of the environment that goes into the hashes of passwords and into keys made of personal data. Whoever has only the
//! tables can neither try passwords nor look a phone number up.

use std::sync::Arc;

use hmac::{Hmac, Mac};
use sha2::{Digest, Sha256};

use crate::{failure::Failure, secret::Secret};

/// Shorter ones could be tried out; `openssl rand -base64 32` gives 44 characters.
const SHORTEST: usize = 40;

/// The secrets, the newest first: what was made with an older one is still found, and made anew when there is occasion.
#[derive(Clone)]
pub struct Pepper {
    keys: Arc<[(String, Secret)]>,
}

impl Pepper {
    /// The secrets of a setting, the newest first, separated by commas.
    ///
    /// # Errors
    /// When there is none or one is too short; the start of the function fails.
    pub fn new(setting: &Secret) -> Result<Self, Failure> {
        let keys: Vec<_> = setting.expose().split(',').map(str::trim).map(named).collect();
        if keys.iter().all(|(_, key)| key.expose().len() >= SHORTEST) {
            Ok(Self { keys: keys.into() })
        } else {
            Err(Failure::internal("a pepper is shorter than 32 bytes in base64"))
        }
    }

    /// The name of the newest secret, to be kept beside what was made with it. It tells nothing about the secret.
    #[must_use]
    pub fn name(&self) -> &str {
        self.keys.first().map_or("", |(name, _)| name.as_str())
    }

    /// A text that stands for this one, the same each time, in hexadecimal. `purpose` keeps apart what is the same text for another reason.
    #[must_use]
    pub fn keyed(&self, purpose: &str, text: &str) -> String {
        self.all_keyed(purpose, text).into_iter().next().unwrap_or_default()
    }

    /// The same with every secret, the newest first: where something is found that may have been made with an older one.
    #[must_use]
    pub fn all_keyed(&self, purpose: &str, text: &str) -> Vec<String> {
        self.keys
            .iter()
            .filter_map(|(_, key)| code(key, purpose, text))
            .collect()
    }

    /// The same with the secret of this name; nothing when it is not known any more.
    #[must_use]
    pub fn keyed_with(&self, name: &str, purpose: &str, text: &str) -> Option<String> {
        let (_, key) = self.keys.iter().find(|(known, _)| known == name)?;
        code(key, purpose, text)
    }
}

fn named(key: &str) -> (String, Secret) {
    let name = format!("{:x}", Sha256::digest(format!("the name of a pepper {key}").as_bytes()));
    (name.chars().take(8).collect(), Secret::new(key))
}

/// HMAC-SHA-256 (RFC 2104), which takes a key of any length. No byte of a purpose is 0, so purpose and text stay apart.
fn code(key: &Secret, purpose: &str, text: &str) -> Option<String> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key.expose().as_bytes()).ok()?;
    mac.update(purpose.as_bytes());
    mac.update(&[0]);
    mac.update(text.as_bytes());
    Some(format!("{:x}", mac.finalize().into_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const OLD: &str = "bG9jYWwgcGVwcGVyLCAzMiBieXRlcyBvZiBpdCwgb2xk";
    const NEW: &str = "bG9jYWwgcGVwcGVyLCAzMiBieXRlcyBvZiBpdCwgbmV3";

    fn pepper(setting: &str) -> Pepper {
        Pepper::new(&Secret::new(setting)).unwrap()
    }

    #[test]
    fn another_secret_purpose_or_text_gives_another_key_and_the_same_the_same() {
        let keyed = pepper(NEW).keyed("login", "+254712345678");

        assert_eq!(keyed, pepper(NEW).keyed("login", "+254712345678"));
        assert_eq!(keyed.len(), 64);
        for other in [
            pepper(OLD).keyed("login", "+254712345678"),
            pepper(NEW).keyed("tries", "+254712345678"),
            pepper(NEW).keyed("login", "+254712345679"),
        ] {
            assert_ne!(keyed, other);
        }
        assert_ne!(pepper(NEW).keyed("a", "bc"), pepper(NEW).keyed("ab", "c"));
    }

    #[test]
    fn what_was_made_with_an_older_secret_is_still_found() {
        let both = pepper(&format!("{NEW}, {OLD}"));
        let of_old = pepper(OLD).keyed("login", "a");

        assert_eq!(
            both.all_keyed("login", "a"),
            [pepper(NEW).keyed("login", "a"), of_old.clone()]
        );
        assert_eq!(both.keyed_with(pepper(OLD).name(), "login", "a"), Some(of_old));
        assert_eq!(pepper(NEW).keyed_with(pepper(OLD).name(), "login", "a"), None);
    }

    #[test]
    fn a_short_or_missing_secret_is_none() {
        for setting in ["", ",", "short", &format!("{NEW},short")] {
            assert!(Pepper::new(&Secret::new(setting)).is_err(), "{setting}");
        }
    }
}
