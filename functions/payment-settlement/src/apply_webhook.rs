//! Applies a stored webhook: it names a payment or refund, and the provider is asked what is true of it.

use domain::{Failure, id::PaymentId, product::ProviderCode};
use providers::payments::{WebhookEvent, WebhookKind};

use crate::{Deps, ask_provider, send_refund};

/// Applies it and writes down that it was applied; applying it twice changes nothing.
pub(crate) async fn run(deps: &Deps, key: &str) -> Result<(), Failure> {
    let webhook = deps.inbox.load(key).await?;
    if webhook.is_applied {
        return Ok(());
    }
    let provider: ProviderCode = webhook
        .provider
        .parse()
        .map_err(|_| Failure::internal("a stored webhook names no provider"))?;
    let source = deps
        .webhooks
        .get(&provider)
        .ok_or_else(|| Failure::internal("a stored webhook has no reader"))?;
    let outcome = match source.parse(webhook.body.as_bytes()) {
        Ok(event) => apply(deps, &provider, &event).await?,
        Err(error) => {
            tracing::error!(webhook.key = key, error = %error, "A stored webhook cannot be read; a person must look at it");
            "unreadable"
        }
    };
    tracing::info!(
        webhook.key = key,
        webhook.outcome = outcome,
        "Applied webhook {}: {outcome}",
        webhook.event
    );
    deps.inbox.mark_applied(&webhook, outcome).await
}

/// The words kept with the webhook about what came of it.
async fn apply(deps: &Deps, provider: &ProviderCode, event: &WebhookEvent) -> Result<&'static str, Failure> {
    match (event.kind, &event.payment, &event.refund) {
        (WebhookKind::Payment, Some(payment), _) => about_payment(deps, provider, payment).await,
        (WebhookKind::Refund, _, Some(refund)) => found(send_refund::find_out(deps, refund).await),
        (WebhookKind::Payment | WebhookKind::Refund, ..) => {
            tracing::warn!(
                webhook.name = event.name,
                "A webhook is about money that is not of ours"
            );
            Ok("not ours")
        }
        (WebhookKind::Dispute(_), ..) => {
            let money = event.settlement_reference.as_deref().unwrap_or_default();
            tracing::error!(
                webhook.name = event.name,
                money,
                "A payment is disputed; finance must answer at the provider"
            );
            Ok("dispute, for finance")
        }
        (WebhookKind::Other, ..) => Ok("nothing to do"),
    }
}

async fn about_payment(deps: &Deps, provider: &ProviderCode, id: &PaymentId) -> Result<&'static str, Failure> {
    let order = match deps.orders.load(&id.order()).await {
        Ok(order) => order,
        Err(failure) => return found(Err(failure)),
    };
    let is_theirs = order.payment(id).map(|payment| payment.provider == *provider);
    match is_theirs {
        Some(true) => found(ask_provider::find_out_of(deps, order, id).await),
        Some(_) | None => {
            tracing::warn!(payment.id = %id, "A webhook names payment {id}, which is not one of this provider's");
            Ok("unknown payment")
        }
    }
}

/// An event about something we do not have is no reason to try again for ever; an outage is.
fn found(asked: Result<(), Failure>) -> Result<&'static str, Failure> {
    match asked {
        Ok(()) => Ok("asked the provider"),
        Err(Failure::NotFound(what)) => {
            tracing::warn!(what, "A webhook is about a {what} that we do not have");
            Ok("unknown to us")
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

        run(&shop.deps, &key).await.unwrap();

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

        run(&shop.deps, &key).await.unwrap();

        assert_eq!(shop.order().await.life.state(), State::AwaitingPayment);
    }

    #[tokio::test]
    async fn the_same_money_told_five_times_is_booked_once() {
        let shop = Shop::with_payment().await;
        shop.world
            .answers("GET", "/v1/checkout/sessions/cs_1", 200, paid(&shop.order().await));

        for name in ["evt_1", "evt_2", "evt_1", "evt_3", "evt_2"] {
            let key = shop.webhook(&event(name, &shop.payment)).await;
            run(&shop.deps, &key).await.unwrap();
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

        run(&shop.deps, &key).await.unwrap();
        run(&shop.deps, &key).await.unwrap();

        assert_eq!(shop.world.calls().len(), 1);
    }

    #[tokio::test]
    async fn an_outage_leaves_the_webhook_to_be_applied_later() {
        let shop = Shop::with_payment().await;
        shop.world.fails(|| Loss::NoAnswer("reset".into()));
        let key = shop.webhook(&event("evt_1", &shop.payment)).await;

        assert!(run(&shop.deps, &key).await.unwrap_err().is_retryable());

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
            run(&shop.deps, &key).await.unwrap();
            assert!(shop.deps.inbox.load(&key).await.unwrap().is_applied, "{body}");
        }

        assert_eq!(shop.world.calls(), [""; 0]);
        assert_eq!(shop.order().await.version, 3);
    }
}
