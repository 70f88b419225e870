//! An e-mail address: one, of one person. A list of addresses, a name beside one or a quoted part is none, so nothing that sends mail can
//! be led to write to somebody else.

use std::fmt;

use email_address::{EmailAddress, Options};

use crate::{failure::FieldError, text::tidied};

/// RFC 5321, 4.5.3.1.3: a path has 256 characters with its brackets.
const LONGEST: usize = 254;

/// An e-mail address in lower case: however somebody writes theirs, it is one account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Email(String);

impl Email {
    /// Checks and tidies what was typed.
    ///
    /// # Errors
    /// The field `email` when this is not one address to which mail can be sent.
    pub fn new(typed: &str) -> Result<Self, FieldError> {
        let wrong = |message: &str| FieldError::new("email", "bad_email", message);
        let plain = tidied(typed)
            .map_err(|_| wrong("This does not look like an e-mail address."))?
            .to_lowercase();
        if plain.matches('@').count() > 1 {
            return Err(wrong("Please write one e-mail address, not several."));
        }
        match address(&plain) {
            Some(address) => Ok(Self(address)),
            None => Err(wrong(
                "This does not look like an e-mail address. One looks like asha@example.com.",
            )),
        }
    }

    /// An address out of storage: it was checked when it came, by the rules of that day. Mail goes to it only after [`Email::new`].
    #[must_use]
    pub fn kept(text: &str) -> Self {
        Self(text.to_owned())
    }

    /// The address as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Email {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

/// The address as mail carries it: the host by its ASCII name. A local part of other letters needs SMTPUTF8, which payment providers and
/// most messengers refuse; a quoted one may hold anything, another address too.
fn address(plain: &str) -> Option<String> {
    let (local, host) = plain.split_once('@')?;
    let host = idna::domain_to_ascii_strict(host).ok()?;
    let address = format!("{local}@{host}");
    let options = Options::default()
        .with_required_tld()
        .without_display_text()
        .without_domain_literal();
    let is_one = EmailAddress::parse_with_options(&address, options).is_ok();
    let is_plain = address.len() <= LONGEST && address.is_ascii() && !local.contains('"');
    (is_one && is_plain && has_top(&host)).then_some(address)
}

/// No top level is a number or a single letter (RFC 3696, 2).
fn has_top(host: &str) -> bool {
    let top = host.rsplit('.').next().unwrap_or_default();
    top.len() >= 2 && !top.bytes().all(|letter| letter.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn one_address_is_one_account_however_it_is_written() {
        for (typed, kept) in [
            (" Asha@Example.COM ", "asha@example.com"),
            ("asha@example.com", "asha@example.com"),
            ("\u{202a}asha@example.com\u{202c}", "asha@example.com"),
            ("asha+orders@mail.example.co.ke", "asha+orders@mail.example.co.ke"),
            ("o'neil_1@example.com", "o'neil_1@example.com"),
            ("asha@bücher.example", "asha@xn--bcher-kva.example"),
        ] {
            assert_eq!(Email::new(typed).unwrap().as_str(), kept, "{typed}");
        }
    }

    #[test]
    fn what_is_not_one_address_is_none() {
        for typed in [
            "",
            "asha",
            "asha@",
            "@example.com",
            "a b@example.com",
            "victim@example.com,x1@example.com",
            "victim@example.com;x1@example.com",
            "victim@example.com x1@example.com",
            "victim@example.com\nx1@example.com",
            "victim@example.com%0ax1@example.com",
            "\"victim@example.com,x1\"@example.com",
            "\"a b\"@example.com",
            "Asha <asha@example.com>",
            "<asha@example.com>",
            "asha(comment)@example.com",
            "a,b@example.com",
            "a;b@example.com",
            "asha@localhost",
            "asha@example",
            "asha@[127.0.0.1]",
            "asha@127.0.0.1",
            "asha@example.c",
            "asha@example.com.",
            "asha@.example.com",
            "asha@example..com",
            ".asha@example.com",
            "asha.@example.com",
            "as..ha@example.com",
            "asha@-example.com",
            "asha@exam_ple.com",
            "ästhet@example.com",
            "asha@example.com\u{0}",
            "mailto:asha@example.com",
            &format!("{}@example.com", "a".repeat(65)),
            &format!("a@{}.com", "b".repeat(64)),
            "4242424242424242@example.com\u{202e}",
        ] {
            let wrong = Email::new(typed).unwrap_err();
            assert_eq!(
                (wrong.pointer.as_str(), wrong.code),
                ("/email", "bad_email"),
                "{typed:?}"
            );
        }
    }

    proptest! {
        #[test]
        fn an_accepted_address_has_one_recipient_and_reads_as_itself(
            typed in "[a-zA-Z0-9.+_'\"@,;:<>() \u{202a}é-]{1,24}@[a-zA-Zü0-9.,@-]{1,24}(\\.[a-z]{2,4})?([,; ]{1,2}b@example.com)?",
        ) {
            if let Ok(email) = Email::new(&typed) {
                let text = email.as_str();
                prop_assert_eq!(text.matches('@').count(), 1);
                prop_assert!(!text.contains([',', ';', '<', '>', '"', ' ', '(', ')']) && text.is_ascii(), "{}", text);
                prop_assert_eq!(Email::new(text).unwrap(), email);
            }
        }
    }
}
