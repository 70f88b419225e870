//! Mistakes planted on purpose: what a careless line in the store, the client or the webhook would do. Each must be found, or the zeros of a
//! clean run mean nothing.

use store::{AttributeValue, Call, Condition, Item, Write, as_text};

macro_rules! bugs {
    ($($(#[doc = $doc:literal])* $name:ident = $word:literal,)*) => {
        /// A planted bug.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Bug { $($(#[doc = $doc])* $name,)* }

        impl Bug {
            /// Every planted bug.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// Its name on the command line.
            #[must_use]
            pub const fn word(self) -> &'static str {
                match self { $(Self::$name => $word,)* }
            }

            /// What it does.
            #[must_use]
            pub fn says(self) -> &'static str {
                match self { $(Self::$name => concat!($($doc),*).trim_ascii(),)* }
            }
        }
    };
}

bugs! {
    /// Commits an order whatever its version is.
    IgnoresVersion = "ignores-version",
    /// Takes every request for a new one: idempotency keys are written without a condition.
    ForgetsKeys = "forgets-keys",
    /// Sends a call again when its answer does not come.
    RetriesOnTimeout = "retries-on-timeout",
    /// Makes a new idempotency key for each try.
    FreshKeys = "fresh-keys",
    /// Answers a webhook before it is stored.
    AnswersBeforeStoring = "answers-before-storing",
    /// Believes a webhook that somebody else signed.
    BelievesForgery = "believes-forgery",
    /// Writes an order without its deadline.
    LosesDeadline = "loses-deadline",
    /// Calls the store without having written the lease.
    CallsWithoutLease = "calls-without-lease",
    /// Takes an unknown purchase for one that was never tried.
    UnknownIsPlanned = "unknown-is-planned",
    /// Takes the first look that finds nothing for proof.
    SkipsQuiescence = "skips-quiescence",
    /// Loses the ledger entries of a commit.
    LosesLedger = "loses-ledger",
    /// Books the money of a commit twice.
    BooksTwice = "books-twice",
    /// Loses the timeline of a commit.
    LosesTimeline = "loses-timeline",
    /// Loses that a piece was received.
    LosesReceipt = "loses-receipt",
    /// Writes only a part of a transaction.
    WritesHalf = "writes-half",
    /// Takes a refund of unknown outcome for one that failed, and sends another.
    RefundsAgain = "refunds-again",
    /// Gives a customer somebody else's session.
    MixesSessions = "mixes-sessions",
}

impl Bug {
    /// The bug of that name.
    #[must_use]
    pub fn named(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|bug| bug.word() == word)
    }

    /// Changes what is about to be written.
    pub(crate) fn spoil(self, call: &Call, writes: &mut Vec<Write>) {
        if call.place != "orders" {
            if self == Self::MixesSessions {
                writes.iter_mut().for_each(one_owner);
            }
            return;
        }
        match self {
            Self::IgnoresVersion => each(writes, "O#", |_, condition| {
                if matches!(condition, Condition::VersionIs(_)) {
                    *condition = Condition::Always;
                }
            }),
            Self::ForgetsKeys => each(writes, "I#", |_, condition| *condition = Condition::Always),
            Self::LosesDeadline => each(writes, "O#", |item, _| {
                item.remove("due_pk");
                item.remove("due_sk");
            }),
            Self::CallsWithoutLease => writes.retain(|write| !is_part(write, "S#", Some("sending"))),
            Self::UnknownIsPlanned => each(writes, "O#", |item, _| set_state(item, "S#", "unknown", "planned")),
            Self::RefundsAgain => each(writes, "O#", |item, _| {
                if text(item, "sk").starts_with("R#") && state(item) == Some("unknown") {
                    set_state(item, "R#", "unknown", "planned");
                    raise(item, "attempt");
                }
            }),
            Self::SkipsQuiescence => each(writes, "O#", |item, _| look_long_ago(item)),
            Self::LosesLedger => writes.retain(|write| !is_part(write, "~J#", None)),
            Self::LosesTimeline => writes.retain(|write| !is_part(write, "~T#", None)),
            Self::LosesReceipt => writes.retain(|write| !is_part(write, "U#", Some("received"))),
            Self::BooksTwice => {
                let double = writes.iter().find(|write| is_part(write, "~J#", None)).cloned();
                if let Some(Write::Put(mut item, condition)) = double {
                    let key = format!("{}b", text(&item, "sk"));
                    item.insert("sk".to_owned(), AttributeValue::S(key));
                    writes.push(Write::Put(item, condition));
                }
            }
            Self::WritesHalf => {
                if writes.len() > 3 {
                    writes.remove(1);
                }
            }
            Self::RetriesOnTimeout
            | Self::FreshKeys
            | Self::AnswersBeforeStoring
            | Self::BelievesForgery
            | Self::MixesSessions => {}
        }
    }
}

pub(crate) fn text<'a>(item: &'a Item, name: &str) -> &'a str {
    as_text(item, name).unwrap_or("")
}

/// The state in a stored part.
pub(crate) fn state(item: &Item) -> Option<&str> {
    let Some(AttributeValue::M(life)) = item.get("life") else {
        return None;
    };
    as_text(life, "state")
}

fn each(writes: &mut [Write], prefix: &str, mut change: impl FnMut(&mut Item, &mut Condition)) {
    for write in writes {
        if let Write::Put(item, condition) = write
            && text(item, "pk").starts_with(prefix)
        {
            change(item, condition);
        }
    }
}

fn is_part(write: &Write, prefix: &str, wanted: Option<&str>) -> bool {
    let Write::Put(item, _) = write else { return false };
    text(item, "pk").starts_with("O#")
        && text(item, "sk").starts_with(prefix)
        && wanted.is_none_or(|wanted| state(item) == Some(wanted))
}

fn set_state(item: &mut Item, prefix: &str, from: &str, to: &str) {
    if text(item, "sk").starts_with(prefix)
        && state(item) == Some(from)
        && let Some(AttributeValue::M(life)) = item.get_mut("life")
    {
        life.insert("state".to_owned(), AttributeValue::S(to.to_owned()));
    }
}

fn raise(item: &mut Item, name: &str) {
    if let Some(AttributeValue::N(number)) = item.get_mut(name) {
        let next = number.parse::<u64>().unwrap_or(0).saturating_add(1);
        *number = next.to_string();
    }
}

/// As if the first look had been made long before.
fn look_long_ago(item: &mut Item) {
    if let Some(AttributeValue::M(looks)) = item.get_mut("look_ups") {
        let last = looks.get("last").cloned();
        looks.insert(
            "unknown_since".to_owned(),
            AttributeValue::S("2020-01-01T00:00:00.000Z".to_owned()),
        );
        looks.insert(
            "first".to_owned(),
            AttributeValue::S("2020-01-01T01:00:00.000Z".to_owned()),
        );
        if let Some(last) = last {
            looks.insert("last".to_owned(), last);
        }
    }
}

fn one_owner(write: &mut Write) {
    if let Write::Put(item, _) = write
        && text(item, "kind") == "guest"
    {
        item.insert(
            "id".to_owned(),
            AttributeValue::S("cus_01JDB7M3N8Q4R5S6T7V8W9X0YZ".to_owned()),
        );
    }
}
