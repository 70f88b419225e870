//! Reads at the store what is put into the cart: what a browser says about price and stock counts for nothing.

use std::time::Duration;

use domain::{
    Failure,
    cart::CartLine,
    product::{Product, ProviderCode},
};
use providers::Error;

use crate::Deps;

/// When the store refuses our keys, a person has to look first.
const LONG_PAUSE: Duration = Duration::from_secs(300);

/// What the store says of a variant.
pub(crate) struct Looked {
    /// The line as it goes into a cart; its number is given there.
    pub(crate) line: CartLine,
    /// How many there are, when the store says so.
    pub(crate) stock: Option<u32>,
}

pub(crate) async fn run(
    deps: &Deps,
    store: &str,
    product: &str,
    variant: &str,
    quantity: u32,
) -> Result<Looked, Failure> {
    let product = find(deps, store, product).await?;
    let Some(variant) = product.variant(variant) else {
        return Err(Failure::field(
            "variant",
            "unknown",
            "Please choose one of the variants offered.",
        ));
    };
    let line = CartLine {
        number: 0,
        variant: product.reference(variant),
        quantity,
        title: product.title.clone(),
        variant_label: variant.label(),
        image: variant.image.as_ref().or(product.images.first()).cloned(),
        seller: product.seller.clone(),
        category: product.category.clone(),
        unit_price: variant.price,
        package: product.package,
        as_of: product.as_of,
    };
    Ok(Looked {
        line,
        stock: variant.stock,
    })
}

async fn find(deps: &Deps, store: &str, id: &str) -> Result<Product, Failure> {
    let unknown = Failure::NotFound("product");
    let Ok(code) = store.parse::<ProviderCode>() else {
        return Err(unknown);
    };
    let Some(store) = deps.suppliers.get(&code) else {
        return Err(unknown);
    };
    let exchange = match store.detail(id, deps.terms, deps.clock.now()) {
        Ok(exchange) => exchange,
        // What cannot be an id of this store names none of its products.
        Err(Error::Invalid { .. }) => return Err(unknown),
        Err(error) => return Err(trouble(error)),
    };
    deps.http.send(exchange).await.map_err(trouble)?.ok_or(unknown)
}

/// Whatever is wrong between the store and us, the reader can only come back later.
fn trouble(error: Error) -> Failure {
    let failure = Failure::from(error);
    if let Failure::Internal(cause) = failure {
        return Failure::Unavailable {
            retry_after: LONG_PAUSE,
            cause,
        };
    }
    failure
}
