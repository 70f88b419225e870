//! Takes an event in: proved, stored once under the provider's own id, then handed to the settlement.

use std::time::Duration;

use axum::http::HeaderMap;
use domain::Failure;
use providers::payments::WebhookKind;
use sha2::{Digest, Sha256};
use store::{MessageRecord, Stored};

use crate::Deps;

/// An event that was not applied by then is sent to the settlement again.
const OVERDUE_AFTER: Duration = Duration::from_secs(60);

/// Why an event was not taken.
#[derive(Debug)]
pub(crate) enum NotTaken {
    /// It does not prove that the provider sent it, lately, as it is.
    NotProved,
    /// It could not be stored; the provider sends it again.
    Failed(Failure),
}

impl From<Failure> for NotTaken {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}

pub(crate) async fn run(
    deps: &Deps,
    provider: &'static str,
    headers: &HeaderMap,
    raw: &[u8],
) -> Result<Stored, NotTaken> {
    let now = deps.clock.now();
    let code = provider
        .parse()
        .map_err(|_| Failure::internal("the route of a provider without a code"))?;
    let source = deps
        .webhooks
        .get(&code)
        .ok_or_else(|| Failure::internal("a webhook without its source"))?;
    if let Err(rejected) = source.verify(raw, headers, now) {
        // Nothing of the body: it may be anything. The line is counted by its fields.
        tracing::warn!(alarm = "webhook", webhook.provider = provider, webhook.rejected = %rejected, bytes = raw.len(), "Refused a webhook: {rejected}");
        return Err(NotTaken::NotProved);
    }
    let (event, payment) = match source.parse(raw) {
        Ok(event) => (
            event.event_id,
            event.payment.filter(|_| event.kind == WebhookKind::Payment),
        ),
        Err(error) => {
            // It was signed, so it is kept for a person, under a name of its own content.
            tracing::error!(alarm = "webhook", webhook.provider = provider, error = %error, "A proved webhook cannot be read");
            (format!("unreadable-{}", digest(raw)), None)
        }
    };
    let stored = deps
        .inbox
        .store(
            provider,
            &event,
            &String::from_utf8_lossy(raw),
            now,
            now.plus(OVERDUE_AFTER),
        )
        .await?;
    if let Stored::New(key) = &stored {
        tracing::info!(
            webhook.provider = provider,
            webhook.event = event,
            "Stored event {event} of {provider}"
        );
        deps.queues
            .send(MessageRecord::webhook_about(key, payment).into())
            .await;
    }
    Ok(stored)
}

fn digest(raw: &[u8]) -> String {
    format!("{:x}", Sha256::digest(raw))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use domain::{Settings, Timestamp, lifecycle::Task};
    use hmac::{Hmac, Mac};
    use providers::payments::Webhooks;
    use runtime::Clock;
    use store::{Db, Inbox, Memory, Queues};

    use super::*;

    const SECRET: &str = "whsec_sample";
    const T: i64 = 1_795_419_780;
    const BODY: &str = r#"{"id":"evt_1","type":"checkout.session.completed","data":{"object":{"id":"cs_1","client_reference_id":"pay_01JDB7M3N8Q4R5S6T7V8W9X0YZ-1"}}}"#;

    fn deps() -> Deps {
        let mut settings = Settings::new([("STRIPE_WEBHOOK_SECRETS".into(), format!("whsec_older,{SECRET}"))]);
        Deps {
            inbox: Inbox::new(Db::Memory(Memory::default())),
            queues: Queues::Memory(Arc::default()),
            webhooks: Arc::new(Webhooks::read(&mut settings)),
            clock: Clock::fixed(Timestamp::from_seconds(T)),
        }
    }

    fn sign(secret: &str, time: i64, body: &str) -> String {
        let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
        mac.update(format!("{time}.{body}").as_bytes());
        format!("{:x}", mac.finalize().into_bytes())
    }

    fn good(body: &str) -> String {
        format!("t={T},v1={}", sign(SECRET, T, body))
    }

    async fn receive(deps: &Deps, signature: &str, body: &str) -> Result<Stored, NotTaken> {
        let mut headers = HeaderMap::new();
        headers.insert("stripe-signature", signature.parse().unwrap());
        run(deps, "stripe", &headers, body.as_bytes()).await
    }

    async fn waiting(deps: &Deps) -> Vec<String> {
        deps.inbox
            .overdue(Timestamp::from_seconds(T + 3_600), 100)
            .await
            .unwrap()
    }

    fn sent(deps: &Deps) -> Vec<MessageRecord> {
        let Queues::Memory(list) = &deps.queues else {
            panic!("a queue of this process")
        };
        list.lock().unwrap().clone()
    }

    #[tokio::test]
    async fn a_proved_event_is_stored_and_the_settlement_is_woken() {
        let deps = deps();

        let stored = receive(&deps, &good(BODY), BODY).await.unwrap();

        assert_eq!(stored, Stored::New("W#stripe#evt_1".into()));
        assert_eq!(deps.inbox.load("W#stripe#evt_1").await.unwrap().body, BODY);
        assert_eq!(waiting(&deps).await, ["W#stripe#evt_1"]);
        let [message] = sent(&deps).try_into().unwrap();
        assert_eq!(
            (message.task, message.order, message.about.as_str()),
            (Task::ApplyWebhook, None, "W#stripe#evt_1")
        );
        assert_eq!(
            message.payment.as_ref().map(ToString::to_string).as_deref(),
            Some("pay_01JDB7M3N8Q4R5S6T7V8W9X0YZ-1")
        );
    }

    #[tokio::test]
    async fn an_event_that_comes_again_is_answered_like_the_first_and_stored_once() {
        let deps = deps();
        receive(&deps, &good(BODY), BODY).await.unwrap();
        deps.inbox.mark_applied("W#stripe#evt_1", "done").await.unwrap();

        for _ in 0..3 {
            let again = receive(&deps, &good(BODY), BODY).await.unwrap();
            assert_eq!(again, Stored::Known("W#stripe#evt_1".into()));
        }

        assert_eq!(sent(&deps).len(), 1);
        assert!(deps.inbox.load("W#stripe#evt_1").await.unwrap().is_applied);
    }

    #[tokio::test]
    async fn a_forged_event_leaves_nothing_behind() {
        let deps = deps();
        let signature = sign(SECRET, T, BODY);
        let cheaper = BODY.replace("evt_1", "evt_2");
        let longer = format!("{BODY} ");
        let flipped: String = signature.chars().map(|c| if c == '0' { '1' } else { c }).collect();

        for (body, header) in [
            (BODY, String::new()),
            (BODY, "nonsense".into()),
            (BODY, format!("t={T}")),
            (BODY, format!("v1={signature}")),
            (BODY, format!("t={T},v0={signature}")),
            (BODY, format!("t={T},v1={}", signature.to_uppercase())),
            (BODY, format!("t={T},v1={flipped}")),
            (BODY, format!("t={T},v1={}", &signature[1..])),
            (BODY, format!("t={},v1={signature}", T + 1)),
            (BODY, format!("t={T},t={T},v1={signature}")),
            (BODY, format!("t={T},v1={}", sign("whsec_stranger", T, BODY))),
            (BODY, format!("t={},v1={}", T - 301, sign(SECRET, T - 301, BODY))),
            (BODY, format!("t={},v1={}", T + 301, sign(SECRET, T + 301, BODY))),
            (&cheaper, good(BODY)),
            (&longer, good(BODY)),
            (&BODY[1..], good(BODY)),
            ("", good(BODY)),
        ] {
            let taken = receive(&deps, &header, body).await;
            assert!(matches!(taken, Err(NotTaken::NotProved)), "{header}");
        }
        let unsigned = run(&deps, "stripe", &HeaderMap::new(), BODY.as_bytes()).await;
        assert!(matches!(unsigned, Err(NotTaken::NotProved)));

        assert_eq!(waiting(&deps).await, [""; 0]);
        assert!(sent(&deps).is_empty());
    }

    #[tokio::test]
    async fn an_event_of_an_unknown_kind_and_one_that_is_none_are_kept_all_the_same() {
        let deps = deps();
        let unknown = r#"{"id":"evt_9","type":"issuing.card.created","data":{"object":{"id":"ic_1"}}}"#;

        for body in [unknown, "[]", "not even JSON"] {
            assert!(
                matches!(receive(&deps, &good(body), body).await, Ok(Stored::New(_))),
                "{body}"
            );
        }

        assert_eq!(waiting(&deps).await.len(), 3);
        assert_eq!(sent(&deps).len(), 3);
    }

    #[tokio::test]
    async fn an_event_signed_with_the_secret_that_is_being_replaced_is_still_taken() {
        let header = format!("t={T},v1={}", sign("whsec_older", T, BODY));

        assert!(receive(&deps(), &header, BODY).await.is_ok());
    }
}
