//! One handler per route: extract, call, answer.

use std::sync::Arc;

use axum::extract::State;
use domain::{
    Failure,
    id::{ExceptionId, OrderId},
};
use runtime::SourceIp;
use serde::Deserialize;
use store::Once;
use web::{Answer, Input, JsonOnly, Keyed, NoView, Nothing, Path, Problem, Query, Reply, StaffMember};

use crate::{
    Deps,
    approve_answer::{self, Withdrawal},
    board_view::{Board, Found},
    find_orders,
    order_view::DeskOrder,
    proposal_view::ProposalsPage,
    resolve_exception::{self, Answered, Resolution, Resolved},
};

type Shared = State<Arc<Deps>>;

/// What is looked for.
#[derive(Deserialize)]
pub(crate) struct Wanted {
    #[serde(default)]
    q: String,
}

pub(crate) async fn board(State(deps): Shared, _: StaffMember) -> Answer<Board> {
    Ok(Reply::ok(Board::load(&deps).await?))
}

pub(crate) async fn search(State(deps): Shared, _: StaffMember, Query(Wanted { q }): Query<Wanted>) -> Answer<Found> {
    let orders = find_orders::run(&deps, &q).await?;
    Ok(Reply::ok(Found::of(q, &orders)))
}

pub(crate) async fn order(State(deps): Shared, member: StaffMember, Path(id): Path<OrderId>) -> Answer<DeskOrder> {
    Ok(Reply::ok(DeskOrder::load(&deps, &member, &id).await?))
}

pub(crate) async fn resolve(
    State(deps): Shared,
    member: StaffMember,
    SourceIp(source): SourceIp,
    Path(id): Path<ExceptionId>,
    Keyed { key, input }: Keyed<Resolution>,
) -> Answer<JsonOnly<Resolved>> {
    match resolve_exception::run(&deps, (&member, source), &id, &key, &input).await {
        Ok(Answered::Done(once)) => Ok(resolved(&id, &once)),
        Ok(Answered::Proposed(proposal)) => {
            let view = JsonOnly(Resolved::proposed(&id, &proposal));
            Ok(Reply::accepted(view, format!("/desk/orders/{}", id.order())))
        }
        Err(failure) => Err(on_order(&deps, &member, &id, failure).await?),
    }
}

pub(crate) async fn proposals(State(deps): Shared, member: StaffMember) -> Answer<ProposalsPage> {
    Ok(Reply::ok(ProposalsPage::load(&deps, &member).await?))
}

pub(crate) async fn approve(
    State(deps): Shared,
    member: StaffMember,
    SourceIp(source): SourceIp,
    Path(id): Path<ExceptionId>,
    Keyed { key, .. }: Keyed<Nothing>,
) -> Answer<JsonOnly<Resolved>> {
    match approve_answer::run(&deps, (&member, source), &id, &key).await {
        Ok(once) => Ok(resolved(&id, &once)),
        Err(failure) => Err(on_order(&deps, &member, &id, failure).await?),
    }
}

pub(crate) async fn withdraw(
    State(deps): Shared,
    member: StaffMember,
    SourceIp(source): SourceIp,
    Path(id): Path<ExceptionId>,
    Input(form): Input<Withdrawal>,
) -> Answer<NoView> {
    match approve_answer::withdraw(&deps, (&member, source), &id, &form).await {
        Ok(()) => Ok(Reply::done(format!("/desk/orders/{}", id.order()))),
        Err(failure) => Err(on_order(&deps, &member, &id, failure).await?),
    }
}

fn resolved(id: &ExceptionId, once: &Once) -> Reply<JsonOnly<Resolved>> {
    let reply = Reply::changed(JsonOnly(Resolved::of(id, once)), format!("/desk/orders/{}", id.order()));
    if once.is_repeat { reply.replayed() } else { reply }
}

/// The page of the order with what was refused on it.
async fn on_order(deps: &Deps, member: &StaffMember, id: &ExceptionId, failure: Failure) -> Result<Problem, Problem> {
    let problem = Problem::from(failure);
    let page = DeskOrder::load(deps, member, &id.order()).await?;
    let page = page.with_notice(problem.sentence());
    Ok(problem.with_page(page))
}
