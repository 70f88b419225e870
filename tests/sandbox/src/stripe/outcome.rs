//! What happens to an open session: the buyer pays, pays later, is declined, or lets it expire. Each change and its
//! event are one commit.

use serde_json::Value;

use super::event;
use super::payment::{Payment, PaymentStatus};
use super::problem::Problem;
use super::session::{Session, Status};
use crate::calls::Turn;
use crate::faults::{self, Kind, Provider};
use crate::json::Fields;

/// How the buyer pays.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Means {
    Card,
    /// A method whose money comes days later, or never.
    Delayed,
}

/// The buyer goes through with it.
pub(crate) fn pay(turn: &mut Turn<'_>, id: &str, means: Means) -> Result<Session, Problem> {
    let mut session = open_session(turn, id)?;
    let fault = faults::take(turn.books, Provider::Stripe, "pay");
    if let Some(fault) = fault {
        match fault.kind {
            Kind::WrongAmount => {
                session.amount_total = fault.amount.unwrap_or_else(|| session.amount_total.saturating_sub(100));
            }
            Kind::WrongCurrency => session.currency = fault.currency.unwrap_or_else(|| "eur".to_owned()),
            Kind::Error500Before
            | Kind::Error500AfterEffect
            | Kind::HoldAfterEffect
            | Kind::HoldBeforeEffect
            | Kind::Slow
            | Kind::Refuse
            | Kind::DuplicateWebhook
            | Kind::DropWebhook
            | Kind::ForgedWebhook
            | Kind::LoseAnswer
            | Kind::Http200ErrorBody
            | Kind::MadeTwice
            | Kind::Dearer
            | Kind::Pending
            | Kind::NeedsAction => return decline(turn, id),
        }
    }
    let status = if means == Means::Card {
        PaymentStatus::Succeeded
    } else {
        PaymentStatus::Processing
    };
    let payment = tried(turn, &session, status);
    session.status = Status::Complete;
    session.payment_intent = Some(payment.id.clone());
    turn.books.put(&payment);
    turn.books.put(&session);
    if means == Means::Card {
        event::note(turn, "charge.succeeded", payment.charge());
        event::note(turn, "payment_intent.succeeded", payment.intent());
    } else {
        event::note(turn, "payment_intent.processing", payment.intent());
    }
    tell(turn, "checkout.session.completed", &session);
    Ok(session)
}

/// The intent of a session as a try to pay it leaves it: made by the first try, the same for every later one.
fn tried(turn: &mut Turn<'_>, session: &Session, status: PaymentStatus) -> Payment {
    let known = session
        .payment_intent
        .as_ref()
        .and_then(|id| turn.books.get::<Payment>(id));
    let id = match &known {
        Some(known) => known.id.clone(),
        None => format!("pi_3{}", turn.books.invent("stripe/intent", 23)),
    };
    let payment = Payment {
        id,
        // Every try is a charge of its own.
        charge: format!("ch_3{}", turn.books.invent("stripe/charge", 23)),
        session: session.id.clone(),
        amount: session.amount_total,
        currency: session.currency.clone(),
        refunded: 0,
        created: turn.now / 1000,
        status,
        metadata: session.intent_metadata.clone(),
        disputed: false,
    };
    if known.is_none() {
        event::note(turn, "payment_intent.created", payment.intent());
    }
    payment
}

/// The card is declined: the session stays open, and no event of the session tells of it.
pub(crate) fn decline(turn: &mut Turn<'_>, id: &str) -> Result<Session, Problem> {
    let mut session = open_session(turn, id)?;
    session.declines = session.declines.saturating_add(1);
    let payment = tried(turn, &session, PaymentStatus::RequiresPaymentMethod);
    session.payment_intent = Some(payment.id.clone());
    turn.books.put(&payment);
    turn.books.put(&session);
    event::note(turn, "charge.failed", payment.charge());
    event::note(turn, "payment_intent.payment_failed", payment.intent());
    Ok(session)
}

pub(crate) fn expire(turn: &mut Turn<'_>, id: &str) -> Result<Session, Problem> {
    let mut session = open_session(turn, id)?;
    session.status = Status::Expired;
    turn.books.put(&session);
    tell(turn, "checkout.session.expired", &session);
    Ok(session)
}

/// Money of a delayed method comes, or finally does not.
pub(crate) fn settle_late(turn: &mut Turn<'_>, id: &str, comes: Arrival) -> Result<Session, Problem> {
    let session = turn
        .books
        .get::<Session>(id)
        .ok_or_else(|| Problem::no_such("checkout.session", id))?;
    let payment = session
        .payment_intent
        .as_ref()
        .and_then(|id| turn.books.get::<Payment>(id));
    let waiting = payment.filter(|payment| payment.status == PaymentStatus::Processing);
    let Some(mut payment) = waiting else {
        return Err(Problem::invalid("session", "This session does not wait for money"));
    };
    let (status, event) = match comes {
        Arrival::Comes => (PaymentStatus::Succeeded, "checkout.session.async_payment_succeeded"),
        Arrival::StaysAway => (
            PaymentStatus::RequiresPaymentMethod,
            "checkout.session.async_payment_failed",
        ),
    };
    payment.status = status;
    turn.books.put(&payment);
    let told = match comes {
        Arrival::Comes => "payment_intent.succeeded",
        Arrival::StaysAway => "payment_intent.payment_failed",
    };
    event::note(turn, told, payment.intent());
    tell(turn, event, &session);
    Ok(session)
}

/// Whether delayed money comes.
#[derive(Clone, Copy)]
pub(crate) enum Arrival {
    Comes,
    StaysAway,
}

/// Sessions expire and delayed money comes as time passes.
pub(crate) fn pass_time(turn: &mut Turn<'_>) {
    let now = turn.now / 1000;
    let is_due = |session: &Value| {
        session.at("status") == "open" && session.at("expires_at").as_i64().is_some_and(|at| at <= now)
    };
    for session in turn.books.find::<Session>(is_due) {
        // It was open a moment ago under the same lock.
        drop(expire(turn, &session.id));
    }
    let since = now.saturating_sub(turn.settings.stripe.late_seconds);
    let is_late = |payment: &Value| {
        payment.at("status") == "processing" && payment.at("created").as_i64().is_some_and(|at| at <= since)
    };
    for payment in turn.books.find::<Payment>(is_late) {
        drop(settle_late(turn, &payment.session, Arrival::Comes));
    }
}

fn open_session(turn: &Turn<'_>, id: &str) -> Result<Session, Problem> {
    let session = turn
        .books
        .get::<Session>(id)
        .ok_or_else(|| Problem::no_such("checkout.session", id))?;
    if session.status == Status::Open {
        return Ok(session);
    }
    let state = if session.status == Status::Complete {
        "complete"
    } else {
        "expired"
    };
    let message = format!("This Checkout Session is {state}: only sessions that are open can change.");
    Err(Problem::new(400, "invalid_request_error", message))
}

fn tell(turn: &mut Turn<'_>, kind: &str, session: &Session) {
    let view = session.view(turn.books, &turn.settings.origin, &[]);
    event::note(turn, kind, view);
}
