//! Messengers: who carries a letter to a mailbox or a text to a phone, and the list of the ones there are.
//!
//! No messenger knows a repeat by itself. What must not arrive twice is looked up by our reference before it is sent again, where a messenger
//! can be asked.

pub mod africas_talking;
pub mod postmark;

use domain::{Settings, contact::Contact, news::Channel, product::ProviderCode};

use crate::{error::Error, exchange::Exchange};

/// Something short to read, for one person.
#[derive(Clone)]
pub struct Letter {
    /// Our reference, for the messenger's own records.
    pub reference: String,
    /// Who gets it.
    pub to: Contact,
    /// What it is about; a text message has none.
    pub subject: String,
    /// What it says.
    pub text: String,
    /// The same for readers that show pages; only mail has one.
    pub html: Option<String>,
}

/// Somebody who carries letters. The call is an exchange; nothing is sent from here.
pub trait Messenger: Send + Sync {
    /// Its short name.
    fn code(&self) -> ProviderCode;

    /// What it carries letters by.
    fn channel(&self) -> Channel;

    /// True when it reaches this contact.
    fn reaches(&self, contact: &Contact) -> bool {
        Channel::to(contact) == self.channel()
    }

    /// Carries a letter; gives the messenger's own number of it.
    ///
    /// # Errors
    /// When the letter cannot be said in the messenger's protocol.
    fn send(&self, letter: &Letter) -> Result<Exchange<String>, Error>;

    /// Looks in the messenger's own books for a letter by our reference; gives its number when it is there. Nothing for a messenger whose
    /// books cannot be asked.
    fn find(&self, reference: &str) -> Option<Result<Exchange<Option<String>>, Error>>;
}

/// All messengers, with their keys.
pub struct Messengers(Vec<Box<dyn Messenger>>);

impl Messengers {
    /// Every messenger, set up from settings. A new one is one line here.
    pub fn read(settings: &mut Settings) -> Self {
        Self(vec![
            Box::new(postmark::Postmark::read(settings)),
            Box::new(africas_talking::AfricasTalking::read(settings)),
        ])
    }

    /// The names of the settings that are read.
    pub const NAMES: &'static [&'static str] = &[
        "POSTMARK_BASE_URL",
        "POSTMARK_SERVER_TOKEN",
        "MAIL_SENDER",
        "AFRICAS_TALKING_BASE_URL",
        "AFRICAS_TALKING_USERNAME",
        "AFRICAS_TALKING_API_KEY",
        "TEXT_SENDER",
    ];

    /// Who carries what goes by this channel.
    #[must_use]
    pub fn by(&self, channel: Channel) -> Option<&dyn Messenger> {
        let mut messengers = self.0.iter().map(AsRef::as_ref);
        messengers.find(|messenger| messenger.channel() == channel)
    }

    /// The first that reaches a contact.
    #[must_use]
    pub fn to(&self, contact: &Contact) -> Option<&dyn Messenger> {
        self.0
            .iter()
            .map(AsRef::as_ref)
            .find(|messenger| messenger.reaches(contact))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_names_are_those_that_are_read() {
        let mut settings = Settings::new([]);
        Messengers::read(&mut settings);

        let wrong = settings.finish().unwrap_err().0;

        let missing: Vec<_> = Messengers::NAMES
            .iter()
            .map(|name| format!("{name} is missing"))
            .collect();
        assert_eq!(wrong, missing);
    }

    #[test]
    fn each_contact_has_its_messenger() {
        let messengers = Messengers::read(&mut Settings::new([]));

        for (contact, expected) in [("asha@example.com", "postmark"), ("+254712345678", "africas-talking")] {
            let contact = Contact::new(contact).unwrap();
            assert_eq!(messengers.to(&contact).unwrap().code().as_str(), expected);
        }
    }
}
