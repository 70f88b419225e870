//! Sends a refund, once. The lease is committed before the provider is called; an unknown outcome is looked up before anything is repeated.

use std::time::Duration;

use domain::{
    Failure,
    id::RefundId,
    lifecycle::State,
    order::{Actor, Draft, Payment, Refund},
};
use providers::{
    Error,
    payments::{RefundLookUp, RefundOutcome, RefundReport, RefundRequest},
};

use crate::{
    Deps,
    commit::{commit, if_wanted},
    refund_case::Case,
};

/// Stripe answers the same key as the first time for 24 hours (API of 2026-09); an hour is left for clocks and for the call itself.
const REPEATS_SAFELY_FOR: Duration = Duration::from_secs(23 * 3600);

/// Sends a planned refund, or finds out about one whose answer was lost.
pub(crate) async fn run(deps: &Deps, id: &RefundId) -> Result<(), Failure> {
    let order = deps.orders.load(&id.order()).await?;
    let case = Case::of(order, id)?;
    let state = case.refund.life.state();
    if state == State::Planned {
        return send(deps, case, Repeat::First).await;
    }
    if state == State::Unknown {
        return ask(deps, case).await;
    }
    tracing::info!(refund.id = %id, "Refund {id} is {state}");
    Ok(())
}

/// A webhook says that the provider knows more: asks, and books the answer. Nothing is sent.
pub(crate) async fn find_out(deps: &Deps, id: &RefundId) -> Result<(), Failure> {
    let order = deps.orders.load(&id.order()).await?;
    let case = Case::of(order, id)?;
    let state = case.refund.life.state();
    if !matches!(state, State::Sending | State::Unknown | State::Done) {
        return Ok(());
    }
    let Some(report) = look_up(deps, &case).await? else {
        return Ok(());
    };
    settle(deps, case, &report).await
}

/// Books what the provider says of a refund, however it was heard of. One that was done and failed days later is owed again.
pub(crate) async fn settle(deps: &Deps, case: Case, report: &RefundReport) -> Result<(), Failure> {
    let state = case.refund.life.state();
    if let (State::Done, RefundOutcome::Failed { reason }) = (state, &report.outcome) {
        return bounce(deps, case, reason).await;
    }
    if matches!(state, State::Sending | State::Unknown) {
        return book(deps, case, report).await;
    }
    Ok(())
}

async fn bounce(deps: &Deps, case: Case, words: &str) -> Result<(), Failure> {
    let (id, actor) = (&case.refund.id, case.provider());
    let bounced = |draft: &mut Draft| if_wanted(draft.refund_bounced(id, words));
    let (is_news, _) = commit(deps, case.order, actor, bounced).await?;
    if is_news {
        tracing::error!(order.id = %id.order(), refund.id = %id, "Refund {id} was done and came back; a person must find another way");
    }
    Ok(())
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Repeat {
    First,
    Safe,
}

/// Takes the lease and calls. Whoever does not get the lease does not call.
async fn send(deps: &Deps, case: Case, repeat: Repeat) -> Result<(), Failure> {
    let Case { order, refund, payment } = case;
    let id = &refund.id;
    let lease = |draft: &mut Draft| if_wanted(draft.lease_refund(id, repeat == Repeat::Safe));
    let (is_leased, order) = commit(deps, order, Actor::System, lease).await?;
    if !is_leased {
        tracing::info!(refund.id = %id, "Somebody else is sending refund {id}");
        return Ok(());
    }
    let answer = match &payment.provider_reference {
        Some(reference) => {
            let request = RefundRequest {
                refund: id.clone(),
                attempt: refund.attempt,
                payment: payment.id.clone(),
                provider_reference: reference.clone(),
                amount: refund.amount,
            };
            Some(call(deps, &payment, &request).await?)
        }
        None => None,
    };
    let case = Case { order, refund, payment };
    match answer {
        None => refuse(deps, case, "the provider's id of the payment is not known").await,
        Some(Ok(report)) => book(deps, case, &report).await,
        Some(Err(Error::Refused { code, text, .. })) => refuse(deps, case, &format!("{code}: {text}")).await,
        Some(Err(error @ (Error::Unsupported { .. } | Error::Invalid { .. }))) => {
            refuse(deps, case, &error.to_string()).await
        }
        Some(Err(error)) => {
            let id = &case.refund.id;
            tracing::warn!(refund.id = %id, error = %error, "The outcome of refund {id} is unknown and will be looked up");
            leave_open(deps, case, None).await
        }
    }
}

async fn call(deps: &Deps, payment: &Payment, request: &RefundRequest) -> Result<Result<RefundReport, Error>, Failure> {
    Ok(match deps.provider(payment)?.refund(request) {
        Ok(exchange) => deps.http.send(exchange).await,
        Err(error) => Err(error),
    })
}

async fn look_up(deps: &Deps, case: &Case) -> Result<Option<RefundReport>, Failure> {
    let Case { refund, payment, .. } = case;
    let Some(reference) = &payment.provider_reference else {
        return Ok(None);
    };
    let which = RefundLookUp {
        refund: refund.id.clone(),
        attempt: refund.attempt,
        provider_reference: reference.clone(),
        known_as: refund.provider_reference.clone(),
    };
    Ok(deps.http.send(deps.provider(payment)?.find_refund(&which)?).await?)
}

/// Finds out about an unknown refund. One that is not there is sent again while the provider still takes it for the same.
async fn ask(deps: &Deps, case: Case) -> Result<(), Failure> {
    let id = &case.refund.id;
    match look_up(deps, &case).await {
        Ok(Some(report)) => book(deps, case, &report).await,
        Ok(None) if may_repeat(deps, &case.refund) => send(deps, case, Repeat::Safe).await,
        // What the provider once confirmed to have is only slow to be listed.
        Ok(None) if case.refund.provider_reference.is_some() => leave_open(deps, case, None).await,
        Ok(None) => {
            let absent = |draft: &mut Draft| if_wanted(draft.refund_absent(id));
            commit(deps, case.order, Actor::System, absent).await?;
            tracing::warn!(refund.id = %id, "Refund {id} never came to the provider; a person must decide");
            Ok(())
        }
        Err(failure) if failure.is_retryable() => {
            tracing::warn!(refund.id = %id, failure = ?failure, "Refund {id} has no answer yet; its deadline asks again");
            Ok(())
        }
        Err(failure) => Err(failure),
    }
}

/// One that the provider has confirmed to have must not vanish, as must not one that was made there; one that was first sent long ago is not recognised as the same any more.
fn may_repeat(deps: &Deps, refund: &Refund) -> bool {
    let is_young = |sent| deps.clock.now().since(sent) < REPEATS_SAFELY_FOR;
    refund.provider_reference.is_none() && refund.sent_at.is_some_and(is_young)
}

async fn book(deps: &Deps, case: Case, report: &RefundReport) -> Result<(), Failure> {
    let id = &case.refund.id;
    if report.amount != case.refund.amount || report.refund.as_ref().is_some_and(|theirs| theirs != id) {
        return Err(Failure::internal(format!(
            "the provider answered about another refund than {id}"
        )));
    }
    match &report.outcome {
        RefundOutcome::Pending => leave_open(deps, case, Some(&report.provider_reference)).await,
        RefundOutcome::Failed { reason } => refuse(deps, case, reason).await,
        RefundOutcome::Done => {
            let refunded = |draft: &mut Draft| if_wanted(draft.refunded(id, &report.provider_reference));
            let actor = case.provider();
            let (is_done, _) = commit(deps, case.order, actor, refunded).await?;
            if is_done {
                tracing::info!(order.id = %id.order(), refund.id = %id, "Refund {id} is done");
            }
            Ok(())
        }
    }
}

async fn refuse(deps: &Deps, case: Case, words: &str) -> Result<(), Failure> {
    let (id, actor) = (&case.refund.id, case.provider());
    let refused = |draft: &mut Draft| if_wanted(draft.refund_refused(id, words));
    commit(deps, case.order, actor, refused).await?;
    tracing::warn!(refund.id = %id, "Refund {id} was refused; a person must look");
    Ok(())
}

async fn leave_open(deps: &Deps, case: Case, reference: Option<&str>) -> Result<(), Failure> {
    let id = &case.refund.id;
    let open = |draft: &mut Draft| if_wanted(draft.refund_open(id, reference));
    commit(deps, case.order, Actor::System, open).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use domain::{ledger::Account, order::Part};
    use providers::Loss;

    use super::*;
    use crate::fixture::{Shop, refund_answer};

    const REFUNDS: &str = "/v1/refunds";

    async fn state(shop: &Shop) -> State {
        shop.order().await.refunds[0].life.state()
    }

    #[tokio::test]
    async fn a_planned_refund_is_sent_once_under_its_own_key() {
        let (shop, refund) = Shop::with_refund().await;
        shop.world
            .answers("POST", REFUNDS, 200, refund_answer(&shop.order().await, "succeeded"));

        run(&shop.deps, &refund).await.unwrap();
        run(&shop.deps, &refund).await.unwrap();

        let order = shop.order().await;
        assert_eq!(order.refunds[0].life.state(), State::Done);
        assert!(
            order
                .balances
                .of(Account::RefundPayable, order.total.currency())
                .is_zero()
        );
        assert_eq!(shop.world.count("POST /v1/refunds"), 1);
        assert_eq!(shop.world.keys(), [format!("{refund}:create:1")]);
    }

    #[tokio::test]
    async fn a_lost_answer_is_looked_up_and_not_sent_again() {
        let (shop, refund) = Shop::with_refund().await;
        shop.world.loses("POST", REFUNDS, || Loss::NoAnswer("reset".into()));
        run(&shop.deps, &refund).await.unwrap();
        assert_eq!(state(&shop).await, State::Unknown);

        let there = refund_answer(&shop.order().await, "succeeded");
        shop.world
            .answers("GET", REFUNDS, 200, format!(r#"{{"data":[{there}],"has_more":false}}"#));
        run(&shop.deps, &refund).await.unwrap();

        assert_eq!(state(&shop).await, State::Done);
        assert_eq!(shop.world.count("POST /v1/refunds"), 1);
    }

    #[tokio::test]
    async fn one_that_is_not_there_is_repeated_under_the_same_key_within_a_day_and_never_later() {
        let empty = r#"{"data":[],"has_more":false}"#;
        for (hours, posts, then) in [(1, 2, State::Done), (23, 1, State::Refused)] {
            let (shop, refund) = Shop::with_refund().await;
            shop.world.loses("POST", REFUNDS, || Loss::NoAnswer("reset".into()));
            run(&shop.deps, &refund).await.unwrap();

            shop.clock.advance(Duration::from_secs(hours * 3600));
            shop.world.answers("GET", REFUNDS, 200, empty.into());
            shop.world
                .answers("POST", REFUNDS, 200, refund_answer(&shop.order().await, "succeeded"));
            run(&shop.deps, &refund).await.unwrap();

            assert_eq!(state(&shop).await, then, "after {hours} hours");
            assert_eq!(shop.world.count("POST /v1/refunds"), posts);
            assert!(shop.world.keys().iter().all(|key| *key == format!("{refund}:create:1")));
        }
    }

    #[tokio::test]
    async fn what_was_refused_is_tried_again_as_something_new_to_the_provider() {
        let (shop, refund) = Shop::with_refund().await;
        shop.world
            .answers("POST", REFUNDS, 200, refund_answer(&shop.order().await, "failed"));
        run(&shop.deps, &refund).await.unwrap();
        assert_eq!(state(&shop).await, State::Refused);
        let failed = refund_answer(&shop.order().await, "failed");

        commit(&shop.deps, shop.order().await, Actor::System, |draft| {
            draft.retry(&Part::Refund(refund.clone()), "the bank has an account again")
        })
        .await
        .unwrap();
        shop.world.loses("POST", REFUNDS, || Loss::NoAnswer("reset".into()));
        run(&shop.deps, &refund).await.unwrap();
        shop.world.answers(
            "GET",
            REFUNDS,
            200,
            format!(r#"{{"data":[{failed}],"has_more":false}}"#),
        );
        shop.world
            .answers("POST", REFUNDS, 200, refund_answer(&shop.order().await, "succeeded"));
        run(&shop.deps, &refund).await.unwrap();

        assert_eq!(state(&shop).await, State::Done);
        let key = |attempt: u32| format!("{refund}:create:{attempt}");
        assert_eq!(shop.world.keys(), [key(1), key(2), key(2)]);
    }

    #[tokio::test]
    async fn a_refund_that_somebody_else_is_sending_is_left_alone() {
        let (shop, refund) = Shop::with_refund().await;
        commit(&shop.deps, shop.order().await, Actor::System, |draft| {
            draft.lease_refund(&refund, false)
        })
        .await
        .unwrap();

        run(&shop.deps, &refund).await.unwrap();

        assert_eq!(shop.world.count("POST /v1/refunds"), 0);
    }

    #[tokio::test]
    async fn who_comes_second_to_the_lease_does_not_call() {
        let (shop, refund) = Shop::with_refund().await;
        let stale = shop.order().await;
        commit(&shop.deps, shop.order().await, Actor::System, |draft| {
            draft.lease_refund(&refund, false)
        })
        .await
        .unwrap();

        let case = Case::of(stale, &refund).unwrap();
        send(&shop.deps, case, Repeat::First).await.unwrap();

        assert_eq!(shop.world.calls(), [""; 0]);
    }

    #[tokio::test]
    async fn a_refused_refund_goes_to_a_person_and_a_pending_one_waits() {
        for (answer, status, then) in [
            ("failed", 200, State::Refused),
            ("pending", 200, State::Unknown),
            ("", 402, State::Refused),
        ] {
            let (shop, refund) = Shop::with_refund().await;
            let refused = r#"{"error":{"type":"card_error","code":"charge_disputed","message":"No."}}"#.to_owned();
            let body = if status == 200 {
                refund_answer(&shop.order().await, answer)
            } else {
                refused
            };
            shop.world.answers("POST", REFUNDS, status, body);

            run(&shop.deps, &refund).await.unwrap();

            assert_eq!(state(&shop).await, then, "{answer} {status}");
        }
    }

    #[tokio::test]
    async fn a_webhook_ends_a_refund_that_was_pending() {
        let (shop, refund) = Shop::with_refund().await;
        shop.world
            .answers("POST", REFUNDS, 200, refund_answer(&shop.order().await, "pending"));
        run(&shop.deps, &refund).await.unwrap();

        let done = refund_answer(&shop.order().await, "succeeded");
        shop.world
            .answers("GET", REFUNDS, 200, format!(r#"{{"data":[{done}],"has_more":false}}"#));
        find_out(&shop.deps, &refund).await.unwrap();
        find_out(&shop.deps, &refund).await.unwrap();

        assert_eq!(state(&shop).await, State::Done);
        assert_eq!(shop.world.count("POST /v1/refunds"), 1);
    }

    #[tokio::test]
    async fn an_answer_with_another_amount_is_not_booked() {
        let (shop, refund) = Shop::with_refund().await;
        let total = shop.order().await.total.amount();
        let less =
            refund_answer(&shop.order().await, "succeeded").replace(&format!("\"amount\":{total}"), "\"amount\":1");
        shop.world.answers("POST", REFUNDS, 200, less);

        assert!(matches!(run(&shop.deps, &refund).await, Err(Failure::Internal(_))));

        assert_eq!(state(&shop).await, State::Sending);
    }
}
