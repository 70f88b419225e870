//! aliexpress.trade.ds.order.get, then aliexpress.ds.order.tracking.get: where an order stands, what it cost, what is on its way.

use domain::{Money, Timestamp};
use serde::{Deserialize, Serialize};

use super::{
    AliExpress,
    gateway::{self, Method},
    settings::Settings,
    wire,
};
use crate::{
    code_table::CodeTable,
    error::Error,
    exchange::{Exchange, Step},
    response::Response,
    suppliers::{StoreItem, StoreOrder, StoreOrderState, StorePackage},
};

pub(super) const ORDER: Method = Method {
    call: "aliexpress order.get",
    name: "aliexpress.trade.ds.order.get",
};
pub(super) const TRACKING: Method = Method {
    call: "aliexpress tracking.get",
    name: "aliexpress.ds.order.tracking.get",
};

/// Order states and logistics states; the two share no code with two meanings.
pub(super) const CODES: CodeTable = CodeTable::new(include_str!("status_codes.csv"));

pub(super) fn exchange(store: &AliExpress, store_order: &str, now: Timestamp) -> Result<Exchange<StoreOrder>, Error> {
    if !super::is_number(store_order) {
        return Err(Error::Invalid {
            call: ORDER.call,
            problem: "an order id is a number here",
        });
    }
    let question = super::json_text(ORDER.call, &Question { order_id: store_order })?;
    let request = gateway::request(&store.settings, ORDER, vec![("single_order_query", question)], now);
    let (settings, id) = (store.settings.clone(), store_order.to_owned());
    let order = Exchange::reads(
        ORDER.call,
        request,
        move |response| Ok(parse_order(response)?.order(id)),
    );
    Ok(order.and_then(move |order| {
        Ok(match order.state {
            StoreOrderState::Shipped | StoreOrderState::Arrived => Step::Next(tracked(&settings, order, now)),
            StoreOrderState::Unpaid
            | StoreOrderState::Paying
            | StoreOrderState::Placed
            | StoreOrderState::Cancelling
            | StoreOrderState::Cancelled
            | StoreOrderState::Problem(_) => Step::Done(order),
        })
    }))
}

fn tracked(settings: &Settings, order: StoreOrder, now: Timestamp) -> Exchange<StoreOrder> {
    let business = vec![("ae_order_id", order.id.clone()), ("language", "en_US".to_owned())];
    let request = gateway::request(settings, TRACKING, business, now);
    Exchange::reads(TRACKING.call, request, move |response| {
        // The numbers known here are the final ones of the last carrier; those of the order are provisional and stay until then.
        let packages = parse_tracking(response)?;
        Ok(if packages.is_empty() {
            order
        } else {
            with_packages(order, packages)
        })
    })
}

fn with_packages(order: StoreOrder, packages: Vec<StorePackage>) -> StoreOrder {
    let all_delivered = packages.iter().all(|package| package.is_delivered);
    let state = if all_delivered {
        StoreOrderState::Arrived
    } else {
        order.state
    };
    StoreOrder {
        state,
        packages,
        ..order
    }
}

fn parse_order(response: &Response) -> Result<Found, Error> {
    let answer: Answer = gateway::open(ORDER, response)?;
    match answer.result {
        Some(found) if gateway::is_success(answer.code.as_deref()) => Ok(found),
        _ => Err(gateway::refused(ORDER.call, answer.code, answer.msg)),
    }
}

fn parse_tracking(response: &Response) -> Result<Vec<StorePackage>, Error> {
    let result = match gateway::open::<Tracking>(TRACKING, response) {
        Ok(Tracking { result }) => result,
        // There is an order, so a no means only that there is nothing to tell about it yet.
        Err(Error::Refused { .. }) => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    Ok(result.parcels.lines.into_iter().filter_map(Line::package).collect())
}

impl Found {
    fn order(self, id: String) -> StoreOrder {
        let ended = self.children.iter().filter(|child| child.end_reason.is_some()).count();
        let is_unnamed = |child: &Child| child.end_reason.is_some() && child.product.is_none();
        let end_reason = self.children.iter().find_map(|child| child.end_reason.clone());
        // Zero in the amount charged means that it was never paid.
        let charged = self.charged.as_ref().and_then(wire::Amount::money);
        let is_never_paid = charged.is_some_and(Money::is_zero);
        let state = if ended > 0 && ended == self.children.len() {
            StoreOrderState::Cancelled
        } else if self.children.iter().any(is_unnamed) {
            StoreOrderState::Problem(format!("{} of {} lines ended", ended, self.children.len()))
        } else if self.status == "FINISH" && is_never_paid {
            StoreOrderState::Cancelled
        } else {
            further(state_of(&self.status), self.logistics_status.as_deref())
        };
        let total = match charged {
            Some(charged) => Some(charged).filter(|charged| !charged.is_zero()),
            None if state == StoreOrderState::Cancelled => None,
            None => self.ordered.as_ref().and_then(wire::Amount::money),
        };
        let packages = self.parcels.into_iter().filter_map(Parcel::package).collect();
        StoreOrder {
            id,
            state,
            total,
            packages,
            end_reason,
            items: self.children.into_iter().filter_map(Child::item).collect(),
        }
    }
}

/// The order's own state, moved on by its logistics state, which is sometimes ahead of it.
fn further(state: StoreOrderState, logistics: Option<&str>) -> StoreOrderState {
    let ahead = logistics.and_then(|code| CODES.ours(code));
    match (&state, ahead) {
        (StoreOrderState::Placed, Some("shipped")) => StoreOrderState::Shipped,
        (StoreOrderState::Placed | StoreOrderState::Shipped, Some("arrived")) => StoreOrderState::Arrived,
        _ => state,
    }
}

/// A word that is not in the table, or stands there as a problem, goes to a person as it is.
pub(super) fn state_of(code: &str) -> StoreOrderState {
    CODES
        .ours(code)
        .and_then(state_named)
        .unwrap_or_else(|| StoreOrderState::Problem(code.to_owned()))
}

pub(super) fn state_named(word: &str) -> Option<StoreOrderState> {
    Some(match word {
        "unpaid" => StoreOrderState::Unpaid,
        "paying" => StoreOrderState::Paying,
        "placed" => StoreOrderState::Placed,
        "shipped" => StoreOrderState::Shipped,
        "arrived" => StoreOrderState::Arrived,
        "cancelling" => StoreOrderState::Cancelling,
        _ => return None,
    })
}

/// Words of an end by the buyer's side (`buyer_pay_timeout`, `buyer_cancel`; seen in clients of the platform, 2026-11); all others are the
/// seller's or the platform's.
pub(super) fn is_ours(reason: &str) -> bool {
    let reason = reason.to_ascii_lowercase();
    ["buyer", "pay"].iter().any(|word| reason.contains(word))
}

impl Child {
    fn item(self) -> Option<StoreItem> {
        Some(StoreItem {
            product: self.product?,
            variant: self.sku.filter(|sku| !sku.is_empty()),
            count: self.count.and_then(|count| wire::whole(&count, 0)),
            end_reason: self.end_reason,
        })
    }
}

impl Parcel {
    fn package(self) -> Option<StorePackage> {
        Some(StorePackage {
            carrier: self.service,
            tracking: self.number?,
            is_delivered: false,
        })
    }
}

impl Line {
    fn package(self) -> Option<StorePackage> {
        let is_delivered = self.news.iter().any(|news| {
            news.name
                .as_deref()
                .is_some_and(|name| name.trim().to_ascii_lowercase().starts_with("delivered"))
        });
        Some(StorePackage {
            carrier: self.carrier,
            tracking: self.number?,
            is_delivered,
        })
    }
}

#[derive(Serialize)]
struct Question<'a> {
    order_id: &'a str,
}

#[derive(Deserialize)]
struct Answer {
    #[serde(default, rename = "rsp_code", deserialize_with = "wire::text")]
    code: Option<String>,
    #[serde(default, rename = "rsp_msg", deserialize_with = "wire::text")]
    msg: Option<String>,
    result: Option<Found>,
}

#[derive(Deserialize)]
struct Found {
    #[serde(rename = "order_status")]
    status: String,
    #[serde(default, deserialize_with = "wire::text")]
    logistics_status: Option<String>,
    #[serde(rename = "order_amount")]
    ordered: Option<wire::Amount>,
    #[serde(rename = "user_order_amount")]
    charged: Option<wire::Amount>,
    #[serde(default, rename = "child_order_list", deserialize_with = "wire::list")]
    children: Vec<Child>,
    #[serde(default, rename = "logistics_info_list", deserialize_with = "wire::list")]
    parcels: Vec<Parcel>,
}

#[derive(Deserialize)]
struct Child {
    #[serde(default, rename = "product_id", deserialize_with = "wire::text")]
    product: Option<String>,
    #[serde(default, rename = "sku_id", deserialize_with = "wire::text")]
    sku: Option<String>,
    #[serde(default, rename = "product_count", deserialize_with = "wire::text")]
    count: Option<String>,
    #[serde(default, deserialize_with = "wire::text")]
    end_reason: Option<String>,
}

#[derive(Deserialize)]
struct Parcel {
    #[serde(default, rename = "logistics_no", deserialize_with = "wire::text")]
    number: Option<String>,
    #[serde(default, rename = "logistics_service", deserialize_with = "wire::text")]
    service: Option<String>,
}

#[derive(Deserialize)]
struct Tracking {
    result: TrackingResult,
}

#[derive(Deserialize)]
struct TrackingResult {
    #[serde(default, rename = "data")]
    parcels: TrackingLines,
}

#[derive(Default, Deserialize)]
struct TrackingLines {
    #[serde(default, rename = "tracking_detail_line_list", deserialize_with = "wire::list")]
    lines: Vec<Line>,
}

#[derive(Deserialize)]
struct Line {
    #[serde(default, rename = "mail_no", deserialize_with = "wire::text")]
    number: Option<String>,
    #[serde(default, rename = "carrier_name", deserialize_with = "wire::text")]
    carrier: Option<String>,
    #[serde(default, rename = "detail_node_list", deserialize_with = "wire::list")]
    news: Vec<News>,
}

#[derive(Deserialize)]
struct News {
    #[serde(default, rename = "tracking_name", deserialize_with = "wire::text")]
    name: Option<String>,
}
