//! Passwords as Argon2id hashes of what the pepper makes of them: whoever has only the table cannot even begin to guess. The cost is the least that OWASP's cheat sheet (2026) asks for: 19 MiB, two passes, one lane.

use argon2::{
    Algorithm, Argon2, KeyId, Params, ParamsBuilder, PasswordHash, PasswordHasher, PasswordVerifier, Version,
    password_hash::SaltString,
};
use domain::{Cause, Failure, Pepper, Secret, person::NewPassword};
use runtime::Ids;

const KIBIBYTES: u32 = 19 * 1024;
const PASSES: u32 = 2;
const LANES: u32 = 1;
const PURPOSE: &str = "password";

/// The hash of random bytes that nobody kept. An unknown person's password is compared with it, so that it costs the same work.
const OF_NOBODY: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$WSsk7r3ZnRRhUamnkAar1Q$qhKZdy64e0K6tRGrO2uzvJUtSWrvDYUhbGaXb7PGrN8";

#[cfg(test)]
thread_local! {
    /// How often this thread has hashed, for tests that count.
    pub(crate) static HASHED: std::cell::Cell<u32> = const { std::cell::Cell::new(0) };
}

/// The hasher for one password; the hash tells by `keyid` which pepper is in it.
fn argon2(pepper: &str) -> Result<Argon2<'static>, Failure> {
    #[cfg(test)]
    HASHED.set(HASHED.get() + 1);
    let params = KeyId::new(pepper.as_bytes()).and_then(|name| {
        ParamsBuilder::new()
            .m_cost(KIBIBYTES)
            .t_cost(PASSES)
            .p_cost(LANES)
            .keyid(name)
            .build()
    });
    let params = params.map_err(|error| internal("could not set up the hashing of passwords", &error))?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

pub(crate) fn hash(password: &NewPassword, pepper: &Pepper, ids: &Ids) -> Result<Secret, Failure> {
    hash_text(password.expose(), pepper, ids)
}

/// True when the hash was made at the cost and with the pepper of today; a weaker one is replaced as soon as its password is known.
pub(crate) fn is_as_strong_as_now(hash: &Secret, pepper: &Pepper) -> bool {
    let known = PasswordHash::new(hash.expose())
        .ok()
        .and_then(|hash| Params::try_from(&hash).ok());
    known.is_some_and(|params| {
        let cost = (params.m_cost(), params.t_cost(), params.p_cost());
        cost == (KIBIBYTES, PASSES, LANES) && params.keyid() == pepper.name().as_bytes()
    })
}

/// What is hashed for a password: with the pepper that the hash names; as it was typed for hashes from before there was one. Nothing when
/// that pepper is not known any more.
fn peppered(password: &str, pepper: &Pepper, known: &PasswordHash<'_>) -> Result<Option<String>, Failure> {
    let params = Params::try_from(known).map_err(|error| internal("could not read the hash of a password", &error))?;
    if params.keyid().is_empty() {
        return Ok(Some(password.to_owned()));
    }
    let name = String::from_utf8_lossy(params.keyid());
    let text = pepper.keyed_with(&name, PURPOSE, password);
    if text.is_none() {
        tracing::error!(pepper = %name, "A password was hashed with a pepper that is gone; its owner needs a new one");
    }
    Ok(text)
}

/// The hash of a password that was right, however long it is.
pub(crate) fn hash_text(password: &str, pepper: &Pepper, ids: &Ids) -> Result<Secret, Failure> {
    let mut salt = [0; 16];
    ids.fill(&mut salt)?;
    let doing = "could not hash a password";
    let salt = SaltString::encode_b64(&salt).map_err(|error| internal(doing, &error))?;
    let text = pepper.keyed(PURPOSE, password);
    let hash = argon2(pepper.name())?.hash_password(text.as_bytes(), &salt);
    Ok(Secret::new(hash.map_err(|error| internal(doing, &error))?.to_string()))
}

/// True when this is the password behind the hash. Without a hash it is never, after the same work.
pub(crate) fn is_right(password: &str, hash: Option<&Secret>, pepper: &Pepper) -> Result<bool, Failure> {
    let known = hash.map_or(OF_NOBODY, Secret::expose);
    let known = PasswordHash::new(known).map_err(|error| internal("could not read the hash of a password", &error))?;
    let text = peppered(password, pepper, &known)?;
    let typed = text.as_deref().unwrap_or(password);
    let is_equal = argon2(pepper.name())?.verify_password(typed.as_bytes(), &known).is_ok();
    Ok(is_equal && text.is_some() && hash.is_some())
}

/// The errors of the hasher are no `std` errors in this configuration, so only their words are kept.
fn internal(doing: &str, error: &dyn std::fmt::Display) -> Failure {
    Failure::Internal(Cause::new(format!("{doing}: {error}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    const OLD: &str = "bG9jYWwgcGVwcGVyLCAzMiBieXRlcyBvZiBpdCwgb2xk";
    const NEW: &str = "bG9jYWwgcGVwcGVyLCAzMiBieXRlcyBvZiBpdCwgbmV3";

    fn pepper(setting: &str) -> Pepper {
        Pepper::new(&Secret::new(setting)).unwrap()
    }

    fn hashed(text: &str, seed: u64) -> Secret {
        hash(&NewPassword::new(text).unwrap(), &pepper(NEW), &Ids::seeded(seed)).unwrap()
    }

    #[test]
    fn without_its_pepper_no_hash_fits_any_password() {
        let hash = hashed("correct horse", 1);
        let both = pepper(&format!("{OLD},{NEW}"));

        assert!(!is_right("correct horse", Some(&hash), &pepper(OLD)).unwrap());
        assert!(is_right("correct horse", Some(&hash), &both).unwrap());
        assert!(is_as_strong_as_now(&hash, &pepper(NEW)));
        assert!(!is_as_strong_as_now(&hash, &both), "an older pepper is replaced");
    }

    #[test]
    fn a_hash_from_before_the_pepper_still_fits_and_is_replaced() {
        let salt = SaltString::encode_b64(&[7; 16]).unwrap();
        let params = Params::new(KIBIBYTES, PASSES, LANES, None).unwrap();
        let plain = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        let hash = Secret::new(plain.hash_password(b"correct horse", &salt).unwrap().to_string());

        assert!(is_right("correct horse", Some(&hash), &pepper(NEW)).unwrap());
        assert!(!is_right("correct hors", Some(&hash), &pepper(NEW)).unwrap());
        assert!(!is_as_strong_as_now(&hash, &pepper(NEW)));
    }

    #[test]
    fn only_the_same_password_fits_its_hash() {
        let hash = hashed("correct horse", 1);

        assert!(is_right("correct horse", Some(&hash), &pepper(NEW)).unwrap());
        for other in ["Correct horse", "correct horse ", "", "correct hors"] {
            assert!(!is_right(other, Some(&hash), &pepper(NEW)).unwrap(), "{other:?}");
        }
    }

    #[test]
    fn one_password_of_two_people_has_two_hashes() {
        assert!(hashed("correct horse", 1) != hashed("correct horse", 2));
    }

    #[test]
    fn nobodys_password_is_never_right_and_costs_the_same() {
        let params = |hash: &str| {
            let params = Params::try_from(&PasswordHash::new(hash).unwrap()).unwrap();
            (params.m_cost(), params.t_cost(), params.p_cost())
        };

        assert!(!is_right("correct horse", None, &pepper(NEW)).unwrap());
        assert_eq!(params(OF_NOBODY), params(hashed("correct horse", 1).expose()));
        assert_eq!(params(OF_NOBODY).0, 19 * 1024);
    }
}
