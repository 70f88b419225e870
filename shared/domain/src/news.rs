//! News of an order on their way to its customer: by which channels, whether it is still so, and what became of each message.

use std::{fmt, str::FromStr, time::Duration};

use crate::{
    contact::{Contact, Phone},
    lifecycle::{ExceptionKind, News, State},
    order::{Order, Part, Tiding},
    person::{Email, Person},
    timestamp::Timestamp,
    tracking::{self, TrackingStatus},
};

/// News are old after this.
pub const WORTH_TELLING_FOR: Duration = Duration::from_secs(3 * 24 * 3600);
/// So long the link of a message shows its order.
pub const LINK_LIFE: Duration = Duration::from_secs(180 * 24 * 3600);

/// How somebody is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Channel {
    /// By mail.
    Mail,
    /// By text message.
    Text,
}

/// What became of one message by one channel. It is written before the messenger is called and after it, so that whoever is stopped in
/// between leaves `Sending`, and nobody sends again what may have arrived.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Delivery {
    /// It surely did not go so far.
    Waiting,
    /// One worker calls the messenger, or was stopped while calling. Only the messenger's own books tell what became of it.
    Sending(Timestamp),
    /// The messenger has it, under this number.
    Sent(String),
    /// The messenger cannot deliver it there.
    Refused(String),
    /// Nobody can find out; it is not sent again, because it may have arrived.
    Unsure,
}

impl Delivery {
    /// True when nothing is left to do.
    #[must_use]
    pub fn is_over(&self) -> bool {
        matches!(self, Self::Sent(_) | Self::Refused(_) | Self::Unsure)
    }
}

impl Channel {
    /// The channel that reaches a contact.
    #[must_use]
    pub fn to(contact: &Contact) -> Self {
        match contact {
            Contact::Email(_) => Self::Mail,
            Contact::Phone(_) => Self::Text,
        }
    }

    /// Its text form.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Mail => "mail",
            Self::Text => "text",
        }
    }
}

impl fmt::Display for Channel {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.word())
    }
}

impl FromStr for Channel {
    type Err = crate::failure::Failure;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "mail" => Ok(Self::Mail),
            "text" => Ok(Self::Text),
            _ => Err(crate::failure::Failure::internal(format!("unknown channel {text}"))),
        }
    }
}

/// Who is told of an order: guests at the order's own e-mail, or by text message when it has none; account holders by the channels they
/// chose, by mail at the order's e-mail before the account's. Nobody when the account was deleted.
#[must_use]
pub fn readers(order: &Order, account: Option<&Person>) -> Vec<Contact> {
    if order.is_forgotten {
        return Vec::new();
    }
    let written = order.destination.parts();
    let mail = Email::new(&written.email).ok();
    let phone = Phone::new(&written.phone).ok();
    let Some(person) = account else {
        let mail = mail.map(Contact::Email);
        return mail.or_else(|| phone.map(Contact::Phone)).into_iter().collect();
    };
    let likes = person.preferences;
    let mail = mail.or_else(|| person.email.clone()).filter(|_| likes.mail_news);
    // Who has no phone of their own is sent text messages only when nothing else reaches them.
    let own = person.phone.clone();
    let phone = own
        .or_else(|| phone.filter(|_| mail.is_none()))
        .filter(|_| likes.text_news);
    let mail = mail.map(Contact::Email).into_iter();
    mail.chain(phone.map(Contact::Phone)).collect()
}

/// True while what was to be told is so. A message that waited long may have been overtaken, and then it is not sent.
#[must_use]
pub fn is_so(order: &Order, tiding: &Tiding) -> bool {
    let stands = |states: &[State]| {
        order
            .life(&tiding.about)
            .is_some_and(|life| states.contains(&life.state()))
    };
    let order_is = |states: &[State]| states.contains(&order.life.state());
    match tiding.news {
        News::Placed => !order_is(&[State::Expired, State::Cancelling, State::Cancelled]),
        News::PartPaid => order_is(&[State::AwaitingPayment]),
        News::Paid | News::GoesOn => order_is(&[State::Paid, State::Closed]),
        News::PaidLate => order_is(&[State::OnHold]),
        News::Expired => order_is(&[State::Expired]),
        News::Cancelled => order_is(&[State::Cancelled]),
        News::Bought => stands(&[State::Placed, State::Dispatched, State::Arrived]),
        News::Question | News::Reminder => stands(&[State::Asked]),
        News::Received => stands(&[State::Received, State::Packed, State::Delivered]),
        News::Shipped => stands(&[State::InTransit, State::CarrierException, State::Delivered]),
        News::Delayed => delay(order, &tiding.about).is_some(),
        News::Customs => stands(&[State::CarrierException]) && waits_at_customs(order, &tiding.about),
        News::SentBack => stands(&[State::Returned]),
        News::Delivered => stands(&[State::Delivered]),
        News::RefundOpened => order.life(&tiding.about).is_some(),
        News::RefundDone => stands(&[State::Done]),
    }
}

/// Why something takes longer: the matter that is open about it.
#[must_use]
pub fn delay(order: &Order, about: &Part) -> Option<ExceptionKind> {
    let open = order.open_exceptions().find(|matter| matter.about == *about);
    open.map(|matter| matter.kind)
}

fn waits_at_customs(order: &Order, about: &Part) -> bool {
    let Part::Shipment(id) = about else { return false };
    let problem = order
        .shipment(id)
        .and_then(|parcel| tracking::open_problem(&parcel.events));
    problem.is_some_and(|problem| problem.status == TrackingStatus::CustomsHeld)
}
