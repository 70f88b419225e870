//! Reads an address as it was typed; every wrong field is named at once.

use crate::{
    address::AddressInput,
    address_demand::{Use, demand_of, wrong_for, wrong_postcode},
    country::Country,
    email::Email,
    failure::FieldError,
    label::label_text,
    person::NAME,
    phone::Phone,
    text::{Needs, TextRule, digit_of, says, tidied},
};

/// DHL Express takes 45 characters a line and a city (sheet of 2026-11); names are printed within 70.
const LINE: usize = 45;
const LONGEST_REGION: usize = 35;
const LONGEST_POSTCODE: usize = 12;
const LONGEST_NUMBER: usize = 30;
/// DHL Express takes an e-mail address of this length (sheet of 2026-11).
const LONGEST_EMAIL: usize = 70;

const TOWN: TextRule = rule("city", 2, LINE, Needs::Letter);

const fn rule(field: &'static str, least: usize, most: usize, needs: Needs) -> TextRule {
    TextRule {
        field,
        least,
        most,
        needs,
    }
}

/// A town as it was typed; empty if none was.
///
/// # Errors
/// The field `city` when it is no town or does not fit on a label.
pub fn town(typed: &str) -> Result<String, FieldError> {
    printed(&TextRule { least: 0, ..TOWN }, typed)
}

/// A postcode as it was typed, in the form of its country; empty if none was, and where there are none.
///
/// # Errors
/// The field `postcode` when there is no such postcode there.
pub fn postcode(typed: &str, country: Country) -> Result<String, FieldError> {
    if demand_of(country).is_some_and(|demand| demand.postcode == Use::None) {
        // A form of a browser's memory fills in what was asked elsewhere.
        return Ok(String::new());
    }
    let postcode = code("postcode", typed, LONGEST_POSTCODE)?;
    match wrong_postcode(country, &postcode) {
        Some(wrong) if !postcode.is_empty() => Err(wrong),
        Some(_) | None => Ok(postcode),
    }
}

/// Reads an address as it was typed.
pub(crate) fn checked(typed: &AddressInput) -> Result<AddressInput, Vec<FieldError>> {
    let mut reading = Reading::default();
    let country = typed.country.trim().to_uppercase();
    let known: Option<Country> = country.parse().ok();
    let input = texts(typed, &mut reading);
    let input = AddressInput {
        phone: reading.take(Phone::new(&typed.phone, known.unwrap_or(Country::KE)).map(|phone| phone.to_string())),
        email: reading.take(email(&typed.email)),
        postcode: reading.take(known.map_or_else(|| Ok(String::new()), |country| postcode(&typed.postcode, country))),
        tax_number: reading.take(code("tax_number", &typed.tax_number, LONGEST_NUMBER)),
        country,
        ..input
    };
    reading.wrong.extend(wrong_point(&input, typed));
    match known {
        Some(country) => reading.also(wrong_for(country, &input.postcode, &input.region, &input.tax_number)),
        None => reading
            .wrong
            .push(FieldError::new("country", "bad_country", "Please choose a country.")),
    }
    if reading.wrong.is_empty() {
        Ok(input)
    } else {
        Err(reading.wrong)
    }
}

/// The fields that say something in words.
fn texts(typed: &AddressInput, reading: &mut Reading) -> AddressInput {
    use Needs::LetterOrDigit;
    let has_point = typed.pickup_point.chars().any(|letter| !letter.is_whitespace());
    let street = if has_point { 0 } else { 2 };
    AddressInput {
        name: reading.text(&NAME, &typed.name),
        line1: reading.text(&rule("line1", street, LINE, LetterOrDigit), &typed.line1),
        line2: reading.text(&rule("line2", 0, LINE, LetterOrDigit), &typed.line2),
        landmark: reading.text(&rule("landmark", 0, LINE, LetterOrDigit), &typed.landmark),
        pickup_point: reading.text(&rule("pickup_point", 0, LINE, LetterOrDigit), &typed.pickup_point),
        pickup_courier: reading.text(&rule("pickup_courier", 0, LINE, LetterOrDigit), &typed.pickup_courier),
        city: reading.text(&TOWN, &typed.city),
        region: reading.text(&rule("region", 0, LONGEST_REGION, LetterOrDigit), &typed.region),
        ..AddressInput::default()
    }
}

/// What was read so far, and what was wrong with it.
#[derive(Default)]
struct Reading {
    wrong: Vec<FieldError>,
}

impl Reading {
    fn take(&mut self, read: Result<String, FieldError>) -> String {
        read.unwrap_or_else(|wrong| {
            self.wrong.push(wrong);
            String::new()
        })
    }

    fn text(&mut self, rule: &TextRule, typed: &str) -> String {
        self.take(printed(rule, typed))
    }

    /// What else is wrong, unless the field was wrong already: it is empty now and would be asked for.
    fn also(&mut self, wrong: Vec<FieldError>) {
        let known: Vec<_> = self.wrong.iter().map(|error| error.pointer.clone()).collect();
        let new = wrong.into_iter().filter(|error| !known.contains(&error.pointer));
        self.wrong.extend(new);
    }
}

/// A text that says something on a label too.
fn printed(rule: &TextRule, typed: &str) -> Result<String, FieldError> {
    let fits = |field| {
        FieldError::new(
            field,
            "too_long",
            format!("At most {} characters fit on a carrier's label.", rule.most),
        )
    };
    let text = rule.line(typed).map_err(|wrong| match wrong.code {
        "length" if typed.chars().count() > rule.most => fits(rule.field),
        "length" => FieldError::new(rule.field, "required", "Please fill in this field."),
        _ => wrong,
    })?;
    let label = label_text(&text);
    if label.chars().count() > rule.most {
        return Err(fits(rule.field));
    }
    if !text.is_empty() && !says(&label, rule.needs) {
        let message = "A carrier cannot print this. Please write it in Latin letters.";
        return Err(FieldError::new(rule.field, "not_printable", message));
    }
    Ok(text)
}

/// A code of capital letters and digits: a postcode, a tax number.
fn code(field: &str, typed: &str, most: usize) -> Result<String, FieldError> {
    let plain = tidied(typed).map_err(|wrong| wrong.at(field))?;
    let western = |letter: char| {
        digit_of(letter)
            .and_then(|digit| char::from_digit(digit, 10))
            .unwrap_or(letter)
    };
    let plain: String = plain.to_uppercase().chars().map(western).collect();
    if plain.chars().count() > most {
        return Err(FieldError::new(
            field,
            "too_long",
            format!("Please write at most {most} characters."),
        ));
    }
    let is_sign = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, ' ' | '-' | '/' | '.');
    if !plain.chars().all(is_sign) {
        return Err(FieldError::new(
            field,
            "bad_characters",
            "Please write this in letters and digits.",
        ));
    }
    Ok(plain)
}

/// An e-mail address as it was typed; empty if none was.
pub(crate) fn email(typed: &str) -> Result<String, FieldError> {
    if typed.trim().is_empty() {
        return Ok(String::new());
    }
    let email = Email::new(typed)?;
    if email.as_str().len() > LONGEST_EMAIL {
        let message = format!("A carrier takes an e-mail address of at most {LONGEST_EMAIL} characters.");
        return Err(FieldError::new("email", "too_long", message));
    }
    Ok(email.to_string())
}

/// How a label names a pickup point; empty without one.
pub(crate) fn point_line(input: &AddressInput) -> String {
    match input.pickup_point.as_str() {
        "" => String::new(),
        point => format!("{} pickup: {point}", input.pickup_courier),
    }
}

/// What is wrong with a pickup point. The label has three lines for it, the street and the landmark.
fn wrong_point(input: &AddressInput, typed: &AddressInput) -> Vec<FieldError> {
    let has_point = !input.pickup_point.is_empty();
    let was_typed = |text: &str| !text.trim().is_empty();
    let checks = [
        (
            has_point && !was_typed(&typed.pickup_courier),
            ("pickup_courier", "required"),
            "Please say whose pickup point it is.",
        ),
        (
            !was_typed(&typed.pickup_point) && !input.pickup_courier.is_empty(),
            ("pickup_point", "required"),
            "Please say which pickup point it is.",
        ),
        (
            label_text(&point_line(input)).chars().count() > LINE,
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
