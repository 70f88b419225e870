//! Our own warehouse: where stores deliver to and carriers collect from.

use std::{fmt, str::FromStr};

use domain::{Settings, address::Country, collection::WarehouseTimes};

/// The settings read here.
pub const NAMES: &[&str] = &[
    "WAREHOUSE_CONTACT",
    "WAREHOUSE_COMPANY",
    "WAREHOUSE_PHONE",
    "WAREHOUSE_ADDRESS_LINE",
    "WAREHOUSE_CITY",
    "WAREHOUSE_PROVINCE",
    "WAREHOUSE_POSTCODE",
    "WAREHOUSE_COUNTRY",
];

/// The settings of its hours; `WAREHOUSE_CLOSED_ON` may be absent.
pub const HOURS: &[&str] = &["WAREHOUSE_TIME_ZONE", "WAREHOUSE_HOURS", "WAREHOUSE_CLOSED_ON"];

/// When carriers find somebody at the warehouse.
#[derive(Clone, Debug, Default)]
pub struct WarehouseHours(pub WarehouseTimes);

impl WarehouseHours {
    /// Reads them from the settings; what is missing or wrong is remembered there.
    pub fn read(settings: &mut Settings) -> Self {
        const DAYS: &str = "must be days such as 2026-12-25,2027-01-01";
        let has_closed_days = settings.optional("WAREHOUSE_CLOSED_ON").is_some();
        Self(WarehouseTimes {
            zone: settings.parsed(
                "WAREHOUSE_TIME_ZONE",
                "must be a POSIX rule such as EST5EDT,M3.2.0,M11.1.0",
            ),
            hours: settings.parsed("WAREHOUSE_HOURS", "must be days and hours such as Mon-Fri 09:00-17:00"),
            closed_on: if has_closed_days {
                settings.parsed("WAREHOUSE_CLOSED_ON", DAYS)
            } else {
                Default::default()
            },
        })
    }
}

/// The warehouse as parcels are addressed to it. City and province are written as AliExpress lists them in English, `Delaware` and not `DE`:
/// it refuses everything else, and the other stores and carriers take the long form too.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WarehouseAddress {
    /// Who opens the door, 2 to 32 characters.
    pub contact: String,
    /// Whose warehouse it is.
    pub company: String,
    /// With its country code.
    pub phone: Phone,
    /// Street and number.
    pub line: String,
    /// Town.
    pub city: String,
    /// State, county or region.
    pub province: String,
    /// Postcode.
    pub postcode: String,
    /// Country.
    pub country: Country,
}

/// A phone number in two parts, because stores ask for them apart. It is written `+1 3025550100`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Phone {
    /// Country calling code with its plus sign: `+1`.
    pub country: String,
    /// The digits after it.
    pub number: String,
}

/// The text is not a phone number in two parts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a phone number in two parts")]
pub struct NotAPhone;

impl FromStr for Phone {
    type Err = NotAPhone;

    fn from_str(text: &str) -> Result<Self, NotAPhone> {
        let (country, number) = text.trim().split_once(' ').ok_or(NotAPhone)?;
        let number: String = number.chars().filter(|c| !matches!(c, ' ' | '-' | '(' | ')')).collect();
        let plain = |digits: &str, least, most| {
            (least..=most).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit())
        };
        let code = country.strip_prefix('+').unwrap_or_default();
        if plain(code, 1, 3) && plain(&number, 5, 14) {
            Ok(Self {
                country: country.to_owned(),
                number,
            })
        } else {
            Err(NotAPhone)
        }
    }
}

impl fmt::Display for Phone {
    /// In international form, without a gap: `+13025550100`.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}{}", self.country, self.number)
    }
}

impl WarehouseAddress {
    /// Reads it from the settings; what is missing or wrong is remembered there.
    pub fn read(settings: &mut Settings) -> Self {
        /// A country with a stand-in, because reading goes on after a wrong setting.
        struct Read(Country);
        impl Default for Read {
            fn default() -> Self {
                Self(Country::US)
            }
        }
        impl FromStr for Read {
            type Err = domain::address::NotACountry;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.parse().map(Self)
            }
        }
        Self {
            contact: settings.text("WAREHOUSE_CONTACT"),
            company: settings.text("WAREHOUSE_COMPANY"),
            phone: settings.parsed("WAREHOUSE_PHONE", "must be a phone in two parts such as +1 3025550100"),
            line: settings.text("WAREHOUSE_ADDRESS_LINE"),
            city: settings.text("WAREHOUSE_CITY"),
            province: settings.text("WAREHOUSE_PROVINCE"),
            postcode: settings.text("WAREHOUSE_POSTCODE"),
            country: settings
                .parsed::<Read>("WAREHOUSE_COUNTRY", "must be a country code of two letters")
                .0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_phone_needs_a_visible_country_code() {
        let phone: Phone = "+1 302-555-0100".parse().unwrap();

        assert_eq!((phone.country.as_str(), phone.number.as_str()), ("+1", "3025550100"));
        assert_eq!(phone.to_string(), "+13025550100");
        for text in [
            "",
            "+13025550100",
            "1 3025550100",
            "+1 12",
            "+1 30255501x0",
            "+12345 3025550100",
        ] {
            assert_eq!(text.parse::<Phone>(), Err(NotAPhone), "{text}");
        }
    }

    #[test]
    fn the_hours_are_asked_for_and_holidays_may_be_absent() {
        let mut none = Settings::new([]);
        WarehouseHours::read(&mut none);
        let wrong = none.finish().unwrap_err().0;
        assert_eq!(wrong, ["WAREHOUSE_TIME_ZONE is missing", "WAREHOUSE_HOURS is missing"]);

        let names = ["UTC0", "Mon-Fri 09:00-17:00", "2026-12-25"];
        let all = HOURS
            .iter()
            .zip(names)
            .map(|(name, value)| ((*name).to_owned(), value.to_owned()));
        let mut all = Settings::new(all);
        WarehouseHours::read(&mut all);
        assert!(all.finish().is_ok());
    }

    #[test]
    fn every_setting_of_the_warehouse_is_asked_for() {
        let mut settings = Settings::new([]);

        WarehouseAddress::read(&mut settings);

        let domain::WrongSettings(wrong) = settings.finish().unwrap_err();
        let named: Vec<_> = wrong.iter().map(|text| text.trim_end_matches(" is missing")).collect();
        assert_eq!(named, NAMES);
    }
}
