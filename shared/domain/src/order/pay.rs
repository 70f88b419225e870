//! Paying: payments of an order, by its customer or by others, whole or in parts, and what their provider reports. A report settles in one
//! way, whoever heard it: webhook, poll or return page. Each payment is captured as it was asked; the order is paid when payments cover it.

use std::time::Duration;

use crate::{
    failure::Failure,
    id::{PayLinkId, PaymentId},
    ledger::{Account, Entry},
    lifecycle::{Event, Evidence, State, Task},
    money::Money,
    payment_terms::Limits,
    product::ProviderCode,
    refusal::Refusal,
    timestamp::Timestamp,
};

use super::{
    draft::{Alias, Draft},
    part::Part,
    parts::{Order, Payer, Payment, RefundReason},
};

/// Money that comes so late still buys at the promised price: the look before buying and the guarantee decide, as for any other. Later a
/// person looks first, because rates and rules are another matter then.
const LATE: Duration = Duration::from_secs(3 * 24 * 3600);

/// How a payment is to be made.
#[derive(Clone, Debug)]
pub struct Paying {
    /// With whom.
    pub provider: ProviderCode,
    /// When its page closes.
    pub expires_at: Timestamp,
    /// How much; everything that is due when nothing is said.
    pub amount: Option<Money>,
    /// Who pays, when it is not the customer.
    pub payer: Option<Payer>,
    /// What the provider takes at once, when that is known.
    pub limits: Option<Limits>,
}

/// What a provider reports about a payment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reported {
    /// The money is there.
    Paid(Money),
    /// It did not and will not come.
    Declined,
    /// Not decided yet.
    Open,
    /// Not decided yet, and a card was declined: nothing was taken, and the page may still be paid.
    CardDeclined,
}

/// What a report changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Settled {
    /// It was news.
    Changed,
    /// It was known.
    Known,
}

impl Payment {
    /// True while its page may be paid.
    #[must_use]
    pub fn is_open(&self) -> bool {
        matches!(self.life.state(), State::Pending | State::Unknown)
    }

    /// True while its page can be paid at the provider: one that has run out is closed, whether we have been told or not.
    #[must_use]
    pub fn is_page_open(&self, now: Timestamp) -> bool {
        self.is_open() && now < self.expires_at
    }
}

impl Order {
    /// The price and what the customer adds for price rises: what has to come in before anything is bought.
    #[must_use]
    pub fn to_pay(&self) -> Money {
        let reserve = self.choices.reserve.map_or(0, Money::amount);
        Money::new(self.total.amount().saturating_add(reserve), self.total.currency())
    }

    /// What is still due. Before it is covered, the price without the parts that came; afterwards what the customer agreed to add.
    #[must_use]
    pub fn due(&self) -> Money {
        let currency = self.total.currency();
        let state = self.life.state();
        let wanted = if self.is_forgotten {
            0
        } else if matches!(state, State::AwaitingPayment | State::Expired) {
            self.to_pay().amount()
        } else if state == State::Paid {
            self.agreed_extra()
        } else {
            0
        };
        // What came in parts is owed until it covers something, so it stands below zero.
        let came = self.balances.of(Account::HeldParts, currency).amount();
        Money::new(wanted.saturating_add(came).max(0), currency)
    }

    /// True when a payment may be started.
    #[must_use]
    pub fn is_payable(&self) -> bool {
        matches!(self.life.state(), State::AwaitingPayment | State::Paid) && self.due().amount() > 0
    }

    /// True for a page that must not be paid any more: nothing is due, less than it asks for is due, its customer opened a newer one, or its
    /// link was ended. Pages of different payers stand beside each other.
    #[must_use]
    pub fn is_superseded(&self, payment: &Payment) -> bool {
        let is_newer = |other: &Payment| other.id.number() > payment.id.number() && other.payer.is_none();
        let link = payment.payer.as_ref().map(|payer| &payer.link);
        let is_ended = |link: &PayLinkId| match self.pay_links.iter().find(|known| known.id == *link) {
            Some(known) => known.revoked_at.is_some(),
            // It was over when it made room for newer ones.
            None => self.pay_links.iter().any(|newer| newer.id.number() > link.number()),
        };
        let is_replaced = payment.payer.is_none() && payment.id.number() <= self.replaced_payments;
        !self.is_payable()
            || is_replaced
            || link.is_some_and(is_ended)
            || payment.amount.amount() > self.due().amount()
            || (payment.payer.is_none() && self.payments.iter().any(is_newer))
    }
}

impl Draft {
    /// Starts a payment of the customer over everything that is due. It is committed before the provider is called.
    ///
    /// # Errors
    /// When nothing is due.
    pub fn start_payment(&mut self, provider: ProviderCode, expires_at: Timestamp) -> Result<PaymentId, Failure> {
        self.start_paying(Paying {
            provider,
            expires_at,
            amount: None,
            payer: None,
            limits: None,
        })
    }

    /// Starts a payment, of anybody, over a part or the whole of what is due.
    ///
    /// # Errors
    /// When nothing is due, or the amount is not a part of it.
    pub fn start_paying(&mut self, paying: Paying) -> Result<PaymentId, Failure> {
        if !self.order.is_payable() {
            return Err(Refusal::NotPayable.into());
        }
        self.check_open_pages(paying.payer.as_ref())?;
        let amount = self.part_of_due(paying.amount, paying.limits)?;
        let number = u32::try_from(self.order.payments.len())
            .unwrap_or(u32::MAX)
            .saturating_add(1);
        let id = PaymentId::of(&self.order.id, number);
        let born = self.born(&Part::Payment(id.clone()), Event::Started, &Evidence::default())?;
        if paying.payer.is_none() {
            // Two open pages of one person can both be paid: the older ones are closed.
            self.void_payments_of(|payment| payment.payer.is_none());
        }
        self.order.payments.push(Payment {
            id: id.clone(),
            provider: paying.provider,
            amount,
            captured: None,
            counted: None,
            payer: paying.payer,
            refused: None,
            provider_reference: None,
            redirect_url: None,
            expires_at: paying.expires_at,
            declined_at: None,
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
            Reported::CardDeclined => return self.note_declined_card(id),
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

    fn note_declined_card(&mut self, id: &PaymentId) -> Result<Settled, Failure> {
        let now = self.now;
        let payment = self.payment_mut(id)?;
        if payment.declined_at.is_some() || !payment.is_open() {
            return Ok(Settled::Known);
        }
        payment.declined_at = Some(now);
        self.touch(&Part::Payment(id.clone()));
        Ok(Settled::Changed)
    }

    /// The provider gave no definite answer.
    ///
    /// # Errors
    /// When there is no such payment, or it is not waiting.
    pub fn payment_unanswered(&mut self, id: &PaymentId) -> Result<(), Failure> {
        self.plain_step(&Part::Payment(id.clone()), Event::NoAnswer)
    }

    pub(super) fn void_payments(&mut self) {
        self.void_payments_of(|_| true);
    }

    pub(super) fn void_payments_of(&mut self, which: impl Fn(&Payment) -> bool) {
        let open = self.order.payments.iter().filter(|payment| payment.is_open());
        let payments: Vec<Part> = open
            .filter(|payment| which(payment))
            .map(|payment| Part::Payment(payment.id.clone()))
            .collect();
        for payment in payments {
            self.send(Task::VoidAtProvider, &payment);
        }
    }

    /// A captured payment meets its order: it covers it, is a part of it, or goes back as far as it is not needed.
    pub(super) fn cover_order(&mut self, part: &Part) -> Result<(), Failure> {
        let Part::Payment(id) = part else { return Ok(()) };
        let payment = self.order.payment(id).ok_or(Failure::NotFound("payment"))?;
        let (captured, currency) = (payment.captured.unwrap_or(payment.amount), self.order.total.currency());
        let counted = payment.counted.unwrap_or(Money::zero(currency));
        let state = self.order.life.state();
        if counted.amount() < captured.amount() {
            let reason = if matches!(state, State::Cancelled | State::Expired) && counted.is_zero() {
                RefundReason::LatePayment
            } else {
                RefundReason::PaidTwice
            };
            let excess = captured.minus(counted).map_err(too_large)?;
            self.refund_part(&id.clone(), excess, reason)?;
        }
        if counted.is_zero() {
            return Ok(());
        }
        let is_covered = self.order.balances.of(Account::HeldParts, currency).is_zero();
        if is_covered && matches!(state, State::AwaitingPayment | State::Expired) {
            self.void_payments();
            let evidence = Evidence {
                checked: self.now.since(self.order.placed_at) <= LATE,
                ..Evidence::default()
            };
            self.step(&Part::Order, Event::PaymentCovered, &evidence)?;
            return self.hold_while_in_doubt();
        }
        if state == State::AwaitingPayment {
            let due = self.order.due().amount();
            self.void_payments_of(|payment| payment.amount.amount() > due);
            return self.plain_step(&Part::Order, Event::PartPaid);
        }
        self.void_payments();
        self.go_on_with_agreed()
    }

    /// Books what came: what is due of it to what it pays for, the rest as owed back.
    pub(super) fn post_capture(&mut self, id: &PaymentId) -> Result<(), Failure> {
        let payment = self.order.payment(id).ok_or(Failure::NotFound("payment"))?;
        let captured = payment
            .captured
            .ok_or_else(|| Failure::internal("a captured payment has no amount"))?;
        let due = self.order.due();
        let counted = self.counted(captured, payment.amount, due);
        self.payment_mut(id)?.counted = Some(counted);
        let over = if counted.is_zero() {
            captured
        } else {
            captured.minus(counted).map_err(too_large)?
        };
        let mut entries = vec![
            Entry {
                account: Account::Provider,
                amount: captured,
            },
            credit(Account::RefundPayable, over)?,
        ];
        if counted.is_zero() || counted != due {
            entries.push(credit(Account::HeldParts, counted)?);
            return self.post(&Part::Payment(id.clone()), entries);
        }
        // This one covers it: the parts that came before move with it to what they were paid for.
        let before = self.order.balances.of(Account::HeldParts, due.currency());
        entries.push(credit(Account::HeldParts, before)?);
        if self.order.life.state() == State::Paid {
            let agreed = Money::new(self.order.agreed_extra(), due.currency());
            entries.push(credit(Account::HeldReserve, agreed)?);
        } else {
            for (account, share) in &self.order.shares {
                entries.push(credit(*account, *share)?);
            }
            if let Some(reserve) = self.order.choices.reserve {
                entries.push(credit(Account::HeldReserve, reserve)?);
            }
        }
        self.post(&Part::Payment(id.clone()), entries)
    }

    /// How much of it counts: not what differs from what was asked, and neither a late part nor less than an addition has to be.
    fn counted(&self, captured: Money, asked: Money, due: Money) -> Money {
        let takes_parts = self.order.life.state() == State::AwaitingPayment;
        let fits = captured == asked && captured.currency() == due.currency();
        if !fits || (!takes_parts && captured.amount() < due.amount()) {
            return Money::zero(due.currency());
        }
        Money::new(captured.amount().min(due.amount()), due.currency())
    }

    pub(super) fn payment_mut(&mut self, id: &PaymentId) -> Result<&mut Payment, Failure> {
        self.order
            .payments
            .iter_mut()
            .find(|payment| payment.id == *id)
            .ok_or(Failure::NotFound("payment"))
    }
}

fn credit(account: Account, amount: Money) -> Result<Entry, Failure> {
    let amount = amount.negated().map_err(too_large)?;
    Ok(Entry { account, amount })
}

pub(super) fn too_large(error: crate::money::MoneyError) -> Failure {
    Failure::Internal(crate::failure::Cause::with("could not calculate with money", error))
}
