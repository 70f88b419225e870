//! Table: what an address must and may say in each country: postcode, state, and the number by which customs knows a person. Postcodes by
//! the postal services' own directories, tax numbers by the customs offices' forms for private imports (both read 2026-11).

use crate::{country::Country, failure::FieldError};

/// Whether a country writes something into its addresses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Use {
    /// Carriers do not deliver without it.
    Needed,
    /// It exists and is often left out.
    Optional,
    /// There is none.
    None,
}

/// What an address in one country says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Demand {
    /// The country's code.
    pub country: &'static str,
    /// Its name.
    pub name: &'static str,
    /// The postcode.
    pub postcode: Use,
    /// Its form: `9` is a digit, `A` a letter, everything else stands for itself; several forms are separated by `|`. Empty: any.
    pub postcode_form: &'static str,
    /// The state, county or emirate.
    pub region: Use,
    /// What customs calls the number it knows a person by; empty where it asks for none.
    pub tax_number: &'static str,
    /// Its form, written like the postcode's.
    pub tax_number_form: &'static str,
}

const fn row(country: &'static str, name: &'static str, postcode: Use, postcode_form: &'static str) -> Demand {
    Demand {
        country,
        name,
        postcode,
        postcode_form,
        region: Use::Optional,
        tax_number: "",
        tax_number_form: "",
    }
}

impl Demand {
    const fn with_tax_number(self, tax_number: &'static str, tax_number_form: &'static str) -> Self {
        Self {
            tax_number,
            tax_number_form,
            ..self
        }
    }

    const fn with_region(self, region: Use) -> Self {
        Self { region, ..self }
    }
}

/// Every country we know the addresses of.
#[rustfmt::skip]
pub static DEMANDS: &[Demand] = &[
    row("AE", "United Arab Emirates", Use::None, "").with_region(Use::Needed),
    row("DE", "Germany", Use::Needed, "99999"),
    row("FR", "France", Use::Needed, "99999"),
    row("GB", "United Kingdom", Use::Needed, "A9 9AA|A99 9AA|AA9 9AA|AA99 9AA|A9A 9AA|AA9A 9AA"),
    row("GH", "Ghana", Use::Optional, "").with_tax_number("Ghana Card number or TIN", "GHA-999999999-9|A9999999999"),
    row("KE", "Kenya", Use::Optional, "99999").with_tax_number("KRA PIN", "A999999999A"),
    row("NG", "Nigeria", Use::Optional, "999999").with_tax_number("TIN", "99999999-9999|9999999999"),
    row("RW", "Rwanda", Use::None, "").with_tax_number("TIN", "999999999"),
    row("TZ", "Tanzania", Use::Optional, "99999").with_tax_number("TIN", "999-999-999|999999999"),
    row("UG", "Uganda", Use::None, "").with_tax_number("TIN", "9999999999"),
    row("US", "United States", Use::Needed, "99999|99999-9999").with_region(Use::Needed),
    row("ZA", "South Africa", Use::Needed, "9999").with_tax_number("ID number or customs code", "9999999999999|99999999"),
];

/// What an address there says; nothing is known of a country that is not listed.
#[must_use]
pub fn demand_of(country: Country) -> Option<&'static Demand> {
    DEMANDS.iter().find(|row| row.country == country.code())
}

/// What is wrong with postcode, state and tax number for this country.
pub(crate) fn wrong_for(country: Country, postcode: &str, region: &str, tax_number: &str) -> Vec<FieldError> {
    let Some(demand) = demand_of(country) else {
        return Vec::new();
    };
    let mut wrong: Vec<_> = wrong_postcode(country, postcode).into_iter().collect();
    if region.is_empty() && demand.region == Use::Needed {
        wrong.push(FieldError::new("region", "required", "Please fill in the state."));
    }
    if !tax_number.is_empty() && (demand.tax_number.is_empty() || !fits(tax_number, demand.tax_number_form)) {
        let message = match demand.tax_number {
            "" => format!("Customs of {} asks for no such number.", demand.name),
            name => format!("This does not look like a {name}."),
        };
        wrong.push(FieldError::new("tax_number", "bad_number", message));
    }
    wrong
}

/// What is wrong with a postcode for this country.
pub(crate) fn wrong_postcode(country: Country, postcode: &str) -> Option<FieldError> {
    let demand = demand_of(country)?;
    if postcode.is_empty() && demand.postcode == Use::Needed {
        return Some(FieldError::new("postcode", "required", "Please fill in the postcode."));
    }
    let message = || format!("This is no postcode of {}.", demand.name);
    let is_wrong = !postcode.is_empty() && !fits(postcode, demand.postcode_form);
    is_wrong.then(|| FieldError::new("postcode", "bad_postcode", message()))
}

fn fits(text: &str, forms: &str) -> bool {
    forms.is_empty() || forms.split('|').any(|form| fits_one(text, form))
}

fn fits_one(text: &str, form: &str) -> bool {
    let fit = |(letter, wanted): (char, char)| match wanted {
        '9' => letter.is_ascii_digit(),
        'A' => letter.is_ascii_uppercase(),
        other => letter == other,
    };
    text.chars().count() == form.chars().count() && text.chars().zip(form.chars()).all(fit)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn codes(country: &str, postcode: &str, region: &str, tax_number: &str) -> Vec<&'static str> {
        let found = wrong_for(country.parse().unwrap(), postcode, region, tax_number);
        found.iter().map(|error| error.code).collect()
    }

    #[test]
    fn a_postcode_is_asked_for_only_where_it_exists() {
        for (country, postcode, region, wrong) in [
            ("KE", "", "", vec![]),
            ("KE", "00100", "", vec![]),
            ("KE", "100", "", vec!["bad_postcode"]),
            ("UG", "", "", vec![]),
            ("DE", "", "", vec!["required"]),
            ("DE", "60311", "", vec![]),
            ("GB", "EC1A 1BB", "", vec![]),
            ("GB", "60311", "", vec!["bad_postcode"]),
            ("US", "10001", "NY", vec![]),
            ("US", "10001", "", vec!["required"]),
            ("US", "", "", vec!["required", "required"]),
            ("XX", "", "", vec![]),
        ] {
            assert_eq!(codes(country, postcode, region, ""), wrong, "{country} {postcode}");
        }
    }

    #[test]
    fn a_tax_number_has_the_form_that_customs_gave_it() {
        for (country, number, wrong) in [
            ("KE", "A123456789Z", vec![]),
            ("KE", "123456789", vec!["bad_number"]),
            ("KE", "", vec![]),
            ("GH", "GHA-123456789-0", vec![]),
            ("UG", "1012345678", vec![]),
            ("DE", "A123456789Z", vec!["required", "bad_number"]),
        ] {
            assert_eq!(codes(country, "", "", number), wrong, "{country} {number}");
        }
    }
}
