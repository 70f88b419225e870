//! Money that is not what was asked never pays an order, and a person is told.

use domain::lifecycle::{ExceptionKind, State};
use end_to_end::{Effects, Fault, Played, play};

#[test]
fn a_wrong_amount_or_currency_never_pays_an_order() -> Played {
    play(async |stage| {
        for fault in [
            Fault::at("stripe", "pay", "wrong_amount").with("amount", 100),
            Fault::at("stripe", "pay", "wrong_currency").with("currency", "usd"),
        ] {
            stage.fault(&fault).await?;
            let purchase = stage.paid().await?;

            let seen = |order: &domain::order::Order| order.payments[0].life.state() == State::Mismatch;
            let order = stage.until(&purchase.order, "a mismatch", seen).await?;
            stage.rest().await?;

            assert_eq!(order.life.state(), State::AwaitingPayment);
            assert_eq!(
                order.open_exceptions().map(|open| open.kind).collect::<Vec<_>>(),
                [ExceptionKind::WrongAmount]
            );
            assert_eq!(purchase.status().await?, "pending");
            assert!(stage.orders().journal(&order.id).await.unwrap().is_empty());
            assert_eq!(stage.effects(&order).await?.purchases, Effects::default().purchases);
            let desk = stage.staff().await?.desk(order.id.as_str()).await?;
            assert!(desk.to_string().contains("wrong_amount"), "{desk}");
        }
        Ok(())
    })
}
