//! Fresh ids and tokens: ULIDs of the clock and the machine's randomness, or a repeatable row of them for tests.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use domain::{Cause, Failure, Secret, id::RootId};
use ulid::Ulid;

use crate::clock::Clock;

const CODES: u64 = 1_000_000;

/// Makes ids nobody has used and tokens nobody can guess. Cheap to clone.
#[derive(Clone)]
pub struct Ids {
    clock: Clock,
    randomness: Randomness,
}

#[derive(Clone)]
enum Randomness {
    Machine,
    Seeded(Arc<AtomicU64>),
}

impl Ids {
    /// Ids that start with the time of `clock`, so that they sort by age.
    #[must_use]
    pub fn new(clock: Clock) -> Self {
        Self {
            clock,
            randomness: Randomness::Machine,
        }
    }

    /// The same ids and tokens in every run, for tests. They are not random and not secret.
    #[must_use]
    pub fn seeded(seed: u64) -> Self {
        Self::seeded_by(seed, Clock::fixed(domain::Timestamp::from_seconds(1_800_000_000)))
    }

    /// The same ids and tokens in every run in which `clock` shows the same times.
    #[must_use]
    pub fn seeded_by(seed: u64, clock: Clock) -> Self {
        Self {
            clock,
            randomness: Randomness::Seeded(Arc::new(AtomicU64::new(seed))),
        }
    }

    /// A fresh id.
    ///
    /// # Errors
    /// When the machine has no randomness to give.
    pub fn next<T: RootId>(&self) -> Result<T, Failure> {
        let mut bytes = [0; 16];
        self.fill(&mut bytes)?;
        let millis = u64::try_from(self.clock.now().as_millis()).unwrap_or(0);
        let ulid = Ulid::from_parts(millis, u128::from_le_bytes(bytes));
        T::from_ulid(&ulid.to_string())
            .map_err(|error| Failure::Internal(Cause::with("could not make an id of a fresh ULID", error)))
    }

    /// A fresh token of 256 bits, for sessions and links.
    ///
    /// # Errors
    /// When the machine has no randomness to give.
    pub fn token(&self) -> Result<Secret, Failure> {
        let mut bytes = [0; 32];
        self.fill(&mut bytes)?;
        Ok(Secret::new(URL_SAFE_NO_PAD.encode(bytes)))
    }

    /// A fresh code that is read from a message and typed: six digits. They are few, so a code holds for a short time and a few tries, and is
    /// stored only together with a ticket of 256 bits.
    ///
    /// # Errors
    /// When the machine has no randomness to give.
    pub fn code(&self) -> Result<Secret, Failure> {
        let mut bytes = [0; 8];
        self.fill(&mut bytes)?;
        Ok(Secret::new(format!("{:06}", u64::from_le_bytes(bytes) % CODES)))
    }

    /// A fresh idempotency key of 128 bits, for the hidden field of a form.
    ///
    /// # Errors
    /// When the machine has no randomness to give.
    pub fn form_key(&self) -> Result<String, Failure> {
        let mut bytes = [0; 16];
        self.fill(&mut bytes)?;
        Ok(URL_SAFE_NO_PAD.encode(bytes))
    }

    /// Fresh bytes, for salts.
    ///
    /// # Errors
    /// When the machine has no randomness to give.
    pub fn fill(&self, bytes: &mut [u8]) -> Result<(), Failure> {
        match &self.randomness {
            Randomness::Machine => from_machine(bytes),
            Randomness::Seeded(state) => {
                for chunk in bytes.chunks_mut(8) {
                    chunk.copy_from_slice(split_mix(state).to_le_bytes().get(..chunk.len()).unwrap_or_default());
                }
                Ok(())
            }
        }
    }
}

fn from_machine(bytes: &mut [u8]) -> Result<(), Failure> {
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place that asks the machine for randomness"
    )]
    getrandom::fill(bytes)
        .map_err(|error| Failure::Internal(Cause::new(format!("the machine gave no randomness: {error}"))))
}

/// SplitMix64 (Steele, Lea and Flood 2014): short, and every seed gives another row.
fn split_mix(state: &AtomicU64) -> u64 {
    const STEP: u64 = 0x9E37_79B9_7F4A_7C15;
    let mut z = state.fetch_add(STEP, Ordering::SeqCst).wrapping_add(STEP);
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use domain::{Timestamp, id::OrderId};

    use super::*;

    #[test]
    fn ids_sort_by_the_time_of_their_clock() {
        let clock = Clock::fixed(Timestamp::from_seconds(1_000));
        let ids = Ids::new(clock.clone());

        let first: OrderId = ids.next().unwrap();
        clock.advance(Duration::from_millis(1));
        let second: OrderId = ids.next().unwrap();

        assert!(first.ulid()[..10] < second.ulid()[..10]);
    }

    #[test]
    fn one_seed_gives_one_row_of_ids_and_another_seed_another() {
        let row = |seed| {
            let ids = Ids::seeded(seed);
            [
                ids.next::<OrderId>().unwrap().to_string(),
                ids.next::<OrderId>().unwrap().to_string(),
            ]
        };

        assert_eq!(row(1), row(1));
        assert_ne!(row(1), row(2));
        assert_ne!(row(1)[0], row(1)[1]);
    }

    #[test]
    fn a_token_is_256_fresh_bits_that_fit_a_cookie_and_a_link() {
        let ids = Ids::new(Clock::system());

        let (one, other) = (ids.token().unwrap(), ids.token().unwrap());

        assert_eq!(one.expose().len(), 43);
        assert!(
            one.expose()
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_')
        );
        assert!(one != other);
    }

    #[test]
    fn a_code_has_six_digits() {
        let ids = Ids::seeded(3);
        for _ in 0..50 {
            let code = ids.code().unwrap();
            assert!(code.expose().len() == 6 && code.expose().bytes().all(|b| b.is_ascii_digit()));
        }
    }
}
