//! The money side of refunds: out of what is held when one is decided, out of what is owed back when it is done, and back when it bounces.

use crate::{
    failure::Failure,
    id::RefundId,
    ledger::{Account, Entry},
    lifecycle::State,
    money::Money,
};

use super::{
    draft::Draft,
    part::Part,
    parts::{Refund, RefundReason},
    pay::too_large,
};

impl Draft {
    pub(super) fn post_refund(&mut self, id: &RefundId) -> Result<(), Failure> {
        let refund = self.order.refund(id).ok_or(Failure::NotFound("refund"))?.clone();
        let state = refund.life.state();
        if state == State::Done {
            return self.post_sent(&refund, refund.amount);
        }
        // Refused with a posting: it was done, and came back.
        if state == State::Refused {
            return self.post_sent(&refund, refund.amount.negated().map_err(too_large)?);
        }
        // Money that never covered the order went to what is owed back when it was captured.
        if matches!(
            refund.reason,
            RefundReason::PaidTwice | RefundReason::WrongAmount | RefundReason::LatePayment
        ) {
            return Ok(());
        }
        self.post_owed(&refund)
    }

    fn post_sent(&mut self, refund: &Refund, amount: Money) -> Result<(), Failure> {
        let from = if refund.paid_out.is_some() {
            Account::PaidOut
        } else {
            Account::Provider
        };
        let entries = vec![
            Entry {
                account: Account::RefundPayable,
                amount,
            },
            Entry {
                account: from,
                amount: amount.negated().map_err(too_large)?,
            },
        ];
        self.post(&Part::Refund(refund.id.clone()), entries)
    }

    /// It is owed from now on. What stood among what is owed back is not taken a second time; what is more than there was is our loss
    /// until one of them is refused.
    fn post_owed(&mut self, refund: &Refund) -> Result<(), Failure> {
        let currency = refund.amount.currency();
        let owed = if refund.reason == RefundReason::AtProvider {
            let owed = self.make_room(&refund.payment, Some(&refund.id))?;
            self.refund_mut(&refund.id)?.owed_before = Some(owed);
            owed
        } else {
            refund.owed_before.unwrap_or(Money::zero(currency))
        };
        let newly = refund.amount.minus(owed).map_err(too_large)?;
        let mut entries = vec![Entry {
            account: Account::RefundPayable,
            amount: newly.negated().map_err(too_large)?,
        }];
        entries.extend(self.taken_as_far_as_there(&refund.payment, newly, refund.reason)?);
        self.post(&Part::Refund(refund.id.clone()), entries)
    }

    /// Out of what is held; what is more than the payment ever brought is our loss.
    pub(super) fn taken_as_far_as_there(
        &self,
        payment: &crate::id::PaymentId,
        amount: Money,
        reason: RefundReason,
    ) -> Result<Vec<Entry>, Failure> {
        let missing = self.excess(payment)?.amount().min(amount.amount());
        let missing = Money::new(missing, amount.currency());
        let mut entries = self.taken_from_held(amount.minus(missing).map_err(too_large)?, reason)?;
        entries.push(Entry {
            account: Account::Margin,
            amount: missing,
        });
        Ok(entries)
    }

    /// Where the money of a refund stands. An addition that was not needed is given back from the additions; any other refund takes parts of
    /// an order that was never covered, then what is held for it, each by its size, then additions, and what is missing is our loss.
    fn taken_from_held(&self, amount: Money, reason: RefundReason) -> Result<Vec<Entry>, Failure> {
        let currency = amount.currency();
        let owed = |account: Account| self.order.balances.of(account, currency).amount().min(0).unsigned_abs();
        let mut left = amount.amount().unsigned_abs();
        let mut take = |available: u64| {
            let taken = left.min(available);
            left = left.saturating_sub(taken);
            i64::try_from(taken).map(|taken| Money::new(taken, currency))
        };
        let too_much = |_| Failure::internal("a refund does not fit");
        let first = if reason == RefundReason::NotNeeded {
            Account::HeldReserve
        } else {
            Account::HeldParts
        };
        let mut entries = vec![Entry {
            account: first,
            amount: take(owed(first)).map_err(too_much)?,
        }];
        let held = Account::HELD.map(owed);
        let from_held = take(held.iter().fold(0, |sum: u64, part| sum.saturating_add(*part))).map_err(too_much)?;
        let parts = from_held.split(&held).map_err(too_large)?;
        for (account, amount) in Account::HELD.into_iter().zip(parts) {
            entries.push(Entry { account, amount });
        }
        if first != Account::HeldReserve {
            let amount = take(owed(Account::HeldReserve)).map_err(too_much)?;
            entries.push(Entry {
                account: Account::HeldReserve,
                amount,
            });
        }
        let amount = take(u64::MAX).map_err(too_much)?;
        entries.push(Entry {
            account: Account::Margin,
            amount,
        });
        Ok(entries)
    }
}
