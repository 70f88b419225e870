//! Notices: what a person is told by mail or by text message, and for how long it is worth telling.

use std::time::Duration;

use crate::{contact::Contact, id::NoticeId, secret::Secret};

const MINUTE: u64 = 60;

/// One message to one person.
#[derive(Clone)]
pub struct Notice {
    /// Its id.
    pub id: NoticeId,
    /// Who gets it.
    pub to: Contact,
    /// What it says.
    pub matter: Matter,
}

/// What a notice is about. What a stranger must not read is a secret, and forgotten as soon as it was sent.
#[derive(Clone, PartialEq, Eq)]
pub enum Matter {
    /// The code that finishes a registration.
    RegistrationCode(Secret),
    /// The token that lets its reader choose a new password.
    ResetToken(Secret),
    /// The code that confirms a change of address or phone where the account is reached until now.
    ContactCode(Secret),
    /// The code that confirms the same change at the new address or phone.
    NewContactCode(Secret),
    /// A new password was chosen.
    PasswordChanged,
    /// The address or phone of the account was changed.
    ContactChanged,
    /// The account was deleted.
    AccountDeleted,
}

impl Matter {
    /// The stable word for records and logs.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Self::RegistrationCode(_) => "registration_code",
            Self::ResetToken(_) => "reset_token",
            Self::ContactCode(_) => "contact_code",
            Self::NewContactCode(_) => "new_contact_code",
            Self::PasswordChanged => "password_changed",
            Self::ContactChanged => "contact_changed",
            Self::AccountDeleted => "account_deleted",
        }
    }

    /// The secret in it.
    #[must_use]
    pub fn secret(&self) -> Option<&Secret> {
        match self {
            Self::RegistrationCode(secret)
            | Self::ResetToken(secret)
            | Self::ContactCode(secret)
            | Self::NewContactCode(secret) => Some(secret),
            Self::PasswordChanged | Self::ContactChanged | Self::AccountDeleted => None,
        }
    }

    /// The matter of a word and its secret, if there is one.
    #[must_use]
    pub fn of(word: &str, secret: Option<Secret>) -> Option<Self> {
        match (word, secret) {
            ("registration_code", Some(code)) => Some(Self::RegistrationCode(code)),
            ("reset_token", Some(token)) => Some(Self::ResetToken(token)),
            ("contact_code", Some(code)) => Some(Self::ContactCode(code)),
            ("new_contact_code", Some(code)) => Some(Self::NewContactCode(code)),
            ("password_changed", None) => Some(Self::PasswordChanged),
            ("contact_changed", None) => Some(Self::ContactChanged),
            ("account_deleted", None) => Some(Self::AccountDeleted),
            _ => None,
        }
    }

    /// After this nobody needs it any more: a code has ended, and news are old.
    #[must_use]
    pub fn is_worth_telling_for(&self) -> Duration {
        match self {
            Self::RegistrationCode(_) | Self::ResetToken(_) | Self::ContactCode(_) | Self::NewContactCode(_) => {
                Duration::from_secs(30 * MINUTE)
            }
            Self::PasswordChanged | Self::ContactChanged | Self::AccountDeleted => {
                Duration::from_secs(3 * 24 * 60 * MINUTE)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_matter_is_read_as_it_was_written() {
        for matter in [
            Matter::RegistrationCode(Secret::new("123456")),
            Matter::ResetToken(Secret::new("t")),
            Matter::ContactCode(Secret::new("654321")),
            Matter::NewContactCode(Secret::new("456789")),
            Matter::PasswordChanged,
            Matter::ContactChanged,
            Matter::AccountDeleted,
        ] {
            let read = Matter::of(matter.word(), matter.secret().cloned());
            assert!(read.as_ref() == Some(&matter), "{}", matter.word());
        }
        assert!(Matter::of("reset_token", None).is_none());
        assert!(Matter::of("gossip", None).is_none());
    }
}
