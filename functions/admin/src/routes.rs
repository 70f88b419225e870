//! One handler per route: extract, call, answer.

use std::sync::Arc;

use axum::extract::State;
use domain::id::{ExceptionId, OrderId};
use serde::Deserialize;
use web::{Answer, JsonOnly, Keyed, Path, Problem, Query, Reply, StaffMember};

use crate::{
    Deps,
    board_view::{Board, Found},
    find_orders,
    order_view::DeskOrder,
    resolve_exception::{self, Resolution, Resolved},
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
    Path(id): Path<ExceptionId>,
    Keyed { key, input }: Keyed<Resolution>,
) -> Answer<JsonOnly<Resolved>> {
    match resolve_exception::run(&deps, &member, &id, &key, &input).await {
        Ok(once) => {
            let reply = Reply::changed(
                JsonOnly(Resolved::of(&id, &once)),
                format!("/desk/orders/{}", id.order()),
            );
            Ok(if once.is_repeat { reply.replayed() } else { reply })
        }
        Err(failure) => {
            let problem = Problem::from(failure);
            let page = DeskOrder::load(&deps, &member, &id.order()).await?;
            let page = page.with_notice(problem.sentence());
            Err(problem.with_page(page))
        }
    }
}
