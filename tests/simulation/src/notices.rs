//! Webhooks of the payment provider: signed as it signs them, lost, repeated, late, and sometimes forged by somebody else.

use axum::{
    body::Body,
    http::{Method, Request},
};
use hmac::{Hmac, Mac};
use serde_json::json;
use sha2::Sha256;

use crate::{
    bugs::Bug,
    faults::Fault,
    shop::{Answer, FORGER_SECRET, WEBHOOK_SECRET},
    town::{Event, Notice, Origin, Town},
    world::payments::PAID_LATE,
};

const MINUTE_MS: i64 = 60_000;
/// Stripe tries for three days; this many tries with growing pauses are about as long.
const MOST_TRIES: u32 = 16;

impl Town {
    /// What the payment provider has to tell.
    pub(crate) fn collect_events(&mut self) {
        let untold = std::mem::take(&mut self.world.lock().payments.untold);
        for (name, object) in untold {
            self.number = self.number.saturating_add(1);
            let event = format!("evt_{}", self.number);
            let body =
                json!({ "id": event, "object": "event", "type": name, "data": { "object": object } }).to_string();
            let notice = Notice {
                event,
                body,
                is_forged: false,
                tries: 0,
            };
            if self.strikes(Fault::ForgedWebhook) {
                let event = format!("{}_forged", notice.event);
                let body = notice.body.replace(&notice.event, &event);
                self.later(
                    50,
                    Event::Webhook(Notice {
                        event,
                        body,
                        is_forged: true,
                        tries: MOST_TRIES,
                    }),
                );
            }
            if name != PAID_LATE && self.strikes(Fault::LoseWebhook) {
                continue;
            }
            let copies = if self.strikes(Fault::RepeatWebhook) {
                self.between(2, 10)
            } else {
                1
            };
            for _ in 0..copies {
                let most = if self.strikes(Fault::LateWebhook) {
                    360 * MINUTE_MS
                } else {
                    3_000
                };
                let when = self.between(50, most);
                self.later(when, Event::Webhook(notice.clone()));
            }
        }
    }

    pub(crate) fn tell(&mut self, notice: Notice) {
        let secret = if notice.is_forged {
            FORGER_SECRET
        } else {
            WEBHOOK_SECRET
        };
        let time = self.now().as_seconds().to_string();
        let signature = format!("t={time},v1={}", sign(secret, &time, &notice.body));
        let request = Request::builder()
            .method(Method::POST)
            .uri("/webhooks/stripe")
            .header("stripe-signature", signature)
            .header("content-type", "application/json")
            .body(Body::from(notice.body.clone()));
        if let Ok(request) = request {
            self.request(request, Origin::Notice(notice));
        }
    }

    pub(crate) fn notice_answered(&mut self, notice: Notice, answer: Option<Answer>) {
        let mut status = match answer {
            Some(Answer::Http { status, .. }) => status,
            Some(Answer::Work(_)) | None => 0,
        };
        if self.bug == Some(Bug::AnswersBeforeStoring) {
            status = 200;
        }
        let key = format!("W#stripe#{}", notice.event);
        let is_stored = self.checks.lock().is_ok_and(|checks| checks.inbox.contains(&key));
        if notice.is_forged {
            if is_stored || (200..300).contains(&status) {
                self.broken(22, format!("the forged {} was answered {status}", notice.event));
            }
            return;
        }
        if (200..300).contains(&status) {
            if !is_stored {
                self.broken(20, format!("{} was answered {status} and is not stored", notice.event));
            }
        } else if notice.tries < MOST_TRIES {
            let pause = MINUTE_MS.saturating_mul(i64::from(notice.tries.saturating_add(1)).saturating_pow(2));
            self.later(
                pause,
                Event::Webhook(Notice {
                    tries: notice.tries.saturating_add(1),
                    ..notice
                }),
            );
        }
    }
}

fn sign(secret: &str, time: &str, body: &str) -> String {
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret.as_bytes()) else {
        return String::new();
    };
    mac.update(time.as_bytes());
    mac.update(b".");
    mac.update(body.as_bytes());
    mac.finalize()
        .into_bytes()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}
