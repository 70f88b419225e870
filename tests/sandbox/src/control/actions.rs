//! What a person or a test can make happen: each acts on one thing and answers with its new state.

use serde_json::{Value, json};

use super::Refusal;
use super::view;
use crate::World;
use crate::aliexpress::SupplierOrder;
use crate::books::BooksError;
use crate::calls::Turn;
use crate::dhl::{self, Waybill};
use crate::rates::MarketRate;
use crate::stripe::{self, Arrival, Event, Fate, Means, Session};

pub(super) fn order(turn: &mut Turn<'_>, id: &str, action: &str) -> Result<Value, Refusal> {
    let mut order = turn.books.get::<SupplierOrder>(id).ok_or(Refusal::NotFound)?;
    let done = match action {
        "pay" => order.pay(turn),
        "ship" => order.ship(turn),
        "deliver" => order.deliver(turn),
        "finish" => order.finish(turn),
        "cancel" => order.cancel("seller_cancel"),
        _ => return Err(Refusal::NotFound),
    };
    done.map_err(|why| Refusal::NotNow(why.to_owned()))?;
    turn.books.put(&order);
    Ok(view::order(&order))
}

pub(super) fn session(turn: &mut Turn<'_>, id: &str, action: &str) -> Result<Value, Refusal> {
    turn.books.get::<Session>(id).ok_or(Refusal::NotFound)?;
    let done = match action {
        "pay" => stripe::pay(turn, id, Means::Card),
        "pay-later" => stripe::pay(turn, id, Means::Delayed),
        "decline" => stripe::decline(turn, id),
        "expire" => stripe::expire(turn, id),
        "settle" => stripe::settle_late(turn, id, Arrival::Comes),
        "fail" => stripe::settle_late(turn, id, Arrival::StaysAway),
        _ => return Err(Refusal::NotFound),
    };
    let session = done.map_err(|_| Refusal::NotNow("the session is not in a state for that".to_owned()))?;
    Ok(view::session(turn.books, &session, &turn.settings.origin))
}

pub(super) fn refund(turn: &mut Turn<'_>, id: &str, action: &str) -> Result<Value, Refusal> {
    let done = match action {
        "fail" => stripe::fail_refund(turn, id),
        "succeed" => stripe::succeed_refund(turn, id),
        "cancel" => stripe::cancel_refund_of(turn, id),
        _ => return Err(Refusal::NotFound),
    };
    done.map(|refund| json!(refund))
        .map_err(|_| Refusal::NotNow("the refund is not in a state for that".to_owned()))
}

/// What happens to a payment at the provider without the shop: somebody refunds it by hand, its bank or card scheme doubts it.
pub(super) fn payment(turn: &mut Turn<'_>, id: &str, action: &str, amount: Option<i64>) -> Result<Value, Refusal> {
    let done = match action {
        "refund" => stripe::refund_by_hand(turn, id, amount),
        "dispute" | "inquire" | "warn" => stripe::open_doubt(turn, id, action),
        _ => return Err(Refusal::NotFound),
    };
    done.map_err(|_| Refusal::NotNow("the payment is not in a state for that".to_owned()))
}

pub(super) fn dispute(turn: &mut Turn<'_>, id: &str, action: &str) -> Result<Value, Refusal> {
    let done = stripe::decide_dispute(turn, id, action);
    done.map_err(|_| Refusal::NotNow("the dispute is not in a state for that".to_owned()))
}

pub(super) fn resend(turn: &mut Turn<'_>, id: &str) -> Result<Value, Refusal> {
    let mut event = turn.books.get::<Event>(id).ok_or(Refusal::NotFound)?;
    event.fate = Fate::Waiting;
    event.next_at = turn.now;
    // A repeat starts its attempts anew, but never meets a fault meant for a first delivery.
    event.attempts = 1;
    turn.books.put(&event);
    Ok(json!(event))
}

/// A stranger tells the shop that an open session was paid.
pub(super) async fn forge(world: &World, id: &str) -> Result<Result<Value, Refusal>, BooksError> {
    let seen = world.turn(None, |turn| {
        turn.books
            .get::<Session>(id)
            .map(|session| stripe::forged(turn, &session))
    })?;
    let Some(event) = seen else {
        return Ok(Err(Refusal::NotFound));
    };
    Ok(Ok(json!({ "shop_answered": stripe::forge(world, &event).await })))
}

pub(super) fn parcel(turn: &mut Turn<'_>, awb: &str, action: &str, to: Option<&str>) -> Result<Value, Refusal> {
    let mut waybill = turn.books.get::<Waybill>(awb).ok_or(Refusal::NotFound)?;
    let to = to.filter(|code| !code.is_empty());
    let done = match action {
        "hand-over" => dhl::hand_over(turn, &mut waybill),
        "advance" => dhl::advance(turn, &mut waybill, to),
        _ => return Err(Refusal::NotFound),
    };
    done.map_err(|why| Refusal::NotNow(why.to_owned()))?;
    turn.books.put(&waybill);
    Ok(view::parcel(&waybill))
}

/// The market moves.
pub(super) fn set_rate(turn: &mut Turn<'_>, currency: &str, rate: Option<&str>) -> Result<Value, Refusal> {
    let unclear = || Refusal::Unclear("rate is not a number such as 129.24".to_owned());
    let rate = MarketRate::new(currency, rate.unwrap_or_default()).ok_or_else(unclear)?;
    turn.books.put(&rate);
    Ok(json!(rate))
}
