//! What news of an order say, in the reader's language. The sentences stand in `templates/en` and `templates/sw`; here are the facts they are
//! made of. Nothing in them names the customer or where they live: mail and text messages are read over shoulders.

use askama::Template;
use domain::{
    Failure, Money, Timestamp,
    lifecycle::{self, ExceptionKind, News, State, Subject},
    local_time, news,
    order::{Line as OrderLine, Order, Part, RefundReason, Tiding, Unit},
    person::Language,
};

/// A title in a sentence is cut here.
const TITLE_LIMIT: usize = 60;

/// One thing to tell, with everything its sentence needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Line {
    Placed { total: Money, pay_by: String },
    PartPaid { due: Money },
    Paid { total: Money },
    PaidLate,
    Expired,
    Cancelled,
    GoesOn,
    Bought { items: String },
    Question { items: String, until: String },
    Reminder { items: String, until: String },
    ReminderToPay { due: Money, until: String },
    Received { some: usize, all: usize },
    Shipped { carrier: String, number: String },
    Delayed { why: Why },
    Customs { carrier: String, number: String },
    SentBack { carrier: String },
    Delivered { some: usize, all: usize },
    RefundOpened { amount: Money, why: Back },
    RefundDone { amount: Money },
}

/// What takes longer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Why {
    Store,
    Item,
    NotArrived,
    Warehouse,
    Carrier,
    Order,
}

/// Why money goes back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Back {
    Cancelled,
    NotDelivered,
    TooMuch,
    Late,
}

/// A message to one reader.
pub(crate) struct Told {
    pub(crate) subject: String,
    pub(crate) text: String,
    pub(crate) html: String,
    /// The same as a text message.
    pub(crate) short: String,
}

/// What stands around the sentences.
struct Frame {
    language: &'static str,
    button: &'static str,
    about: &'static str,
}

macro_rules! said {
    ($($name:ident: $path:literal,)*) => { $(
        #[derive(Template)]
        #[template(path = $path, escape = "none")]
        struct $name<'a> { line: &'a Line }
    )* };
}

said! {
    EnglishSubject: "en/subject.txt",
    EnglishSentence: "en/sentence.txt",
    SwahiliSubject: "sw/subject.txt",
    SwahiliSentence: "sw/sentence.txt",
}

#[derive(Template)]
#[template(path = "mail.html")]
struct Html<'a> {
    subject: &'a str,
    sentences: &'a [String],
    url: &'a str,
    frame: &'a Frame,
}

#[derive(Template)]
#[template(path = "mail.txt", escape = "none")]
struct Plain<'a> {
    sentences: &'a [String],
    url: &'a str,
    frame: &'a Frame,
}

/// A message about these tidings; nothing when there is nothing to say.
///
/// # Errors
/// A defect of a template.
pub(crate) fn of(order: &Order, tidings: &[Tiding], language: Language, url: &str) -> Result<Option<Told>, Failure> {
    let lines = lines(order, tidings, language);
    let Some(first) = lines.first() else { return Ok(None) };
    let frame = frame(language);
    let subject = written(language, first, Of::Subject)?;
    let sentences = lines
        .iter()
        .map(|line| written(language, line, Of::Sentence))
        .collect::<Result<Vec<_>, _>>()?;
    let short = format!("Bandari: {} {url}", sentences.join(" "));
    let plain = Plain {
        sentences: &sentences,
        url,
        frame: &frame,
    };
    let html = Html {
        subject: &subject,
        sentences: &sentences,
        url,
        frame: &frame,
    };
    Ok(Some(Told {
        text: rendered(&plain)?,
        html: rendered(&html)?,
        short,
        subject,
    }))
}

fn frame(language: Language) -> Frame {
    match language {
        Language::En => Frame {
            language: "en",
            button: "See your order",
            about: "The link shows this order without log-in, to whoever has it. You can end it where every step of your order is listed.",
        },
        Language::Sw => Frame {
            language: "sw",
            button: "Tazama oda yako",
            about: "Kiungo hiki kinaonyesha oda hii bila kuingia, kwa yeyote aliye nacho. Unaweza kukizima kwenye orodha ya hatua za oda yako.",
        },
    }
}

#[derive(Clone, Copy)]
enum Of {
    Subject,
    Sentence,
}

fn written(language: Language, line: &Line, of: Of) -> Result<String, Failure> {
    match (language, of) {
        (Language::En, Of::Subject) => rendered(&EnglishSubject { line }),
        (Language::En, Of::Sentence) => rendered(&EnglishSentence { line }),
        (Language::Sw, Of::Subject) => rendered(&SwahiliSubject { line }),
        (Language::Sw, Of::Sentence) => rendered(&SwahiliSentence { line }),
    }
}

fn rendered(template: &impl Template) -> Result<String, Failure> {
    let text = template.render();
    let text = text.map_err(|error| Failure::internal(format!("could not word a message: {error}")))?;
    Ok(text.trim().to_owned())
}

/// Every tiding as a line, pieces of one kind together.
fn lines(order: &Order, tidings: &[Tiding], language: Language) -> Vec<Line> {
    let mut lines: Vec<Line> = Vec::new();
    for tiding in tidings {
        let Some(line) = line(order, tidings, tiding, language) else {
            continue;
        };
        if !lines.contains(&line) {
            lines.push(line);
        }
    }
    lines
}

fn line(order: &Order, tidings: &[Tiding], tiding: &Tiding, language: Language) -> Option<Line> {
    let about = &tiding.about;
    Some(match tiding.news {
        News::Placed => Line::Placed {
            total: order.to_pay(),
            pay_by: pay_by(order, language),
        },
        News::PartPaid => Line::PartPaid { due: order.due() },
        News::Paid => Line::Paid { total: order.to_pay() },
        News::PaidLate => Line::PaidLate,
        News::Expired => Line::Expired,
        News::Cancelled => Line::Cancelled,
        News::GoesOn => Line::GoesOn,
        News::Bought => Line::Bought {
            items: items(order, about, language)?,
        },
        News::Question => Line::Question {
            items: items(order, about, language)?,
            until: until(order, about, language),
        },
        News::Reminder => reminder(order, about, language)?,
        News::Received => Line::Received {
            some: tidings.iter().filter(|other| other.news == News::Received).count(),
            all: order.units.len(),
        },
        News::Shipped => Line::Shipped {
            carrier: carrier(order, about)?,
            number: number(order, about),
        },
        News::Delayed => Line::Delayed {
            why: why(news::delay(order, about)?),
        },
        News::Customs => Line::Customs {
            carrier: carrier(order, about)?,
            number: number(order, about),
        },
        News::SentBack => Line::SentBack {
            carrier: carrier(order, about)?,
        },
        News::Delivered => Line::Delivered {
            some: inside(order, about),
            all: coming(order),
        },
        News::RefundOpened => {
            let (amount, reason) = refund(order, about)?;
            Line::RefundOpened {
                amount,
                why: back(reason),
            }
        }
        News::RefundDone => Line::RefundDone {
            amount: refund(order, about)?.0,
        },
    })
}

fn when(order: &Order, at: Timestamp, language: Language) -> String {
    let form = match language {
        Language::En => "%a %-d %b, %H:%M",
        Language::Sw => "%-d/%-m/%Y, %H:%M",
    };
    local_time::written(at, order.destination.country(), form)
}

/// Until when it can be paid; empty when it is paid.
fn pay_by(order: &Order, language: Language) -> String {
    let waits = order.life.state() == State::AwaitingPayment;
    let due = order.life.due_at().filter(|_| waits);
    due.map(|due| when(order, due, language)).unwrap_or_default()
}

fn until(order: &Order, about: &Part, language: Language) -> String {
    let life = order.life(about);
    let lapses = life.and_then(|life| lifecycle::lapses_at(Subject::SupplierOrder, life));
    lapses.map(|at| when(order, at, language)).unwrap_or_default()
}

fn reminder(order: &Order, about: &Part, language: Language) -> Option<Line> {
    let Part::SupplierOrder(id) = about else { return None };
    let until = until(order, about, language);
    let is_agreed = order.supplier_order(id)?.is_agreed;
    Some(if is_agreed && order.due().amount() > 0 {
        Line::ReminderToPay {
            due: order.due(),
            until,
        }
    } else {
        Line::Reminder {
            items: items(order, about, language)?,
            until,
        }
    })
}

/// `Mug` or `Mug and 2 more`.
fn items(order: &Order, about: &Part, language: Language) -> Option<String> {
    let Part::SupplierOrder(id) = about else { return None };
    let bought = order.supplier_order(id)?;
    let lines: Vec<&OrderLine> = bought.lines.iter().filter_map(|line| order.line(line)).collect();
    let title = cut(&lines.first()?.title);
    let more = lines.len().saturating_sub(1);
    Some(match (more, language) {
        (0, _) => title,
        (more, Language::En) => format!("{title} and {more} more"),
        (more, Language::Sw) => format!("{title} na nyingine {more}"),
    })
}

/// A title on one line, not longer than fits a sentence.
fn cut(title: &str) -> String {
    let plain = title.split_whitespace().collect::<Vec<_>>().join(" ");
    if plain.chars().count() <= TITLE_LIMIT {
        return plain;
    }
    let kept: String = plain.chars().take(TITLE_LIMIT).collect();
    format!("{}…", kept.trim_end())
}

fn carrier(order: &Order, about: &Part) -> Option<String> {
    let Part::Shipment(id) = about else { return None };
    Some(order.shipment(id)?.carrier.as_str().to_uppercase())
}

fn number(order: &Order, about: &Part) -> String {
    let Part::Shipment(id) = about else {
        return String::new();
    };
    let number = order.shipment(id).and_then(|parcel| parcel.tracking_number.clone());
    number.unwrap_or_default()
}

fn inside(order: &Order, about: &Part) -> usize {
    let Part::Shipment(id) = about else { return 0 };
    order.units_in(id).count()
}

/// The pieces that come or came.
fn coming(order: &Order) -> usize {
    let is_gone = |unit: &&Unit| matches!(unit.life.state(), State::Dropped | State::Lost);
    order.units.iter().filter(|unit| !is_gone(unit)).count()
}

fn refund(order: &Order, about: &Part) -> Option<(Money, RefundReason)> {
    let Part::Refund(id) = about else { return None };
    order.refund(id).map(|refund| (refund.amount, refund.reason))
}

fn why(matter: ExceptionKind) -> Why {
    match matter {
        ExceptionKind::CannotBuy | ExceptionKind::UnsureBuy | ExceptionKind::DoubleBuy => Why::Store,
        ExceptionKind::UnitHeld => Why::Item,
        ExceptionKind::NotArrived => Why::NotArrived,
        ExceptionKind::NotPacked
        | ExceptionKind::NotHandedOver
        | ExceptionKind::LabelRefused
        | ExceptionKind::UnsureLabel
        | ExceptionKind::LabelMissing => Why::Warehouse,
        ExceptionKind::CarrierTrouble | ExceptionKind::SentBack => Why::Carrier,
        ExceptionKind::LatePayment
        | ExceptionKind::WrongAmount
        | ExceptionKind::RefundRefused
        | ExceptionKind::OrderOverdue
        | ExceptionKind::Stuck => Why::Order,
    }
}

fn back(reason: RefundReason) -> Back {
    match reason {
        RefundReason::Cancelled => Back::Cancelled,
        RefundReason::NotDelivered | RefundReason::UnitLost => Back::NotDelivered,
        RefundReason::PaidTwice | RefundReason::WrongAmount | RefundReason::NotNeeded => Back::TooMuch,
        RefundReason::LatePayment | RefundReason::NotCovered => Back::Late,
    }
}

#[cfg(test)]
mod tests;
