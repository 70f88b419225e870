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

    /// The landed share of these units goes back, from the payments that covered the order, oldest first.
    pub(super) fn refund_units(&mut self, units: &[UnitId], reason: RefundReason) -> Result<(), Failure> {
        let mut wanted = Money::zero(self.order.total.currency());
        for unit in units {
            wanted = wanted.plus(self.landed_share(unit)?).map_err(too_large)?;
        }
        let payments: Vec<(PaymentId, Money)> = self
            .order
            .payments
            .iter()
            .filter_map(|payment| self.order.refundable(payment).map(|left| (payment.id.clone(), left)))
            .filter(|(_, left)| left.currency() == wanted.currency())
            .collect();
        for (payment, left) in payments {
            let amount = Money::new(wanted.amount().min(left.amount()), wanted.currency());
            if amount.amount() > 0 {
                self.request_refund(payment, amount, left, reason)?;
                wanted = wanted.minus(amount).map_err(too_large)?;
            }
        }
        if wanted.amount() > 0 {
            return Err(Failure::internal("more is to be refunded than was captured"));
        }
        Ok(())
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
        entries.extend(self.taken_from_held(refund.amount)?);
        self.post(&part, entries)
    }

    /// Takes an amount out of what is held, in proportion; what is not held any more is our loss and goes to the margin.
    fn taken_from_held(&self, amount: Money) -> Result<Vec<Entry>, Failure> {
        let currency = amount.currency();
        let held: Vec<u64> = Account::HELD
            .iter()
            .map(|account| {
                self.order
                    .balances
                    .of(*account, currency)
                    .amount()
                    .min(0)
                    .unsigned_abs()
            })
            .collect();
        let available = held.iter().fold(0_u64, |sum, part| sum.saturating_add(*part));
        let from_held = Money::new(
            amount.amount().min(i64::try_from(available).unwrap_or(i64::MAX)),
            currency,
        );
        let parts = from_held.split(&held).map_err(too_large)?;
        let mut entries: Vec<Entry> = Account::HELD
            .iter()
            .zip(parts)
            .map(|(account, amount)| Entry {
                account: *account,
                amount,
            })
            .collect();
        entries.push(Entry {
            account: Account::Margin,
            amount: amount.minus(from_held).map_err(too_large)?,
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
