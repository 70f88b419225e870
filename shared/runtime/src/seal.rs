//! Seals what even a reader of the tables must not read: secrets of second factors, numbers of identity papers. AES-256-GCM under one key
//! of the environment; the name of the place is sealed along, so that what was moved to another place does not open.

use base64::{
    Engine,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use domain::{Cause, Failure, Secret, id::OrderId};
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};

use crate::Ids;

/// Stands in front of what was sealed this way; another way gets another mark.
const MARK: &str = "1.";

/// The key, ready for use.
pub struct Seal {
    key: LessSafeKey,
}

impl Seal {
    /// The seal of a key: 32 bytes in base64, as `openssl rand -base64 32` gives them.
    ///
    /// # Errors
    /// When it is no such key; the start of the function fails.
    pub fn new(key: &Secret) -> Result<Self, Failure> {
        let wrong = || Failure::internal("the sealing key is not 32 bytes in base64");
        let bytes = STANDARD.decode(key.expose().trim()).map_err(|_| wrong())?;
        let key = UnboundKey::new(&AES_256_GCM, &bytes).map_err(|_| wrong())?;
        Ok(Self {
            key: LessSafeKey::new(key),
        })
    }

    /// Seals a text for one place, for example `totp stf_…`.
    ///
    /// # Errors
    /// When the machine has no randomness to give.
    pub fn seal(&self, ids: &Ids, place: &str, text: &str) -> Result<String, Failure> {
        let mut nonce = [0; NONCE_LEN];
        ids.fill(&mut nonce)?;
        let mut sealed = text.as_bytes().to_vec();
        let done = self.key.seal_in_place_append_tag(
            Nonce::assume_unique_for_key(nonce),
            Aad::from(place.as_bytes()),
            &mut sealed,
        );
        done.map_err(|_| Failure::internal("could not seal a text"))?;
        let whole = [nonce.as_slice(), &sealed].concat();
        Ok(format!("{MARK}{}", URL_SAFE_NO_PAD.encode(whole)))
    }

    /// Opens what was sealed for this place.
    ///
    /// # Errors
    /// `Internal` for anything else: another key, another place, a changed byte.
    pub fn open(&self, place: &str, sealed: &str) -> Result<Secret, Failure> {
        let wrong = || Failure::Internal(Cause::new(format!("could not open what is sealed for {place}")));
        let text = sealed.strip_prefix(MARK).ok_or_else(wrong)?;
        let whole = URL_SAFE_NO_PAD.decode(text).map_err(|_| wrong())?;
        let (nonce, rest) = whole.split_at_checked(NONCE_LEN).ok_or_else(wrong)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| wrong())?;
        let mut rest = rest.to_vec();
        let plain = self
            .key
            .open_in_place(nonce, Aad::from(place.as_bytes()), &mut rest)
            .map_err(|_| wrong())?;
        let plain = std::str::from_utf8(plain).map_err(|_| wrong())?;
        Ok(Secret::new(plain))
    }
}

/// Where the customs number of an order is sealed for: by whoever takes the order, for whoever makes its papers.
#[must_use]
pub fn customs_place(order: &OrderId) -> String {
    format!("customs number {order}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seal(byte: u8) -> Seal {
        Seal::new(&Secret::new(STANDARD.encode([byte; 32]))).unwrap()
    }

    #[test]
    fn only_the_same_key_opens_it_and_only_in_its_place() {
        let ids = Ids::seeded(3);

        let sealed = seal(1).seal(&ids, "totp one", "JBSWY3DP").unwrap();

        assert!(!sealed.contains("JBSWY3DP"));
        assert_eq!(seal(1).open("totp one", &sealed).unwrap().expose(), "JBSWY3DP");
        assert!(seal(2).open("totp one", &sealed).is_err());
        assert!(seal(1).open("totp two", &sealed).is_err());
        for place in 2..sealed.len() {
            let mut changed = sealed.clone().into_bytes();
            changed[place] = if changed[place] == b'A' { b'B' } else { b'A' };
            assert!(
                seal(1).open("totp one", &String::from_utf8(changed).unwrap()).is_err(),
                "{place}"
            );
        }
        for nonsense in ["", "1.", "2.AAAA", "1.AAAA", "JBSWY3DP"] {
            assert!(seal(1).open("totp one", nonsense).is_err(), "{nonsense}");
        }
    }

    #[test]
    fn one_text_sealed_twice_looks_different() {
        let ids = Ids::seeded(3);

        assert_ne!(
            seal(1).seal(&ids, "a", "same").unwrap(),
            seal(1).seal(&ids, "a", "same").unwrap()
        );
    }

    #[test]
    fn a_key_of_another_size_is_none() {
        for text in ["", "short", &STANDARD.encode([1; 31])] {
            assert!(Seal::new(&Secret::new(text)).is_err(), "{text}");
        }
    }
}
