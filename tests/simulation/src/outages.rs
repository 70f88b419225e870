//! Outages: a provider that is not there for hours.

use domain::Timestamp;

use crate::{faults::Fault, town::Town};

const HOUR_MS: i64 = 3_600_000;

/// How long each provider is away at most. The payment provider forgets keys after a day, so it may be away for longer than that.
const LONGEST: &[(&str, i64)] = &[
    ("stripe.test", 40 * HOUR_MS),
    ("aliexpress.test", 3 * HOUR_MS),
    ("dhl.test", 3 * HOUR_MS),
];

/// A provider that is away for some time.
pub(crate) struct Outage {
    host: &'static str,
    from: Timestamp,
    until: Timestamp,
}

impl Outage {
    pub(crate) fn hits(&self, host: &str, now: Timestamp) -> bool {
        self.host == host && self.from <= now && now < self.until
    }
}

impl Town {
    /// Decides which providers will be away, and when, within so many milliseconds.
    pub(crate) fn plan_outages(&self, within: i64) {
        for (host, longest) in LONGEST {
            if self.strikes(Fault::Outage) {
                let from = self.now().as_millis().saturating_add(self.between(0, within));
                let until = from.saturating_add(self.between(HOUR_MS, *longest));
                self.control.lock().outages.push(Outage {
                    host,
                    from: Timestamp::from_millis(from),
                    until: Timestamp::from_millis(until),
                });
            }
        }
    }
}
