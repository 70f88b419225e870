//! How somebody is reached and logs in: an e-mail address or a phone.

use std::fmt;

use crate::{country::Country, failure::FieldError, text::digit_of};

pub use crate::{email::Email, phone::Phone};

/// What somebody is reached by, and what they log in with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Contact {
    /// By mail.
    Email(Email),
    /// By text message.
    Phone(Phone),
}

impl Contact {
    /// Reads what was typed into a field that takes either. A phone may be written as it is dialled where the shop is.
    ///
    /// # Errors
    /// The field `contact` when it is neither.
    pub fn new(typed: &str) -> Result<Self, FieldError> {
        let read = if typed.contains('@') {
            Email::new(typed).map(Self::Email)
        } else {
            Phone::new(typed, Country::KE).map(Self::Phone)
        };
        let says = |wrong: FieldError| FieldError::new("contact", "bad_contact", wrong.message);
        let neither = "Please write your e-mail address, or your phone with its country code.";
        match read {
            Err(_) if !typed.contains('@') && !typed.chars().any(|letter| digit_of(letter).is_some()) => {
                Err(FieldError::new("contact", "bad_contact", neither))
            }
            read => read.map_err(says),
        }
    }

    /// Reads where somebody wants to be sent codes and news.
    ///
    /// # Errors
    /// The field `contact` when it is neither, or a phone that takes no text messages.
    pub fn reachable(typed: &str) -> Result<Self, FieldError> {
        match Self::new(typed)? {
            Self::Phone(phone) if phone.kind().is_some_and(|kind| !kind.takes_texts()) => {
                let message =
                    "No text message reaches this phone. Please write a mobile number or your e-mail address.";
                Err(FieldError::new("contact", "no_mobile", message))
            }
            contact => Ok(contact),
        }
    }

    /// A contact out of storage: it was checked when it came, by the rules of that day.
    #[must_use]
    pub fn kept(text: &str) -> Self {
        if text.contains('@') {
            Self::Email(Email::kept(text))
        } else {
            Self::Phone(Phone::kept(text))
        }
    }

    /// The address or number as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Email(email) => email.as_str(),
            Self::Phone(phone) => phone.as_str(),
        }
    }

    /// The same with its middle hidden, for pages that others may see.
    #[must_use]
    pub fn hint(&self) -> String {
        match self {
            Self::Email(email) => {
                let (name, host) = email.as_str().split_once('@').unwrap_or_default();
                format!("{}…@{host}", name.chars().take(2).collect::<String>())
            }
            Self::Phone(phone) => {
                let (start, end) = phone
                    .as_str()
                    .split_at_checked(phone.as_str().len().saturating_sub(2))
                    .unwrap_or_default();
                format!("{}…{end}", start.chars().take(5).collect::<String>())
            }
        }
    }
}

impl fmt::Display for Contact {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_field_takes_an_address_or_a_number() {
        assert_eq!(Contact::new(" Asha@Example.com ").unwrap().as_str(), "asha@example.com");
        assert_eq!(Contact::new("0712345678").unwrap().as_str(), "+254712345678");
        for typed in ["", "asha", "asha@", "12"] {
            assert_eq!(Contact::new(typed).unwrap_err().pointer, "/contact", "{typed}");
        }
    }

    #[test]
    fn where_codes_are_sent_takes_texts() {
        assert!(Contact::reachable("0712345678").is_ok());
        assert!(Contact::reachable("asha@example.com").is_ok());
        assert_eq!(Contact::reachable("020 2222222").unwrap_err().code, "no_mobile");
    }

    #[test]
    fn what_was_kept_is_read_whatever_is_asked_today() {
        for text in ["+00000000", "+2547", "a@example.com,b@example.com", "asha@localhost"] {
            assert_eq!(Contact::kept(text).as_str(), text);
        }
    }

    #[test]
    fn a_hint_tells_the_owner_and_nobody_else() {
        assert_eq!(Contact::new("asha@example.com").unwrap().hint(), "as…@example.com");
        assert_eq!(Contact::new("+254712345678").unwrap().hint(), "+2547…78");
    }
}
