//! Refunds that were made at the payment provider, by hand in its dashboard: they are booked like ours, what is left to go back shrinks by
//! them, and ours that no longer fit beside them are dropped.

use crate::{
    failure::Failure,
    id::{PaymentId, RefundId},
    ledger::{Account, Entry},
    lifecycle::{Event, Evidence, ExceptionKind, State},
    money::Money,
};

use super::{
    draft::Draft,
    part::Part,
    parts::{Refund, RefundReason},
    pay::too_large,
    refund::Wanted,
};

/// What the provider says about a refund that is none of ours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefundNews {
    /// The provider's id.
    pub provider_reference: String,
    /// How much.
    pub amount: Money,
}

impl Draft {
    /// Books a refund that somebody made at the provider; its outcome is settled like any other's. Gives back ours, and books it once.
    ///
    /// # Errors
    /// When the payment is not captured.
    pub fn refund_found(&mut self, payment: &PaymentId, news: &RefundNews) -> Result<RefundId, Failure> {
        let known = |refund: &&Refund| refund.provider_reference.as_ref() == Some(&news.provider_reference);
        if let Some(known) = self.order.refunds.iter().find(known) {
            return Ok(known.id.clone());
        }
        let found = self.order.payment(payment).ok_or(Failure::NotFound("payment"))?;
        if found.life.state() != State::Captured {
            return Err(Failure::internal("money went back of a payment that was not captured"));
        }
        let wanted = Wanted {
            payment: payment.clone(),
            amount: news.amount,
            reason: RefundReason::AtProvider,
            owed_before: None,
            provider_reference: Some(news.provider_reference.clone()),
        };
        self.note(news.provider_reference.clone());
        let id = self.add_refund(wanted, Event::FoundAtProvider, &Evidence::default())?;
        self.stop_if_nothing_is_left()?;
        let has_ended = matches!(self.order.life.state(), State::Cancelled | State::Expired);
        if !has_ended {
            // About the payment: the refund itself goes on to its end, and that would answer the matter.
            self.open_exception(ExceptionKind::RefundedAtProvider, &Part::Payment(payment.clone()));
        }
        Ok(id)
    }

    /// How much more is on its way back of a payment than it brought.
    pub(super) fn excess(&self, payment: &PaymentId) -> Result<Money, Failure> {
        let payment = self.order.payment(payment).ok_or(Failure::NotFound("payment"))?;
        let left = self
            .order
            .left_of(payment)
            .unwrap_or(Money::zero(payment.amount.currency()));
        Ok(Money::new(left.amount().min(0).saturating_neg(), left.currency()))
    }

    /// Money went back without us: refunds of ours that were not sent and do not fit beside it any more are dropped, the newest first, and
    /// what is left of the last one is asked for anew. Gives how much stood among what is owed back and went with it.
    pub(super) fn make_room(&mut self, payment: &PaymentId, except: Option<&RefundId>) -> Result<Money, Failure> {
        let excess = self.excess(payment)?;
        let mut owed = Money::zero(excess.currency());
        let unsent: Vec<Refund> = self
            .order
            .refunds
            .iter()
            .rev()
            .filter(|refund| refund.payment == *payment && Some(&refund.id) != except)
            .filter(|refund| matches!(refund.life.state(), State::Planned | State::Refused))
            .cloned()
            .collect();
        for refund in unsent {
            let missing = excess.minus(owed).map_err(too_large)?;
            if missing.is_zero() {
                break;
            }
            self.drop_refund(&refund, missing)?;
            let taken = missing.amount().min(refund.amount.amount());
            owed = owed.plus(Money::new(taken, owed.currency())).map_err(too_large)?;
        }
        Ok(owed)
    }

    /// A refund was refused because other money of its payment has gone back meanwhile: that part of it is not owed twice.
    pub(super) fn drop_what_does_not_fit(&mut self, id: &RefundId) -> Result<(), Failure> {
        let refund = self.order.refund(id).ok_or(Failure::NotFound("refund"))?.clone();
        let excess = self.excess(&refund.payment)?.amount().min(refund.amount.amount());
        if excess == 0 || refund.life.state() != State::Refused {
            return Ok(());
        }
        let excess = Money::new(excess, refund.amount.currency());
        self.drop_refund(&refund, excess)?;
        let entries = vec![
            Entry {
                account: Account::RefundPayable,
                amount: excess,
            },
            Entry {
                account: Account::Margin,
                amount: excess.negated().map_err(too_large)?,
            },
        ];
        self.post(&Part::Refund(refund.id), entries)
    }

    /// Drops a refund for `missing` of its money; the rest of it is asked for anew and stays owed.
    fn drop_refund(&mut self, refund: &Refund, missing: Money) -> Result<(), Failure> {
        self.plain_step(&Part::Refund(refund.id.clone()), Event::Superseded)?;
        let rest = refund.amount.amount().saturating_sub(missing.amount());
        if rest <= 0 {
            return Ok(());
        }
        let rest = Money::new(rest, refund.amount.currency());
        let wanted = Wanted {
            payment: refund.payment.clone(),
            amount: rest,
            reason: refund.reason,
            owed_before: Some(rest),
            provider_reference: None,
        };
        let evidence = Evidence {
            actual: Some(rest),
            expected: Some(rest),
            ..Evidence::default()
        };
        self.add_refund(wanted, Event::Requested, &evidence).map(drop)
    }
}
