//! What is wrong with an address as it was typed; every wrong field is named at once.

use crate::{
    address::{AddressInput, looks_like_email, point_line},
    address_demand::{Use, demand_of, wrong_for},
    failure::FieldError,
};

/// DHL Express takes 45 characters a line and a city (sheet of 2026-11); names are printed within 70.
const LINE: usize = 45;

/// A postcode typed for a country that has none is left out: a form of a browser's memory fills in what was asked elsewhere.
pub(crate) fn without_what_is_not_used(input: AddressInput) -> AddressInput {
    let demand = input.country.parse().ok().and_then(demand_of);
    match demand {
        Some(demand) if demand.postcode == Use::None => AddressInput {
            postcode: String::new(),
            ..input
        },
        Some(_) | None => input,
    }
}

/// What is wrong with a pickup point. The label has three lines for it, the street and the landmark.
fn wrong_point(input: &AddressInput) -> Vec<FieldError> {
    let has_point = !input.pickup_point.is_empty();
    let checks = [
        (
            has_point && input.pickup_courier.is_empty(),
            ("pickup_courier", "required"),
            "Please say whose pickup point it is.",
        ),
        (
            !has_point && !input.pickup_courier.is_empty(),
            ("pickup_point", "required"),
            "Please say which pickup point it is.",
        ),
        (
            point_line(input).chars().count() > LINE,
            ("pickup_point", "too_long"),
            "This does not fit on a carrier's label. Please shorten it.",
        ),
        (
            has_point && !input.line2.is_empty(),
            ("line2", "not_used"),
            "A label has no room for this beside a pickup point.",
        ),
    ];
    let wrong = checks.into_iter().filter(|(is_wrong, ..)| *is_wrong);
    wrong
        .map(|(_, (field, code), message)| FieldError::new(field, code, message))
        .collect()
}

pub(crate) fn wrong_fields(input: &AddressInput) -> Vec<FieldError> {
    let mut wrong = wrong_point(input);
    let street = if input.pickup_point.is_empty() { 2 } else { 0 };
    let texts = [
        ("name", &input.name, 2, 70),
        ("line1", &input.line1, street, LINE),
        ("line2", &input.line2, 0, LINE),
        ("landmark", &input.landmark, 0, LINE),
        ("pickup_point", &input.pickup_point, 0, LINE),
        ("pickup_courier", &input.pickup_courier, 0, LINE),
        ("city", &input.city, 2, LINE),
        ("region", &input.region, 0, 35),
        ("postcode", &input.postcode, 0, 12),
        ("tax_number", &input.tax_number, 0, 30),
        ("email", &input.email, 0, 70),
    ];
    for (field, text, least, most) in texts {
        let length = text.chars().count();
        if length < least {
            wrong.push(FieldError::new(field, "required", "Please fill in this field."));
        } else if length > most {
            wrong.push(FieldError::new(
                field,
                "too_long",
                format!("At most {most} characters fit on a carrier's label."),
            ));
        } else if text.chars().any(char::is_control) {
            wrong.push(FieldError::new(
                field,
                "bad_characters",
                "Please use plain text on one line.",
            ));
        }
    }
    let digits = input.phone.strip_prefix('+').unwrap_or_default();
    if !(8..=15).contains(&digits.len()) || !digits.bytes().all(|b| b.is_ascii_digit()) {
        wrong.push(FieldError::new(
            "phone",
            "bad_phone",
            "Please write the phone with its country code, for example +254712345678.",
        ));
    }
    if !input.email.is_empty() && !looks_like_email(&input.email) {
        wrong.push(FieldError::new(
            "email",
            "bad_email",
            "This does not look like an e-mail address.",
        ));
    }
    match input.country.parse() {
        Ok(country) => wrong.extend(wrong_for(country, &input.postcode, &input.region, &input.tax_number)),
        Err(_) => wrong.push(FieldError::new("country", "bad_country", "Please choose a country.")),
    }
    wrong
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::address::{Address, WrongAddress};

    fn typed() -> AddressInput {
        AddressInput {
            name: "Asha Mwangi".into(),
            phone: "+254712345678".into(),
            line1: "Ngong Road 44".into(),
            city: "Nairobi".into(),
            country: "KE".into(),
            ..AddressInput::default()
        }
    }

    fn at_a_point() -> AddressInput {
        AddressInput {
            line1: String::new(),
            pickup_point: "Mega City".into(),
            pickup_courier: "Posta".into(),
            ..typed()
        }
    }

    #[test]
    fn what_is_wrong_with_a_pickup_point_is_said_at_its_field() {
        type Break = fn(&mut AddressInput);
        let cases: [(Break, &str, &str); 5] = [
            (|typed| typed.pickup_courier.clear(), "/pickup_courier", "required"),
            (|typed| typed.pickup_point.clear(), "/pickup_point", "required"),
            (|typed| typed.pickup_point = "x".repeat(32), "/pickup_point", "too_long"),
            (|typed| typed.line2 = "Apt 3".into(), "/line2", "not_used"),
            (|typed| typed.phone.clear(), "/phone", "bad_phone"),
        ];
        for (spoil, pointer, code) in cases {
            let mut typed = at_a_point();
            spoil(&mut typed);
            let WrongAddress(fields) = Address::try_from(typed).unwrap_err();
            let found: Vec<_> = fields
                .iter()
                .map(|field| (field.pointer.as_str(), field.code))
                .collect();
            assert!(found.contains(&(pointer, code)), "{found:?}");
        }
        let fits = AddressInput {
            pickup_point: "x".repeat(31),
            ..at_a_point()
        };
        assert!(Address::try_from(fits).is_ok());
    }

    #[test]
    fn every_wrong_field_is_named_at_once() {
        let bad = AddressInput {
            phone: "0712".into(),
            city: String::new(),
            email: "x@".into(),
            country: "Kenya".into(),
            ..typed()
        };

        let WrongAddress(fields) = Address::try_from(bad).unwrap_err();

        let names: Vec<_> = fields.iter().map(|f| f.pointer.as_str()).collect();
        assert_eq!(names, ["/city", "/phone", "/email", "/country"]);
    }
}
