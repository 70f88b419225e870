//! Applies a stored webhook: it names a payment or refund, and the provider is asked what is true of it.

use domain::{Failure, id::PaymentId, product::ProviderCode};
use providers::payments::{WebhookEvent, WebhookKind};
use store::Inbox;

use crate::{Deps, ask_provider, find_movements, send_refund};

/// What is kept with a webhook whose payment or refund was asked about.
const ASKED: &str = "asked the provider";

/// What came of a webhook.
struct Outcome {
    /// The words kept with it.
    words: &'static str,
    /// True when they were written together with what it changed.
    is_marked: bool,
}

impl Outcome {
    fn of(words: &'static str) -> Self {
        Self {
            words,
            is_marked: false,
        }
    }
}

/// Applies it and writes down that it was applied; applying it twice changes nothing. When its message says which payment it names, its
/// body need not be read again: it would not be believed anyway.
pub(crate) async fn run(deps: &Deps, key: &str, payment: Option<&PaymentId>) -> Result<(), Failure> {
    let outcome = match payment {
        Some(payment) => about_payment(deps, key, &sender(key)?, payment).await?,
        None => match read(deps, key).await? {
            Some(outcome) => outcome,
            None => return Ok(()),
        },
    };
    let words = outcome.words;
    tracing::info!(
        webhook.key = key,
        webhook.outcome = words,
        "Applied webhook {key}: {words}"
    );
    if outcome.is_marked {
        return Ok(());
    }
    deps.inbox.mark_applied(key, words).await
}

/// Whose webhook it is, by its key.
fn sender(key: &str) -> Result<ProviderCode, Failure> {
    let named = key.split('#').nth(1).and_then(|provider| provider.parse().ok());
    named.ok_or_else(|| Failure::internal("a stored webhook names no provider"))
}

/// Reads the stored body and does what it asks for; nothing for one that was applied.
async fn read(deps: &Deps, key: &str) -> Result<Option<Outcome>, Failure> {
    let webhook = deps.inbox.load(key).await?;
    if webhook.is_applied {
        return Ok(None);
    }
    let provider = sender(key)?;
    let source = deps
        .webhooks
        .get(&provider)
        .ok_or_else(|| Failure::internal("a stored webhook has no reader"))?;
    match source.parse(webhook.body.as_bytes()) {
        Ok(event) => apply(deps, key, &provider, &event).await.map(Some),
        Err(error) => {
            tracing::error!(webhook.key = key, error = %error, "A stored webhook cannot be read; a person must look at it");
            Ok(Some(Outcome::of("unreadable")))
        }
    }
}

async fn apply(deps: &Deps, key: &str, provider: &ProviderCode, event: &WebhookEvent) -> Result<Outcome, Failure> {
    match (event.kind, &event.payment, &event.refund) {
        (WebhookKind::Payment, Some(payment), _) => about_payment(deps, key, provider, payment).await,
        (WebhookKind::Refund, _, Some(refund)) => {
            found(Box::pin(send_refund::find_out(deps, refund)).await.map(|()| false))
        }
        (WebhookKind::Payment, None, _) => Ok(not_ours(event)),
        (WebhookKind::Refund | WebhookKind::Dispute, ..) => about_movement(deps, provider, event).await,
        (WebhookKind::Other, ..) => Ok(Outcome::of("nothing to do")),
    }
}

fn not_ours(event: &WebhookEvent) -> Outcome {
    tracing::warn!(
        webhook.name = event.name,
        "A webhook is about money that is not of ours"
    );
    Outcome::of("not ours")
}

/// Something moved of a payment, of which the message may name no more than the provider's own id of the money: the provider says whose it is.
async fn about_movement(deps: &Deps, provider: &ProviderCode, event: &WebhookEvent) -> Result<Outcome, Failure> {
    let Some(payment) = moved_payment(deps, provider, event).await? else {
        return Ok(not_ours(event));
    };
    let order = match deps.orders.load(&payment.order()).await {
        Ok(order) => order,
        Err(failure) => return found(Err(failure)),
    };
    if order
        .payment(&payment)
        .is_none_or(|payment| payment.provider != *provider)
    {
        return Ok(not_ours(event));
    }
    found(Box::pin(find_movements::run(deps, &payment)).await.map(|()| false))
}

async fn moved_payment(
    deps: &Deps,
    provider: &ProviderCode,
    event: &WebhookEvent,
) -> Result<Option<PaymentId>, Failure> {
    if event.payment.is_some() {
        return Ok(event.payment.clone());
    }
    let (Some(money), Some(provider)) = (&event.settlement_reference, deps.payments.get(provider)) else {
        return Ok(None);
    };
    Ok(deps.http.send(provider.payment_of(money)?).await?)
}

async fn about_payment(deps: &Deps, key: &str, provider: &ProviderCode, id: &PaymentId) -> Result<Outcome, Failure> {
    let order = match deps.orders.load(&id.order()).await {
        Ok(order) => order,
        Err(failure) => return found(Err(failure)),
    };
    let is_theirs = order.payment(id).map(|payment| payment.provider == *provider);
    match is_theirs {
        Some(true) => {
            let mark = Inbox::once_applied(key, ASKED);
            found(Box::pin(ask_provider::find_out_applying(deps, order, id, Some(&mark))).await)
        }
        Some(_) | None => {
            tracing::warn!(payment.id = %id, "A webhook names payment {id}, which is not one of this provider's");
            Ok(Outcome::of("unknown payment"))
        }
    }
}

/// An event about something we do not have is no reason to try again for ever; an outage is. `asked` says whether the mark is written.
fn found(asked: Result<bool, Failure>) -> Result<Outcome, Failure> {
    match asked {
        Ok(is_marked) => Ok(Outcome {
            words: ASKED,
            is_marked,
        }),
        Err(Failure::NotFound(what)) => {
            tracing::warn!(what, "A webhook is about a {what} that we do not have");
            Ok(Outcome::of("unknown to us"))
        }
        Err(failure) => Err(failure),
    }
}

#[cfg(test)]
mod tests {
    use domain::{lifecycle::State, lifecycle::Task};
    use providers::Loss;

    use super::*;
    use crate::fixture::{Shop, event, paid, session};

    #[tokio::test]
    async fn the_provider_is_asked_and_its_answer_settles_the_payment() {
        let shop = Shop::with_payment().await;
        shop.world
            .answers("GET", "/v1/checkout/sessions/cs_1", 200, paid(&shop.order().await));
        let key = shop.webhook(&event("evt_1", &shop.payment)).await;

        run(&shop.deps, &key, None).await.unwrap();

        let order = shop.order().await;
        assert_eq!(order.life.state(), State::Paid);
        assert_eq!(order.payments[0].life.state(), State::Captured);
        assert_eq!(order.supplier_orders.len(), 1);
        assert_eq!(shop.sent(), [Task::PlaceAtStore]);
        assert!(shop.deps.inbox.load(&key).await.unwrap().is_applied);
    }

    #[tokio::test]
    async fn a_webhook_that_claims_payment_is_not_believed_when_the_provider_says_otherwise() {
        let shop = Shop::with_payment().await;
        shop.world.answers(
            "GET",
            "/v1/checkout/sessions/cs_1",
            200,
            session(&shop.payment, "open", "unpaid", 0),
        );
        let key = shop.webhook(&event("evt_1", &shop.payment)).await;

        run(&shop.deps, &key, None).await.unwrap();

        assert_eq!(shop.order().await.life.state(), State::AwaitingPayment);
    }

    #[tokio::test]
    async fn the_same_money_told_five_times_is_booked_once() {
        let shop = Shop::with_payment().await;
        shop.world
            .answers("GET", "/v1/checkout/sessions/cs_1", 200, paid(&shop.order().await));

        for name in ["evt_1", "evt_2", "evt_1", "evt_3", "evt_2"] {
            let key = shop.webhook(&event(name, &shop.payment)).await;
            run(&shop.deps, &key, None).await.unwrap();
        }

        let order = shop.order().await;
        assert_eq!(shop.deps.orders.journal(&order.id).await.unwrap().len(), 1);
        assert_eq!(order.supplier_orders.len(), 1);
        assert!(order.refunds.is_empty());
    }

    #[tokio::test]
    async fn a_webhook_that_was_applied_asks_nobody_again() {
        let shop = Shop::with_payment().await;
        let open = session(&shop.payment, "open", "unpaid", 0);
        shop.world.answers("GET", "/v1/checkout/sessions/cs_1", 200, open);
        let key = shop.webhook(&event("evt_1", &shop.payment)).await;

        run(&shop.deps, &key, None).await.unwrap();
        run(&shop.deps, &key, None).await.unwrap();

        assert_eq!(shop.world.calls().len(), 1);
    }

    #[tokio::test]
    async fn a_message_that_names_the_payment_settles_it_and_marks_the_webhook_in_the_same_commit() {
        let shop = Shop::with_payment().await;
        shop.world
            .answers("GET", "/v1/checkout/sessions/cs_1", 200, paid(&shop.order().await));
        let key = shop.webhook(&event("evt_1", &shop.payment)).await;
        let version = shop.order().await.version;

        run(&shop.deps, &key, Some(&shop.payment)).await.unwrap();
        let once = (shop.order().await.version, shop.world.calls().len());
        // The message comes again: nobody is asked about what is captured.
        run(&shop.deps, &key, Some(&shop.payment)).await.unwrap();

        assert_eq!(once, (version + 1, 1));
        assert_eq!((shop.order().await.version, shop.world.calls().len()), once);
        let webhook = shop.deps.inbox.load(&key).await.unwrap();
        assert!(webhook.is_applied && webhook.body == event("evt_1", &shop.payment));
        let late = shop.clock.now().plus(std::time::Duration::from_secs(3600));
        assert_eq!(shop.deps.inbox.overdue(late, 9).await.unwrap(), [""; 0]);
    }

    #[tokio::test]
    async fn a_named_payment_of_which_nothing_is_news_is_marked_all_the_same() {
        let shop = Shop::with_payment().await;
        let open = session(&shop.payment, "open", "unpaid", 0);
        shop.world.answers("GET", "/v1/checkout/sessions/cs_1", 200, open);
        let stranger: PaymentId = "pay_01JDB7M3N8Q4R5S6T7V8W9X0YA-1".parse().unwrap();

        for (event_id, payment) in [("evt_1", &shop.payment), ("evt_2", &stranger)] {
            let key = shop.webhook(&event(event_id, payment)).await;
            run(&shop.deps, &key, Some(payment)).await.unwrap();
            assert!(shop.deps.inbox.load(&key).await.unwrap().is_applied, "{event_id}");
        }

        assert_eq!(shop.order().await.life.state(), State::AwaitingPayment);
    }

    #[tokio::test]
    async fn an_outage_leaves_the_webhook_to_be_applied_later() {
        let shop = Shop::with_payment().await;
        shop.world.fails(|| Loss::NoAnswer("reset".into()));
        let key = shop.webhook(&event("evt_1", &shop.payment)).await;

        for named in [None, Some(&shop.payment)] {
            assert!(run(&shop.deps, &key, named).await.unwrap_err().is_retryable());
        }

        assert!(!shop.deps.inbox.load(&key).await.unwrap().is_applied);
    }

    #[tokio::test]
    async fn webhooks_about_strangers_and_of_unknown_kinds_are_done_with_at_once() {
        let shop = Shop::with_payment().await;
        let stranger: PaymentId = "pay_01JDB7M3N8Q4R5S6T7V8W9X0YA-1".parse().unwrap();
        let unknown = r#"{"id":"evt_8","type":"issuing.card.created","data":{"object":{"id":"ic_1"}}}"#;
        let dispute = r#"{"id":"evt_7","type":"charge.dispute.created","data":{"object":{"id":"dp_1","status":"needs_response"}}}"#;
        let refund = r#"{"id":"evt_6","type":"refund.updated","data":{"object":{"id":"re_1"}}}"#;
        let second = PaymentId::of(&shop.payment.order(), 9);

        for body in [
            &event("evt_1", &stranger),
            &event("evt_2", &second),
            unknown,
            dispute,
            refund,
            "[]",
        ] {
            let key = shop.webhook(body).await;
            run(&shop.deps, &key, None).await.unwrap();
            assert!(shop.deps.inbox.load(&key).await.unwrap().is_applied, "{body}");
        }

        assert_eq!(shop.world.calls(), [""; 0]);
        assert_eq!(shop.order().await.version, 3);
    }
}
