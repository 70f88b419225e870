//! Closes a payment page that must not be paid any more. If it was paid a moment before, that money is booked like any other.

use domain::{
    Failure,
    id::PaymentId,
    lifecycle::State,
    order::{Payment, Reported},
};
use providers::payments::VoidOutcome;

use crate::{
    Deps,
    ask_provider::{book, is_open, look_up, settle},
};

/// A page whose closing is not answered stays open in our books; the deadline of its payment asks and closes again.
pub(crate) async fn run(deps: &Deps, id: &PaymentId) -> Result<(), Failure> {
    let order = deps.orders.load(&id.order()).await?;
    let payment = order.payment(id).ok_or(Failure::NotFound("payment"))?;
    let is_waiting = matches!(payment.life.state(), State::Pending | State::Unknown);
    if !is_waiting || !order.is_superseded(payment) {
        tracing::info!(payment.id = %id, "The page of payment {id} need not be closed");
        return Ok(());
    }
    if let Some(reference) = &payment.provider_reference {
        return close(deps, payment, reference).await;
    }
    match look_up(deps, payment).await? {
        Some(report) if is_open(&report) => close(deps, payment, &report.provider_reference).await,
        Some(report) => book(deps, payment, &report).await,
        // Its start may still be under way; the deadline of the payment looks again.
        None => Ok(()),
    }
}

/// Closes the page and books that, or what happened to it before.
pub(crate) async fn close(deps: &Deps, payment: &Payment, reference: &str) -> Result<(), Failure> {
    match deps
        .http
        .send(deps.provider(payment)?.void(&payment.id, reference)?)
        .await?
    {
        VoidOutcome::Voided => settle(deps, payment, Some(reference), &Reported::Declined).await,
        VoidOutcome::NotOpen => match look_up(deps, payment).await? {
            Some(report) => book(deps, payment, &report).await,
            None => Err(Failure::internal(format!("the provider lost sight of {}", payment.id))),
        },
    }
}

#[cfg(test)]
mod tests {
    use domain::order::RefundReason;

    use super::*;
    use crate::fixture::{Shop, paid, session};

    const SESSION: &str = "/v1/checkout/sessions/cs_1";
    const EXPIRE: &str = "/v1/checkout/sessions/cs_1/expire";

    #[tokio::test]
    async fn the_page_that_was_replaced_is_closed() {
        let shop = Shop::with_payment().await;
        shop.start_another("cs_2").await;
        shop.world
            .answers("POST", EXPIRE, 200, session(&shop.payment, "expired", "unpaid", 0));

        run(&shop.deps, &shop.payment).await.unwrap();
        run(&shop.deps, &shop.payment).await.unwrap();

        assert_eq!(shop.order().await.payments[0].life.state(), State::Failed);
        assert_eq!(shop.world.calls(), ["POST /v1/checkout/sessions/cs_1/expire"]);
    }

    #[tokio::test]
    async fn the_page_a_customer_is_about_to_pay_is_not_closed() {
        let shop = Shop::with_payment().await;

        run(&shop.deps, &shop.payment).await.unwrap();

        assert_eq!(shop.world.calls(), [""; 0]);
    }

    #[tokio::test]
    async fn a_page_that_was_paid_just_before_covers_the_order() {
        let shop = Shop::with_payment().await;
        shop.start_another("cs_2").await;
        let refused = r#"{"error":{"type":"invalid_request_error","message":"Only Checkout Sessions with a status in [\"open\"] can be expired."}}"#;
        shop.world.answers("POST", EXPIRE, 400, refused.into());
        shop.world.answers("GET", SESSION, 200, paid(&shop.order().await));

        run(&shop.deps, &shop.payment).await.unwrap();

        let order = shop.order().await;
        assert_eq!(order.life.state(), State::Paid);
        assert_eq!(order.payments[0].life.state(), State::Captured);
    }

    #[tokio::test]
    async fn money_for_an_order_that_was_cancelled_meanwhile_goes_back() {
        let shop = Shop::with_payment().await;
        shop.cancel().await;
        shop.world.answers(
            "POST",
            EXPIRE,
            400,
            r#"{"error":{"type":"invalid_request_error"}}"#.into(),
        );
        shop.world.answers("GET", SESSION, 200, paid(&shop.order().await));

        run(&shop.deps, &shop.payment).await.unwrap();

        let order = shop.order().await;
        assert_eq!(order.life.state(), State::Cancelled);
        assert_eq!(
            (order.refunds[0].amount, order.refunds[0].reason),
            (order.total, RefundReason::LatePayment)
        );
    }
}
