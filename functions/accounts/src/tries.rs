//! How often somebody may fail to get in. A try is counted before its work and given back when it was right, so that many at once count too.

use std::time::Duration;

use domain::{Failure, Refusal, Timestamp, person::Email};
use store::People;

const WINDOW: Duration = Duration::from_secs(15 * 60);
const OF_AN_ACCOUNT: i64 = 5;
/// Many people share one address of a mobile network, so it may fail more often.
const OF_A_SOURCE: i64 = 20;

/// A try that was counted.
pub(crate) struct Try {
    counters: [String; 2],
    at: Timestamp,
}

/// Counts a try to log in. A known and an unknown address are counted alike.
pub(crate) async fn count(people: &People, email: &Email, source: &str, at: Timestamp) -> Result<Try, Failure> {
    let counters = [format!("login source {source}"), format!("login account {email}")];
    for (by, most) in counters.iter().zip([OF_A_SOURCE, OF_AN_ACCOUNT]) {
        refuse_above(most, people.add_tries(by, 1, at, WINDOW).await?)?;
    }
    Ok(Try { counters, at })
}

/// Counts a registration: each costs us a hash.
pub(crate) async fn count_registration(people: &People, source: &str, at: Timestamp) -> Result<(), Failure> {
    let by = format!("registration source {source}");
    refuse_above(OF_A_SOURCE, people.add_tries(&by, 1, at, WINDOW).await?)
}

impl Try {
    /// It was right: only failures count.
    pub(crate) async fn give_back(self, people: &People) -> Result<(), Failure> {
        for by in &self.counters {
            people.add_tries(by, -1, self.at, WINDOW).await?;
        }
        Ok(())
    }
}

fn refuse_above(most: i64, counted: i64) -> Result<(), Failure> {
    if counted > most {
        Err(Refusal::TooManyTries.into())
    } else {
        Ok(())
    }
}
