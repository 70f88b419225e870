//! One handler per route: extract, call, answer.

use std::time::Duration;

use axum::extract::State;
use domain::{Failure, address::Country};
use web::{Answer, Input, Path, Query, Reply, Typed};

use crate::{
    Deps,
    check_item::{self, ItemForm},
    views::{Countries, CountryPage, Fees, RestrictedItems, Where},
};

/// A changed rule holds within a minute; so long may a page say what held before.
const PAGE_AGE: Duration = Duration::from_secs(60);

pub(crate) async fn fees(State(deps): State<Deps>) -> Answer<Fees> {
    let now = deps.clock.now();
    let rules = deps.rules.current(now).await?;
    Ok(Reply::ok(Fees::of(&rules, now)).cached_for(PAGE_AGE))
}

pub(crate) async fn countries(State(deps): State<Deps>) -> Answer<Countries> {
    let now = deps.clock.now();
    let rules = deps.rules.current(now).await?;
    Ok(Reply::ok(Countries::of(&rules, now)).cached_for(PAGE_AGE))
}

pub(crate) async fn country(State(deps): State<Deps>, Path(to): Path<Country>) -> Answer<CountryPage> {
    let now = deps.clock.now();
    let rules = deps.rules.current(now).await?;
    let page = CountryPage::of(&rules, to, now).ok_or(Failure::NotFound("country"))?;
    Ok(Reply::ok(page).cached_for(PAGE_AGE))
}

pub(crate) async fn restricted_items(
    State(deps): State<Deps>,
    Query(Where { country }): Query<Where>,
) -> Answer<RestrictedItems> {
    let now = deps.clock.now();
    let rules = deps.rules.current(now).await?;
    Ok(Reply::ok(RestrictedItems::of(&rules, deps.warehouse, country, now)).cached_for(PAGE_AGE))
}

pub(crate) async fn check_item(State(deps): State<Deps>, typed: Typed<Input<ItemForm>>) -> Answer<RestrictedItems> {
    let now = deps.clock.now();
    let rules = deps.rules.current(now).await?;
    let page = RestrictedItems::of(&rules, deps.warehouse, None, now).with(typed.draft.clone());
    let checked = page.clone();
    let work = |Input(form): Input<ItemForm>| async move {
        let found = check_item::run(&rules, deps.warehouse, &form, now)?;
        Ok(Reply::ok(checked.saying(found)))
    };
    typed.run(work, |draft| page.with(draft)).await
}
