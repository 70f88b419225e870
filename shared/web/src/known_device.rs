//! Known devices: a browser that somebody has logged in with keeps a mark of that, so that the guesses of strangers elsewhere do not make its
//! owner wait (OWASP, "Slow Down Online Guessing Attacks with Device Cookies"). A mark lets nobody in; it has tries of its own.

use std::{convert::Infallible, time::Duration};

use axum::{extract::FromRequestParts, http::request::Parts};
use domain::{Pepper, Secret, id::StaffId};

use crate::session::{cookie_named, same_secret};

const COOKIE: &str = "__Host-device";
const PURPOSE: &str = "known device";
const LASTS: Duration = Duration::from_secs(180 * 24 * 3600);
/// One browser is shared by a family, or by a customer who also works here.
const MOST: usize = 6;
/// Longer than as many marks of ours.
const LONGEST: usize = 1_500;

/// The marks a request came with; nothing is proved by them before [`KnownDevice::mark_of`].
#[derive(Clone, Debug, Default)]
pub struct KnownDevice {
    marks: Vec<Mark>,
}

#[derive(Clone, Debug)]
struct Mark {
    whose: String,
    nonce: String,
    proof: String,
}

impl KnownDevice {
    /// What names this device for this person, if they have logged in with it before.
    #[must_use]
    pub fn mark_of(&self, pepper: &Pepper, whose: &str) -> Option<&str> {
        let mark = self.marks.iter().find(|mark| mark.whose == whose)?;
        let proofs = pepper.all_keyed(PURPOSE, &format!("{whose} {}", mark.nonce));
        let is_ours = proofs.iter().any(|proof| same_secret(&mark.proof, proof));
        is_ours.then_some(mark.nonce.as_str())
    }

    /// The cookie by which the device is known to these people from now on, and to whom it was known before.
    #[must_use]
    pub fn cookie(&self, pepper: &Pepper, whose: &[String], nonce: &Secret) -> String {
        let nonce = nonce.expose();
        let fresh = whose.iter().map(|whose| Mark {
            whose: whose.clone(),
            nonce: nonce.to_owned(),
            proof: pepper.keyed(PURPOSE, &format!("{whose} {nonce}")),
        });
        let others = self.marks.iter().filter(|mark| !whose.contains(&mark.whose)).cloned();
        let marks: Vec<String> = fresh.chain(others).take(MOST).map(|mark| mark.text()).collect();
        format!(
            "{COOKIE}={}; Path=/; Max-Age={}; Secure; HttpOnly; SameSite=Strict",
            marks.join("~"),
            LASTS.as_secs()
        )
    }

    /// Under which a device is known on which a member of the staff has shown the second factor too: there it has tries of its own at that.
    #[must_use]
    pub fn proved(staff: &StaffId) -> String {
        format!("{staff}-proved")
    }

    fn read(text: &str) -> Self {
        if text.len() > LONGEST {
            return Self::default();
        }
        Self {
            marks: text.split('~').take(MOST).filter_map(Mark::read).collect(),
        }
    }
}

impl Mark {
    fn read(text: &str) -> Option<Self> {
        let mut parts = text.split('.');
        let mark = Self {
            whose: parts.next()?.to_owned(),
            nonce: parts.next()?.to_owned(),
            proof: parts.next()?.to_owned(),
        };
        parts.next().is_none().then_some(mark)
    }

    fn text(&self) -> String {
        format!("{}.{}.{}", self.whose, self.nonce, self.proof)
    }
}

impl<S: Send + Sync> FromRequestParts<S> for KnownDevice {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(cookie_named(&parts.headers, COOKIE).map_or_else(Self::default, Self::read))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pepper(last: char) -> Pepper {
        Pepper::new(&Secret::new(format!(
            "bG9jYWwgcGVwcGVyLCAzMiBieXRlcyBvZiBpdCwgbmV{last}"
        )))
        .unwrap()
    }

    fn kept(cookie: &str) -> KnownDevice {
        let value = cookie.split(['=', ';']).nth(1).unwrap();
        KnownDevice::read(value)
    }

    #[test]
    fn a_device_is_known_to_whoever_logged_in_with_it_and_to_nobody_else() {
        let empty = KnownDevice::default();
        let first = kept(&empty.cookie(&pepper('3'), &["cus_1".into()], &Secret::new("one")));
        let second = kept(&first.cookie(&pepper('3'), &["stf_1".into(), "stf_1-2".into()], &Secret::new("two")));

        for (device, whose, mark) in [
            (&first, "cus_1", Some("one")),
            (&first, "cus_2", None),
            (&second, "cus_1", Some("one")),
            (&second, "stf_1", Some("two")),
            (&second, "stf_1-2", Some("two")),
            (&empty, "cus_1", None),
        ] {
            assert_eq!(device.mark_of(&pepper('3'), whose), mark, "{whose}");
        }
        assert_eq!(second.mark_of(&pepper('4'), "cus_1"), None, "of another shop");
    }

    #[test]
    fn nobody_makes_a_mark_for_somebody_else() {
        let own = KnownDevice::default().cookie(&pepper('3'), &["cus_1".into()], &Secret::new("one"));
        let own = own.split(['=', ';']).nth(1).unwrap().to_owned();

        for planted in [
            own.replace("cus_1", "cus_2"),
            own.replace(".one.", ".two."),
            "cus_2..".to_owned(),
            "cus_2.one".to_owned(),
            format!("{own}.more"),
            "~".repeat(LONGEST + 1),
        ] {
            let device = KnownDevice::read(&planted);
            for whose in ["cus_1", "cus_2"] {
                assert_eq!(device.mark_of(&pepper('3'), whose), None, "{planted}");
            }
        }
    }

    #[test]
    fn the_newest_few_are_kept() {
        let mut device = KnownDevice::default();
        for number in 0..10 {
            device = kept(&device.cookie(&pepper('3'), &[format!("cus_{number}")], &Secret::new("n")));
        }

        assert_eq!(device.mark_of(&pepper('3'), "cus_3"), None);
        assert_eq!(device.mark_of(&pepper('3'), "cus_4"), Some("n"));
        assert!(device.cookie(&pepper('3'), &[], &Secret::new("n")).len() < LONGEST);
    }
}
