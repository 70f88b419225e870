//! Ways to be paid: what every payment provider must answer, and the list of the ones there are.
//!
//! A webhook is a hint: it is verified, it names a payment, and then the provider is asked. What counts is what it answers.

pub mod stripe;

use domain::{
    Money, Settings, Timestamp,
    id::{OrderId, PaymentId, RefundId},
    order::{DisputeNews, PaymentRefusal},
    payment_terms::{PaymentMethods, PaymentTerms},
    product::ProviderCode,
};
use http::HeaderMap;

use crate::{error::Error, exchange::Exchange};

/// A provider that takes money for us. Every call is an exchange; nothing is sent from here.
pub trait PaymentProvider: Send + Sync {
    /// Its short name, as in a route or a stored payment.
    fn code(&self) -> ProviderCode;

    /// What it takes, in which currencies.
    fn terms(&self) -> PaymentTerms;

    /// What a refusal to open a payment is about, by the provider's own code.
    fn refusal(&self, code: &str) -> PaymentRefusal;

    /// Opens a payment and learns where the customer pays. The same [`StartPayment`] may be started again within a day: the provider
    /// then answers as the first time.
    ///
    /// # Errors
    /// When the provider cannot take this currency or amount.
    fn start(&self, payment: &StartPayment) -> Result<Exchange<Started>, Error>;

    /// What became of a payment. Nothing when the provider has none of ours by that name.
    ///
    /// # Errors
    /// When the question cannot be put.
    fn look_up(&self, which: &PaymentLookUp) -> Result<Exchange<Option<PaymentReport>>, Error>;

    /// Closes a payment that nobody has paid, so that nobody can any more.
    ///
    /// # Errors
    /// When the question cannot be put.
    fn void(&self, payment: &PaymentId, provider_reference: &str) -> Result<Exchange<VoidOutcome>, Error>;

    /// Gives money back. The same refund may be asked again within a day: the provider then answers as the first time.
    ///
    /// # Errors
    /// When the provider cannot send this currency or amount.
    fn refund(&self, refund: &RefundRequest) -> Result<Exchange<RefundReport>, Error>;

    /// Looks for a refund of ours in the provider's books. Nothing when it is not there.
    ///
    /// # Errors
    /// When the question cannot be put.
    fn find_refund(&self, refund: &RefundLookUp) -> Result<Exchange<Option<RefundReport>>, Error>;

    /// Everything that moved after a payment was made: every refund of it, whoever made it, and every dispute.
    ///
    /// # Errors
    /// When the question cannot be put.
    fn movements(&self, provider_reference: &str) -> Result<Exchange<Vec<Movement>>, Error>;

    /// Everything that moved of any payment of ours since a moment, to be compared with our books.
    ///
    /// # Errors
    /// When the question cannot be put.
    fn moved_since(&self, since: Timestamp) -> Result<Exchange<Vec<Moved>>, Error>;

    /// Our payment behind the provider's id of money that moved. Nothing when it is none of ours.
    ///
    /// # Errors
    /// When the question cannot be put.
    fn payment_of(&self, settlement_reference: &str) -> Result<Exchange<Option<PaymentId>>, Error>;
}

/// What a provider is asked to collect. Started again, it must be equal in every field.
#[derive(Clone, Debug)]
pub struct StartPayment {
    /// Our payment; the provider keeps it with everything it tells us.
    pub payment: PaymentId,
    /// The order it covers, shown to the customer.
    pub order: OrderId,
    /// How much.
    pub amount: Money,
    /// What it is for, one line each, shown to the customer.
    pub lines: Vec<String>,
    /// Where the customer's browser goes afterwards. It proves nothing.
    pub return_url: String,
    /// Where it goes when the customer turns back.
    pub cancel_url: String,
    /// The customer's address for the receipt, if we know one.
    pub email: Option<String>,
    /// From 1; another number makes another question of it, which the provider answers anew.
    pub revision: u32,
    /// When the payment closes by itself. Stripe takes 30 minutes to 24 hours from the moment it hears of it (API of 2026-09), so
    /// leave some minutes of room at both ends.
    pub expires_at: Timestamp,
}

/// A payment that can now be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Started {
    /// The provider's own id.
    pub provider_reference: String,
    /// Where the customer pays.
    pub redirect_url: String,
    /// When it closes by itself.
    pub expires_at: Timestamp,
}

/// Which payment is meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PaymentLookUp {
    /// Our payment.
    pub payment: PaymentId,
    /// The provider's own id, unless the answer that held it was lost.
    pub provider_reference: Option<String>,
    /// When it was first started: where the search begins if there is no reference.
    pub started_at: Timestamp,
}

/// What the provider says about a payment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PaymentReport {
    /// Our payment, as the provider kept it.
    pub payment: Option<PaymentId>,
    /// The provider's own id.
    pub provider_reference: String,
    /// The provider's id of the money that moved, once there is one; disputes carry it.
    pub settlement_reference: Option<String>,
    /// Where the customer pays, while it is open.
    pub redirect_url: Option<String>,
    /// How it stands.
    pub outcome: PaymentOutcome,
}

/// How a payment stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PaymentOutcome {
    /// The customer has not paid yet, or the provider uses a word we do not know.
    Open,
    /// The same, and the last card that was tried was declined.
    OpenAfterDecline,
    /// It is paid, with exactly this.
    Paid {
        /// What the provider says it took.
        amount: Money,
    },
    /// The customer has agreed, the money is on its way.
    AwaitingFunds,
    /// It will not be paid.
    Failed,
    /// Its time ran out.
    Expired,
}

/// What came of closing a payment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VoidOutcome {
    /// It is closed; it can no longer be paid.
    Voided,
    /// It was no longer open: paid or expired. Look it up.
    NotOpen,
}

/// Money to give back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefundRequest {
    /// Our refund; the provider keeps it.
    pub refund: RefundId,
    /// From 1; the provider takes every attempt for something new, and a repeat within one for the same.
    pub attempt: u32,
    /// Our payment that is given back.
    pub payment: PaymentId,
    /// The provider's own id of that payment.
    pub provider_reference: String,
    /// How much, at most what was paid.
    pub amount: Money,
}

/// Which refund is meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefundLookUp {
    /// Our refund.
    pub refund: RefundId,
    /// Which attempt.
    pub attempt: u32,
    /// The provider's own id of the payment it belongs to.
    pub provider_reference: String,
    /// The provider's own id of the refund, when we know one: a refund that was made there carries no id of ours.
    pub known_as: Option<String>,
}

/// What the provider says about a refund.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefundReport {
    /// Our refund, as the provider kept it.
    pub refund: Option<RefundId>,
    /// Which attempt at it.
    pub attempt: Option<u32>,
    /// The provider's own id.
    pub provider_reference: String,
    /// How much.
    pub amount: Money,
    /// How it stands.
    pub outcome: RefundOutcome,
}

/// How a refund stands. Even a done one may fail days later; a webhook tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RefundOutcome {
    /// The money left us.
    Done,
    /// It will, or the provider uses a word we do not know.
    Pending,
    /// It will not.
    Failed {
        /// The provider's reason.
        reason: String,
    },
}

/// Something that happened to a payment after it was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Movement {
    /// Money goes back, or was to.
    Refund(RefundReport),
    /// It is disputed, or called a fraud.
    Dispute(DisputeNews),
}

/// The same with the payment it happened to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moved {
    /// Our payment.
    pub payment: PaymentId,
    /// What happened.
    pub movement: Movement,
}

/// A source of webhooks: it proves where a message comes from, then reads it.
pub trait WebhookSource: Send + Sync {
    /// The provider's short name.
    fn code(&self) -> ProviderCode;

    /// Proves that the provider sent exactly these bytes, lately.
    ///
    /// # Errors
    /// The reason to answer 400 and do nothing.
    fn verify(&self, raw: &[u8], headers: &HeaderMap, now: Timestamp) -> Result<Verified, Rejected>;

    /// Reads a verified message.
    ///
    /// # Errors
    /// [`Error::Malformed`] when it is no event at all. It was signed, so it must be kept for a person and never dropped.
    fn parse(&self, raw: &[u8]) -> Result<WebhookEvent, Error>;
}

/// Proof that a message is the provider's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Verified {
    /// When the provider signed it.
    pub signed_at: Timestamp,
}

/// Why a webhook is not believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Rejected {
    /// It carries no signature.
    #[error("no signature")]
    Unsigned,
    /// Its signature does not have the documented form.
    #[error("a signature of another form")]
    Malformed,
    /// No secret of ours makes this signature.
    #[error("a wrong signature")]
    Forged,
    /// Signed too long ago, or in the future: perhaps a replay.
    #[error("signed at another time")]
    OutOfTime,
}

/// What a webhook tells: which payment to ask about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WebhookEvent {
    /// The provider's id of this message; the same one may come again.
    pub event_id: String,
    /// The provider's own name of what happened.
    pub name: String,
    /// What it is about.
    pub kind: WebhookKind,
    /// Our payment, if the message names it.
    pub payment: Option<PaymentId>,
    /// Our refund, if the message names it.
    pub refund: Option<RefundId>,
    /// The provider's id of what it is about.
    pub provider_reference: Option<String>,
    /// The provider's id of the money that moved, if the message names it.
    pub settlement_reference: Option<String>,
}

/// What a webhook is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WebhookKind {
    /// A payment may have changed: look it up.
    Payment,
    /// A refund may have changed: look it up.
    Refund,
    /// The customer's bank takes the money back, or may do so, or the card scheme calls it a fraud: ask what moved.
    Dispute,
    /// Nothing we act on.
    Other,
}

/// The terms of every payment provider, in the order in which they are offered: who makes a price needs no keys. A new one is one line here.
#[must_use]
pub fn methods() -> PaymentMethods {
    PaymentMethods::new(vec![stripe::terms()])
}

/// All payment providers, with their keys.
pub struct Payments(Vec<Box<dyn PaymentProvider>>);

impl Payments {
    /// Every provider, set up from settings. A new one is one line here.
    pub fn read(settings: &mut Settings) -> Self {
        Self(vec![Box::new(stripe::Stripe::read(settings))])
    }

    /// The provider of that name.
    #[must_use]
    pub fn get(&self, code: &ProviderCode) -> Option<&dyn PaymentProvider> {
        self.iter().find(|provider| provider.code() == *code)
    }

    /// All of them, in the order in which they are offered.
    pub fn iter(&self) -> impl Iterator<Item = &dyn PaymentProvider> {
        self.0.iter().map(AsRef::as_ref)
    }
}

/// All sources of webhooks, with the secrets that prove them; only the function that receives webhooks reads these.
pub struct Webhooks(Vec<Box<dyn WebhookSource>>);

impl Webhooks {
    /// Every source, set up from settings. A new one is one line here.
    pub fn read(settings: &mut Settings) -> Self {
        Self(vec![Box::new(stripe::StripeWebhooks::read(settings))])
    }

    /// The source of that name.
    #[must_use]
    pub fn get(&self, code: &ProviderCode) -> Option<&dyn WebhookSource> {
        self.0.iter().map(AsRef::as_ref).find(|source| source.code() == *code)
    }
}
