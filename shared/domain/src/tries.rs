//! How often somebody may fail to get in, or make us send messages. A try is counted before its work and taken back when it was right, so
//! that many at once count too.

use std::{net::IpAddr, time::Duration};

use crate::{contact::Contact, id::StaffId};

const MINUTE: Duration = Duration::from_secs(60);
const WINDOW: Duration = Duration::from_secs(15 * 60);
const OF_AN_ACCOUNT: u32 = 5;
const MESSAGES: u32 = 3;
/// Many people share one address of a mobile network, so it may fail more often.
const OF_A_SOURCE: u32 = 20;
/// Whoever goes on guessing waits longer each time. It ends at a quarter of an hour: a stranger must not be able to lock somebody out for
/// a day, and 96 tries a day find no password of ten characters.
const PAUSES: &[Duration] = &[
    MINUTE,
    Duration::from_secs(2 * 60),
    Duration::from_secs(4 * 60),
    Duration::from_secs(8 * 60),
    WINDOW,
];
/// Three of a million codes are right, so a day of waiting brings nobody in.
const PAUSES_AT_A_FACTOR: &[Duration] = &[MINUTE, Duration::from_secs(4 * 60), WINDOW];

/// How often something may be tried.
///
/// A try that has to wait still counts at its source: whoever keeps others waiting is soon not heard any more.
#[derive(Clone, Debug)]
pub struct Tries {
    /// By whom or at what; it is hashed.
    pub by: String,
    /// Counted anew in each stretch of this length; without one, until the counter has rested for a day.
    pub window: Option<Duration>,
    /// So many without waiting.
    pub free: u32,
    /// The pause before each further try; the last one goes for all that follow. Without any there is no further try.
    pub pauses: &'static [Duration],
}

impl Tries {
    /// The tries at one account, known or not.
    #[must_use]
    pub fn of_account(what: &str, contact: &Contact) -> Self {
        Self {
            by: format!("{what} account {contact}"),
            window: None,
            free: OF_AN_ACCOUNT,
            pauses: PAUSES,
        }
    }

    /// The tries on a device that its owner has logged in with before: strangers who guess elsewhere do not make them wait (OWASP, Slow Down
    /// Online Guessing Attacks with Device Cookies).
    #[must_use]
    pub fn of_known_device(what: &str, mark: &str) -> Self {
        Self {
            by: format!("{what} device {mark}"),
            window: None,
            free: OF_AN_ACCOUNT,
            pauses: PAUSES,
        }
    }

    /// The right passwords of a member of the staff that no second factor has followed yet.
    #[must_use]
    pub fn of_half_way(staff: &StaffId) -> Self {
        Self {
            by: format!("half way {staff}"),
            window: None,
            free: OF_AN_ACCOUNT,
            pauses: PAUSES,
        }
    }

    /// True for what is counted against whoever tries, wherever they try.
    #[must_use]
    pub fn is_of_source(&self) -> bool {
        self.window.is_some()
    }

    /// The tries from one address of the internet.
    #[must_use]
    pub fn of_source(what: &str, source: &str) -> Self {
        Self {
            by: format!("{what} source {}", network(source)),
            window: Some(WINDOW),
            free: OF_A_SOURCE,
            pauses: &[],
        }
    }

    /// The messages somebody can make us send to one address or phone: each costs its owner attention, and us money.
    #[must_use]
    pub fn of_messages(contact: &Contact) -> Self {
        Self {
            by: format!("messages {contact}"),
            window: None,
            free: MESSAGES,
            pauses: PAUSES,
        }
    }

    /// The messages one person can make us send, to whatever addresses: to their own and to those of others.
    #[must_use]
    pub fn of_person(what: &str, person: &str) -> Self {
        Self {
            by: format!("{what} person {person}"),
            window: None,
            free: MESSAGES,
            pauses: PAUSES,
        }
    }

    /// The tries at one code.
    #[must_use]
    pub fn of_ticket(ticket_hash: &str) -> Self {
        Self {
            by: format!("ticket {ticket_hash}"),
            window: None,
            free: OF_AN_ACCOUNT,
            pauses: &[],
        }
    }

    /// The tries of a member of the staff at their second factor.
    #[must_use]
    pub fn of_second_factor(staff: &StaffId) -> Self {
        Self {
            by: format!("second factor {staff}"),
            window: None,
            free: OF_AN_ACCOUNT,
            pauses: PAUSES_AT_A_FACTOR,
        }
    }
}

/// A customer of a provider has one IPv4 address, but a whole /64 of IPv6 (RIPE-690).
fn network(source: &str) -> String {
    match source.parse() {
        Ok(IpAddr::V6(address)) if address.to_ipv4_mapped().is_none() => {
            let [a, b, c, d, ..] = address.segments();
            format!("{a:x}:{b:x}:{c:x}:{d:x}::/64")
        }
        Ok(_) | Err(_) => source.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_network_of_ipv6_is_one_source_and_two_addresses_of_ipv4_are_two() {
        for (one, other, same) in [
            ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", true),
            ("2001:db8:1:2::1", "2001:db8:1:3::1", false),
            ("192.0.2.1", "192.0.2.2", false),
            ("192.0.2.1", "192.0.2.1", true),
            ("::ffff:192.0.2.1", "::ffff:192.0.2.2", false),
        ] {
            let by = |source| Tries::of_source("login", source).by;
            assert_eq!(by(one) == by(other), same, "{one} {other}");
        }
    }
}
