//! Disputes: a payer's bank takes money back or asks about it, or the card scheme warns of a fraud. What is still here is held meanwhile,
//! the money stands on an account of its own, and the provider's decision ends it.

use crate::{
    failure::Failure,
    id::{DisputeId, PaymentId},
    ledger::{Account, Entry},
    lifecycle::{Event, Evidence, Life, State},
    money::Money,
    refusal::Refusal,
    timestamp::Timestamp,
};

use super::{
    draft::Draft,
    part::Part,
    parts::{Order, RefundReason},
    pay::too_large,
};

/// What kind of doubt there is about a payment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DisputeKind {
    /// The payer's bank takes the money back, or asks about it.
    Dispute,
    /// The card scheme says that it is probably a fraud; no money moves.
    FraudWarning,
}

impl DisputeKind {
    /// Its text form, as stored.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Dispute => "dispute",
            Self::FraudWarning => "fraud_warning",
        }
    }

    /// The kind of this text form.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Dispute, Self::FraudWarning]
            .into_iter()
            .find(|kind| kind.word() == word)
    }
}

/// A payment that is questioned from outside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dispute {
    /// Its id.
    pub id: DisputeId,
    /// Of which payment.
    pub payment: PaymentId,
    /// The provider's id.
    pub provider_reference: String,
    /// What it is.
    pub kind: DisputeKind,
    /// How much of the payment is questioned.
    pub amount: Money,
    /// The provider's word for why.
    pub reason: String,
    /// Until when evidence is taken, when there is a limit.
    pub answer_by: Option<Timestamp>,
    /// The provider has taken the money from us, until it is decided or for good.
    pub is_withdrawn: bool,
    /// What was given as evidence, in the words of who gave it.
    pub evidence: String,
    /// Where it stands.
    pub life: Life,
}

/// What the provider says about a dispute now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DisputeNews {
    /// The provider's id.
    pub provider_reference: String,
    /// What it is.
    pub kind: DisputeKind,
    /// How much of the payment is questioned.
    pub amount: Money,
    /// The provider's word for why.
    pub reason: String,
    /// Until when evidence is taken, when there is a limit.
    pub answer_by: Option<Timestamp>,
    /// The provider has taken the money from us.
    pub is_withdrawn: bool,
    /// How it stands.
    pub verdict: Verdict,
}

/// How a dispute stands at the provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It waits for our evidence.
    Open,
    /// Our evidence is being read.
    Answered,
    /// The money stays with us.
    Won,
    /// It does not.
    Lost,
}

impl Dispute {
    /// True until it is decided.
    #[must_use]
    pub fn is_open(&self) -> bool {
        matches!(self.life.state(), State::Open | State::Answered)
    }

    /// True while its money is not with us.
    #[must_use]
    pub fn is_taken(&self) -> bool {
        self.life.state() == State::Lost || (self.is_withdrawn && self.is_open())
    }
}

impl Order {
    /// True for a part whose deadline waits with the order: what is still here, while it is held, and money that a dispute has.
    pub(super) fn waits_for_dispute(&self, part: &Part) -> bool {
        let is_held = self.life.state() == State::OnHold;
        let state = self.life(part).map(Life::state);
        match part {
            Part::Order => is_held && self.disputes.iter().any(Dispute::is_open),
            Part::SupplierOrder(_) => is_held && state == Some(State::Planned),
            Part::Unit(_) => is_held && state == Some(State::Received),
            Part::Shipment(_) => is_held && matches!(state, Some(State::Packed | State::Labelled)),
            Part::Refund(id) => {
                let payment = self.refund(id).map(|refund| &refund.payment);
                let has_it = |dispute: &Dispute| dispute.is_open() && dispute.is_taken();
                let mut theirs = self.disputes.iter().filter(|dispute| Some(&dispute.payment) == payment);
                state == Some(State::Planned) && theirs.any(has_it)
            }
            Part::Payment(_) | Part::Dispute(_) => false,
        }
    }

    /// Until when somebody outside wants an answer about a part; only disputes have such a time.
    #[must_use]
    pub fn answer_by(&self, part: &Part) -> Option<Timestamp> {
        let Part::Dispute(id) = part else { return None };
        self.dispute(id)?.answer_by
    }

    /// True while anything of it has not left the warehouse for the customer: what can still be held.
    fn has_unshipped(&self) -> bool {
        self.units.iter().any(|unit| {
            let state = unit.life.state();
            let shipment = unit.shipment.as_ref().and_then(|id| self.shipment(id));
            let has_left = shipment
                .is_some_and(|shipment| matches!(shipment.life.state(), State::InTransit | State::CarrierException));
            matches!(
                state,
                State::Expected | State::Received | State::OnHold | State::Returned
            ) || (state == State::Packed && !has_left)
        })
    }
}

impl Draft {
    /// Applies what the provider says about a dispute of a payment. A repeat changes nothing, and what is decided stays so.
    ///
    /// # Errors
    /// When the payment is not captured.
    pub fn dispute_news(&mut self, payment: &PaymentId, news: &DisputeNews) -> Result<(), Failure> {
        let found = self.order.payment(payment).ok_or(Failure::NotFound("payment"))?;
        let is_captured = found.life.state() == State::Captured;
        let known = |dispute: &&Dispute| dispute.provider_reference == news.provider_reference;
        let known = self.order.disputes.iter().find(known).map(|known| known.id.clone());
        let id = match known {
            Some(id) => id,
            // One that ended well before we heard of it has changed nothing.
            None if news.verdict == Verdict::Won => return Ok(()),
            None if !is_captured => return Err(Failure::internal("a payment is disputed that was not captured")),
            None => self.open_dispute(payment, news)?,
        };
        if !self.order.dispute(&id).is_some_and(Dispute::is_open) {
            return Ok(());
        }
        self.note_withdrawal(&id, news)?;
        self.note(format!("{}: {}", news.provider_reference, news.reason));
        let part = Part::Dispute(id);
        match news.verdict {
            Verdict::Open => Ok(()),
            Verdict::Answered => match self.plain_step(&part, Event::EvidenceGiven) {
                Err(Failure::Refused(Refusal::AlreadyApplied)) => Ok(()),
                stepped => stepped,
            },
            Verdict::Won => self.plain_step(&part, Event::DisputeWon),
            Verdict::Lost => {
                self.plain_step(&part, Event::DisputeLost)?;
                self.stop_if_nothing_is_left()
            }
        }?;
        self.note("");
        Ok(())
    }

    fn open_dispute(&mut self, payment: &PaymentId, news: &DisputeNews) -> Result<DisputeId, Failure> {
        let number = u32::try_from(self.order.disputes.len())
            .unwrap_or(u32::MAX)
            .saturating_add(1);
        let id = DisputeId::of(&self.order.id, number);
        let born = self.born(&Part::Dispute(id.clone()), Event::DisputeOpened, &Evidence::default())?;
        self.order.disputes.push(Dispute {
            id: id.clone(),
            payment: payment.clone(),
            provider_reference: news.provider_reference.clone(),
            kind: news.kind,
            amount: news.amount,
            reason: news.reason.clone(),
            answer_by: news.answer_by,
            is_withdrawn: news.is_withdrawn,
            evidence: String::new(),
            life: born.life(),
        });
        self.note(format!("{}: {}", news.provider_reference, news.reason));
        self.welcome(&born)?;
        Ok(id)
    }

    /// The provider takes the money some time after it told of the dispute, or gives it back before it is decided.
    fn note_withdrawal(&mut self, id: &DisputeId, news: &DisputeNews) -> Result<(), Failure> {
        let dispute = self.dispute_mut(id)?;
        let was_withdrawn = std::mem::replace(&mut dispute.is_withdrawn, news.is_withdrawn);
        let was_due = std::mem::replace(&mut dispute.answer_by, news.answer_by);
        let amount = dispute.amount;
        if was_withdrawn == news.is_withdrawn {
            if was_due != news.answer_by {
                self.touch(&Part::Dispute(id.clone()));
            }
            return Ok(());
        }
        // Decided at the same time: what the decision posts starts from what stands in the books.
        if news.verdict == Verdict::Won {
            self.dispute_mut(id)?.is_withdrawn = was_withdrawn;
            return Ok(());
        }
        self.touch(&Part::Dispute(id.clone()));
        let moved = if news.is_withdrawn {
            amount
        } else {
            amount.negated().map_err(too_large)?
        };
        self.post_taken(id, moved)
    }

    /// The provider's side of a dispute: what it took stands for itself until the decision.
    pub(super) fn post_dispute(&mut self, id: &DisputeId) -> Result<(), Failure> {
        let dispute = self.order.dispute(id).ok_or(Failure::NotFound("dispute"))?.clone();
        let state = dispute.life.state();
        if state == State::Lost {
            if !dispute.is_withdrawn {
                self.dispute_mut(id)?.is_withdrawn = true;
                self.post_taken(id, dispute.amount)?;
            }
            return self.post_lost(&dispute);
        }
        if !dispute.is_withdrawn {
            return Ok(());
        }
        if state == State::Won {
            self.dispute_mut(id)?.is_withdrawn = false;
            return self.post_taken(id, dispute.amount.negated().map_err(too_large)?);
        }
        self.post_taken(id, dispute.amount)
    }

    fn post_taken(&mut self, id: &DisputeId, amount: Money) -> Result<(), Failure> {
        let entries = vec![
            Entry {
                account: Account::Disputed,
                amount,
            },
            Entry {
                account: Account::Provider,
                amount: amount.negated().map_err(too_large)?,
            },
        ];
        self.post(&Part::Dispute(id.clone()), entries)
    }

    /// The payer has the money. What was to go back to them anyway went back by this; the rest is taken like a refund.
    fn post_lost(&mut self, dispute: &Dispute) -> Result<(), Failure> {
        let owed = self.make_room(&dispute.payment, None)?;
        let newly = dispute.amount.minus(owed).map_err(too_large)?;
        let mut entries = vec![
            Entry {
                account: Account::Disputed,
                amount: dispute.amount.negated().map_err(too_large)?,
            },
            Entry {
                account: Account::RefundPayable,
                amount: owed,
            },
        ];
        entries.extend(self.taken_as_far_as_there(&dispute.payment, newly, RefundReason::AtProvider)?);
        self.post(&Part::Dispute(dispute.id.clone()), entries)
    }

    /// A member of the staff has given what speaks for us to the provider; `evidence` says what, and stays with it.
    ///
    /// # Errors
    /// When the provider does not wait for it.
    pub fn evidence_given(&mut self, id: &DisputeId, evidence: &str) -> Result<(), Failure> {
        evidence.clone_into(&mut self.dispute_mut(id)?.evidence);
        self.note(evidence);
        self.plain_step(&Part::Dispute(id.clone()), Event::EvidenceGiven)
    }

    /// A member of the staff is sure that it is no fraud. Only a warning is ended by us; a dispute is decided elsewhere.
    ///
    /// # Errors
    /// When it is a dispute, or was ended before.
    pub fn clear_dispute(&mut self, id: &DisputeId, reason: &str) -> Result<(), Failure> {
        let part = Part::Dispute(id.clone());
        let dispute = self.order.dispute(id).ok_or(Failure::NotFound("dispute"))?;
        if dispute.kind != DisputeKind::FraudWarning {
            let (subject, state) = (part.subject().word(), dispute.life.state().word());
            let event = Event::Cleared.word();
            return Err(Refusal::NotAllowed { subject, state, event }.into());
        }
        self.staff_move(&part, Event::Cleared, reason)
    }

    /// Holds a paid order while a payment of it is in doubt and anything can still be held.
    pub(super) fn hold_while_in_doubt(&mut self) -> Result<(), Failure> {
        let is_in_doubt = self.order.disputes.iter().any(Dispute::is_open);
        if is_in_doubt && self.order.life.state() == State::Paid && self.order.has_unshipped() {
            return self.plain_step(&Part::Order, Event::Doubted);
        }
        Ok(())
    }

    /// No doubt is left: a held order goes on, and one that has ended gives back what the dispute had kept.
    pub(super) fn end_doubt(&mut self) -> Result<(), Failure> {
        if self.order.disputes.iter().any(Dispute::is_open) {
            return Ok(());
        }
        let state = self.order.life.state();
        if matches!(state, State::Cancelled | State::Expired) {
            return self.refund_everything(RefundReason::Cancelled);
        }
        // An order that is held for a late payment has nothing planned yet; a person lets it go on.
        let was_going_on = !self.order.supplier_orders.is_empty();
        let has_lost = self
            .order
            .disputes
            .iter()
            .any(|dispute| dispute.life.state() == State::Lost);
        if state == State::OnHold && was_going_on && !has_lost {
            return self.plain_step(&Part::Order, Event::DoubtEnded);
        }
        Ok(())
    }

    /// When everything that was paid has gone back and no store has sold us anything, there is nothing to buy for.
    pub(super) fn stop_if_nothing_is_left(&mut self) -> Result<(), Failure> {
        let refundable = |payment| self.order.refundable(payment).map_or(0, Money::amount);
        let left = self
            .order
            .payments
            .iter()
            .map(refundable)
            .fold(0_i64, i64::saturating_add);
        let is_running = matches!(self.order.life.state(), State::Paid | State::OnHold);
        if left > 0 || !is_running || self.order.is_bought() {
            return Ok(());
        }
        self.plain_step(&Part::Order, Event::CancelAsked)
    }

    fn dispute_mut(&mut self, id: &DisputeId) -> Result<&mut Dispute, Failure> {
        let found = self.order.disputes.iter_mut().find(|dispute| dispute.id == *id);
        found.ok_or(Failure::NotFound("dispute"))
    }
}
