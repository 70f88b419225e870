//! Asks a store for one of its products.

use std::time::Duration;

use domain::{
    Failure, Timestamp,
    address::Country,
    landed_cost::{Described, Passage, Reach, Rules, passage, reach},
    product::{Product, ProviderCode},
};
use providers::Error;

use crate::Deps;

/// When the store refuses our keys, a person has to look first.
const LONG_PAUSE: Duration = Duration::from_secs(300);

pub(crate) async fn run(deps: &Deps, store: &str, id: &str) -> Result<Product, Failure> {
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

/// Where a product may go.
pub(crate) struct Travel {
    pub(crate) reach: Reach,
    /// The country that was asked about; nothing when none was, or we do not deliver there.
    pub(crate) passage: Option<Passage>,
    /// The countries to ask about.
    pub(crate) destinations: Vec<(String, String)>,
}

/// Where it may go, by the rules of now. Without the rules the page still shows the product; before it is bought it is looked at again.
pub(crate) async fn travel_of(deps: &Deps, product: &Product, to: Option<Country>) -> Option<Travel> {
    let now = deps.clock.now();
    let rules = match deps.rules.current(now).await {
        Ok(rules) => rules,
        Err(failure) => {
            tracing::warn!(failure = ?failure, "Could not say where a product may go");
            return None;
        }
    };
    let thing = Described {
        title: &product.title,
        category: product.category.as_deref(),
        hs_code: None,
    };
    let from = deps.terms.ship_to;
    Some(Travel {
        reach: reach(&rules, thing, from, now),
        passage: to.and_then(|to| passage(&rules, thing, from, to, now)),
        destinations: by_name(&rules, now),
    })
}

/// Code and name, by name.
fn by_name(rules: &Rules, now: Timestamp) -> Vec<(String, String)> {
    let all = rules.destinations(now.date()).into_iter();
    let mut all: Vec<_> = all.map(|row| (row.dest.to_string(), row.name.clone())).collect();
    all.sort_by(|a, b| a.1.cmp(&b.1));
    all
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
