//! Codes of an authenticator app (RFC 6238: SHA-1, six digits, thirty seconds, which is what all apps can do), and recovery codes.

use domain::{Cause, Failure, Secret, Timestamp, staff::Member};
use runtime::Ids;
use totp_rs::{Builder, Totp};

/// A code of the step before or after is taken as well: clocks of telephones are some seconds wrong.
const SKEW: u16 = 1;
const ISSUER: &str = "Bandari";
const SECRET_BYTES: usize = 20;
const RECOVERY_CODES: usize = 10;
/// Without the letters and digits that are read for each other; 32 of them, so that a byte chooses evenly.
const LETTERS: &[u8; 32] = b"ABCDEFGHJKLMNPQRSTUVWXYZ23456789";
const RECOVERY_LENGTH: usize = 12;

/// A fresh secret as apps take it by hand: base32.
pub(crate) fn new_secret(ids: &Ids) -> Result<Secret, Failure> {
    let mut bytes = [0; SECRET_BYTES];
    ids.fill(&mut bytes)?;
    Ok(Secret::new(totp_rs::Secret::new(bytes.into()).to_base32()))
}

/// The place a member's secret is sealed for.
pub(crate) fn place(member: &Member) -> String {
    format!("totp {}", member.id)
}

/// The secret as the link that an app reads from a picture.
pub(crate) fn link(member: &Member, secret: &Secret) -> Result<String, Failure> {
    totp(member, secret)?.to_url().map_err(|error| wrong(&error))
}

/// The time step of a code, if it is right at this moment.
pub(crate) fn step_of(member: &Member, secret: &Secret, code: &str, now: Timestamp) -> Result<Option<u64>, Failure> {
    let plain: String = code.chars().filter(char::is_ascii_digit).collect();
    let seconds = u64::try_from(now.as_seconds()).unwrap_or(0);
    Ok(totp(member, secret)?.check(&plain, seconds))
}

fn totp(member: &Member, secret: &Secret) -> Result<Totp, Failure> {
    let secret = totp_rs::Secret::try_from_base32(secret.expose())
        .map_err(|error| Failure::Internal(Cause::new(format!("could not read a second factor: {error:?}"))))?;
    // The library takes a colon for the end of the issuer.
    let account = member.email.as_str().replace(':', " ");
    let built = Builder::new()
        .with_secret(secret)
        .with_skew(SKEW)
        .with_account_name(account)
        .with_issuer(Some(ISSUER))
        .build();
    built.map_err(|error| wrong(&error))
}

fn wrong(error: &totp_rs::TotpError) -> Failure {
    Failure::Internal(Cause::new(format!("could not set up a second factor: {error:?}")))
}

/// Fresh recovery codes, `ABCD-EFGH-JKLM`.
pub(crate) fn new_recovery_codes(ids: &Ids) -> Result<Vec<String>, Failure> {
    (0..RECOVERY_CODES)
        .map(|_| readable_code(ids, RECOVERY_LENGTH))
        .collect()
}

/// A code of so many letters that a person reads and types, in groups of four: five bits a letter.
pub(crate) fn readable_code(ids: &Ids, length: usize) -> Result<String, Failure> {
    let mut bytes = vec![0; length];
    ids.fill(&mut bytes)?;
    let letters: Vec<char> = bytes
        .iter()
        .filter_map(|byte| LETTERS.get(usize::from(byte % 32)).copied().map(char::from))
        .collect();
    let groups: Vec<String> = letters.chunks(4).map(|group| group.iter().collect()).collect();
    Ok(groups.join("-"))
}

/// The form in which such a code is kept and looked up, however it was typed.
pub(crate) fn code_hash(typed: &str) -> String {
    let plain: String = typed
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|c| c.to_ascii_uppercase())
        .collect();
    web::token_hash(&plain)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use domain::{
        id::{RootId, StaffId},
        person::{Email, PersonName},
    };

    use super::*;

    fn member() -> Member {
        Member::new(
            StaffId::from_ulid("01JDB7M3N8Q4R5S6T7V8W9X0YZ").unwrap(),
            PersonName::new("Asha Mwangi").unwrap(),
            Email::new("asha@example.com").unwrap(),
            BTreeSet::new(),
        )
    }

    #[test]
    fn the_codes_are_those_of_the_standard() {
        // RFC 6238, appendix B: the last six digits of the eight there.
        let secret = Secret::new(totp_rs::Secret::new(b"12345678901234567890".to_vec().into()).to_base32());
        for (seconds, code) in [(59, "287082"), (1_111_111_109, "081804"), (2_000_000_000, "279037")] {
            let now = Timestamp::from_seconds(seconds);
            let step = step_of(&member(), &secret, code, now).unwrap();
            assert_eq!(step, u64::try_from(seconds).ok().map(|s| s / 30), "{seconds}");
        }
    }

    #[test]
    fn a_code_of_the_step_before_and_after_is_taken_and_no_other() {
        let secret = Secret::new(totp_rs::Secret::new(b"12345678901234567890".to_vec().into()).to_base32());
        // The code of 1111111109, in the step from 1111111080 on.
        let from = 1_111_111_080;
        for (seconds, taken) in [
            (from - 31, false),
            (from - 30, true),
            (from, true),
            (from + 59, true),
            (from + 60, false),
        ] {
            let now = Timestamp::from_seconds(seconds);
            let right = step_of(&member(), &secret, " 081 804 ", now).unwrap();
            assert_eq!(right.is_some(), taken, "{seconds}");
        }
        let now = Timestamp::from_seconds(59);
        for code in ["", "28708", "2870821", "287083", "abcdef"] {
            assert_eq!(step_of(&member(), &secret, code, now).unwrap(), None, "{code}");
        }
    }

    #[test]
    fn an_app_reads_who_and_where_from_the_link() {
        let secret = new_secret(&Ids::seeded(1)).unwrap();

        let link = link(&member(), &secret).unwrap();

        assert!(link.starts_with("otpauth://totp/Bandari:asha%40example.com?"), "{link}");
        assert!(
            link.contains(&format!("secret={}", secret.expose())) && link.contains("issuer=Bandari"),
            "{link}"
        );
    }

    #[test]
    fn a_recovery_code_is_known_however_it_is_typed() {
        let codes = new_recovery_codes(&Ids::seeded(1)).unwrap();

        assert_eq!(codes.iter().collect::<BTreeSet<_>>().len(), 10);
        assert_eq!(codes[0].len(), 14);
        let typed = codes[0].replace('-', " ").to_lowercase();
        assert_eq!(code_hash(&codes[0]), code_hash(&typed));
        assert_ne!(code_hash(&codes[0]), code_hash(&codes[1]));
    }
}
