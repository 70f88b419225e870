//! One handler per route: extract, call, answer.

use axum::extract::State;
use domain::address::Country;
use serde::Deserialize;
use web::{Answer, Path, Query, Reply};

use crate::{Deps, find_product, views::ProductPage};

/// Where it shall go: whether it may travel depends on it.
#[derive(Deserialize)]
pub(crate) struct Destination {
    #[serde(default)]
    ship_to: Option<Country>,
}

/// The page is kept by nobody: its form carries a key that is good for one purchase.
pub(crate) async fn product(
    State(deps): State<Deps>,
    Path((store, id)): Path<(String, String)>,
    Query(Destination { ship_to }): Query<Destination>,
) -> Answer<ProductPage> {
    let product = find_product::run(&deps, &store, &id).await?;
    let travel = find_product::travel_of(&deps, &product, ship_to).await;
    Ok(Reply::ok(ProductPage::of(product, travel, deps.ids.form_key()?)))
}
