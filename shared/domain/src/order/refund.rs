//! Refunding: to the payment it came from, never more than was captured, each refund once.

use crate::{
    failure::Failure,
    id::{PaymentId, RefundId, UnitId},
    lifecycle::{Event, Evidence, State},
    money::Money,
    refusal::Refusal,
};

use super::{
    draft::Draft,
    part::Part,
    parts::{Refund, RefundReason},
    pay::too_large,
};

/// What a refund starts from.
pub(super) struct Wanted {
    pub(super) payment: PaymentId,
    pub(super) amount: Money,
    pub(super) reason: RefundReason,
    pub(super) owed_before: Option<Money>,
    pub(super) provider_reference: Option<String>,
}

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
        // What went back at the provider, or was taken by a dispute, cannot go back a second time.
        let left: i64 = payments.iter().map(|(_, left)| left.amount()).sum();
        let wanted = Money::new(wanted.amount().min(left), wanted.currency());
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
        let evidence = Evidence {
            actual: Some(amount),
            expected: Some(left),
            ..Evidence::default()
        };
        let wanted = Wanted {
            payment,
            amount,
            reason,
            owed_before: None,
            provider_reference: None,
        };
        self.add_refund(wanted, Event::Requested, &evidence).map(drop)
    }

    /// Writes a refund down, however it came about.
    pub(super) fn add_refund(
        &mut self,
        wanted: Wanted,
        event: Event,
        evidence: &Evidence,
    ) -> Result<RefundId, Failure> {
        let number = u32::try_from(self.order.refunds.len())
            .unwrap_or(u32::MAX)
            .saturating_add(1);
        let id = RefundId::of(&self.order.id, number);
        let born = self.born(&Part::Refund(id.clone()), event, evidence)?;
        self.order.refunds.push(Refund {
            id: id.clone(),
            payment: wanted.payment,
            amount: wanted.amount,
            reason: wanted.reason,
            provider_reference: wanted.provider_reference,
            attempt: 1,
            sent_at: None,
            owed_before: wanted.owed_before,
            paid_out: None,
            life: born.life(),
        });
        self.welcome(&born)?;
        Ok(id)
    }

    /// Takes the lease: from the commit of this on, one worker may call the provider once.
    ///
    /// # Errors
    /// `NotAllowed` when somebody else has the lease, an unknown one may not be repeated, or a dispute has the money of its payment.
    pub fn lease_refund(&mut self, id: &RefundId, repeats_safely: bool) -> Result<(), Failure> {
        let part = Part::Refund(id.clone());
        if self.order.waits_for_dispute(&part) {
            let state = self.order.life(&part).map_or("gone", |life| life.state().word());
            let (subject, event) = (part.subject().word(), Event::LeaseTaken.word());
            return Err(Refusal::NotAllowed { subject, state, event }.into());
        }
        let evidence = Evidence {
            repeats_safely,
            ..Evidence::default()
        };
        self.step(&part, Event::LeaseTaken, &evidence)?;
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
        self.plain_step(&Part::Refund(id.clone()), Event::ProviderRefused)?;
        self.drop_what_does_not_fit(id)
    }

    /// It was done, and days later the provider got the money back: it is owed again.
    ///
    /// # Errors
    /// When it was not done, or not by the provider; `AlreadyApplied` for a repeat.
    pub fn refund_bounced(&mut self, id: &RefundId, words: &str) -> Result<(), Failure> {
        let refund = self.order.refund(id).ok_or(Failure::NotFound("refund"))?;
        if refund.paid_out.is_some() {
            return Err(Refusal::AlreadyApplied.into());
        }
        self.note(words);
        self.plain_step(&Part::Refund(id.clone()), Event::Bounced)?;
        self.drop_what_does_not_fit(id)
    }

    /// A member of the staff has paid it out another way, for example by bank transfer; `by` says how, and stays with it.
    ///
    /// # Errors
    /// When the provider did not refuse it.
    pub fn refund_paid_out(&mut self, id: &RefundId, by: &str) -> Result<(), Failure> {
        self.refund_mut(id)?.paid_out = Some(by.to_owned());
        self.staff_move(&Part::Refund(id.clone()), Event::PaidOut, by)
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
        self.step(&Part::Refund(id.clone()), Event::ProvedAbsent, &evidence)?;
        self.drop_what_does_not_fit(id)
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

    pub(super) fn refund_mut(&mut self, id: &RefundId) -> Result<&mut Refund, Failure> {
        self.order
            .refunds
            .iter_mut()
            .find(|refund| refund.id == *id)
            .ok_or(Failure::NotFound("refund"))
    }
}
