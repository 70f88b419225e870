//! Business reasons to say no, each with a stable code for programs and a sentence for people.

use std::fmt;

use crate::{id::OrderId, timestamp::Timestamp};

/// Why a rule refuses. A repeat of what was already done is its own variant: the caller answers it as the first time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The very same change was made before.
    AlreadyApplied,
    /// The life cycle has no such move from here.
    NotAllowed {
        /// What it would have happened to, for example `supplier order`.
        subject: &'static str,
        /// Where it stands.
        state: &'static str,
        /// What was asked.
        event: &'static str,
    },
    /// A quote is used after its time.
    QuoteExpired,
    /// The cart holds nothing.
    CartEmpty,
    /// The cart changed after the quote was made.
    CartChanged,
    /// The store cannot deliver this variant to our warehouse now.
    NotAvailable,
    /// We cannot or must not ship this there.
    NotShippable(String),
    /// This destination is not served.
    CountryNotServed,
    /// The order is already covered or can no longer be paid.
    NotPayable,
    /// A payment method that this shop does not offer for this order.
    MethodNotOffered,
    /// An amount, or its currency, that the payment method does not take; says what it takes.
    AmountNotTaken(String),
    /// The payment provider does not know the e-mail address.
    EmailNotTaken,
    /// The payment provider opened no page, for a reason of its own.
    PaymentRefused,
    /// Enough payment pages are open already.
    TooManyPages,
    /// Enough links to pay by are open already.
    TooManyLinks,
    /// The price was ordered at before.
    QuoteUsed {
        /// The order that was placed at it.
        order: OrderId,
    },
    /// The page of this payment did not open and will not; another payment can be started.
    PageNotOpened,
    /// The scanned code fits nothing that is expected.
    UnknownCode,
    /// More units than the order still expects.
    TooManyUnits,
    /// An account with this address exists; told only by mail, never on a page.
    AccountExists,
    /// E-mail or password is wrong; never says which.
    WrongCredentials,
    /// A code of a second factor or of a notice is wrong, was used or has ended; never says which.
    WrongCode,
    /// Nobody changes what they themselves may do.
    OwnAccount,
    /// What takes money out is decided by two persons.
    NeedsAnother,
    /// A link or code that was used, has ended, or never was.
    NotValidAnyMore,
    /// An account is not deleted while an order of it is open.
    OrdersOpen,
    /// Too many tries; wait.
    TooManyTries,
    /// Too late to cancel.
    TooLateToCancel,
    /// The customer wants one parcel, and some of it is still to come.
    WaitsForRest {
        /// Until when that is waited for.
        until: Timestamp,
    },
    /// It was changed after it was looked at, by somebody else or in another tab.
    VersionStale,
    /// The same request is still being worked on.
    StillRunning,
    /// The same idempotency key came with another request.
    KeyReused,
}

impl Refusal {
    /// The stable word for programs.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::AlreadyApplied => "already_applied",
            Self::NotAllowed { .. } => "not_allowed_now",
            Self::QuoteExpired => "quote_expired",
            Self::CartEmpty => "cart_empty",
            Self::CartChanged => "cart_changed",
            Self::NotAvailable => "not_available",
            Self::NotShippable(_) => "not_shippable",
            Self::CountryNotServed => "country_not_served",
            Self::NotPayable => "not_payable",
            Self::MethodNotOffered => "method_not_offered",
            Self::AmountNotTaken(_) => "amount_not_taken",
            Self::EmailNotTaken => "email_not_taken",
            Self::PaymentRefused => "payment_refused",
            Self::TooManyPages => "too_many_payment_pages",
            Self::TooManyLinks => "too_many_pay_links",
            Self::QuoteUsed { .. } => "quote_used",
            Self::PageNotOpened => "page_not_opened",
            Self::UnknownCode => "unknown_code",
            Self::TooManyUnits => "too_many_units",
            Self::AccountExists => "account_exists",
            Self::WrongCredentials => "wrong_credentials",
            Self::WrongCode => "wrong_code",
            Self::OwnAccount => "own_account",
            Self::NeedsAnother => "needs_another_person",
            Self::NotValidAnyMore => "not_valid_any_more",
            Self::OrdersOpen => "orders_open",
            Self::TooManyTries => "too_many_tries",
            Self::TooLateToCancel => "too_late_to_cancel",
            Self::WaitsForRest { .. } => "waits_for_rest",
            Self::VersionStale => "version_stale",
            Self::StillRunning => "still_running",
            Self::KeyReused => "idempotency_key_reused",
        }
    }

    /// The sentence for the person who asked.
    #[must_use]
    pub fn sentence(&self) -> String {
        match self {
            Self::AlreadyApplied => "This was already done.".into(),
            Self::NotAllowed { subject, state, event } => {
                format!("The {subject} is {state}; {event} is not possible now.")
            }
            Self::QuoteExpired => "This price has expired. Ask for a new one; your cart is unchanged.".into(),
            Self::CartEmpty => "Your cart is empty.".into(),
            Self::CartChanged => "Your cart changed after this price was made. Please look at the new price.".into(),
            Self::NotAvailable => "The store cannot deliver this item to our warehouse at the moment.".into(),
            Self::NotShippable(reason) => format!("We cannot ship this item: {reason}."),
            Self::CountryNotServed => "We do not deliver to this country yet.".into(),
            Self::NotPayable => "This order cannot be paid any more.".into(),
            Self::MethodNotOffered => "This way of paying is not offered for this order.".into(),
            Self::AmountNotTaken(sentence) => sentence.clone(),
            Self::EmailNotTaken => {
                "The payment provider does not take the e-mail address of this order. Please correct it and try again."
                    .into()
            }
            Self::PaymentRefused => {
                "The payment provider did not open a page for this payment. Nothing was charged; please try again."
                    .into()
            }
            Self::TooManyPages => {
                "Enough payment pages are open for this already. Pay on one of them, or wait until they have closed."
                    .into()
            }
            Self::TooManyLinks => "Ten links are open for this order. End one of them before you make another.".into(),
            Self::QuoteUsed { .. } => {
                "You have already ordered at this price. To order it again, ask for a new price.".into()
            }
            Self::PageNotOpened => {
                "The payment page did not open, and nothing was taken. Please start a new payment from your order."
                    .into()
            }
            Self::UnknownCode => "No expected parcel carries this code.".into(),
            Self::TooManyUnits => "That is more than this order still expects.".into(),
            Self::AccountExists => "Please check your mail to go on.".into(),
            Self::WrongCredentials => "The address, the phone or the password is not right.".into(),
            Self::WrongCode => "This code is not right, or does not hold any more. Use the newest one.".into(),
            Self::OwnAccount => "Nobody changes their own access. Ask another admin.".into(),
            Self::NeedsAnother => "Somebody else has to approve this: you proposed it yourself.".into(),
            Self::NotValidAnyMore => "This is not valid any more. Ask for a new one.".into(),
            Self::OrdersOpen => "Your account can be deleted when your last order has come to its end.".into(),
            Self::TooManyTries => "Too many tries. Please wait a little before the next one.".into(),
            Self::TooLateToCancel => "The store has already been paid, so this order cannot be cancelled here.".into(),
            Self::WaitsForRest { until } => format!(
                "The customer wants one parcel. Wait for the rest, at most until {}.",
                until.date().strftime("%-d %B %Y")
            ),
            Self::VersionStale => {
                "This was changed after you looked at it, perhaps in another tab. Please look at it again.".into()
            }
            Self::StillRunning => "Your first click is still being worked on. Please try again in a moment.".into(),
            Self::KeyReused => "This idempotency key was used before with another request.".into(),
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.sentence())
    }
}

impl std::error::Error for Refusal {}
