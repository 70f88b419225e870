//! AliExpress through its gateway: search, product, freight, ordering, following, and what goes wrong.

use std::collections::BTreeMap;

use axum::http::Method;
use hmac::{Hmac, Mac};
use sandbox::outgoing::OutgoingError;
use serde_json::{Value, json};
use sha2::Sha256;

use crate::world::{Said, World, until};

const ORDER: &str = "param_place_order_request4_open_api_d_t_o";

fn sign(secret: &str, fields: &BTreeMap<String, String>, path: &str) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(path.as_bytes());
    for (name, value) in fields {
        mac.update(format!("{name}{value}").as_bytes());
    }
    mac.finalize()
        .into_bytes()
        .iter()
        .map(|byte| format!("{byte:02X}"))
        .collect()
}

async fn fields(world: &World, more: &[(&str, &str)]) -> BTreeMap<String, String> {
    let now = world.now().await.to_string();
    let common = [
        ("app_key", "500000"),
        ("sign_method", "sha256"),
        ("timestamp", now.as_str()),
    ];
    common
        .iter()
        .chain(more)
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect()
}

async fn post(world: &World, path: &str, fields: &BTreeMap<String, String>) -> Result<Said, OutgoingError> {
    let body = url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(fields)
        .finish();
    let form = [("content-type", "application/x-www-form-urlencoded;charset=utf-8")];
    world.send(Method::POST, path, &form, &body).await
}

pub(crate) async fn call(world: &World, method: &str, more: &[(&str, &str)]) -> Result<Value, OutgoingError> {
    let mut fields = fields(
        world,
        &[&[("method", method), ("session", "sandbox-session")], more].concat(),
    )
    .await;
    fields.insert("sign".to_owned(), sign("sandbox-app-secret", &fields, ""));
    let said = post(world, "/aliexpress/sync", &fields).await?;
    let inner = said.body.get(format!("{}_response", method.replace('.', "_")));
    Ok(inner.cloned().unwrap_or(said.body))
}

pub(crate) async fn search(world: &World, words: &str) -> Value {
    let more = [
        ("keyWord", words),
        ("local", "en_US"),
        ("countryCode", "US"),
        ("currency", "USD"),
        ("pageIndex", "1"),
    ];
    call(world, "aliexpress.ds.text.search", &more).await.unwrap()
}

/// An order for one piece of a product without variants.
pub(crate) fn order(reference: &str) -> Value {
    let bands = "1005006361490520";
    json!({
        "out_order_id": reference,
        "logistics_address": {
            "contact_person": "Dock Four", "full_name": "Dock Four", "phone_country": "+1", "mobile_no": "3025550142",
            "address": "18 Pier Road", "city": "New Castle", "province": "Delaware", "country": "US", "zip": "19720",
        },
        "product_items": [{ "product_id": bands, "product_count": 1, "logistics_service_name": "CAINIAO_FULFILLMENT_STD" }],
    })
}

pub(crate) async fn place(world: &World, order: &Value) -> Result<Value, OutgoingError> {
    let extend = r#"{"payment":{"pay_currency":"USD","try_to_pay":"true"}}"#;
    let more = [(ORDER, order.to_string()), ("ds_extend_request", extend.to_owned())];
    let more = more.each_ref().map(|(name, value)| (*name, value.as_str()));
    Ok(call(world, "aliexpress.ds.order.create", &more).await?["result"].clone())
}

pub(crate) async fn look(world: &World, id: &str) -> Value {
    let query = json!({ "order_id": id }).to_string();
    call(
        world,
        "aliexpress.trade.ds.order.get",
        &[("single_order_query", &query)],
    )
    .await
    .unwrap()["result"]
        .clone()
}

pub(crate) fn number(result: &Value) -> String {
    assert_eq!(result["is_success"], true, "{result}");
    result["order_list"]["number"][0].to_string()
}

#[tokio::test]
async fn a_product_is_found_priced_and_shipped_to_a_country() {
    let world = World::start().await;

    let found = search(&world, "running shoes").await;
    let first = &found["data"]["products"]["selection_search_product"][0];
    let id = first["itemId"].as_str().unwrap();
    let asked = [
        ("product_id", id),
        ("ship_to_country", "US"),
        ("target_currency", "USD"),
        ("simplify", "true"),
    ];
    let product = call(&world, "aliexpress.ds.product.get", &asked).await.unwrap()["result"].clone();
    let sku = &product["ae_item_sku_info_dtos"][0];
    let freight = |sku: &str| {
        json!({ "productId": id, "selectedSkuId": sku, "quantity": "2", "shipToCountry": "US", "currency": "USD",
                "locale": "en_US", "language": "en_US" })
        .to_string()
    };
    let asked = freight(sku["sku_id"].as_str().unwrap());
    let ways = call(&world, "aliexpress.ds.freight.query", &[("queryDeliveryReq", &asked)])
        .await
        .unwrap();
    let wrong = freight(sku["sku_attr"].as_str().unwrap());
    let none = call(&world, "aliexpress.ds.freight.query", &[("queryDeliveryReq", &wrong)])
        .await
        .unwrap();

    assert_eq!(found["code"], "00");
    assert!(first["title"].as_str().unwrap().contains("Running Shoes"));
    assert_eq!(product["ae_item_base_info_dto"]["subject"], first["title"]);
    assert_eq!(sku["currency_code"], "USD");
    assert_eq!(product["package_info_dto"]["gross_weight"], "0.740");
    let way = &ways["result"]["delivery_options"]["delivery_option_d_t_o"][0];
    assert_eq!(way["tracking"], true);
    assert_eq!(way["shipping_fee_cent"], "5.19");
    assert_eq!(none["result"]["code"], 501);
    let picture = first["itemMainPic"]
        .as_str()
        .unwrap()
        .strip_prefix(&world.origin)
        .unwrap();
    assert!(world.get(picture).await.text.starts_with("<svg"));
}

#[tokio::test]
async fn an_order_is_paid_shipped_and_delivered() {
    let world = World::start().await;

    let id = number(&place(&world, &order("po-1")).await.unwrap());
    let placed = look(&world, &id).await;
    world.ahead(181);
    let shipped = until(
        "it is shipped",
        async || look(&world, &id).await,
        |order| order["order_status"] != "WAIT_SELLER_SEND_GOODS",
    )
    .await;
    let delivered = world
        .post(&format!("/control/aliexpress/orders/{id}/deliver"), json!({}))
        .await;
    let tracking = call(
        &world,
        "aliexpress.ds.order.tracking.get",
        &[("ae_order_id", &id), ("language", "en_US")],
    )
    .await
    .unwrap();

    assert_eq!(placed["order_status"], "WAIT_SELLER_SEND_GOODS");
    assert_eq!(placed["user_order_amount"]["amount"], "10.98");
    assert_eq!(shipped["order_status"], "WAIT_BUYER_ACCEPT_GOODS");
    let parcel = &shipped["logistics_info_list"]["aeop_order_logistics_info"][0];
    assert!(parcel["logistics_no"].as_str().unwrap().starts_with("LP"));
    assert_eq!(delivered.status, 200);
    let line = &tracking["result"]["data"]["tracking_detail_line_list"]["tracking_detail"][0];
    assert_eq!(line["detail_node_list"]["detail_node"][0]["tracking_name"], "Delivered");
    assert!(line["mail_no"].as_str().unwrap().len() > 15);
}

#[tokio::test]
async fn an_order_that_is_not_paid_closes_by_itself() {
    let world = World::start().await;

    let placed = call(
        &world,
        "aliexpress.ds.order.create",
        &[(ORDER, &order("po-unpaid").to_string())],
    )
    .await
    .unwrap();
    let id = number(&placed["result"]);
    let waiting = look(&world, &id).await;
    world.ahead(25 * 3600);
    world
        .wait_for(|books| books["aliexpress"]["orders"][0]["end_reason"] == "buyer_pay_timeout")
        .await;
    let closed = look(&world, &id).await;

    assert_eq!(waiting["order_status"], "PLACE_ORDER_SUCCESS");
    assert_eq!(closed["order_status"], "FINISH");
    assert_eq!(closed["user_order_amount"]["amount"], "0.00");
}

#[tokio::test]
async fn the_same_reference_is_never_bought_twice() {
    let world = World::start().await;

    number(&place(&world, &order("po-2")).await.unwrap());
    let again = place(&world, &order("po-2")).await.unwrap();
    let other = place(&world, &order("po-3")).await.unwrap();

    assert_eq!(again["error_code"], "REPEATED_ORDER_ERROR");
    assert_eq!(other["is_success"], true);
    assert_eq!(world.books().await["aliexpress"]["orders"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn an_order_the_store_cannot_fulfil_is_refused_with_its_code() {
    let world = World::start().await;
    let item = |name: &str, value: Value| {
        let mut order = order("po-refused");
        order["product_items"][0][name] = value;
        order
    };
    let address = |name: &str, value: &str| {
        let mut order = order("po-refused");
        order["logistics_address"][name] = value.into();
        order
    };
    let wrong_address = "B_DROPSHIPPER_DELIVERY_ADDRESS_VALIDATE_FAIL";
    let cases = [
        (item("product_count", json!(1000)), "INVENTORY_HOLD_ERROR"),
        (
            item("logistics_service_name", json!("PIGEON")),
            "DELIVERY_METHOD_NOT_EXIST",
        ),
        (item("product_id", json!("1")), "A001_ORDER_CANNOT_BE_PLACED"),
        (item("sku_attr", json!("14:1")), "ERROR_WHEN_BUILD_FOR_PLACE_ORDER"),
        (address("province", ""), wrong_address),
        (address("province", "DE"), wrong_address),
        (address("contact_person", "D"), wrong_address),
        (address("mobile_no", "+1 302"), wrong_address),
        (address("zip", "1972"), wrong_address),
    ];

    for (order, code) in cases {
        let refused = place(&world, &order).await.unwrap();

        assert_eq!(refused["error_code"], code, "{order}");
    }
    assert_eq!(world.books().await["aliexpress"]["orders"], json!([]));
}

#[tokio::test]
async fn a_caller_that_cannot_prove_itself_is_told_which_part_is_wrong() {
    let world = World::start().await;
    let good = [("method", "aliexpress.ds.text.search"), ("session", "sandbox-session")];
    let late = (world.now().await - 601_000).to_string();
    let cases: [(&str, &str, &str); 5] = [
        ("app_key", "1", "InvalidAppKey"),
        ("timestamp", &late, "IllegalTimestamp"),
        ("session", "stolen", "IllegalAccessToken"),
        ("method", "aliexpress.ds.nothing", "InvalidApiPath"),
        ("secret", "guessed", "IncompleteSignature"),
    ];

    for (name, value, code) in cases {
        let mut fields = fields(&world, &good).await;
        let mut secret = "sandbox-app-secret";
        if name == "secret" {
            secret = value;
        } else {
            fields.insert(name.to_owned(), value.to_owned());
        }
        fields.insert("sign".to_owned(), sign(secret, &fields, ""));
        let said = post(&world, "/aliexpress/sync", &fields).await.unwrap();

        assert_eq!((said.status, &said.body["error_response"]["code"]), (200, &json!(code)));
    }
}

#[tokio::test]
async fn a_refreshed_token_opens_the_door_and_its_refresh_token_works_once() {
    let world = World::start().await;
    let refresh = async |token: &str| {
        let mut fields = fields(&world, &[("refresh_token", token)]).await;
        fields.insert(
            "sign".to_owned(),
            sign("sandbox-app-secret", &fields, "/auth/token/refresh"),
        );
        post(&world, "/aliexpress/rest/auth/token/refresh", &fields)
            .await
            .unwrap()
            .body
    };

    let first = refresh("sandbox-refresh").await;
    let second = refresh(first["refresh_token"].as_str().unwrap()).await;
    let third = refresh(first["refresh_token"].as_str().unwrap()).await;

    assert_eq!(first["expires_in"], 2_592_000);
    assert_ne!(first["access_token"], second["access_token"]);
    assert_eq!(third["code"], "IllegalRefreshToken");
}
