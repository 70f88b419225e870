//! One handler per route: extract, call, answer.

use std::time::Duration;

use axum::extract::State;
use web::{Answer, JsonOnly, Problem, Query, Reply};

use crate::{
    Deps, ask_stores,
    asked::Asked,
    views::{SearchPage, Stores},
};

/// Stores change their prices more slowly than people go back and forth between a list and its products.
const LIST_AGE: Duration = Duration::from_secs(60);
const STORES_AGE: Duration = Duration::from_secs(300);

pub(crate) async fn search(State(deps): State<Deps>, Query(asked): Query<Asked>) -> Answer<SearchPage> {
    match ask_stores::run(&deps, &asked).await {
        Ok(found) => Ok(kept_if_whole(SearchPage::of(&asked, found))),
        Err(failure) => {
            let problem = Problem::from(failure);
            let page = SearchPage::refused(&asked, problem.sentence());
            Err(problem.with_page(page))
        }
    }
}

/// A list in which a store is missing must not be kept: the next try may have it.
fn kept_if_whole(page: SearchPage) -> Reply<SearchPage> {
    let is_whole = page.is_whole();
    let reply = Reply::ok(page);
    if is_whole { reply.cached_for(LIST_AGE) } else { reply }
}

pub(crate) async fn stores(State(deps): State<Deps>) -> Answer<JsonOnly<Stores>> {
    Ok(Reply::ok(JsonOnly(Stores::of(&deps.suppliers))).cached_for(STORES_AGE))
}
