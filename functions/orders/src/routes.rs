//! One handler per route: extract, call, answer.

use std::sync::Arc;

use axum::extract::State;
use domain::id::{OrderId, SupplierOrderId};
use serde::Deserialize;
use web::{Answer, Input, JsonOnly, Keyed, NoView, Nothing, Path, Problem, Query, Reply, Shopper};

use crate::{
    Deps,
    answer_question::{self, Answered, Decided},
    cancel_order::{self, Cancellation},
    change_email::{self, EmailChanged, NewEmail},
    end_message_links,
    history_view::TimelinePage,
    link_page::LinkPage,
    list_view::OrderList,
    money_view::MoneyPage,
    order_view::OrderPage,
};

/// Orders on one page of the list.
const PAGE: i32 = 20;

type Shared = State<Arc<Deps>>;

/// Where the page before ended.
#[derive(Deserialize)]
pub(crate) struct After {
    cursor: Option<String>,
}

pub(crate) async fn list(
    State(deps): Shared,
    shopper: Shopper,
    Query(After { cursor }): Query<After>,
) -> Answer<OrderList> {
    let page = deps
        .orders
        .of_customer(&shopper.customer, PAGE, cursor.as_deref())
        .await?;
    Ok(Reply::ok(OrderList::of(page, shopper.is_registered())))
}

pub(crate) async fn order(State(deps): Shared, shopper: Shopper, Path(id): Path<OrderId>) -> Answer<OrderPage> {
    Ok(Reply::ok(OrderPage::load(&deps, &shopper.customer, &id).await?))
}

/// Whoever holds the link of a message about an order sees how it stands.
pub(crate) async fn by_link(State(deps): Shared, Path(link): Path<String>) -> Answer<LinkPage> {
    Ok(Reply::ok(LinkPage::load(&deps, &link).await?).unlisted())
}

pub(crate) async fn end_message_links(
    State(deps): Shared,
    shopper: Shopper,
    Path(id): Path<OrderId>,
    Input(Nothing {}): Input<Nothing>,
) -> Answer<NoView> {
    end_message_links::run(&deps, &shopper.customer, &id).await?;
    Ok(Reply::done(format!("/orders/{id}")))
}

pub(crate) async fn timeline(State(deps): Shared, shopper: Shopper, Path(id): Path<OrderId>) -> Answer<TimelinePage> {
    let order = deps.orders.load_own(&id, &shopper.customer).await?;
    let entries = deps.orders.timeline(&id).await?;
    Ok(Reply::ok(TimelinePage::of(&order, &entries)))
}

pub(crate) async fn money(State(deps): Shared, shopper: Shopper, Path(id): Path<OrderId>) -> Answer<MoneyPage> {
    let order = deps.orders.load_own(&id, &shopper.customer).await?;
    let journal = deps.orders.journal(&id).await?;
    Ok(Reply::ok(MoneyPage::of(&order, &journal)?))
}

pub(crate) async fn cancel(
    State(deps): Shared,
    shopper: Shopper,
    Path(id): Path<OrderId>,
    Keyed { key, .. }: Keyed<Nothing>,
) -> Answer<JsonOnly<Cancellation>> {
    match cancel_order::run(&deps, &shopper.customer, &id, &key).await {
        Ok(once) => {
            let reply = Reply::changed(JsonOnly(Cancellation::of(&id, &once)), format!("/orders/{id}"));
            Ok(if once.is_repeat { reply.replayed() } else { reply })
        }
        Err(failure) => {
            let problem = Problem::from(failure);
            let page = OrderPage::load(&deps, &shopper.customer, &id).await?;
            let page = page.with_notice(problem.sentence());
            Err(problem.with_page(page))
        }
    }
}

pub(crate) async fn change_email(
    State(deps): Shared,
    shopper: Shopper,
    Path(id): Path<OrderId>,
    Input(typed): Input<NewEmail>,
) -> Answer<JsonOnly<EmailChanged>> {
    match change_email::run(&deps, &shopper.customer, &id, &typed).await {
        Ok(changed) => Ok(Reply::changed(JsonOnly(changed), format!("/orders/{id}"))),
        Err(failure) => {
            let problem = Problem::from(failure);
            let page = OrderPage::load(&deps, &shopper.customer, &id).await?;
            let page = page.with_notice(problem.sentence());
            Err(problem.with_page(page))
        }
    }
}

pub(crate) async fn decide(
    State(deps): Shared,
    shopper: Shopper,
    Path((id, part)): Path<(OrderId, SupplierOrderId)>,
    Keyed { key, input }: Keyed<Answered>,
) -> Answer<JsonOnly<Decided>> {
    let once = answer_question::run(&deps, &shopper.customer, (&id, &part), &key, &input).await?;
    let view = Decided {
        order: id.to_string(),
        status: once.result,
    };
    let reply = Reply::changed(JsonOnly(view), format!("/orders/{id}"));
    Ok(if once.is_repeat { reply.replayed() } else { reply })
}
