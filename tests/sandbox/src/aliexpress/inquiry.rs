//! What became of an order: trade.ds.order.get, ds.order.tracking.get and ds.commissionorder.listbyindex.
//! The list takes `start_time` and `end_time` (yyyy-MM-dd HH:mm:ss, UTC here), an optional `status` word, `page_no` and
//! `page_size`, and gives one entry per order line, as the field names of public typings have it: it carries no
//! reference of ours, so a match is by product, count, amount and time.

use serde_json::{Value, json};

use super::freight::text_of;
use super::order::{Line, PAY_SECONDS, SupplierOrder};
use super::problem::Problem;
use super::{Parameters, list as wrap};
use crate::calls::Turn;
use crate::clock;
use crate::json::Fields;
use crate::money::decimal;

pub(super) fn order(turn: &mut Turn<'_>, parameters: &Parameters) -> Result<Value, Problem> {
    let query = parameters.get("single_order_query").filter(|text| !text.is_empty());
    let query: Value = match query {
        Some(text) => serde_json::from_str(text).map_err(|_| Problem::invalid("single_order_query"))?,
        None => return Err(Problem::missing("single_order_query")),
    };
    let id = text_of(query.at("order_id")).ok_or_else(|| Problem::missing("order_id"))?;
    let Some(order) = turn.books.get::<SupplierOrder>(&id) else {
        return Ok(json!({ "rsp_code": 404, "rsp_msg": "The order does not exist" }));
    };
    let amount = |cents: i64| json!({ "amount": decimal(cents), "currency_code": "USD" });
    let mut children: Vec<Value> = order.lines.iter().map(|line| child(line, &order)).collect();
    if let Some(first) = children.first_mut() {
        first.set("actual_tax_fee", amount(order.tax_cents));
    }
    let parcels = match order.shipped_at {
        Some(_) => vec![json!({ "logistics_no": order.logistics_no, "logistics_service": order.logistics_service })],
        None => Vec::new(),
    };
    let pay_left = match (order.paid_at, &order.end_reason) {
        (None, None) => (order.created / 1000 + PAY_SECONDS - turn.now / 1000).max(0),
        _ => 0,
    };
    let result = json!({
        "gmt_create": clock::write(order.created, 0, "%Y-%m-%d %H:%M:%S"),
        "order_status": order.order_status(),
        "logistics_status": order.logistics_status(),
        "order_amount": amount(order.order_cents()),
        "user_order_amount": amount(order.charged_cents()),
        "pay_timeout_second": pay_left.to_string(),
        "child_order_list": wrap(parameters, "aeop_child_order_info", children),
        "logistics_info_list": wrap(parameters, "aeop_order_logistics_info", parcels),
        "store_info": {
            "store_id": order.store_id,
            "store_name": order.store,
            "store_url": format!("//www.aliexpress.com/store/{}", order.store_id),
        },
    });
    Ok(json!({ "rsp_code": 200, "rsp_msg": "Call succeeds", "result": result }))
}

fn child(line: &Line, order: &SupplierOrder) -> Value {
    let amount = |cents: i64| json!({ "amount": decimal(cents), "currency_code": "USD" });
    json!({
        "product_id": line.product_id,
        "product_name": line.title,
        "sku_id": line.sku_id.to_string(),
        "product_count": line.count,
        "product_price": amount(line.unit_cents),
        "actual_fee": amount(line.goods_cents()),
        "shipping_fee": amount(line.shipping_cents),
        "actual_shipping_fee": amount(line.shipping_cents),
        "actual_tax_fee": amount(0),
        "end_reason": order.end_reason,
    })
}

pub(super) fn tracking(turn: &mut Turn<'_>, parameters: &Parameters) -> Result<Value, Problem> {
    let id = parameters.get("ae_order_id").filter(|id| !id.is_empty());
    let id = id.ok_or_else(|| Problem::missing("ae_order_id"))?;
    let language = parameters.get("language").filter(|language| !language.is_empty());
    language.ok_or_else(|| Problem::missing("language"))?;
    let Some(order) = turn.books.get::<SupplierOrder>(id) else {
        let result = json!({ "ret": false, "code": "404", "msg": "The order does not exist" });
        return Ok(json!({ "result": result }));
    };
    let parcels = order
        .shipped_at
        .map(|shipped| parcel(parameters, &order, shipped, turn))
        .into_iter()
        .collect();
    let lines = wrap(parameters, "tracking_detail", parcels);
    let data = json!({ "tracking_detail_line_list": lines });
    Ok(json!({ "result": { "ret": true, "code": "200", "msg": "success", "data": data } }))
}

fn parcel(parameters: &Parameters, order: &SupplierOrder, shipped: i64, turn: &Turn<'_>) -> Value {
    let item = |line: &Line| {
        json!({
            "item_id": line.product_id.to_string(),
            "sku_id": line.sku_id.to_string(),
            "sku_desc": line.sku_desc,
            "quantity": line.count.to_string(),
            "item_title": line.title,
        })
    };
    let node = |time: i64, name: &str, text: &str| json!({ "time_stamp": time.to_string(), "tracking_name": name, "tracking_detail_desc": text });
    let mut nodes = vec![node(shipped, "Shipped", "Package left the seller")];
    let way = shipped.saturating_add(turn.settings.aliexpress.deliver_seconds.saturating_mul(500));
    if order.delivered_at.is_some_and(|delivered| delivered >= way) || turn.now >= way {
        nodes.insert(0, node(way, "In transit", "Arrived at the sorting centre"));
    }
    if let Some(delivered) = order.delivered_at {
        nodes.insert(0, node(delivered, "Delivered", "Package delivered"));
    }
    let eta = shipped.saturating_add(turn.settings.aliexpress.deliver_seconds.saturating_mul(1000));
    json!({
        "mail_no": order.mail_no,
        "carrier_name": "USPS",
        "eta_time_stamps": eta.to_string(),
        "package_item_list": wrap(parameters, "package_item", order.lines.iter().map(item).collect()),
        "detail_node_list": wrap(parameters, "detail_node", nodes),
    })
}

pub(super) fn list(turn: &mut Turn<'_>, parameters: &Parameters) -> Result<Value, Problem> {
    let time = |name: &str| {
        let text = parameters
            .get(name)
            .filter(|text| !text.is_empty())
            .ok_or_else(|| Problem::missing(name))?;
        clock::read(text, 0).ok_or_else(|| Problem::invalid(name))
    };
    let number = |name: &str, usual: usize| match parameters.get(name).filter(|text| !text.is_empty()) {
        Some(text) => text
            .parse()
            .ok()
            .filter(|n| *n > 0)
            .ok_or_else(|| Problem::invalid(name)),
        None => Ok(usual),
    };
    let (from, until) = (time("start_time")?, time("end_time")?.saturating_add(999));
    let (page, size) = (number("page_no", 1)?, number("page_size", 20)?.min(50));
    let status = parameters.get("status").filter(|text| !text.is_empty());
    let visible = turn
        .now
        .saturating_sub(turn.settings.aliexpress.list_lag_seconds.saturating_mul(1000));
    let listed = |order: &&SupplierOrder| {
        (from..=until).contains(&order.created)
            && order.created <= visible
            && status.is_none_or(|word| effect(order) == *word)
    };
    let orders = turn.books.all::<SupplierOrder>();
    let entries: Vec<Value> = orders
        .iter()
        .filter(listed)
        .flat_map(|order| {
            order
                .lines
                .iter()
                .enumerate()
                .map(move |(place, line)| (order, place, line))
        })
        .map(|(order, place, line)| entry(order, place, line, &turn.settings.origin))
        .collect();
    let shown: Vec<Value> = entries
        .into_iter()
        .skip(page.saturating_sub(1).saturating_mul(size))
        .take(size)
        .collect();
    let index = |entry: Option<&Value>| entry.map_or(Value::Null, |entry| entry.at("sub_order_id").to_string().into());
    let result = json!({
        "current_page_no": page,
        "current_record_count": shown.len(),
        "min_query_index_id": index(shown.first()),
        "max_query_index_id": index(shown.last()),
        "orders": wrap(parameters, "order", shown),
    });
    Ok(json!({ "rsp_code": 200, "rsp_msg": "Call succeeds", "result": result }))
}

/// The list has its own words for what became of an order.
fn effect(order: &SupplierOrder) -> &'static str {
    if order.end_reason.is_some() {
        "Invalid"
    } else if order.finished_at.is_some() {
        "Buyer Confirmed Receipt"
    } else if order.paid_at.is_some() {
        "Payment Completed"
    } else {
        "Payment Pending"
    }
}

fn entry(order: &SupplierOrder, place: usize, line: &Line, origin: &str) -> Value {
    let time = |time: Option<i64>| time.map(|time| clock::write(time, 0, "%Y-%m-%d %H:%M:%S"));
    let sub_order = order.id.saturating_add(u64::try_from(place).unwrap_or_default());
    json!({
        "order_id": order.id,
        "order_number": order.id,
        "parent_order_number": order.id,
        "sub_order_id": sub_order,
        "item_id": line.product_id,
        "item_title": line.title,
        "item_count": line.count,
        "item_detail_url": format!("https://www.aliexpress.com/item/{}.html", line.product_id),
        "item_main_image_url": format!("{origin}/images/{}/1.svg", line.product_id),
        "ship_to_country": order.address.at("country"),
        "created_time": time(Some(order.created)),
        "paid_time": time(order.paid_at),
        "finished_time": time(order.finished_at),
        "paid_amount": if order.paid_at.is_some() { line.goods_cents().saturating_add(line.shipping_cents) } else { 0 },
        "finished_amount": decimal(if order.finished_at.is_some() { order.charged_cents() } else { 0 }),
        "effect_status": effect(order),
        "effect_detail_status": order.order_status(),
        "publisher_settled_currency": "USD",
        "is_hot_product": "N",
        "is_new_buyer": "N",
        "is_affiliate_product": "N",
    })
}
