//! Passwords as Argon2id hashes. The cost is the least that OWASP's cheat sheet (2026) asks for: 19 MiB, two passes, one lane.

use argon2::{
    Algorithm, Argon2, Params, PasswordHash, PasswordHasher, PasswordVerifier, Version, password_hash::SaltString,
};
use domain::{Cause, Failure, Secret, person::NewPassword};
use runtime::Ids;

const KIBIBYTES: u32 = 19 * 1024;
const PASSES: u32 = 2;
const LANES: u32 = 1;

/// The hash of random bytes that nobody kept. An unknown person's password is compared with it, so that it costs the same work.
const OF_NOBODY: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$WSsk7r3ZnRRhUamnkAar1Q$qhKZdy64e0K6tRGrO2uzvJUtSWrvDYUhbGaXb7PGrN8";

#[cfg(test)]
thread_local! {
    /// How often this thread has hashed, for tests that count.
    pub(crate) static HASHED: std::cell::Cell<u32> = const { std::cell::Cell::new(0) };
}

/// The hasher for one password.
fn argon2() -> Result<Argon2<'static>, Failure> {
    #[cfg(test)]
    HASHED.set(HASHED.get() + 1);
    let params = Params::new(KIBIBYTES, PASSES, LANES, None);
    let params = params.map_err(|error| internal("could not set up the hashing of passwords", &error))?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

pub(crate) fn hash(password: &NewPassword, ids: &Ids) -> Result<Secret, Failure> {
    hash_text(password.expose(), ids)
}

/// True when the hash was made at the cost of today; a weaker one is replaced as soon as its password is known.
pub(crate) fn is_as_strong_as_now(hash: &Secret) -> bool {
    let known = PasswordHash::new(hash.expose())
        .ok()
        .and_then(|hash| Params::try_from(&hash).ok());
    known.is_some_and(|params| (params.m_cost(), params.t_cost(), params.p_cost()) == (KIBIBYTES, PASSES, LANES))
}

/// The hash of a password that was right, however long it is.
pub(crate) fn hash_text(password: &str, ids: &Ids) -> Result<Secret, Failure> {
    let mut salt = [0; 16];
    ids.fill(&mut salt)?;
    let doing = "could not hash a password";
    let salt = SaltString::encode_b64(&salt).map_err(|error| internal(doing, &error))?;
    let hash = argon2()?.hash_password(password.as_bytes(), &salt);
    Ok(Secret::new(hash.map_err(|error| internal(doing, &error))?.to_string()))
}

/// True when this is the password behind the hash. Without a hash it is never, after the same work.
pub(crate) fn is_right(password: &str, hash: Option<&Secret>) -> Result<bool, Failure> {
    let known = hash.map_or(OF_NOBODY, Secret::expose);
    let known = PasswordHash::new(known).map_err(|error| internal("could not read the hash of a password", &error))?;
    let is_equal = argon2()?.verify_password(password.as_bytes(), &known).is_ok();
    Ok(is_equal && hash.is_some())
}

/// The errors of the hasher are no `std` errors in this configuration, so only their words are kept.
fn internal(doing: &str, error: &dyn std::fmt::Display) -> Failure {
    Failure::Internal(Cause::new(format!("{doing}: {error}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hashed(text: &str, seed: u64) -> Secret {
        hash(&NewPassword::new(text).unwrap(), &Ids::seeded(seed)).unwrap()
    }

    #[test]
    fn only_the_same_password_fits_its_hash() {
        let hash = hashed("correct horse", 1);

        assert!(is_right("correct horse", Some(&hash)).unwrap());
        for other in ["Correct horse", "correct horse ", "", "correct hors"] {
            assert!(!is_right(other, Some(&hash)).unwrap(), "{other:?}");
        }
    }

    #[test]
    fn one_password_of_two_people_has_two_hashes() {
        assert!(hashed("correct horse", 1) != hashed("correct horse", 2));
    }

    #[test]
    fn nobodys_password_is_never_right_and_costs_the_same() {
        let params = |hash: &str| Params::try_from(&PasswordHash::new(hash).unwrap()).unwrap();

        assert!(!is_right("correct horse", None).unwrap());
        assert_eq!(params(OF_NOBODY), params(hashed("correct horse", 1).expose()));
        assert_eq!(params(OF_NOBODY).m_cost(), 19 * 1024);
    }
}
