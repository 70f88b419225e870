//! aliexpress.ds.order.create: the basket and the address are judged, then one order per seller is made.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::catalogue::{self, Product, Sku};
use super::freight::{self, text_of};
use super::order::{Line, SupplierOrder};
use super::problem::Problem;
use super::{Parameters, list};
use crate::calls::Turn;
use crate::faults::Kind;
use crate::json::Fields;

const REQUEST: &str = "param_place_order_request4_open_api_d_t_o";

/// The divisions of the United States as the store spells them; abbreviations are refused.
const STATES: &str = "Alabama,Alaska,Arizona,Arkansas,California,Colorado,Connecticut,Delaware,District Of Columbia,\
Florida,Georgia,Hawaii,Idaho,Illinois,Indiana,Iowa,Kansas,Kentucky,Louisiana,Maine,Maryland,Massachusetts,Michigan,\
Minnesota,Mississippi,Missouri,Montana,Nebraska,Nevada,New Hampshire,New Jersey,New Mexico,New York,North Carolina,\
North Dakota,Ohio,Oklahoma,Oregon,Pennsylvania,Rhode Island,South Carolina,South Dakota,Tennessee,Texas,Utah,Vermont,\
Virginia,Washington,West Virginia,Wisconsin,Wyoming";

/// A refusal of an order: code and message of the store.
type Refusal = (&'static str, String);

struct Wanted {
    product: &'static Product,
    sku: &'static Sku,
    count: u32,
    service: &'static str,
    freight_cents: i64,
}

pub(super) fn answer(turn: &mut Turn<'_>, parameters: &Parameters) -> Result<Value, Problem> {
    let text = parameters.get(REQUEST).ok_or_else(|| Problem::missing(REQUEST))?;
    let request: Value = serde_json::from_str(text).map_err(|_| Problem::invalid(REQUEST))?;
    let extend = parameters
        .get("ds_extend_request")
        .map_or(Ok(Value::Null), |text| serde_json::from_str(text));
    let extend = extend.map_err(|_| Problem::invalid("ds_extend_request"))?;
    if !request.at("logistics_address").is_object() {
        return Err(Problem::missing("logistics_address"));
    }
    let items = request.at("product_items").as_array().filter(|items| !items.is_empty());
    let items = items.ok_or_else(|| Problem::missing("product_items"))?;
    let result = match place(turn, &request, items, &extend) {
        Ok(numbers) => {
            let numbers = numbers.into_iter().map(Value::from).collect();
            json!({ "is_success": true, "order_list": list(parameters, "number", numbers) })
        }
        Err((code, message)) => json!({ "is_success": false, "error_code": code, "error_msg": message }),
    };
    Ok(json!({ "result": result }))
}

/// The shop's own reference in an order request, for the list of held calls.
pub(super) fn reference(parameters: &Parameters) -> String {
    let request = parameters
        .get(REQUEST)
        .and_then(|text| serde_json::from_str::<Value>(text).ok());
    request
        .and_then(|request| text_of(request.at("out_order_id")))
        .unwrap_or_default()
}

fn place(turn: &mut Turn<'_>, request: &Value, items: &[Value], extend: &Value) -> Result<Vec<u64>, Refusal> {
    let reference = text_of(request.at("out_order_id")).unwrap_or_default();
    let known = |order: &Value| order.at("out_order_id") == reference.as_str();
    if !reference.is_empty() && !turn.books.find::<SupplierOrder>(known).is_empty() {
        return Err((
            "REPEATED_ORDER_ERROR",
            "Repeated order, the request was handled before".to_owned(),
        ));
    }
    let address = request.at("logistics_address");
    let country = judge_address(address)?;
    let currency = text_of(extend.at("payment").at("pay_currency")).unwrap_or_else(|| "USD".to_owned());
    if currency != "USD" {
        return Err((
            "PRICE_PAY_CURRENCY_ERROR",
            "The pay currency differs from the item currency".to_owned(),
        ));
    }
    let mut sellers: BTreeMap<u64, Vec<Wanted>> = BTreeMap::new();
    for item in items {
        let wanted = judge_item(turn, item, &country)?;
        sellers.entry(wanted.product.store_id).or_default().push(wanted);
    }
    let try_to_pay = text_of(extend.at("payment").at("try_to_pay")).is_some_and(|text| text == "true")
        || extend.at("payment").at("try_to_pay") == true;
    let times = if turn.fault_of(Kind::MadeTwice).is_some() { 2 } else { 1 };
    let mut numbers = Vec::new();
    for round in 0..times {
        for wanted in sellers.values() {
            let order = make(turn, &reference, wanted, address, try_to_pay);
            if round == 0 {
                numbers.push(order.id);
            }
            turn.books.put(&order);
        }
    }
    Ok(numbers)
}

fn make(turn: &mut Turn<'_>, reference: &str, wanted: &[Wanted], address: &Value, try_to_pay: bool) -> SupplierOrder {
    let number = turn.books.next_number("aliexpress/order");
    let line = |wanted: &Wanted| Line {
        product_id: wanted.product.id,
        sku_id: wanted.sku.sku_id,
        sku_desc: wanted
            .sku
            .properties
            .iter()
            .map(|p| p.label.as_str())
            .collect::<Vec<_>>()
            .join(" / "),
        title: wanted.product.title.clone(),
        count: wanted.count,
        unit_cents: wanted.sku.price_cents,
        shipping_cents: wanted.freight_cents,
    };
    let first = wanted.first();
    let mut order = SupplierOrder {
        id: 8_190_000_000_000_000_u64.saturating_add(number.saturating_mul(37)),
        out_order_id: reference.to_owned(),
        store_id: first.map_or(0, |wanted| wanted.product.store_id),
        store: first.map(|wanted| wanted.product.store.clone()).unwrap_or_default(),
        created: turn.now,
        lines: wanted.iter().map(line).collect(),
        address: address.clone(),
        logistics_service: first.map_or("", |wanted| wanted.service).to_owned(),
        tax_cents: turn
            .fault_of(Kind::WrongAmount)
            .map_or(0, |fault| fault.amount.unwrap_or(549)),
        paid_at: None,
        ship_due: None,
        shipped_at: None,
        delivered_at: None,
        finished_at: None,
        logistics_no: String::new(),
        mail_no: String::new(),
        end_reason: None,
    };
    if try_to_pay {
        // A fresh order is unpaid, so it can be paid.
        order.pay(turn).unwrap_or_default();
    }
    order
}

fn judge_address(address: &Value) -> Result<String, Refusal> {
    let wrong = |message: &str| ("B_DROPSHIPPER_DELIVERY_ADDRESS_VALIDATE_FAIL", message.to_owned());
    let field = |name: &str, message: &str| text_of(address.at(name)).ok_or_else(|| wrong(message));
    let person = field("contact_person", "Please enter a contact name")?;
    if !(2..=32).contains(&person.chars().count()) {
        return Err(wrong("The contact name must have 2 to 32 characters"));
    }
    let country = field("country", "Please select a country")?;
    let province = field("province", "Please select a province")?;
    field("city", "Please select a city")?;
    field("address", "Please enter a street address")?;
    let zip = field("zip", "Please enter a ZIP code")?;
    let phone = field("mobile_no", "Please enter a mobile number")?;
    let is_number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if !is_number(&phone) || !(5..=16).contains(&phone.len()) {
        return Err(wrong("The mobile number may hold digits only"));
    }
    let calling_code = field("phone_country", "Please enter a country code")?;
    let is_code = calling_code
        .strip_prefix('+')
        .is_some_and(|code| is_number(code) && (1..=3).contains(&code.len()));
    if !is_code || phone.starts_with('+') {
        return Err(wrong("The country code stands apart from the mobile number, as +1"));
    }
    if country == "US" {
        if !STATES.split(',').any(|state| state == province) {
            return Err(wrong("Please select a province"));
        }
        let plain = zip.split_once('-').map_or(zip.as_str(), |(zip, _)| zip);
        if plain.len() != 5 || !is_number(plain) {
            return Err(wrong("The ZIP code is not valid"));
        }
    }
    Ok(country)
}

fn judge_item(turn: &Turn<'_>, item: &Value, country: &str) -> Result<Wanted, Refusal> {
    let number = |name: &str| text_of(item.at(name)).and_then(|text| text.parse::<u64>().ok());
    let unknown = || {
        (
            "A001_ORDER_CANNOT_BE_PLACED",
            "The product cannot be ordered".to_owned(),
        )
    };
    let product = number("product_id").and_then(catalogue::product).ok_or_else(unknown)?;
    let attr = text_of(item.at("sku_attr")).unwrap_or_default();
    let sku = product.sku_by_attr(&attr);
    let sku = sku.ok_or((
        "ERROR_WHEN_BUILD_FOR_PLACE_ORDER",
        "The sku_attr is not valid".to_owned(),
    ))?;
    let count = number("product_count")
        .and_then(|count| u32::try_from(count).ok())
        .filter(|count| *count > 0);
    let count = count.ok_or(("ERROR_WHEN_BUILD_FOR_PLACE_ORDER", "The count is not valid".to_owned()))?;
    if sku.available(&catalogue::sold(turn.books)) < count {
        return Err(("INVENTORY_HOLD_ERROR", "The product is out of stock".to_owned()));
    }
    let asked = text_of(item.at("logistics_service_name"));
    let ways = freight::options(product, sku, country, count);
    let way = ways
        .iter()
        .find(|way| asked.as_deref().is_none_or(|code| code == way.code));
    let way = way.ok_or((
        "DELIVERY_METHOD_NOT_EXIST",
        "The delivery method does not exist".to_owned(),
    ))?;
    Ok(Wanted {
        product,
        sku,
        count,
        service: way.code,
        freight_cents: way.cents,
    })
}
