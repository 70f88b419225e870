//! The hosted page: what is to be paid, and one button for each thing a buyer can do. Works by hand and from a test:
//! POST with `choice` = pay, pay_later, decline or cancel.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Form, Path, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::outcome::{self, Means};
use super::session::{Session, Status};
use crate::World;
use crate::money::decimal;

#[derive(Template)]
#[template(path = "pay.html")]
struct PayPage {
    lines: Vec<(String, String)>,
    total: String,
    reference: String,
    is_open: bool,
    note: &'static str,
    has_way_back: bool,
}

#[derive(Deserialize)]
pub(super) struct Choice {
    choice: String,
}

pub(super) async fn show(State(world): State<Arc<World>>, Path(id): Path<String>) -> Response {
    match world.turn(None, |turn| turn.books.get::<Session>(&id)) {
        Ok(Some(session)) => page(&session, StatusCode::OK, ""),
        _ => StatusCode::NOT_FOUND.into_response(),
    }
}

pub(super) async fn answer(
    State(world): State<Arc<World>>,
    Path(id): Path<String>,
    Form(form): Form<Choice>,
) -> Response {
    let Ok(Some(before)) = world.turn(None, |turn| turn.books.get::<Session>(&id)) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let means = match form.choice.as_str() {
        "pay" => Means::Card,
        "pay_later" => Means::Delayed,
        "cancel" => return Redirect::to(before.cancel_url.as_deref().unwrap_or("/")).into_response(),
        "decline" => {
            let declined = world.turn(None, |turn| outcome::decline(turn, &id));
            return match declined {
                Ok(Ok(session)) => page(&session, StatusCode::PAYMENT_REQUIRED, "Your card was declined."),
                _ => page(&before, StatusCode::CONFLICT, ""),
            };
        }
        _ => return StatusCode::UNPROCESSABLE_ENTITY.into_response(),
    };
    let paid = world.turn(None, |turn| {
        let before = turn.books.get::<Session>(&id).map_or(0, |session| session.declines);
        outcome::pay(turn, &id, means).map(|session| (session.declines > before, session))
    });
    world.wake();
    match paid {
        Ok(Ok((true, session))) => page(&session, StatusCode::PAYMENT_REQUIRED, "Your card was declined."),
        Ok(Ok((false, session))) => Redirect::to(&way_on(&session)).into_response(),
        Ok(Err(_)) => page(&before, StatusCode::CONFLICT, ""),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

fn way_on(session: &Session) -> String {
    session.success_url.replace("{CHECKOUT_SESSION_ID}", &session.id)
}

fn page(session: &Session, status: StatusCode, note: &'static str) -> Response {
    let amount = |minor: i64| {
        format!(
            "{} {}",
            session.currency.to_uppercase(),
            in_units(minor, &session.currency)
        )
    };
    let line = |line: &super::session::Line| {
        (
            format!("{} × {}", line.quantity, line.name),
            amount(line.unit_amount.saturating_mul(line.quantity)),
        )
    };
    let is_open = session.status == Status::Open;
    let closed = match session.status {
        Status::Open => note,
        Status::Complete => "This payment is complete.",
        Status::Expired => "This page has expired.",
    };
    let page = PayPage {
        lines: session.lines.iter().map(line).collect(),
        total: amount(session.amount_total),
        reference: session.client_reference_id.clone().unwrap_or_default(),
        is_open,
        note: closed,
        has_way_back: session.cancel_url.is_some(),
    };
    match page.render() {
        Ok(text) => (status, Html(text)).into_response(),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

fn in_units(minor: i64, currency: &str) -> String {
    if super::currencies::WHOLE_UNITS.contains(&currency) {
        minor.to_string()
    } else {
        decimal(minor)
    }
}
