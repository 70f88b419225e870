//! Codes that are read from a message and typed: six digits. They are few, so each holds for half an hour and five tries, and is stored
//! only together with the ticket of 256 bits that its page carries.

use domain::{Failure, Secret};
use runtime::Ids;

const CODES: u64 = 1_000_000;

/// A fresh code.
pub(crate) fn fresh(ids: &Ids) -> Result<Secret, Failure> {
    let mut bytes = [0; 8];
    ids.fill(&mut bytes)?;
    Ok(Secret::new(format!("{:06}", u64::from_le_bytes(bytes) % CODES)))
}

/// What is stored of a code: without the ticket nobody finds it by trying all of them.
pub(crate) fn hash(ticket: &str, code: &str) -> String {
    let digits: String = code.chars().filter(|c| !c.is_whitespace() && *c != '-').collect();
    web::token_hash(&format!("{ticket} {digits}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_has_six_digits_and_is_read_however_it_is_spaced() {
        let ids = Ids::seeded(3);
        for _ in 0..50 {
            let code = fresh(&ids).unwrap();
            assert!(code.expose().len() == 6 && code.expose().bytes().all(|b| b.is_ascii_digit()));
        }
        assert_eq!(hash("t", "123 456"), hash("t", "123456"));
        assert_ne!(hash("t", "123456"), hash("u", "123456"));
    }
}
