//! Writes a kept address anew. Orders keep the one they were placed with.

use domain::{
    Failure,
    id::{AddressId, CustomerId},
    person::KeptAddress,
};

use crate::{Deps, address_form::AddressForm};

pub(crate) async fn run(
    deps: &Deps,
    customer: &CustomerId,
    id: AddressId,
    typed: AddressForm,
) -> Result<KeptAddress, Failure> {
    let changed = KeptAddress {
        id,
        address: typed.into_address()?,
    };
    deps.people.change_address(customer, &changed).await?;
    Ok(changed)
}
