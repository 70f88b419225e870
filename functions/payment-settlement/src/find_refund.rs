//! Finds out what became of a refund that was sent.

use domain::{Failure, id::RefundId, lifecycle::State};

use crate::{
    Deps,
    refund_case::Case,
    send_refund::{look_up, settle},
};

/// A webhook says that the provider knows more: asks, and books the answer. Nothing is sent.
pub(crate) async fn run(deps: &Deps, id: &RefundId) -> Result<(), Failure> {
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
