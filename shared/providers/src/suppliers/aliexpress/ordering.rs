//! aliexpress.ds.order.create: buys with our account, paid at once. The one call of this store that must never be repeated blindly.

use std::time::Duration;

use domain::Timestamp;
use serde::{Deserialize, Serialize};

use super::{
    AliExpress,
    gateway::{self, Method},
    split_variant, wire,
};
use crate::{
    code_table::CodeTable,
    error::Error,
    exchange::Exchange,
    response::Response,
    suppliers::{Placed, RepeatSafety, StoreOrderLine, StoreOrderRequest},
    warehouse::WarehouseAddress,
};

pub(super) const METHOD: Method = Method {
    call: "aliexpress order.create",
    name: "aliexpress.ds.order.create",
};

/// The platform answers REPEATED_ORDER_ERROR to a second order with the same `out_order_id`. Whether it compares that id or the content of the
/// order is unconfirmed (its clients report both, 2026-11): either way a repeat is refused, and a second wanted purchase of the same things may
/// be refused too, which then is an unknown outcome for a person and never a second order.
pub(super) const REPEAT_SAFETY: RepeatSafety = RepeatSafety::DuplicateRejected;

/// Orders take longer than questions, and an answer given up too early is an unknown outcome.
const TIMEOUT: Duration = Duration::from_secs(20);

/// What the platform's error codes mean for a purchase.
pub(super) const ERRORS: CodeTable = CodeTable::new(include_str!("order_errors.csv"));

pub(super) fn exchange(
    store: &AliExpress,
    order: &StoreOrderRequest,
    now: Timestamp,
) -> Result<Exchange<Placed>, Error> {
    let items = order
        .lines
        .iter()
        .map(|line| Item::new(line, order.reference.as_str()))
        .collect::<Result<Vec<_>, _>>()?;
    if items.is_empty() || items.iter().any(|item| item.product_count == 0) {
        return Err(Error::Invalid {
            call: METHOD.call,
            problem: "an order needs at least one line of at least one",
        });
    }
    let body = Order {
        out_order_id: order.reference.as_str(),
        logistics_address: Address::new(&order.to)?,
        product_items: items,
    };
    let currency = order.max_total.currency();
    let payment = Payment {
        pay_currency: currency.code(),
        try_to_pay: "true",
    };
    let business = vec![
        (
            "param_place_order_request4_open_api_d_t_o",
            super::json_text(METHOD.call, &body)?,
        ),
        (
            "ds_extend_request",
            super::json_text(METHOD.call, &Extension { payment })?,
        ),
    ];
    let request = gateway::request(&store.settings, METHOD, business, now).within(TIMEOUT);
    let reference = order.reference.as_str().to_owned();
    Ok(Exchange::moves(
        METHOD.call,
        reference.clone(),
        request,
        move |response| parse(response, &reference),
    ))
}

fn parse(response: &Response, reference: &str) -> Result<Placed, Error> {
    let Answer { result } = gateway::open(METHOD, response)?;
    if result.is_success {
        let store_orders: Vec<String> = result.orders.into_iter().filter_map(|id| id.text).collect();
        if store_orders.is_empty() {
            return Err(Error::malformed(METHOD.call, "success without an order id"));
        }
        return Ok(Placed { store_orders });
    }
    let (call, text) = (METHOD.call, result.error_msg.unwrap_or_default());
    let Some(code) = result.error_code else {
        return Err(Error::malformed(call, "neither success nor an error code"));
    };
    Err(match ERRORS.ours(&code) {
        Some("refused" | "sold_out") => Error::Refused { call, code, text },
        Some("account") => Error::Unauthorized { call, code },
        // "repeated" proves that an order exists; a code we do not know proves nothing. Both are looked up, neither is sent again.
        _ => Error::OutcomeUnknown {
            call,
            reference: reference.to_owned(),
            source: format!("the store answers {code}").into(),
        },
    })
}

impl<'a> Item<'a> {
    fn new(line: &'a StoreOrderLine, reference: &'a str) -> Result<Self, Error> {
        let (_, sku_attr) = split_variant(METHOD.call, &line.variant)?;
        let product_id = line.variant.product.parse();
        Ok(Self {
            product_id: product_id.map_err(|_| Error::Invalid {
                call: METHOD.call,
                problem: "a product id is a number here",
            })?,
            product_count: line.quantity,
            sku_attr,
            logistics_service_name: &line.service,
            order_memo: reference,
        })
    }
}

impl<'a> Address<'a> {
    fn new(to: &'a WarehouseAddress) -> Result<Self, Error> {
        if !(2..=32).contains(&to.contact.chars().count()) {
            return Err(Error::Invalid {
                call: METHOD.call,
                problem: "the warehouse contact has not 2 to 32 characters",
            });
        }
        Ok(Self {
            contact_person: &to.contact,
            full_name: &to.contact,
            phone_country: &to.phone.country,
            mobile_no: &to.phone.number,
            address: &to.line,
            address2: &to.company,
            city: &to.city,
            province: &to.province,
            country: to.country.code().to_owned(),
            zip: &to.postcode,
            locale: "en_US",
        })
    }
}

#[derive(Serialize)]
struct Order<'a> {
    out_order_id: &'a str,
    logistics_address: Address<'a>,
    product_items: Vec<Item<'a>>,
}

/// Always the same for all orders: an address the platform has once accepted is not varied, not even for our own marks.
#[derive(Serialize)]
struct Address<'a> {
    contact_person: &'a str,
    full_name: &'a str,
    phone_country: &'a str,
    mobile_no: &'a str,
    address: &'a str,
    address2: &'a str,
    city: &'a str,
    province: &'a str,
    country: String,
    zip: &'a str,
    locale: &'static str,
}

#[derive(Serialize)]
struct Item<'a> {
    product_id: u64,
    product_count: u32,
    /// Absent for the only variant of a product.
    #[serde(skip_serializing_if = "str::is_empty")]
    sku_attr: &'a str,
    logistics_service_name: &'a str,
    /// Our reference once more: this one a buyer sees in the order list when an outcome is unknown.
    order_memo: &'a str,
}

#[derive(Serialize)]
struct Extension<'a> {
    payment: Payment<'a>,
}

#[derive(Serialize)]
struct Payment<'a> {
    pay_currency: &'a str,
    try_to_pay: &'static str,
}

#[derive(Deserialize)]
struct Answer {
    result: Outcome,
}

#[derive(Deserialize)]
struct Outcome {
    #[serde(default, deserialize_with = "wire::flag")]
    is_success: bool,
    #[serde(default, rename = "order_list", deserialize_with = "wire::list")]
    orders: Vec<wire::Id>,
    #[serde(default, deserialize_with = "wire::text")]
    error_code: Option<String>,
    #[serde(default, deserialize_with = "wire::text")]
    error_msg: Option<String>,
}
