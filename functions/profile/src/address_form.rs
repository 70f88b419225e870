//! An address as it is typed: every field may be missing, so that all that is wrong is said at once.

use domain::{
    Failure,
    address::{Address, AddressInput, WrongAddress},
};
use serde::Deserialize;
use web::Draft;

/// What is typed.
#[derive(Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct AddressForm {
    name: String,
    phone: String,
    email: String,
    line1: String,
    line2: String,
    landmark: String,
    city: String,
    region: String,
    postcode: String,
    country: String,
}

impl AddressForm {
    pub(crate) fn into_address(self) -> Result<Address, Failure> {
        let Self {
            name,
            phone,
            email,
            line1,
            line2,
            landmark,
            city,
            region,
            postcode,
            country,
        } = self;
        let typed = AddressInput {
            tax_number: String::new(),
            name,
            phone,
            email,
            line1,
            line2,
            landmark,
            city,
            region,
            postcode,
            country,
        };
        Address::try_from(typed).map_err(|WrongAddress(fields)| Failure::Invalid(fields))
    }
}

/// A form filled in with an address, to be changed.
pub(crate) fn draft_of(address: &Address) -> Draft {
    let parts = address.parts();
    Draft::empty()
        .with("name", &parts.name)
        .with("phone", &parts.phone)
        .with("email", &parts.email)
        .with("line1", &parts.line1)
        .with("line2", &parts.line2)
        .with("landmark", &parts.landmark)
        .with("city", &parts.city)
        .with("region", &parts.region)
        .with("postcode", &parts.postcode)
        .with("country", &parts.country)
}
