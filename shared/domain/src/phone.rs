//! A phone number, by the numbering plans of the countries: what is kept is a number that somebody can have, in one way of writing.

use std::{fmt, str::FromStr};

use rlibphonenumber::{PHONE_NUMBER_UTIL, ParseError, PhoneNumber, PhoneNumberFormat, PhoneNumberType, Region};

use crate::{
    address_demand::demand_of,
    country::Country,
    failure::FieldError,
    text::{digit_of, tidied},
};

/// Nobody writes more around a number of at most 15 digits.
const LONGEST: usize = 60;
/// A number as it is shown where one is asked for.
const EXAMPLE: &str = "+254712345678";

/// A phone number in international form (E.164), `+254712345678`. However somebody writes theirs, it is one number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Phone(String);

/// What kind of phone a number belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PhoneKind {
    /// A mobile phone: it takes text messages, and money where mobile money exists.
    Mobile,
    /// A line in a house.
    Fixed,
    /// The plan of the country does not tell, as in North America.
    MobileOrFixed,
    /// A number over the internet or one that follows a person.
    Other,
}

impl PhoneKind {
    /// False for a phone that surely shows no text message.
    #[must_use]
    pub fn takes_texts(self) -> bool {
        match self {
            Self::Mobile | Self::MobileOrFixed | Self::Other => true,
            Self::Fixed => false,
        }
    }
}

impl Phone {
    /// Reads what was typed: in international form, or as it is dialled at `home`, with whatever stands between the digits. A plus with the
    /// national zero behind the country code is mended: `+254 0712 345678`.
    ///
    /// # Errors
    /// The field `phone`, with how it is written right, when nobody can have such a number.
    pub fn new(typed: &str, home: Country) -> Result<Self, FieldError> {
        let wrong = |message: String| FieldError::new("phone", "bad_phone", message);
        let Some(dialled) = dialled(typed) else {
            return Err(wrong(format!(
                "Please write one phone number in digits, with its country code, for example {EXAMPLE}."
            )));
        };
        if dialled.is_empty() {
            return Err(FieldError::new(
                "phone",
                "bad_phone",
                "Please write a phone number, for example +254712345678.",
            ));
        }
        let number = candidates(&dialled, home).into_iter().find_map(|(text, region)| {
            PHONE_NUMBER_UTIL
                .parse(&text, region)
                .ok()
                .filter(|number| kind_of(number).is_some())
        });
        match number {
            Some(number) => Ok(Self(e164(&number))),
            None => Err(wrong(why_not(&dialled, home))),
        }
    }

    /// A number out of storage: it was checked when it came, by the plans of that day.
    #[must_use]
    pub fn kept(text: &str) -> Self {
        Self(text.to_owned())
    }

    /// The number as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What kind of phone it belongs to; nothing for a number that no plan knows any more.
    #[must_use]
    pub fn kind(&self) -> Option<PhoneKind> {
        PHONE_NUMBER_UTIL.parse(&self.0, None).ok().as_ref().and_then(kind_of)
    }
}

impl fmt::Display for Phone {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

/// The digits with the plus before them; nothing when there is something else than what people write around a number.
fn dialled(typed: &str) -> Option<String> {
    if typed.chars().count() > LONGEST {
        return None;
    }
    let plain = tidied(typed).ok()?;
    let mut dialled = String::with_capacity(plain.len());
    for letter in plain.chars() {
        match letter {
            '+' | '\u{ff0b}' if dialled.is_empty() => dialled.push('+'),
            ' '
            | '-'
            | '.'
            | '('
            | ')'
            | '/'
            | '['
            | ']'
            | '\u{2010}'..='\u{2015}'
            | '\u{2212}'
            | '\u{ff08}'
            | '\u{ff09}' => {}
            other => dialled.push(char::from_digit(digit_of(other)?, 10)?),
        }
    }
    Some(dialled)
}

/// What the digits may mean, likeliest first. `00` before a country code is what most of the world dials for the plus.
fn candidates(dialled: &str, home: Country) -> Vec<(String, Option<Region>)> {
    let region = Region::from_str(home.code()).ok();
    let as_dialled = (dialled.to_owned(), region);
    match dialled.strip_prefix("00") {
        Some(rest) if !rest.starts_with('0') => vec![(format!("+{rest}"), None), as_dialled],
        Some(_) | None => vec![as_dialled],
    }
}

fn e164(number: &PhoneNumber) -> String {
    PHONE_NUMBER_UTIL.format(number, PhoneNumberFormat::E164).into_owned()
}

/// The kind of a number that somebody can have and be reached by; nothing for every other.
fn kind_of(number: &PhoneNumber) -> Option<PhoneKind> {
    let has_country = PHONE_NUMBER_UTIL.get_region_for_number(number).is_some();
    if number.extension.is_some() || !has_country || !PHONE_NUMBER_UTIL.is_valid_number(number) {
        return None;
    }
    match PHONE_NUMBER_UTIL.get_number_type(number) {
        PhoneNumberType::Mobile => Some(PhoneKind::Mobile),
        PhoneNumberType::FixedLine => Some(PhoneKind::Fixed),
        PhoneNumberType::FixedLineOrMobile => Some(PhoneKind::MobileOrFixed),
        PhoneNumberType::VoIP | PhoneNumberType::PersonalNumber | PhoneNumberType::UAN | PhoneNumberType::TollFree => {
            Some(PhoneKind::Other)
        }
        // Whoever calls these pays for it, or reaches a machine.
        PhoneNumberType::PremiumRate
        | PhoneNumberType::SharedCost
        | PhoneNumberType::Pager
        | PhoneNumberType::VoiceMail
        | PhoneNumberType::Unknown => None,
    }
}

/// A sentence that says how to be right.
fn why_not(dialled: &str, home: Country) -> String {
    let country = demand_of(home).map_or("your country", |demand| demand.name);
    let region = Region::from_str(home.code()).ok();
    let what = match PHONE_NUMBER_UTIL.parse(dialled, region) {
        Ok(number) => match PHONE_NUMBER_UTIL.is_possible_number_with_reason(&number) {
            Err(rlibphonenumber::ValidationError::TooShort) => "has too few digits",
            Err(rlibphonenumber::ValidationError::TooLong) => "has too many digits",
            _ => "is not in use",
        },
        Err(ParseError::InvalidCountryCode) => "begins with a country code that does not exist",
        Err(_) => "has too few or too many digits",
    };
    format!(
        "This phone number {what}. Please write it as it is dialled in {country}, or with a plus and its country code, for example {EXAMPLE}."
    )
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(typed: &str, country: &str) -> Option<String> {
        let home = country.parse().unwrap();
        Phone::new(typed, home).ok().map(|phone| phone.to_string())
    }

    #[test]
    fn one_number_is_kept_in_one_way_however_it_is_written() {
        for typed in [
            "+254712345678",
            "+254 712-345-678",
            " 0712 345 678 ",
            "(0712) 345.678",
            "+254 0712 345678",
            "+254 (0) 712 345 678",
            "\u{202a}+254 712 345678\u{202c}",
            "+254\u{a0}712\u{a0}345\u{a0}678",
            "+254\u{2011}712\u{2013}345\u{2212}678",
            "\u{ff0b}２５４712345678",
            "٠٧١٢٣٤٥٦٧٨",
            "00254712345678",
            "000254712345678",
            "254712345678",
            "712345678",
            "\u{200e}0712.345.678\u{feff}",
        ] {
            assert_eq!(read(typed, "KE").as_deref(), Some("+254712345678"), "{typed:?}");
        }
    }

    #[test]
    fn a_national_number_is_read_as_it_is_dialled_in_its_country() {
        for (typed, country, number) in [
            ("0701234567", "UG", "+256701234567"),
            ("0621 234 567", "TZ", "+255621234567"),
            ("0803 123 4567", "NG", "+2348031234567"),
            ("(302) 555-0100", "US", "+13025550100"),
            ("07911 123456", "GB", "+447911123456"),
            ("+254712345678", "UG", "+254712345678"),
            ("030 1234567", "DE", "+49301234567"),
        ] {
            assert_eq!(read(typed, country).as_deref(), Some(number), "{typed} in {country}");
        }
    }

    #[test]
    fn what_nobody_can_have_is_refused_with_a_word_how_to_be_right() {
        for typed in [
            "",
            "712",
            "+25471234",
            "+00000000",
            "+0712345678",
            "+25471234567890123",
            "+2547123x5678",
            "0999345678",
            "+254712345678 ext 5",
            "+254712345678, +254712345679",
            "0712345678/0722345678",
            "++254712345678",
            "+999123456789",
            "4242424242424242",
            "+254 712 345 678\u{0}",
            "+254712345678\u{202e}",
            "call me",
        ] {
            let wrong = Phone::new(typed, Country::KE).unwrap_err();
            assert_eq!(
                (wrong.pointer.as_str(), wrong.code),
                ("/phone", "bad_phone"),
                "{typed:?}"
            );
            assert!(wrong.message.contains("+254712345678"), "{}", wrong.message);
        }
    }

    #[test]
    fn a_mobile_phone_is_told_from_a_line_in_a_house() {
        for (typed, kind) in [
            ("0712345678", PhoneKind::Mobile),
            ("020 2222222", PhoneKind::Fixed),
            ("+13025550100", PhoneKind::MobileOrFixed),
        ] {
            assert_eq!(Phone::new(typed, Country::KE).unwrap().kind(), Some(kind), "{typed}");
        }
        assert_eq!(Phone::kept("+00000000").kind(), None);
    }

    proptest! {
        #[test]
        fn an_accepted_number_reads_as_itself_and_somebody_can_have_it(
            typed in "[+]?(254|256|1|44|49|0|00)?[ ()./\u{a0}-]{0,2}[0-9 -]{4,14}",
            country in prop::sample::select(vec!["KE", "UG", "TZ", "NG", "US", "GB", "DE", "AE"]),
        ) {
            if let Some(number) = read(&typed, country) {
                prop_assert!((8..=16).contains(&number.len()) && number.starts_with('+'), "{}", number);
                for elsewhere in ["KE", "US", country] {
                    prop_assert_eq!(read(&number, elsewhere), Some(number.clone()));
                }
                prop_assert!(Phone::kept(&number).kind().is_some());
            }
        }
    }
}
