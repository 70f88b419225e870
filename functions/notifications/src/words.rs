//! What notices say. No notice tells more than its reader may know: not the name, not what is in the account.

use domain::{contact::Contact, notice::Matter};

/// Whether the reader's address has an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reader {
    HasAccount,
    HasNone,
}

/// Subject and text; nothing when there is nothing to tell. A text message is one part of 160 characters where that is possible, and is
/// not sent to numbers that never asked for an account: each costs money, and strangers could make us send them.
pub(crate) fn of(matter: &Matter, to: &Contact, reader: Reader, shop: &str) -> Option<(String, String)> {
    let is_text = matches!(to, Contact::Phone(_));
    let (subject, text) = match (matter, reader) {
        (Matter::RegistrationCode(code), Reader::HasNone) => (
            "Your code for Bandari",
            format!("Your Bandari code is {}. It holds for 30 minutes. Tell it to nobody.", code.expose()),
        ),
        (Matter::RegistrationCode(_), Reader::HasAccount) => (
            "You have an account at Bandari",
            format!("You have a Bandari account already. Log in, or choose a new password: {shop}/reset"),
        ),
        (Matter::ResetToken(token), Reader::HasAccount) => (
            "Choose a new password for Bandari",
            format!(
                "Choose a new Bandari password within 30 minutes: {shop}/reset/{} If it was not you, do nothing.",
                token.expose()
            ),
        ),
        (Matter::ResetToken(_), Reader::HasNone) if is_text => return None,
        (Matter::ResetToken(_), Reader::HasNone) => (
            "No account at Bandari",
            format!(
                "Somebody, perhaps you, asked for a new password. This address has no Bandari account. You can make one: {shop}/register"
            ),
        ),
        (Matter::ContactCode(code), _) => (
            "Your code for Bandari",
            format!(
                "Your Bandari code to change how you log in is {}. If it was not you, choose a new password: {shop}/reset",
                code.expose()
            ),
        ),
        (Matter::NewContactCode(code), Reader::HasNone) => (
            "Your code for Bandari",
            format!(
                "Your code to use this at Bandari from now on is {}. It holds for 30 minutes. Tell it to nobody.",
                code.expose()
            ),
        ),
        (Matter::NewContactCode(_), Reader::HasAccount) => (
            "In use at Bandari already",
            format!(
                "Somebody, perhaps you, wants to use this for a Bandari account. It is in use for one already. You can log in with it: {shop}/login"
            ),
        ),
        (Matter::PasswordChanged, _) => (
            "Your password was changed",
            format!("Your Bandari password was changed and all devices were logged out. If it was not you: {shop}/reset"),
        ),
        (Matter::ContactChanged, _) => (
            "How you log in was changed",
            format!("The e-mail address or phone of your Bandari account was changed. If it was not you, write to us: {shop}/help"),
        ),
        (Matter::AccountDeleted, _) => (
            "Your account was deleted",
            "Your Bandari account was deleted, with your name, addresses and numbers. What the law asks us to keep about paid orders names you no more."
                .to_owned(),
        ),
    };
    Some((subject.to_owned(), text))
}

#[cfg(test)]
mod tests {
    use domain::Secret;

    use super::*;

    const SHOP: &str = "https://bandari.example";

    #[test]
    fn a_code_goes_only_to_whom_it_is_of_use() {
        let to = Contact::new("asha@example.com").unwrap();
        for (code, told) in [
            (Matter::RegistrationCode(Secret::new("123456")), "account already"),
            (Matter::NewContactCode(Secret::new("123456")), "in use for one already"),
        ] {
            let (_, fresh) = of(&code, &to, Reader::HasNone, SHOP).unwrap();
            let (_, known) = of(&code, &to, Reader::HasAccount, SHOP).unwrap();

            assert!(fresh.contains("123456"), "{fresh}");
            assert!(!known.contains("123456") && known.contains(told), "{known}");
        }
    }

    #[test]
    fn a_link_goes_only_to_an_account_and_no_text_to_a_stranger() {
        let token = Matter::ResetToken(Secret::new("tok"));
        let (mail, phone) = (
            Contact::new("a@example.com").unwrap(),
            Contact::new("+254712345678").unwrap(),
        );

        assert!(
            of(&token, &mail, Reader::HasAccount, SHOP)
                .unwrap()
                .1
                .contains("/reset/tok")
        );
        assert!(!of(&token, &mail, Reader::HasNone, SHOP).unwrap().1.contains("tok"));
        assert_eq!(of(&token, &phone, Reader::HasNone, SHOP), None);
    }

    #[test]
    fn a_text_with_a_code_is_one_part() {
        let phone = Contact::new("+254712345678").unwrap();
        for matter in [
            Matter::RegistrationCode(Secret::new("123456")),
            Matter::ResetToken(Secret::new("a".repeat(43))),
            Matter::ContactCode(Secret::new("123456")),
            Matter::NewContactCode(Secret::new("123456")),
            Matter::PasswordChanged,
            Matter::ContactChanged,
        ] {
            for reader in [Reader::HasAccount, Reader::HasNone] {
                let Some((_, text)) = of(&matter, &phone, reader, SHOP) else {
                    continue;
                };
                assert!(
                    text.chars().count() <= 160 || matter.word() == "reset_token",
                    "{} {text}",
                    text.len()
                );
            }
        }
    }
}
