//! One handler per route: extract, call, answer.

use axum::extract::State;
use web::{Answer, Path, Reply};

use crate::{Deps, find_product, views::ProductPage};

/// The page is kept by nobody: its form carries a key that is good for one purchase.
pub(crate) async fn product(
    State(deps): State<Deps>,
    Path((store, id)): Path<(String, String)>,
) -> Answer<ProductPage> {
    let product = find_product::run(&deps, &store, &id).await?;
    let reach = find_product::reach_of(&deps, &product).await;
    Ok(Reply::ok(ProductPage::of(product, reach, deps.ids.form_key()?)))
}
