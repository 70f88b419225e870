//! Paying: payments of an order and what their provider reports. A report settles in one way, whoever heard it: webhook, poll or return page.

use crate::{
    failure::Failure,
    id::PaymentId,
    ledger::{Account, Entry},
    lifecycle::{Event, Evidence, State, Task},
    money::Money,
    product::ProviderCode,
    refusal::Refusal,
    timestamp::Timestamp,
};

use super::{
    draft::{Alias, Draft},
    part::Part,
    parts::{Payment, RefundReason},
};

/// What a provider reports about a payment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reported {
    /// The money is there.
    Paid(Money),
    /// It did not and will not come.
    Declined,
    /// Not decided yet.
    Open,
}

/// What a report changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Settled {
    /// It was news.
    Changed,
    /// It was known.
    Known,
}

impl Draft {
    /// Starts a payment over the whole total. It is committed before the provider is called.
    ///
    /// # Errors
    /// When the order is not waiting for money.
    pub fn start_payment(&mut self, provider: ProviderCode, expires_at: Timestamp) -> Result<PaymentId, Failure> {
        if self.order.life.state() != State::AwaitingPayment {
            return Err(Refusal::NotPayable.into());
        }
        let number = u32::try_from(self.order.payments.len())
            .unwrap_or(u32::MAX)
            .saturating_add(1);
        let id = PaymentId::of(&self.order.id, number);
        let born = self.born(&Part::Payment(id.clone()), Event::Started, &Evidence::default())?;
        // Two open pages for one order can both be paid: the older ones are closed.
        self.void_payments();
        self.order.payments.push(Payment {
            id: id.clone(),
            provider,
            amount: self.order.total,
            captured: None,
            provider_reference: None,
            redirect_url: None,
            expires_at,
            life: born.life(),
        });
        self.welcome(&born)?;
        Ok(id)
    }

    /// Keeps what the provider answered when the payment was started.
    ///
    /// # Errors
    /// When there is no such payment.
    pub fn note_payment_page(&mut self, id: &PaymentId, reference: &str, url: &str) -> Result<(), Failure> {
        let payment = self.payment_mut(id)?;
        payment.provider_reference = Some(reference.to_owned());
        payment.redirect_url = Some(url.to_owned());
        let scope = format!("payment:{}", payment.provider);
        self.touch(&Part::Payment(id.clone()));
        self.alias(Alias::Unique {
            scope,
            value: reference.to_owned(),
        });
        Ok(())
    }

    /// Applies a provider's report. A repeat changes nothing; success wins over an earlier failure.
    ///
    /// # Errors
    /// When there is no such payment.
    pub fn settle(&mut self, id: &PaymentId, reported: &Reported) -> Result<Settled, Failure> {
        let part = Part::Payment(id.clone());
        let payment = self.order.payment(id).ok_or(Failure::NotFound("payment"))?;
        let done = match reported {
            Reported::Open => return Ok(Settled::Known),
            Reported::Declined => self.plain_step(&part, Event::ProviderDeclined),
            Reported::Paid(amount) => {
                // A page of ours that is paid carries our amount; money that was counted once is not counted again.
                if matches!(payment.life.state(), State::Captured | State::Mismatch) {
                    return Ok(Settled::Known);
                }
                let evidence = Evidence {
                    expected: Some(payment.amount),
                    actual: Some(*amount),
                    ..Evidence::default()
                };
                self.payment_mut(id)?.captured = Some(*amount);
                self.step(&part, Event::ProviderConfirmed, &evidence)
            }
        };
        match done {
            Ok(()) => Ok(Settled::Changed),
            Err(Failure::Refused(Refusal::AlreadyApplied | Refusal::NotAllowed { .. })) => Ok(Settled::Known),
            Err(failure) => Err(failure),
        }
    }

    /// The provider gave no definite answer.
    ///
    /// # Errors
    /// When there is no such payment, or it is not waiting.
    pub fn payment_unanswered(&mut self, id: &PaymentId) -> Result<(), Failure> {
        self.plain_step(&Part::Payment(id.clone()), Event::NoAnswer)
    }

    pub(super) fn void_payments(&mut self) {
        let open = |state: State| matches!(state, State::Pending | State::Unknown);
        let payments: Vec<Part> = self
            .order
            .payments
            .iter()
            .filter(|payment| open(payment.life.state()))
            .map(|payment| Part::Payment(payment.id.clone()))
            .collect();
        for payment in payments {
            self.send(Task::VoidAtProvider, &payment);
        }
    }

    /// A captured payment meets its order: it covers it, wakes an expired one for the staff, or goes back because it is not needed.
    pub(super) fn cover_order(&mut self, part: &Part) -> Result<(), Failure> {
        let Part::Payment(id) = part else { return Ok(()) };
        let state = self.order.life.state();
        if matches!(state, State::AwaitingPayment | State::Expired) {
            self.void_payments();
            return self.plain_step(&Part::Order, Event::PaymentCovered);
        }
        let reason = if state == State::Cancelled {
            RefundReason::LatePayment
        } else {
            RefundReason::PaidTwice
        };
        self.refund_payment(&id.clone(), reason)
    }

    pub(super) fn post_capture(&mut self, id: &PaymentId) -> Result<(), Failure> {
        let payment = self.order.payment(id).ok_or(Failure::NotFound("payment"))?;
        let captured = payment
            .captured
            .ok_or_else(|| Failure::internal("a captured payment has no amount"))?;
        let covers =
            captured == payment.amount && matches!(self.order.life.state(), State::AwaitingPayment | State::Expired);
        let mut entries = vec![Entry {
            account: Account::Provider,
            amount: captured,
        }];
        if covers {
            for (account, share) in &self.order.shares {
                entries.push(Entry {
                    account: *account,
                    amount: share.negated().map_err(too_large)?,
                });
            }
        } else {
            entries.push(Entry {
                account: Account::RefundPayable,
                amount: captured.negated().map_err(too_large)?,
            });
        }
        self.post(&Part::Payment(id.clone()), entries)
    }

    fn payment_mut(&mut self, id: &PaymentId) -> Result<&mut Payment, Failure> {
        self.order
            .payments
            .iter_mut()
            .find(|payment| payment.id == *id)
            .ok_or(Failure::NotFound("payment"))
    }
}

pub(super) fn too_large(error: crate::money::MoneyError) -> Failure {
    Failure::Internal(crate::failure::Cause::with("could not calculate with money", error))
}
