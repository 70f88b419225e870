//! By what a person at the desk finds an order: the end of its number as the bench shows it, and the customer's phone, e-mail and name.

use super::draft::Alias;
use crate::{address::AddressInput, id::OrderId};

/// The scope of the number's end.
const SHORT: &str = "short";
/// The scopes of what says who somebody is: only the desk looks under these, and they go when the customer is forgotten.
pub const PERSONAL_SCOPES: [&str; 3] = ["phone", "email", "name"];

/// The end of an order's number, to tell orders apart by eye and to read it out.
#[must_use]
pub fn short_number(id: &OrderId) -> &str {
    let ulid = id.ulid();
    ulid.get(ulid.len().saturating_sub(6)..).unwrap_or(ulid)
}

pub(super) fn short_name(id: &OrderId) -> Alias {
    Alias::Shared {
        scope: SHORT.into(),
        value: short_number(id).to_owned(),
    }
}

/// What of an address leads to its order. Of a name the whole, the first and the last word: people ask for either.
pub(super) fn personal_names(address: &AddressInput) -> Vec<Alias> {
    let words: Vec<&str> = address.name.split_whitespace().collect();
    let names = [
        Some(address.name.as_str()),
        words.first().copied(),
        words.last().copied(),
    ];
    let named = names.into_iter().flatten().map(|name| ("name", name));
    let all = [("phone", address.phone.as_str()), ("email", address.email.as_str())];
    let mut aliases = Vec::new();
    for (scope, value) in all.into_iter().chain(named) {
        let alias = Alias::Shared {
            scope: scope.into(),
            value: value.trim().to_lowercase(),
        };
        // One letter is nobody's name, and words without a letter are no key.
        if value.chars().filter(|letter| letter.is_alphanumeric()).count() > 1 && !aliases.contains(&alias) {
            aliases.push(alias);
        }
    }
    aliases
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(name: &str, email: &str) -> Vec<String> {
        let address = AddressInput {
            name: name.into(),
            phone: "+254712345678".into(),
            email: email.into(),
            ..AddressInput::default()
        };
        let names = personal_names(&address).into_iter().map(|alias| match alias {
            Alias::Unique { scope, value } | Alias::Shared { scope, value } => format!("{scope} {value}"),
        });
        names.collect()
    }

    #[test]
    fn an_order_is_known_by_phone_e_mail_and_the_names_people_ask_for() {
        assert_eq!(
            values("Asha Wanjiru  Mwangi", "Asha@Example.com"),
            [
                "phone +254712345678",
                "email asha@example.com",
                "name asha wanjiru  mwangi",
                "name asha",
                "name mwangi"
            ]
        );
        assert_eq!(values("Asha", ""), ["phone +254712345678", "name asha"]);
        assert_eq!(values("…", "").len(), 1);
    }
}
