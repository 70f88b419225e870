//! Sends events to the shop until it says yes: a bounded number of times, ever later, also after a restart.

use std::sync::{Arc, PoisonError};
use std::time::Duration;

use axum::http::Method;
use serde_json::Value;

use super::event::{self, Event, Fate};
use crate::World;
use crate::background;
use crate::faults::{self, Fault, Kind, Provider};
use crate::json::Fields;
use crate::outgoing;

/// Seconds from one attempt to the next; after the last the event is given up.
const BACKOFF: [i64; 11] = [1, 2, 4, 8, 15, 30, 60, 300, 900, 3600, 7200];

/// Stripe hangs up on a shop that takes longer.
const LONGEST_WAIT: Duration = Duration::from_secs(20);

/// Starts an attempt for every event that is due and not being sent.
pub(crate) fn send_due_events(world: &Arc<World>) {
    let now = world.clock.now();
    let is_due =
        |event: &Value| event.at("fate") == "waiting" && event.at("next_at").as_i64().is_some_and(|next| next <= now);
    let due = world
        .books
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .find::<Event>(is_due);
    for event in due {
        let fresh = world
            .events_in_flight
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(event.id.clone());
        if fresh {
            background::start(attempt(Arc::clone(world), event));
        }
    }
}

async fn attempt(world: Arc<World>, mut event: Event) {
    let fault = match event.attempts {
        0 => world
            .change(|books| faults::take(books, Provider::Stripe, "webhook"))
            .unwrap_or_default(),
        _ => None,
    };
    match fault.as_ref().map(|fault| fault.kind) {
        Some(Kind::DropWebhook) => {
            event.fate = Fate::Dropped;
            "dropped by a fault".clone_into(&mut event.last_outcome);
        }
        Some(Kind::Slow) => {
            let later = fault
                .and_then(|fault| fault.ms)
                .and_then(|ms| i64::try_from(ms).ok())
                .unwrap_or(5000);
            event.next_at = world.clock.now().saturating_add(later);
            "delayed by a fault".clone_into(&mut event.last_outcome);
        }
        _ => send(&world, &mut event, fault).await,
    }
    event.attempts = event.attempts.saturating_add(1);
    // Without a commit the event stays due and is sent again, which the shop must bear anyway.
    drop(world.change(|books| books.put(&event)));
    world
        .events_in_flight
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .remove(&event.id);
    world.wake();
}

async fn send(world: &World, event: &mut Event, fault: Option<Fault>) {
    let times = match &fault {
        Some(fault) if fault.kind == Kind::DuplicateWebhook => fault.times.unwrap_or(2).max(1),
        _ => 1,
    };
    if fault.is_some_and(|fault| fault.kind == Kind::ForgedWebhook) {
        forge(world, event).await;
    }
    let secret = world.settings.stripe.webhook_secret.clone();
    for _ in 0..times {
        let outcome = post(world, &event.body(), &secret).await;
        let is_good = outcome.as_ref().is_ok_and(|status| (200..300).contains(status));
        event.last_outcome = outcome.map_or_else(|error| error, |status| status.to_string());
        if is_good {
            event.fate = Fate::Delivered;
        }
    }
    if event.fate == Fate::Delivered {
        return;
    }
    let place = usize::try_from(event.attempts).unwrap_or(usize::MAX);
    match BACKOFF.get(place) {
        Some(wait) => event.next_at = world.clock.now().saturating_add(wait.saturating_mul(1000)),
        None => event.fate = Fate::GivenUp,
    }
}

/// Sends a stranger's copy of an event, signed with a secret the shop does not know; what the shop said to it.
pub(crate) async fn forge(world: &World, event: &Event) -> String {
    let mut copy = event.clone();
    copy.id = format!("{}forged", event.id);
    post(world, &copy.body(), "whsec_of_a_stranger")
        .await
        .map_or_else(|error| error, |status| status.to_string())
}

async fn post(world: &World, body: &str, secret: &str) -> Result<u16, String> {
    let address = format!("{}/webhooks/stripe", world.settings.shop);
    let signature = event::signature(secret, world.clock.now() / 1000, body);
    let headers = [
        ("content-type", "application/json; charset=utf-8"),
        ("user-agent", "Stripe/1.0 (+https://stripe.com/docs/webhooks)"),
        ("stripe-signature", signature.as_str()),
    ];
    let sent = outgoing::send(Method::POST, &address, &headers, body.as_bytes().to_vec(), LONGEST_WAIT).await;
    sent.map(|reply| reply.status.as_u16())
        .map_err(|error| error.to_string())
}
