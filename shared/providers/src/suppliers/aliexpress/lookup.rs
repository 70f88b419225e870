//! aliexpress.ds.commissionorder.listbyindex: looks for an order whose outcome is unknown among all orders of that time.
//!
//! The list does not carry our reference, so a find is by product, count and time and never certain.

use std::{collections::BTreeMap, time::Duration};

use domain::Timestamp;
use serde::Deserialize;

use super::{
    AliExpress,
    gateway::{self, Method},
    settings::Settings,
    wire,
};
use crate::{
    error::Error,
    exchange::{Exchange, Step},
    response::Response,
    suppliers::{Found, Lookup},
};

pub(super) const METHOD: Method = Method {
    call: "aliexpress order.list",
    name: "aliexpress.ds.commissionorder.listbyindex",
};

/// The only status word that fits a fresh order paid at once. One that stayed unpaid is not listed: it lapses within a day, and a repeat
/// with the same reference would be refused.
const STATUS: &str = "Payment Completed";

/// The most the platform gives at once.
const PAGE_SIZE: usize = 50;

/// The zone of the list's times is told as PST and unconfirmed, so a time counts in any of these (hours behind UTC).
const ZONES: [u64; 3] = [0, 7, 8];
const HOUR: Duration = Duration::from_secs(3600);

/// How far the platform's clock may be from ours.
const CLOCK_SKEW: Duration = Duration::from_secs(60);

/// A time span that is still to be asked for.
type Span = (Timestamp, Timestamp);

/// What a search carries from page to page.
struct Search {
    settings: Settings,
    lookup: Lookup,
    now: Timestamp,
    open: Vec<Span>,
    seen: Vec<Entry>,
}

pub(super) fn exchange(store: &AliExpress, lookup: &Lookup, now: Timestamp) -> Result<Exchange<Found>, Error> {
    if lookup.lines.is_empty() || lookup.until < lookup.since {
        return Err(Error::Invalid {
            call: METHOD.call,
            problem: "a look-up needs lines and a time",
        });
    }
    // As the list may write its times up to eight hours behind, so far must the span reach back.
    let reach = HOUR * u32::try_from(ZONES.into_iter().max().unwrap_or(0)).unwrap_or(0);
    let whole = (lookup.since.minus(reach + CLOCK_SKEW), lookup.until.plus(CLOCK_SKEW));
    let search = Search {
        settings: store.settings.clone(),
        lookup: lookup.clone(),
        now,
        open: Vec::new(),
        seen: Vec::new(),
    };
    Ok(search.ask(whole))
}

impl Search {
    fn ask(self, span: Span) -> Exchange<Found> {
        let business = vec![
            ("start_time", written(span.0)),
            ("end_time", written(span.1)),
            ("status", STATUS.to_owned()),
            ("page_no", "1".to_owned()),
            ("page_size", PAGE_SIZE.to_string()),
        ];
        let request = gateway::request(&self.settings, METHOD, business, self.now);
        Exchange::reads(METHOD.call, request, parse).and_then(move |entries| self.go_on(span, entries))
    }

    /// A full page may hide orders, and how the next page is asked for is told differently everywhere: a shorter span is asked instead.
    fn go_on(mut self, span: Span, entries: Vec<Entry>) -> Result<Step<Found>, Error> {
        if entries.len() >= PAGE_SIZE {
            let half = span.1.since(span.0) / 2;
            if half < Duration::from_secs(1) {
                return Err(Error::malformed(
                    METHOD.call,
                    "more orders in a second than a page holds",
                ));
            }
            self.open.push((span.0.plus(half), span.1));
            return Ok(Step::Next(self.ask((span.0, span.0.plus(half)))));
        }
        self.seen.extend(entries);
        match self.open.pop() {
            Some(next) => Ok(Step::Next(self.ask(next))),
            None => Ok(Step::Done(found(&self.lookup, &self.seen))),
        }
    }
}

/// The orders that hold every line that was to be bought and were made in that time.
fn found(lookup: &Lookup, seen: &[Entry]) -> Found {
    let mut orders: BTreeMap<&str, Vec<&Entry>> = BTreeMap::new();
    for entry in seen {
        if let Some(order) = entry.order() {
            orders.entry(order).or_default().push(entry);
        }
    }
    let fits = |entries: &[&Entry]| {
        let has_line = |product: &str, quantity: u32| entries.iter().any(|entry| entry.is_line(product, quantity));
        lookup
            .lines
            .iter()
            .all(|line| has_line(&line.variant.product, line.quantity))
            && entries.iter().all(|entry| entry.is_within(lookup.since, lookup.until))
    };
    let likely: Vec<String> = orders
        .into_iter()
        .filter(|(_, entries)| fits(entries))
        .map(|(id, _)| id.to_owned())
        .collect();
    if likely.is_empty() {
        Found::Nothing
    } else {
        Found::Likely(likely)
    }
}

/// `2026-11-23 07:19:52`, as the list takes times.
fn written(at: Timestamp) -> String {
    at.to_string()
        .chars()
        .take(19)
        .map(|c| if c == 'T' { ' ' } else { c })
        .collect()
}

/// An empty list counts only when it says so itself: it is a part of the proof that nothing was bought.
fn parse(response: &Response) -> Result<Vec<Entry>, Error> {
    let answer: Answer = gateway::open(METHOD, response)?;
    match answer.result {
        Some(page) if gateway::is_success(answer.code.as_deref()) => {
            let is_told = !page.orders.is_empty() || page.count.as_deref() == Some("0");
            if is_told {
                Ok(page.orders)
            } else {
                Err(Error::malformed(METHOD.call, "a list without its length"))
            }
        }
        _ => Err(gateway::refused(METHOD.call, answer.code, answer.msg)),
    }
}

impl Entry {
    /// The id by which the order's state is asked for.
    fn order(&self) -> Option<&str> {
        [&self.parent, &self.number, &self.id]
            .into_iter()
            .flatten()
            .map(String::as_str)
            .find(|id| *id != "0")
    }

    fn is_line(&self, product: &str, quantity: u32) -> bool {
        let count = self.count.as_deref().and_then(|count| wire::whole(count, 0));
        self.product.as_deref() == Some(product) && count.is_none_or(|count| count == quantity)
    }

    /// A time that cannot be read does not rule an order out.
    fn is_within(&self, since: Timestamp, until: Timestamp) -> bool {
        let Some(text) = self.created.as_deref() else {
            return true;
        };
        let Ok(as_utc) = format!("{}Z", text.trim().replacen(' ', "T", 1)).parse::<Timestamp>() else {
            return true;
        };
        let (since, until) = (since.minus(CLOCK_SKEW), until.plus(CLOCK_SKEW));
        ZONES.iter().any(|behind| {
            let at = as_utc.plus(Duration::from_secs(behind * 3600));
            since <= at && at <= until
        })
    }
}

#[derive(Deserialize)]
struct Answer {
    #[serde(default, rename = "rsp_code", deserialize_with = "wire::text")]
    code: Option<String>,
    #[serde(default, rename = "rsp_msg", deserialize_with = "wire::text")]
    msg: Option<String>,
    result: Option<Page>,
}

#[derive(Deserialize)]
struct Page {
    #[serde(default, rename = "current_record_count", deserialize_with = "wire::text")]
    count: Option<String>,
    #[serde(default, deserialize_with = "wire::list")]
    orders: Vec<Entry>,
}

/// One line of one order.
#[derive(Deserialize)]
struct Entry {
    #[serde(default, rename = "parent_order_number", deserialize_with = "wire::text")]
    parent: Option<String>,
    #[serde(default, rename = "order_number", deserialize_with = "wire::text")]
    number: Option<String>,
    #[serde(default, rename = "order_id", deserialize_with = "wire::text")]
    id: Option<String>,
    #[serde(default, rename = "item_id", deserialize_with = "wire::text")]
    product: Option<String>,
    #[serde(default, rename = "item_count", deserialize_with = "wire::text")]
    count: Option<String>,
    #[serde(default, rename = "created_time", deserialize_with = "wire::text")]
    created: Option<String>,
}
