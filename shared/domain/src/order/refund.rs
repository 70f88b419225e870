//! Refunding: to the payment it came from, never more than was captured, each refund once.

use crate::{
    failure::Failure,
    id::{PaymentId, RefundId, UnitId},
    ledger::{Account, Entry},
    lifecycle::{Event, Evidence, State},
    money::Money,
};

use super::{
    draft::Draft,
    part::Part,
    parts::{Refund, RefundReason},
    pay::too_large,
};

impl Draft {
    /// Everything captured goes back.
    pub(super) fn refund_everything(&mut self, reason: RefundReason) -> Result<(), Failure> {
        let payments: Vec<PaymentId> = self.order.payments.iter().map(|payment| payment.id.clone()).collect();
        for payment in payments {
            self.refund_payment(&payment, reason)?;
        }
        Ok(())
    }

    /// What is left of one payment goes back.
    pub(super) fn refund_payment(&mut self, id: &PaymentId, reason: RefundReason) -> Result<(), Failure> {
        let payment = self.order.payment(id).ok_or(Failure::NotFound("payment"))?;
        match self.order.refundable(payment) {
            Some(left) if left.amount() > 0 => self.request_refund(id.clone(), left, left, reason),
            Some(_) | None => Ok(()),
        }
    }

    /// The landed share of these units goes back.
    pub(super) fn refund_units(&mut self, units: &[UnitId], reason: RefundReason) -> Result<(), Failure> {
        let mut wanted = Money::zero(self.order.total.currency());
        for unit in units {
            wanted = wanted.plus(self.landed_share(unit)?).map_err(too_large)?;
        }
        self.refund_pro_rata(wanted, reason)
    }

    /// An amount goes back to everybody who paid, each by what of theirs is left: exact to the unit, and to nobody else.
    pub(super) fn refund_pro_rata(&mut self, wanted: Money, reason: RefundReason) -> Result<(), Failure> {
        let payments: Vec<(PaymentId, Money)> = self
            .order
            .payments
            .iter()
            .filter_map(|payment| self.order.refundable(payment).map(|left| (payment.id.clone(), left)))
            .filter(|(_, left)| left.currency() == wanted.currency() && left.amount() > 0)
            .collect();
        let left: i64 = payments.iter().map(|(_, left)| left.amount()).sum();
        if wanted.amount() > left {
            return Err(Failure::internal("more is to be refunded than was captured"));
        }
        if wanted.is_zero() {
            return Ok(());
        }
        let weights: Vec<u64> = payments.iter().map(|(_, left)| left.amount().unsigned_abs()).collect();
        let parts = wanted.split(&weights).map_err(too_large)?;
        for ((payment, left), amount) in payments.into_iter().zip(parts) {
            if amount.amount() > 0 {
                self.request_refund(payment, amount, left, reason)?;
            }
        }
        Ok(())
    }

    /// A part of one payment goes back.
    pub(super) fn refund_part(&mut self, id: &PaymentId, amount: Money, reason: RefundReason) -> Result<(), Failure> {
        let payment = self.order.payment(id).ok_or(Failure::NotFound("payment"))?;
        let left = self.order.refundable(payment).unwrap_or(Money::zero(amount.currency()));
        self.request_refund(id.clone(), amount, left, reason)
    }

    /// The part of the total that belongs to one unit.
    fn landed_share(&self, id: &UnitId) -> Result<Money, Failure> {
        let unit = self.order.unit(id).ok_or(Failure::NotFound("unit"))?;
        let line = self.order.line(&unit.line).ok_or(Failure::NotFound("line"))?;
        let place = self
            .order
            .units
            .iter()
            .filter(|other| other.line == unit.line)
            .position(|other| other.id == *id);
        let weights = vec![1_u64; usize::try_from(line.quantity).unwrap_or(1)];
        let parts = line.landed.split(&weights).map_err(too_large)?;
        place
            .and_then(|place| parts.get(place))
            .copied()
            .ok_or_else(|| Failure::internal("a unit beyond its line"))
    }

    fn request_refund(
        &mut self,
        payment: PaymentId,
        amount: Money,
        left: Money,
        reason: RefundReason,
    ) -> Result<(), Failure> {
        let number = u32::try_from(self.order.refunds.len())
            .unwrap_or(u32::MAX)
            .saturating_add(1);
        let id = RefundId::of(&self.order.id, number);
        let evidence = Evidence {
            actual: Some(amount),
            expected: Some(left),
            ..Evidence::default()
        };
        let born = self.born(&Part::Refund(id.clone()), Event::Requested, &evidence)?;
        self.order.refunds.push(Refund {
            id,
            payment,
            amount,
            reason,
            provider_reference: None,
            attempt: 1,
            sent_at: None,
            life: born.life(),
        });
        self.welcome(&born)
    }

    /// Takes the lease: from the commit of this on, one worker may call the provider once.
    ///
    /// # Errors
    /// `NotAllowed` when somebody else has the lease, or an unknown one may not be repeated.
    pub fn lease_refund(&mut self, id: &RefundId, repeats_safely: bool) -> Result<(), Failure> {
        let evidence = Evidence {
            repeats_safely,
            ..Evidence::default()
        };
        self.step(&Part::Refund(id.clone()), Event::LeaseTaken, &evidence)?;
        let now = self.now;
        let refund = self.refund_mut(id)?;
        refund.sent_at.get_or_insert(now);
        Ok(())
    }

    /// The provider sent it back.
    ///
    /// # Errors
    /// When no refund is under way; `AlreadyApplied` for a repeat.
    pub fn refunded(&mut self, id: &RefundId, reference: &str) -> Result<(), Failure> {
        self.refund_mut(id)?.provider_reference = Some(reference.to_owned());
        self.plain_step(&Part::Refund(id.clone()), Event::ProviderConfirmed)
    }

    /// The provider refused.
    ///
    /// # Errors
    /// When no refund is under way.
    pub fn refund_refused(&mut self, id: &RefundId, words: &str) -> Result<(), Failure> {
        self.note(words);
        self.plain_step(&Part::Refund(id.clone()), Event::ProviderRefused)
    }

    /// The provider was asked for so long that a repeat would not be taken for the same any more, and never had it: a person decides.
    ///
    /// # Errors
    /// When its outcome is not open.
    pub fn refund_absent(&mut self, id: &RefundId) -> Result<(), Failure> {
        self.note("the provider has never heard of it");
        let evidence = Evidence {
            checked: true,
            ..Evidence::default()
        };
        self.step(&Part::Refund(id.clone()), Event::ProvedAbsent, &evidence)
    }

    /// As another attempt, which the provider does not take for a repeat of the first.
    pub(super) fn retry_refund(&mut self, id: &RefundId, reason: &str) -> Result<(), Failure> {
        self.staff_move(&Part::Refund(id.clone()), Event::RetryApproved, reason)?;
        let refund = self.refund_mut(id)?;
        refund.attempt = refund.attempt.saturating_add(1);
        refund.provider_reference = None;
        refund.sent_at = None;
        Ok(())
    }

    /// Nobody knows yet; the provider's reference is kept when there is one.
    ///
    /// # Errors
    /// When no refund is under way.
    pub fn refund_open(&mut self, id: &RefundId, reference: Option<&str>) -> Result<(), Failure> {
        let refund = self.refund_mut(id)?;
        if let Some(reference) = reference {
            refund.provider_reference = Some(reference.to_owned());
        }
        if refund.life.state() == State::Unknown {
            return self.rearm(&Part::Refund(id.clone())).map(|_| ());
        }
        self.plain_step(&Part::Refund(id.clone()), Event::NoAnswer)
    }

    pub(super) fn post_refund(&mut self, id: &RefundId) -> Result<(), Failure> {
        let refund = self.order.refund(id).ok_or(Failure::NotFound("refund"))?.clone();
        let back = refund.amount.negated().map_err(too_large)?;
        let part = Part::Refund(id.clone());
        if refund.life.state() == State::Done {
            let entries = vec![
                Entry {
                    account: Account::RefundPayable,
                    amount: refund.amount,
                },
                Entry {
                    account: Account::Provider,
                    amount: back,
                },
            ];
            return self.post(&part, entries);
        }
        // Money that never covered the order went to what is owed back when it was captured.
        if matches!(
            refund.reason,
            RefundReason::PaidTwice | RefundReason::WrongAmount | RefundReason::LatePayment
        ) {
            return Ok(());
        }
        let mut entries = vec![Entry {
            account: Account::RefundPayable,
            amount: back,
        }];
        entries.extend(self.taken_from_held(refund.amount, refund.reason)?);
        self.post(&part, entries)
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

    fn refund_mut(&mut self, id: &RefundId) -> Result<&mut Refund, Failure> {
        self.order
            .refunds
            .iter_mut()
            .find(|refund| refund.id == *id)
            .ok_or(Failure::NotFound("refund"))
    }
}
