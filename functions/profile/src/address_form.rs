//! An address as it is typed: every field may be missing, so that all that is wrong is said at once.

use domain::{
    Failure,
    address::{Address, AddressInput, WrongAddress},
};
use serde::Deserialize;

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
    pickup_point: String,
    pickup_courier: String,
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
            pickup_point,
            pickup_courier,
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
            pickup_point,
            pickup_courier,
            city,
            region,
            postcode,
            country,
        };
        Address::try_from(typed).map_err(|WrongAddress(fields)| Failure::Invalid(fields))
    }
}
