//! aliexpress.ds.product.get: one product with all its variants, pictures, package and store.

use serde_json::{Value, json};

use super::catalogue::{self, Product, Property, Sku, Sold};
use super::problem::Problem;
use super::{Parameters, list};
use crate::calls::Turn;
use crate::faults::Kind;
use crate::json::Fields;
use crate::money::decimal;

pub(super) fn answer(turn: &mut Turn<'_>, parameters: &Parameters) -> Result<Value, Problem> {
    let required = |name: &str| {
        parameters
            .get(name)
            .filter(|value| !value.is_empty())
            .ok_or_else(|| Problem::missing(name))
    };
    let id: u64 = required("product_id")?
        .parse()
        .map_err(|_| Problem::invalid("product_id"))?;
    let country = required("ship_to_country")?;
    if parameters
        .get("target_currency")
        .is_some_and(|currency| !currency.is_empty() && currency != "USD")
    {
        return Err(Problem::invalid("target_currency"));
    }
    let Some(product) = catalogue::product(id) else {
        return Ok(json!({ "rsp_code": 404, "rsp_msg": "The product does not exist" }));
    };
    let origin = &turn.settings.origin;
    let sold = catalogue::sold(turn.books);
    let more = turn.fault_of(Kind::Dearer).and_then(|fault| fault.amount).unwrap_or(0);
    let skus = product
        .skus
        .iter()
        .map(|sku| dearer(variant(sku, product, parameters, &sold, origin), sku, more));
    let skus = skus.collect();
    let [length, width, height] = product.box_cm;
    let pictures = [1, 2, 3].map(|number| format!("{origin}/images/{id}/{number}.svg"));
    let properties = [(2, "Brand Name", &product.brand), (219, "Origin", &product.origin)]
        .map(|(name_id, name, value)| json!({ "attr_name_id": name_id, "attr_name": name, "attr_value": value }));
    let result = json!({
        "ae_item_base_info_dto": base(product),
        "ae_item_sku_info_dtos": list(parameters, "ae_item_sku_info_d_t_o", skus),
        "ae_multimedia_info_dto": { "image_urls": pictures.join(";") },
        "package_info_dto": {
            "package_length": length,
            "package_width": width,
            "package_height": height,
            "gross_weight": format!("{}.{:03}", product.grams / 1000, product.grams % 1000),
            "package_type": false,
            "product_unit": 100_000_015,
        },
        "logistics_info_dto": { "delivery_time": 7, "ship_to_country": country },
        "ae_store_info": {
            "store_id": product.store_id,
            "store_name": product.store,
            "store_country_code": "CN",
            "item_as_described_rating": "4.7",
            "communication_rating": "4.6",
            "shipping_speed_rating": "4.7",
        },
        "ae_item_properties": list(parameters, "ae_item_property", properties.to_vec()),
        "product_id_converter_result": { "main_product_id": id, "sub_product_id": "{}" },
        "has_whole_sale": false,
    });
    Ok(json!({ "rsp_code": 200, "rsp_msg": "Call succeeds", "result": result }))
}

fn base(product: &Product) -> Value {
    json!({
        "product_id": product.id,
        "subject": product.title,
        "category_id": product.category_id,
        "currency_code": "USD",
        "product_status_type": "onSelling",
        "avg_evaluation_rating": product.rating,
        "evaluation_count": product.reviews.to_string(),
        "sales_count": product.sold,
        "detail": format!("<div><p>{}</p></div>", product.description),
        "mobile_detail": r#"{"version":"2.0.0","moduleList":[]}"#,
        "separated_listing": false,
    })
}

/// The same for so many percent more.
fn dearer(mut told: Value, sku: &Sku, percent: i64) -> Value {
    if percent != 0 {
        told.set("offer_sale_price", decimal(sku.price_cents * (100 + percent) / 100));
    }
    told
}

fn variant(sku: &Sku, product: &Product, parameters: &Parameters, sold: &Sold, origin: &str) -> Value {
    let picture = |property: &Property| format!("{origin}/images/{}/{}.svg", product.id, property.label);
    let properties = sku.properties.iter().map(|property| {
        let mut entry = json!({
            "sku_property_id": property.id,
            "sku_property_name": property.name,
            "property_value_id": property.value_id,
            "sku_property_value": property.value,
            "property_value_definition_name": property.label,
        });
        if property.name == "Color" {
            entry.set("sku_image", picture(property).replace(' ', "%20"));
        }
        entry
    });
    json!({
        "sku_id": sku.sku_id.to_string(),
        "id": sku.attr,
        "sku_attr": sku.attr,
        "sku_price": decimal(sku.list_cents),
        "offer_sale_price": decimal(sku.price_cents),
        "offer_bulk_sale_price": decimal(sku.price_cents),
        "currency_code": "USD",
        "price_include_tax": true,
        "sku_available_stock": sku.available(sold),
        "ae_sku_property_dtos": list(parameters, "ae_sku_property_d_t_o", properties.collect()),
    })
}
