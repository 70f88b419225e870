//! Where a parcel goes: an address as people in Kisumu or Köln write it. The postcode is free, the phone and a landmark are not an afterthought.

use serde::{Deserialize, Serialize};

use crate::{
    address_check::{checked, email as checked_email, point_line},
    failure::FieldError,
    secret::Secret,
};

pub use crate::{
    address_check::{postcode, town},
    country::{Country, NotACountry},
};

/// A delivery address that was checked once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(into = "AddressInput")]
pub struct Address {
    input: AddressInput,
}

/// An address as it was typed; [`Address::try_from`] checks it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AddressInput {
    /// The name as on the identity card; customs asks for it.
    #[serde(default)]
    pub name: String,
    /// International form, `+254712345678`, or as it is dialled in the country of the address.
    #[serde(default)]
    pub phone: String,
    /// For news of the order; may be empty.
    #[serde(default)]
    pub email: String,
    /// Street, building, estate; may be empty where the parcel is fetched at a pickup point.
    #[serde(default)]
    pub line1: String,
    /// More of the same; may be empty.
    #[serde(default)]
    pub line2: String,
    /// What stands nearby, for places without street numbers; may be empty.
    #[serde(default)]
    pub landmark: String,
    /// The point of a courier where the parcel is fetched, as the courier calls it; empty for a delivery at the door.
    #[serde(default)]
    pub pickup_point: String,
    /// The courier whose point it is; empty for a delivery at the door.
    #[serde(default)]
    pub pickup_courier: String,
    /// Town.
    #[serde(default)]
    pub city: String,
    /// County, state or region; may be empty.
    #[serde(default)]
    pub region: String,
    /// Postcode; may be empty.
    #[serde(default)]
    pub postcode: String,
    /// Two letters.
    #[serde(default)]
    pub country: String,
    /// The number by which customs there knows the person; may be empty.
    #[serde(default)]
    pub tax_number: String,
}

/// The fields that were wrong.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the address has {} wrong fields", .0.len())]
pub struct WrongAddress(pub Vec<FieldError>);

impl Address {
    /// An address out of storage: it was checked when it came. What its country asks for may have changed since, and somebody who was
    /// forgotten lives nowhere, so nothing else is asked of it now.
    ///
    /// # Errors
    /// When its country is none.
    pub fn kept(input: AddressInput) -> Result<Self, NotACountry> {
        input.country.parse::<Country>()?;
        Ok(Self { input })
    }

    /// The checked parts, trimmed.
    #[must_use]
    pub fn parts(&self) -> &AddressInput {
        &self.input
    }

    /// What stands on a label between the name and the town: the pickup point, the street, what is nearby.
    #[must_use]
    pub fn lines(&self) -> Vec<String> {
        let AddressInput {
            line1, line2, landmark, ..
        } = &self.input;
        let lines = [&point_line(&self.input), line1, line2, landmark];
        lines.into_iter().filter(|line| !line.is_empty()).cloned().collect()
    }

    /// The same with another e-mail address, which may be empty.
    ///
    /// # Errors
    /// What is wrong with the address of mail; nothing else is asked of what was checked once.
    pub fn with_email(&self, email: &str) -> Result<Self, WrongAddress> {
        let email = checked_email(email).map_err(|wrong| WrongAddress(vec![wrong]))?;
        let input = AddressInput {
            email,
            ..self.input.clone()
        };
        Ok(Self { input })
    }

    /// Takes the number by which customs knows the person out of the address: it is kept elsewhere, where fewer can read it.
    pub fn take_tax_number(&mut self) -> Option<Secret> {
        let number = std::mem::take(&mut self.input.tax_number);
        Some(number).filter(|number| !number.is_empty()).map(Secret::new)
    }

    /// The country it lies in.
    #[must_use]
    pub fn country(&self) -> Country {
        self.input.country.parse().unwrap_or(Country::KE)
    }
}

impl TryFrom<AddressInput> for Address {
    type Error = WrongAddress;

    fn try_from(typed: AddressInput) -> Result<Self, WrongAddress> {
        checked(&typed).map(|input| Self { input }).map_err(WrongAddress)
    }
}

impl Address {
    /// What may stay of an address when its person is to be forgotten: town and country, for duties and statistics.
    #[must_use]
    pub fn forgotten(address: &Self) -> Self {
        Self {
            input: AddressInput {
                name: "Deleted".into(),
                phone: "+00000000".into(),
                line1: "Deleted".into(),
                city: address.input.city.clone(),
                country: address.input.country.clone(),
                ..AddressInput::default()
            },
        }
    }
}

impl From<Address> for AddressInput {
    fn from(address: Address) -> Self {
        address.input
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed() -> AddressInput {
        AddressInput {
            name: " Asha  Mwangi ".into(),
            phone: "+254 712-345-678".into(),
            line1: "Ngong Road 44".into(),
            city: "Nairobi".into(),
            country: "ke".into(),
            ..AddressInput::default()
        }
    }

    #[test]
    fn a_kenyan_address_needs_no_postcode_and_is_tidied() {
        let address = Address::try_from(typed()).unwrap();

        assert_eq!(address.parts().name, "Asha Mwangi");
        assert_eq!(address.parts().phone, "+254712345678");
        assert_eq!(address.country(), Country::KE);
    }

    fn at_a_point() -> AddressInput {
        AddressInput {
            line1: String::new(),
            landmark: "opposite the market".into(),
            pickup_point: " Mega City  Kisumu".into(),
            pickup_courier: "Posta".into(),
            ..typed()
        }
    }

    #[test]
    fn a_pickup_point_stands_first_on_the_label_and_needs_no_street() {
        let address = Address::try_from(at_a_point()).unwrap();

        assert_eq!(
            address.lines(),
            ["Posta pickup: Mega City Kisumu", "opposite the market"]
        );
        assert_eq!(Address::try_from(typed()).unwrap().lines(), ["Ngong Road 44"]);
    }

    #[test]
    fn what_was_kept_is_read_whatever_is_asked_today_and_where_nobody_lives_any_more() {
        for country in ["KE", "FR", "GB", "US"] {
            let home = Address::kept(AddressInput {
                country: country.into(),
                ..typed()
            })
            .unwrap();
            let forgotten = Address::forgotten(&home);

            let written = serde_json::to_string(&forgotten).unwrap();
            let read = Address::kept(serde_json::from_str(&written).unwrap());

            assert_eq!(read, Ok(forgotten), "{country}");
        }
        let nowhere = AddressInput {
            country: "Kenya".into(),
            ..typed()
        };
        assert_eq!(Address::kept(nowhere), Err(NotACountry));
    }
}
