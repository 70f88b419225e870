//! Keeps one more delivery address of a customer.

use domain::{Failure, RequestKey, id::CustomerId, person::KeptAddress};
use store::Once;

use crate::{Deps, address_form::AddressForm};

/// More than anybody sends parcels to; the page stays short.
const MOST: usize = 20;

pub(crate) async fn run(
    deps: &Deps,
    customer: &CustomerId,
    key: &RequestKey,
    typed: AddressForm,
) -> Result<Once, Failure> {
    let new = KeptAddress {
        id: deps.ids.next()?,
        address: typed.into_address()?,
    };
    if deps.people.addresses(customer).await?.len() >= MOST {
        return Err(Failure::field(
            "name",
            "too_many",
            format!("At most {MOST} addresses are kept. Remove one first."),
        ));
    }
    deps.people.keep_address(customer, &new, key, deps.clock.now()).await
}
