//! How somebody is reached and logs in: an e-mail address or a phone.

use std::fmt;

use crate::{failure::FieldError, person::Email};

/// A phone number in international form, `+254712345678`. However somebody writes theirs, it is one account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Phone(String);

impl Phone {
    /// Checks and tidies what was typed. A number of Kenya may be written as it is dialled there: `0712 345 678`.
    ///
    /// # Errors
    /// The field `phone` when this is no number.
    pub fn new(typed: &str) -> Result<Self, FieldError> {
        let plain: String = typed.chars().filter(|c| !" -().".contains(*c)).collect();
        let digits = match (plain.strip_prefix('+'), plain.strip_prefix('0')) {
            (Some(digits), _) => digits.to_owned(),
            // Safaricom's, Airtel's and Telkom's numbers: 07 or 01 and eight digits (Communications Authority of Kenya, 2019).
            (None, Some(national)) if national.len() == 9 && national.starts_with(['7', '1']) => {
                format!("254{national}")
            }
            (None, Some(_) | None) => String::new(),
        };
        // E.164: at most 15 digits, and a country code never begins with 0.
        let is_good =
            (8..=15).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit()) && !digits.starts_with('0');
        if is_good {
            Ok(Self(format!("+{digits}")))
        } else {
            let message = "Please write the phone with its country code, for example +254712345678.";
            Err(FieldError::new("phone", "bad_phone", message))
        }
    }

    /// The number as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Phone {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

/// What somebody is reached by, and what they log in with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Contact {
    /// By mail.
    Email(Email),
    /// By text message.
    Phone(Phone),
}

impl Contact {
    /// Reads what was typed into a field that takes either.
    ///
    /// # Errors
    /// The field `contact` when it is neither.
    pub fn new(typed: &str) -> Result<Self, FieldError> {
        let read = if typed.contains('@') {
            Email::new(typed).map(Self::Email)
        } else {
            Phone::new(typed).map(Self::Phone)
        };
        read.map_err(|_| {
            let message = "Please write your e-mail address, or your phone with its country code.";
            FieldError::new("contact", "bad_contact", message)
        })
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
    fn one_number_is_one_account_however_it_is_written() {
        for typed in ["+254712345678", "+254 712-345-678", " 0712 345 678 ", "(0712) 345.678"] {
            assert_eq!(Phone::new(typed).unwrap().as_str(), "+254712345678", "{typed}");
        }
        for typed in [
            "",
            "712345678",
            "+0712345678",
            "+2547",
            "+25471234567890123",
            "+2547123x5678",
            "0612345678",
        ] {
            assert!(Phone::new(typed).is_err(), "{typed}");
        }
    }

    #[test]
    fn one_field_takes_an_address_or_a_number() {
        assert_eq!(Contact::new(" Asha@Example.com ").unwrap().as_str(), "asha@example.com");
        assert_eq!(Contact::new("0712345678").unwrap().as_str(), "+254712345678");
        for typed in ["", "asha", "asha@", "12"] {
            assert_eq!(Contact::new(typed).unwrap_err().pointer, "/contact", "{typed}");
        }
    }

    #[test]
    fn a_hint_tells_the_owner_and_nobody_else() {
        assert_eq!(Contact::new("asha@example.com").unwrap().hint(), "as…@example.com");
        assert_eq!(Contact::new("+254712345678").unwrap().hint(), "+2547…78");
    }
}
