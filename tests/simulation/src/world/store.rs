//! A store that speaks AliExpress: products, freight, orders paid at once, and parcels to our warehouse.

use std::collections::BTreeMap;

use domain::Timestamp;
use providers::{Request, Response};
use serde_json::{Value, json};

use super::{Turn, decimal, field, form, json as answer};
use crate::faults::Fault;

const HOUR_MS: i64 = 3_600_000;
pub(crate) const FIRST_PRODUCT: u64 = 1_005_000_000_000_000;
pub(crate) const PRODUCTS: u64 = 20;
const FREIGHT_CENTS: i64 = 245;

/// One order in the store's books.
#[derive(Clone, Debug)]
pub(crate) struct StoreOrder {
    pub(crate) reference: String,
    pub(crate) lines: Vec<(u64, i64)>,
    pub(crate) total: i64,
    made_at: Timestamp,
    listed_at: Timestamp,
    pub(crate) ships_at: Timestamp,
    pub(crate) arrives_at: Timestamp,
    cancelled_at: Option<Timestamp>,
    /// Made by the store's own fault: nobody asked for it.
    pub(crate) is_doubled: bool,
}

impl StoreOrder {
    /// The purchase it was made for; a further attempt at it has a number behind.
    pub(crate) fn purchase(&self) -> String {
        let parts: Vec<&str> = self.reference.split('-').take(2).collect();
        parts.join("-")
    }

    pub(crate) fn is_cancelled(&self, now: Timestamp) -> bool {
        self.cancelled_at.is_some_and(|at| at <= now)
    }

    /// The number on the parcel.
    pub(crate) fn tracking(id: u64) -> String {
        format!("94001118992231{id}")
    }
}

/// The store's books.
#[derive(Default)]
pub(crate) struct Store {
    pub(crate) orders: BTreeMap<u64, StoreOrder>,
    number: u64,
    /// What the store asks more than at first, in cents, by product.
    dearer: BTreeMap<u64, i64>,
}

fn later(at: Timestamp, millis: i64) -> Timestamp {
    Timestamp::from_millis(at.as_millis().saturating_add(millis))
}

fn written(at: Timestamp) -> String {
    at.to_string().chars().take(19).collect::<String>().replace('T', " ")
}

impl Store {
    pub(crate) fn price(&self, product: u64) -> i64 {
        let number = i64::try_from(product.saturating_sub(FIRST_PRODUCT)).unwrap_or(0);
        let usual = number.saturating_mul(731).saturating_add(950);
        usual.saturating_add(self.dearer.get(&product).copied().unwrap_or(0))
    }

    pub(crate) fn answer(&mut self, turn: &Turn<'_>, request: &Request) -> Response {
        let fields = form(request);
        let method = field(&fields, "method");
        let told = match method {
            "aliexpress.ds.product.get" => self.product(turn, field(&fields, "product_id")),
            "aliexpress.ds.freight.query" => freight(turn),
            "aliexpress.ds.order.create" => {
                self.create(turn, field(&fields, "param_place_order_request4_open_api_d_t_o"))
            }
            "aliexpress.ds.commissionorder.listbyindex" => self.list(turn, &fields),
            "aliexpress.trade.ds.order.get" => self.get(turn, field(&fields, "single_order_query")),
            "aliexpress.ds.order.tracking.get" => self.track(turn, field(&fields, "ae_order_id")),
            _ => {
                return answer(
                    200,
                    &json!({ "error_response": { "code": "InvalidApiPath", "type": "ISV" } }),
                );
            }
        };
        answer(200, &json!({ format!("{}_response", method.replace('.', "_")): told }))
    }

    fn product(&mut self, turn: &Turn<'_>, id: &str) -> Value {
        let id: u64 = id.parse().unwrap_or(0);
        if !(FIRST_PRODUCT..FIRST_PRODUCT.saturating_add(PRODUCTS)).contains(&id) {
            return json!({ "rsp_code": 404, "rsp_msg": "The product does not exist" });
        }
        if turn.strikes(Fault::PriceMoves) {
            let usual = self.price(id);
            self.dearer.insert(id, turn.between(0, usual / 2));
        }
        let stock = if turn.strikes(Fault::StoreRefuses) { 0 } else { 50 };
        json!({
            "rsp_code": 200,
            "result": {
                "ae_item_base_info_dto": {
                    "product_id": id, "subject": format!("Ceramic mug number {}", id.saturating_sub(FIRST_PRODUCT)), "category_id": 100_004_814,
                    "product_status_type": "onSelling", "detail": ""
                },
                "ae_item_sku_info_dtos": { "ae_item_sku_info_d_t_o": [{
                    "sku_id": "12000039870010012", "sku_attr": "14:193#Coal", "offer_sale_price": decimal(self.price(id)), "currency_code": "USD",
                    "sku_available_stock": stock, "ae_sku_property_dtos": { "ae_sku_property_d_t_o": [
                        { "sku_property_name": "Color", "sku_property_value": "BLACK", "property_value_definition_name": "Coal" }
                    ] }
                }] },
                "ae_multimedia_info_dto": { "image_urls": "https://ae01.test/mug.jpg" },
                "package_info_dto": { "package_length": 14, "package_width": 12, "package_height": 11, "gross_weight": "0.420" },
                "ae_store_info": { "store_name": "Hearth and Home Store" }
            }
        })
    }

    fn create(&mut self, turn: &Turn<'_>, order: &str) -> Value {
        let refusal = |code: &str| json!({ "result": { "is_success": false, "error_code": code, "error_msg": code } });
        let order: Value = serde_json::from_str(order).unwrap_or_default();
        let reference = order
            .get("out_order_id")
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_owned();
        if self.orders.values().any(|known| known.reference == reference) {
            return refusal("REPEATED_ORDER_ERROR");
        }
        if turn.strikes(Fault::StoreRefuses) {
            return refusal("INVENTORY_HOLD_ERROR");
        }
        let items = order
            .get("product_items")
            .and_then(Value::as_array)
            .cloned()
            .unwrap_or_default();
        let number = |item: &Value, name: &str| item.get(name).and_then(Value::as_i64).unwrap_or(0);
        let line = |item: &Value| (number(item, "product_id").unsigned_abs(), number(item, "product_count"));
        let lines: Vec<(u64, i64)> = items.iter().map(line).collect();
        let goods: i64 = lines
            .iter()
            .map(|(product, count)| self.price(*product).saturating_mul(*count))
            .sum();
        let freight = FREIGHT_CENTS.saturating_mul(i64::try_from(lines.len()).unwrap_or(0));
        let ships_at = later(turn.now, turn.between(HOUR_MS, 4 * HOUR_MS));
        let made = StoreOrder {
            reference,
            lines,
            total: goods.saturating_add(freight),
            made_at: turn.now,
            listed_at: later(
                turn.now,
                if turn.strikes(Fault::ListedLate) {
                    turn.between(0, 20 * 60_000)
                } else {
                    0
                },
            ),
            ships_at,
            arrives_at: later(ships_at, turn.between(HOUR_MS, 6 * HOUR_MS)),
            cancelled_at: turn
                .strikes(Fault::StoreCancels)
                .then(|| later(turn.now, turn.between(60_000, HOUR_MS))),
            is_doubled: false,
        };
        if turn.strikes(Fault::MadeTwice) {
            let double = StoreOrder {
                is_doubled: true,
                ..made.clone()
            };
            self.keep(double);
        }
        let id = self.keep(made);
        json!({ "result": { "is_success": true, "order_list": { "number": [id] } } })
    }

    fn keep(&mut self, order: StoreOrder) -> u64 {
        self.number = self.number.saturating_add(1);
        let id = self.number.saturating_add(8_190_000_000_000_000);
        self.orders.insert(id, order);
        id
    }

    fn list(&self, turn: &Turn<'_>, fields: &[(String, String)]) -> Value {
        let (from, to) = (field(fields, "start_time"), field(fields, "end_time"));
        let mut entries = Vec::new();
        for (id, order) in &self.orders {
            let made = written(order.made_at);
            if order.listed_at > turn.now || made.as_str() < from || made.as_str() > to || order.is_cancelled(turn.now)
            {
                continue;
            }
            for (product, count) in &order.lines {
                entries.push(json!({
                    "order_id": id, "order_number": id, "parent_order_number": id, "item_id": product, "item_count": count, "created_time": made
                }));
            }
        }
        entries.truncate(50);
        json!({ "rsp_code": 200, "result": { "current_record_count": entries.len(), "orders": { "order": entries } } })
    }

    fn get(&self, turn: &Turn<'_>, question: &str) -> Value {
        let question: Value = serde_json::from_str(question).unwrap_or_default();
        let id = question
            .get("order_id")
            .and_then(Value::as_str)
            .and_then(|id| id.parse::<u64>().ok())
            .unwrap_or(0);
        let Some(order) = self.orders.get(&id) else {
            return json!({ "rsp_code": 404, "rsp_msg": "order not found" });
        };
        let is_cancelled = order.is_cancelled(turn.now);
        let is_sent = !is_cancelled && order.ships_at <= turn.now;
        let amount = json!({ "amount": decimal(order.total), "currency_code": "USD" });
        let reason = is_cancelled.then_some("seller_cancelled");
        let children: Vec<Value> = order
            .lines
            .iter()
            .map(|(product, _)| json!({ "product_id": product, "end_reason": reason }))
            .collect();
        let parcel =
            json!([{ "logistics_no": StoreOrder::tracking(id), "logistics_service": "CAINIAO_FULFILLMENT_STD" }]);
        json!({
            "rsp_code": 200,
            "result": {
                "order_status": if is_cancelled { "FINISH" } else if is_sent { "WAIT_BUYER_ACCEPT_GOODS" } else { "WAIT_SELLER_SEND_GOODS" },
                "logistics_status": if is_sent { "SELLER_SEND_GOODS" } else { "NO_LOGISTICS" },
                "order_amount": amount, "user_order_amount": amount,
                "child_order_list": { "aeop_child_order_info": children },
                "logistics_info_list": { "aeop_order_logistics_info": if is_sent { parcel } else { json!([]) } }
            }
        })
    }

    fn track(&self, turn: &Turn<'_>, id: &str) -> Value {
        let id: u64 = id.parse().unwrap_or(0);
        let is_here = self.orders.get(&id).is_some_and(|order| order.arrives_at <= turn.now);
        let word = if is_here { "Delivered" } else { "In transit" };
        json!({ "result": { "code": "200", "data": { "tracking_detail_line_list": { "tracking_detail": [{
            "mail_no": StoreOrder::tracking(id), "carrier_name": "USPS",
            "detail_node_list": { "detail_node": [{ "tracking_name": word }] }
        }] } } } })
    }

    /// Orders for one of our purchases that the store will deliver or has delivered, its own doubles left out.
    pub(crate) fn live(&self, reference: &str, now: Timestamp) -> Vec<(u64, &StoreOrder)> {
        let ours = |order: &StoreOrder| order.purchase() == reference && !order.is_doubled && !order.is_cancelled(now);
        self.orders
            .iter()
            .filter(|(_, order)| ours(order))
            .map(|(id, order)| (*id, order))
            .collect()
    }
}

fn freight(_: &Turn<'_>) -> Value {
    json!({ "result": { "code": 200, "success": true, "delivery_options": { "delivery_option_d_t_o": [{
        "code": "CAINIAO_FULFILLMENT_STD", "shipping_fee_cent": decimal(FREIGHT_CENTS), "shipping_fee_currency": "USD", "free_shipping": false,
        "min_delivery_days": 6, "max_delivery_days": 11, "tracking": true
    }] } } })
}
