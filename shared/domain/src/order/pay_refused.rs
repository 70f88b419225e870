//! A payment whose provider would not open a page: why, and what the customer can mend.

use crate::{failure::Failure, id::PaymentId, lifecycle::State, money::Money, refusal::Refusal};

use super::{draft::Draft, part::Part, pay::Reported};

/// Why a provider would not open a page for a payment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PaymentRefusal {
    /// It does not take this amount.
    Amount,
    /// It does not take this currency.
    Currency,
    /// It does not know the e-mail address.
    Email,
    /// Another reason.
    Other,
}

impl PaymentRefusal {
    /// Every reason.
    pub const ALL: [Self; 4] = [Self::Amount, Self::Currency, Self::Email, Self::Other];

    /// Its text form, as stored.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Amount => "amount",
            Self::Currency => "currency",
            Self::Email => "email",
            Self::Other => "other",
        }
    }

    /// The one with this text form.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|known| known.word() == word)
    }

    /// What is said of it to who wanted to pay.
    #[must_use]
    pub fn refusal(self, amount: Money) -> Refusal {
        match self {
            Self::Amount => Refusal::AmountNotTaken(format!("The payment provider does not take {amount} at once.")),
            Self::Currency => Refusal::AmountNotTaken(format!(
                "The payment provider does not take payments in {}.",
                amount.currency()
            )),
            Self::Email => Refusal::EmailNotTaken,
            Self::Other => Refusal::PaymentRefused,
        }
    }
}

impl Draft {
    /// The provider would not open a page for it, and said why. Another one can be tried.
    ///
    /// # Errors
    /// When there is no such payment.
    pub fn payment_refused(&mut self, id: &PaymentId, why: PaymentRefusal) -> Result<(), Failure> {
        self.settle(id, &Reported::Declined)?;
        self.payment_mut(id)?.refused = Some(why);
        self.touch(&Part::Payment(id.clone()));
        Ok(())
    }

    /// The customer's e-mail address is another one from now on. Their open pages name the old one, so they are closed.
    ///
    /// # Errors
    /// `NotPayable` when the order does not wait for money any more; the wrong field when it is no address.
    pub fn change_email(&mut self, email: &str) -> Result<(), Failure> {
        if self.order.life.state() != State::AwaitingPayment || self.order.is_forgotten {
            return Err(Refusal::NotPayable.into());
        }
        let changed = self.order.destination.with_email(email);
        let changed = changed.map_err(|wrong| Failure::Invalid(wrong.0))?;
        if changed == self.order.destination {
            return Ok(());
        }
        self.order.destination = changed;
        self.order.replaced_payments = self.order.payments.last().map_or(0, |payment| payment.id.number());
        self.touch(&Part::Order);
        self.void_payments_of(|payment| payment.payer.is_none());
        Ok(())
    }
}
