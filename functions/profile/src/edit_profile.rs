//! Changes what somebody is called and likes.

use domain::{
    Currency, Failure, FieldError,
    id::CustomerId,
    person::{Language, Person, PersonName, Preferences},
};
use serde::Deserialize;

use crate::{Deps, views::CURRENCIES};

/// What is typed. A box that is not ticked is not sent.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Edited {
    #[serde(default)]
    name: String,
    language: Language,
    #[serde(default)]
    currency: String,
    #[serde(default)]
    mail_news: bool,
    #[serde(default)]
    text_news: bool,
}

pub(crate) async fn run(deps: &Deps, customer: &CustomerId, typed: &Edited) -> Result<Person, Failure> {
    let (name, currency) = checked(typed)?;
    let preferences = Preferences {
        language: typed.language,
        currency,
        mail_news: typed.mail_news,
        text_news: typed.text_news,
    };
    let edit = |person: Person| Person {
        name,
        preferences,
        ..person
    };
    deps.people.edit(customer.as_str(), edit).await
}

fn checked(typed: &Edited) -> Result<(PersonName, Currency), Failure> {
    let offered = CURRENCIES.iter().any(|(code, _)| *code == typed.currency);
    let currency = typed.currency.parse().ok().filter(|_| offered);
    let currency = currency.ok_or_else(|| FieldError::new("currency", "not_offered", "Please choose a currency."));
    match (PersonName::new(&typed.name), currency) {
        (Ok(name), Ok(currency)) => Ok((name, currency)),
        (name, currency) => Err(Failure::Invalid(
            [name.err(), currency.err()].into_iter().flatten().collect(),
        )),
    }
}
