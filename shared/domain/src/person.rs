//! People with an account: their e-mail address, what a password must be, and where their parcels go.

use std::ops::RangeInclusive;

use serde::{Deserialize, Serialize};

use crate::{
    address::Address,
    contact::{Contact, Phone},
    currency::Currency,
    failure::FieldError,
    id::{AddressId, CustomerId, StaffId},
    secret::Secret,
    session::Who,
    text::{Needs, TextRule, tidied},
};

pub use crate::email::Email;

/// Names are printed on labels within 70 characters, as in an address.
pub(crate) const NAME: TextRule = TextRule {
    field: "name",
    least: 2,
    most: 70,
    needs: Needs::Letter,
};

/// What a person is called, on one line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PersonName(String);

impl PersonName {
    /// Checks and tidies what was typed.
    ///
    /// # Errors
    /// The field `name` when it is empty, too long or not said in letters.
    pub fn new(typed: &str) -> Result<Self, FieldError> {
        if typed.trim().is_empty() {
            return Err(FieldError::new("name", "length", "Please write your name."));
        }
        NAME.line(typed).map(Self)
    }

    /// A name out of storage: it was checked when it came.
    #[must_use]
    pub fn kept(text: &str) -> Self {
        Self(text.to_owned())
    }

    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A new password that is long enough to be one.
#[derive(Clone)]
pub struct NewPassword(Secret);

impl NewPassword {
    /// Length is what makes guessing hard; nobody is told which characters to use. The upper end keeps the hashing short.
    pub const LENGTH: RangeInclusive<usize> = 10..=128;

    /// Checks what was chosen.
    ///
    /// # Errors
    /// The field `password` when it is too short or too long.
    pub fn new(chosen: &str) -> Result<Self, FieldError> {
        if Self::LENGTH.contains(&chosen.chars().count()) {
            Ok(Self(Secret::new(chosen)))
        } else {
            let message = "Please choose a password of 10 to 128 characters.";
            Err(FieldError::new("password", "length", message))
        }
    }

    /// The text itself, for the one place that hashes it.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.0.expose()
    }
}

/// Whose account it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Holder {
    /// Somebody who shops.
    Customer(CustomerId),
    /// Somebody who works here; `staff` says what they may do.
    Staff(StaffId),
}

impl Holder {
    /// The id as text.
    #[must_use]
    pub fn id(&self) -> &str {
        match self {
            Self::Customer(id) => id.as_str(),
            Self::Staff(id) => id.as_str(),
        }
    }

    /// Who a session belongs to that is opened with the password of this account.
    #[must_use]
    pub fn who(&self) -> Who {
        match self {
            Self::Customer(id) => Who::Customer(id.clone()),
            Self::Staff(id) => Who::Unproven(id.clone()),
        }
    }
}

/// The number under which the Kenya Revenue Authority knows somebody: a letter, nine digits, a letter (KRA, iTax guide, 2026). A is for
/// people, P for companies. Customs asks for it.
#[derive(Clone, PartialEq, Eq)]
pub struct KraPin(Secret);

impl KraPin {
    /// Checks and tidies what was typed.
    ///
    /// # Errors
    /// The field `pin` when this is no such number.
    pub fn new(typed: &str) -> Result<Self, FieldError> {
        let plain = tidied(typed).unwrap_or_default().replace(' ', "").to_uppercase();
        let middle = plain
            .strip_prefix(['A', 'P'])
            .and_then(|rest| rest.strip_suffix(|c: char| c.is_ascii_uppercase()));
        if middle.is_some_and(|digits| digits.len() == 9 && digits.bytes().all(|b| b.is_ascii_digit())) {
            Ok(Self(Secret::new(plain)))
        } else {
            let message = "A KRA PIN is a letter, nine digits and a letter, for example A012345678Z.";
            Err(FieldError::new("pin", "bad_pin", message))
        }
    }

    /// The number itself.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.0.expose()
    }

    /// Enough of it for its owner to recognise it.
    #[must_use]
    pub fn hint(&self) -> String {
        let text = self.0.expose();
        let end = text.get(text.len().saturating_sub(3)..).unwrap_or_default();
        format!("{}…{end}", text.get(..1).unwrap_or_default())
    }
}

/// A person with an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// Whose account it is.
    pub holder: Holder,
    /// Where they are written to, and what they log in with.
    pub email: Option<Email>,
    /// Where they are sent text messages, and what they log in with.
    pub phone: Option<Phone>,
    /// What they are called on their identity card; customs asks for it.
    pub name: PersonName,
    /// How they like it.
    pub preferences: Preferences,
}

impl Person {
    /// Everything they log in with.
    #[must_use]
    pub fn contacts(&self) -> Vec<Contact> {
        let email = self.email.clone().map(Contact::Email);
        let phone = self.phone.clone().map(Contact::Phone);
        email.into_iter().chain(phone).collect()
    }

    /// The same person reached there, in the place of what they had of its kind.
    #[must_use]
    pub fn reached_at(self, new: &Contact) -> Self {
        match new.clone() {
            Contact::Email(email) => Self {
                email: Some(email),
                ..self
            },
            Contact::Phone(phone) => Self {
                phone: Some(phone),
                ..self
            },
        }
    }

    /// Where it is confirmed that they want to be reached there: at what it replaces, or else at what there is.
    #[must_use]
    pub fn confirms_at(&self, new: &Contact) -> Option<Contact> {
        let email = self.email.clone().map(Contact::Email);
        let phone = self.phone.clone().map(Contact::Phone);
        match new {
            Contact::Email(_) => email.or(phone),
            Contact::Phone(_) => phone.or(email),
        }
    }
}

/// How somebody likes to be served.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Preferences {
    /// The language they are written to in.
    pub language: Language,
    /// The currency prices are shown in.
    pub currency: Currency,
    /// News of orders by mail.
    pub mail_news: bool,
    /// News of orders by text message.
    pub text_news: bool,
}

impl Default for Preferences {
    fn default() -> Self {
        Self {
            language: Language::En,
            currency: Currency::KES,
            mail_news: true,
            text_news: true,
        }
    }
}

/// A language we write in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Language {
    /// English.
    En,
    /// Swahili.
    Sw,
}

/// A delivery address a customer keeps for the next order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptAddress {
    /// Its id.
    pub id: AddressId,
    /// The address.
    pub address: Address,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::RootId;

    #[test]
    fn a_password_is_measured_in_characters_not_in_bytes() {
        for (text, is_good) in [
            ("123456789".to_owned(), false),
            ("ñandú ñandú".to_owned(), true),
            ("n".repeat(10), true),
            ("ñ".repeat(128), true),
            ("n".repeat(129), false),
        ] {
            assert_eq!(NewPassword::new(&text).is_ok(), is_good, "{text}");
        }
    }

    #[test]
    fn a_tax_number_is_read_as_it_is_printed_and_shown_in_part() {
        assert_eq!(KraPin::new(" a012345678z ").unwrap().expose(), "A012345678Z");
        assert_eq!(KraPin::new("P012345678B").unwrap().hint(), "P…78B");
        for text in [
            "",
            "A",
            "A01234567Z",
            "A0123456789Z",
            "B012345678Z",
            "A0123456781",
            "A01234567é",
        ] {
            assert!(KraPin::new(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_new_contact_takes_the_place_of_its_kind_and_is_confirmed_there() {
        let contact = |text| Contact::new(text).unwrap();
        let (mail, phone) = (contact("a@example.com"), contact("+254712345678"));
        let nobody = Person {
            holder: Holder::Customer(CustomerId::from_ulid("01JDB7M3N8Q4R5S6T7V8W9X0YZ").unwrap()),
            email: None,
            phone: None,
            name: PersonName::new("Asha").unwrap(),
            preferences: Preferences::default(),
        };
        let by_mail = nobody.clone().reached_at(&mail);
        let by_both = by_mail.clone().reached_at(&phone);

        for (person, new, confirmed_at, after) in [
            (&by_mail, "b@example.com", Some(&mail), vec!["b@example.com"]),
            (
                &by_mail,
                "0712345678",
                Some(&mail),
                vec!["a@example.com", "+254712345678"],
            ),
            (
                &by_both,
                "0700000001",
                Some(&phone),
                vec!["a@example.com", "+254700000001"],
            ),
            (
                &by_both,
                "b@example.com",
                Some(&mail),
                vec!["b@example.com", "+254712345678"],
            ),
            (&nobody, "b@example.com", None, vec!["b@example.com"]),
        ] {
            let new = contact(new);
            assert_eq!(person.confirms_at(&new).as_ref(), confirmed_at, "{new}");
            let contacts = person.clone().reached_at(&new).contacts();
            assert_eq!(contacts.iter().map(Contact::as_str).collect::<Vec<_>>(), after, "{new}");
        }
    }

    #[test]
    fn a_name_is_tidied_and_never_empty() {
        assert_eq!(PersonName::new("  Asha   Mwangi ").unwrap().as_str(), "Asha Mwangi");
        for text in [
            "",
            " ",
            "A",
            &"x".repeat(71),
            "Asha\u{7}",
            "..",
            "\u{200b}\u{200b}",
            "😀😀",
        ] {
            assert!(PersonName::new(text).is_err(), "{text:?}");
        }
    }
}
