//! What can go wrong, each at a rate of its own: what storage and the calls of providers do to us by piece of work, which each kind strikes at
//! most once; everything else by each message, order or person.

use crate::chance::Chance;

macro_rules! faults {
    ($($(#[$doc:meta])* $name:ident = $word:literal,)*) => {
        /// One kind of fault.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub(crate) enum Fault { $($(#[$doc])* $name,)* }

        impl Fault {
            pub(crate) const ALL: &'static [Self] = &[$(Self::$name,)*];

            pub(crate) const fn word(self) -> &'static str {
                match self { $(Self::$name => $word,)* }
            }
        }
    };
}

faults! {
    /// An instance dies at one of its calls, before it is made or after it had its effect.
    Kill = "kill",
    /// Others go first between two calls of an instance.
    Interleave = "interleave",
    /// A call takes seconds to minutes; the instance may run out of its time.
    Delay = "delay",
    /// Storage refuses a call because there are too many.
    Throttle = "throttle",
    /// Storage does what it was asked and its answer is lost.
    LoseStored = "lose_stored_answer",
    /// The line to the database breaks before or after a request, or it is refused there; the client tries again (dynoxide only).
    BreakLine = "break_line",
    /// A message is sent to nobody.
    LoseMessage = "lose_message",
    /// A message is delivered several times.
    RepeatMessage = "repeat_message",
    /// A message comes after minutes, behind later ones.
    LateMessage = "late_message",
    /// A provider cannot be reached.
    Unreachable = "unreachable",
    /// A provider answers with an error and has done nothing.
    RefuseBefore = "error_before_effect",
    /// A provider does it and answers with an error.
    ErrorAfter = "error_after_effect",
    /// A provider does it and its answer is lost.
    LoseAnswer = "lose_answer",
    /// A provider says 200 with an error inside, and has done nothing.
    ErrorInside = "http_200_error_body",
    /// A provider says that we call too often.
    TooMany = "http_429",
    /// A provider is not there for hours, the payment provider perhaps for more than a day.
    Outage = "outage",
    /// The payment provider takes another amount than asked.
    WrongAmount = "wrong_amount",
    /// The store makes one order twice and tells of one.
    MadeTwice = "order_made_twice",
    /// The store is out of stock, or does not want the order.
    StoreRefuses = "store_refuses",
    /// The store cancels an order that it took.
    StoreCancels = "store_cancels",
    /// The store asks for more money than before.
    PriceMoves = "price_moves",
    /// The store lists an order late.
    ListedLate = "listed_late",
    /// A refund fails at the provider.
    RefundFails = "refund_fails",
    /// The carrier refuses a booking.
    CarrierRefuses = "carrier_refuses",
    /// The carrier reports trouble on the way.
    CarrierTrouble = "carrier_trouble",
    /// The carrier sends the parcel back.
    SentBack = "sent_back",
    /// A webhook is never sent.
    LoseWebhook = "lose_webhook",
    /// A webhook comes several times.
    RepeatWebhook = "repeat_webhook",
    /// A webhook comes hours late.
    LateWebhook = "late_webhook",
    /// Somebody else signs a webhook.
    ForgedWebhook = "forged_webhook",
    /// A customer sends the same request twice at once.
    DoubleClick = "double_click",
    /// A customer cancels.
    Cancels = "cancels",
    /// A customer pays on two pages.
    PaysTwice = "pays_twice",
    /// A customer does not pay, or pays when the page is long open.
    PaysLate = "pays_late",
    /// Several people pay an order by a link.
    PaysParts = "pays_parts",
    /// The payment provider takes money on a page that it has called closed.
    PaidWhenClosed = "paid_when_closed",
    /// A customer does not answer what they are asked.
    SaysNothing = "says_nothing",
    /// A customer with an account deletes it.
    DeletesAccount = "deletes_account",
    /// A customer asks for somebody else's order.
    Peeks = "peeks",
    /// Two of the staff answer the same matter.
    StaffTwice = "two_staff_at_once",
    /// A scan comes twice.
    ScanTwice = "scan_twice",
    /// A piece is broken or wrong.
    BadPiece = "bad_piece",
}

/// A rate for each fault, per thousand.
#[derive(Clone)]
pub(crate) struct Rates([u64; Fault::ALL.len()]);

impl Rates {
    pub(crate) fn none() -> Self {
        Self([0; Fault::ALL.len()])
    }

    /// Between 1 and 20 per cent each, drawn anew for every town.
    pub(crate) fn drawn(chance: &mut Chance) -> Self {
        let mut rates = Self::none();
        for rate in &mut rates.0 {
            *rate = chance.below(191).saturating_add(10);
        }
        rates
    }

    /// The same for all.
    pub(crate) fn even(per_mille: u64) -> Self {
        Self([per_mille; Fault::ALL.len()])
    }

    pub(crate) fn of(&self, fault: Fault) -> u64 {
        let place = Fault::ALL.iter().position(|known| *known == fault);
        place.and_then(|place| self.0.get(place)).copied().unwrap_or(0)
    }

    pub(crate) fn stop(&mut self) {
        *self = Self::none();
    }
}

impl Rates {
    /// Everything goes wrong at an even rate, and no instance dies or waits by chance.
    pub(crate) fn without_kills(per_mille: u64) -> Self {
        let mut rates = Self::even(per_mille);
        for (rate, fault) in rates.0.iter_mut().zip(Fault::ALL) {
            if matches!(fault, Fault::Kill | Fault::Delay | Fault::Interleave) {
                *rate = 0;
            }
        }
        rates
    }
}
