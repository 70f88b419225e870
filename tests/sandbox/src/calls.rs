//! The way every provider call goes: counted, perhaps struck by a fault, carried out and written down, answered.
//! A call that has arrived is carried out even when the caller hangs up, as it is in the real world.

use std::sync::{Arc, PoisonError};
use std::time::Duration;

use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::World;
use crate::answer::{Answer, cut_connection};
use crate::background;
use crate::books::{Books, BooksError, Record};
use crate::faults::{self, Fault, Kind, Provider};
use crate::held::HeldCall;
use crate::settings::Settings;

/// Which call this is, for counting, for faults and for the list of held calls.
#[derive(Clone)]
pub(crate) struct Call {
    pub(crate) provider: Provider,
    pub(crate) operation: &'static str,
    /// The shop's own reference in the call, or nothing.
    pub(crate) reference: String,
}

/// A bad answer the provider has to word in its own way.
pub(crate) enum Trouble<'a> {
    InternalError,
    Refused(&'a Fault),
    ErrorInsideSuccess,
}

/// How a provider words trouble at an operation.
pub(crate) type Voice = fn(&str, &Trouble<'_>) -> Answer;

/// What a provider has at hand while it carries out one call.
pub(crate) struct Turn<'a> {
    pub(crate) books: &'a mut Books,
    pub(crate) settings: &'a Settings,
    pub(crate) now: i64,
    pub(crate) fault: Option<&'a Fault>,
}

impl Turn<'_> {
    /// The fault of this call, if it is of the given kind.
    pub(crate) fn fault_of(&self, kind: Kind) -> Option<&Fault> {
        self.fault.filter(|fault| fault.kind == kind)
    }
}

/// How often an operation was called.
#[derive(Serialize, Deserialize)]
pub(crate) struct Tally {
    pub(crate) provider: Provider,
    pub(crate) operation: String,
    pub(crate) count: u64,
}

impl Record for Tally {
    const SHELF: &'static str = "calls";
    fn key(&self) -> String {
        format!("{}/{}", self.provider.name(), self.operation)
    }
}

/// Adds one to the count of an operation.
pub(crate) fn count(books: &mut Books, provider: Provider, operation: &str) {
    let mut tally = Tally {
        provider,
        operation: operation.to_owned(),
        count: 0,
    };
    if let Some(known) = books.get::<Tally>(&tally.key()) {
        tally = known;
    }
    tally.count = tally.count.saturating_add(1);
    books.put(&tally);
}

/// Carries a call out, whatever happens to the caller.
pub(crate) async fn perform<F>(world: &Arc<World>, call: Call, voice: Voice, act: F) -> Response
where
    F: FnOnce(&mut Turn<'_>) -> Answer + Send + 'static,
{
    let world = Arc::clone(world);
    match background::start(async move { run(&world, call, voice, act).await }).await {
        Ok(response) => response,
        Err(_) => cut_connection(),
    }
}

async fn run<F>(world: &World, call: Call, voice: Voice, act: F) -> Response
where
    F: FnOnce(&mut Turn<'_>) -> Answer,
{
    let fault = world.change(|books| {
        count(books, call.provider, call.operation);
        faults::take(books, call.provider, call.operation)
    });
    let fault = match fault {
        Ok(fault) => fault,
        Err(error) => return broken_books(&error).into_response(),
    };
    if let Some(answer) = fault.as_ref().and_then(|fault| refusal(fault, &call, voice)) {
        return answer.into_response();
    }
    let kind = fault.as_ref().map(|fault| fault.kind);
    match (&fault, kind) {
        (Some(fault), Some(Kind::Slow)) => {
            tokio::time::sleep(Duration::from_millis(fault.ms.unwrap_or(5000))).await;
        }
        (Some(fault), Some(Kind::HoldBeforeEffect)) => hold(world, &call, fault, "before_effect").await,
        _ => {}
    }
    let outcome = world.turn(fault.as_ref(), act);
    world.wake();
    let answer = match outcome {
        Ok(answer) => answer,
        Err(error) => return broken_books(&error).into_response(),
    };
    match (&fault, kind) {
        (Some(fault), Some(Kind::HoldAfterEffect)) => hold(world, &call, fault, "after_effect").await,
        (_, Some(Kind::Error500AfterEffect)) => {
            return voice(call.operation, &Trouble::InternalError).into_response();
        }
        (_, Some(Kind::LoseAnswer)) => return cut_connection(),
        _ => {}
    }
    answer.into_response()
}

/// The answer of a fault that leaves the thing undone.
fn refusal(fault: &Fault, call: &Call, voice: Voice) -> Option<Answer> {
    let trouble = match fault.kind {
        Kind::Error500Before => Trouble::InternalError,
        Kind::Refuse => Trouble::Refused(fault),
        Kind::Http200ErrorBody => Trouble::ErrorInsideSuccess,
        Kind::Error500AfterEffect
        | Kind::HoldAfterEffect
        | Kind::HoldBeforeEffect
        | Kind::Slow
        | Kind::WrongAmount
        | Kind::WrongCurrency
        | Kind::DuplicateWebhook
        | Kind::DropWebhook
        | Kind::ForgedWebhook
        | Kind::LoseAnswer
        | Kind::MadeTwice
        | Kind::Dearer
        | Kind::Pending
        | Kind::NeedsAction => return None,
    };
    Some(voice(call.operation, &trouble))
}

async fn hold(world: &World, call: &Call, fault: &Fault, stage: &'static str) {
    let held = HeldCall {
        id: 0,
        provider: call.provider.name(),
        operation: call.operation,
        reference: call.reference.clone(),
        stage,
        since: world.clock.now(),
    };
    world
        .held
        .wait(held, Duration::from_secs(fault.seconds.unwrap_or(60)))
        .await;
}

fn broken_books(error: &BooksError) -> Answer {
    Answer::new(
        500,
        json!({ "sandbox": format!("nothing can be written down: {error}") }),
    )
}

impl World {
    /// Changes the books and makes the change durable.
    pub(crate) fn change<T>(&self, change: impl FnOnce(&mut Books) -> T) -> Result<T, BooksError> {
        let mut books = self.books.lock().unwrap_or_else(PoisonError::into_inner);
        let outcome = change(&mut books);
        books.commit()?;
        Ok(outcome)
    }

    /// Lets a provider take its turn on the books.
    pub(crate) fn turn<T>(&self, fault: Option<&Fault>, act: impl FnOnce(&mut Turn<'_>) -> T) -> Result<T, BooksError> {
        let now = self.clock.now();
        self.change(|books| {
            act(&mut Turn {
                books,
                settings: &self.settings,
                now,
                fault,
            })
        })
    }
}
