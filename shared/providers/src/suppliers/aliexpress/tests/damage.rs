//! One piece of an answer is damaged, each in turn and in many ways: the pieces beside it count as before.

use domain::product::Product;

use super::*;
use crate::{
    lenient::damaged,
    suppliers::{Found, Lookup, SearchOrder, SearchQuery, StoreOrderLine},
};

fn leaked(body: &str) -> &'static str {
    Box::leak(body.to_owned().into_boxed_str())
}

fn assert_beside(all: &[String], left: &[String], place: usize, body: &str) {
    for (other, name) in all.iter().enumerate() {
        assert!(other == place || left.contains(name), "{name} is lost in {body}");
    }
}

#[test]
fn an_odd_hit_leaves_the_other_hits() {
    let body = r#"{"aliexpress_ds_text_search_response":{"code":"00","data":{"totalCount":3,"products":[
        {"itemId":"1","title":"Mug","itemMainPic":"//a.example/1.jpg","targetSalePrice":"1.50","targetOriginalPriceCurrency":"USD","score":"4.8"},
        {"itemId":"2","title":"Cup","itemMainPic":"//a.example/2.jpg","targetSalePrice":"2.50","targetOriginalPriceCurrency":"USD","score":"4.8"},
        {"itemId":"3","title":"Pot","itemMainPic":"//a.example/3.jpg","targetSalePrice":"3.50","targetOriginalPriceCurrency":"USD","score":"4.8"}]}}}"#;
    let query = SearchQuery {
        words: "mug".into(),
        page: 1,
        order: SearchOrder::BestMatch,
    };
    let hits = |body: &str| -> Vec<String> {
        let page = done(store().search(&query, TERMS, now()).unwrap(), leaked(body));
        page.hits.into_iter().map(|hit| hit.product.product).collect()
    };
    let whole = hits(body);
    assert_eq!(whole.len(), 3);
    for (place, body) in damaged(body, "/aliexpress_ds_text_search_response/data/products") {
        assert_beside(&whole, &hits(&body), place, &body);
    }
    let nothing = r#"{"aliexpress_ds_text_search_response":{"code":"00","data":{"products":[7,null]}}}"#;
    assert_eq!(
        ending(store().search(&query, TERMS, now()).unwrap(), nothing),
        "malformed"
    );
}

fn product(body: &str) -> Product {
    done(store().detail("1005", TERMS, now()).unwrap(), leaked(body)).unwrap()
}

#[test]
fn an_odd_variant_or_an_odd_part_of_a_product_leaves_the_rest() {
    let sku = |id: u32| {
        format!(
            r#"{{"sku_id":"{id}","sku_attr":"14:{id}","offer_sale_price":"5.00","currency_code":"USD","sku_available_stock":9,
            "ae_sku_property_dtos":[{{"sku_property_name":"Colour","sku_property_value":"Red","sku_image":"//a.example/{id}.jpg"}}]}}"#
        )
    };
    let body = format!(
        r#"{{"aliexpress_ds_product_get_response":{{"rsp_code":200,"result":{{"ae_item_base_info_dto":{{"subject":"Mug"}},
        "ae_item_sku_info_dtos":[{},{},{}]}}}}}}"#,
        sku(1),
        sku(2),
        sku(3)
    );
    let keys = |body: &str| -> Vec<String> { product(body).variants.into_iter().map(|variant| variant.key).collect() };
    let whole = keys(&body);
    assert_eq!(whole, ["1|14:1", "2|14:2", "3|14:3"]);
    let list = "/aliexpress_ds_product_get_response/result/ae_item_sku_info_dtos";
    for (place, body) in damaged(&body, list) {
        assert_beside(&whole, &keys(&body), place, &body);
    }
    for part in ["ae_multimedia_info_dto", "package_info_dto", "ae_store_info"] {
        for odd in ["null", "7", "[]", r#""x""#] {
            let body = body.replacen(r#""result":{"#, &format!(r#""result":{{"{part}":{odd},"#), 1);
            assert_eq!(keys(&body), whole, "{part} {odd}");
        }
    }
    let none = body.replace("\"offer_sale_price\":\"5.00\"", "\"offer_sale_price\":{}");
    let asked = store().detail("1005", TERMS, now()).unwrap();
    assert_eq!(
        ending(asked, leaked(&none)),
        "malformed",
        "not a product that is sold out"
    );
}

#[test]
fn an_odd_way_leaves_the_other_ways() {
    let way = |code: &str| {
        format!(
            r#"{{"code":"{code}","shipping_fee_cent":"1.99","shipping_fee_currency":"USD","free_shipping":false,"min_delivery_days":4,
            "max_delivery_days":9,"guaranteed_delivery_days":"60","tracking":true}}"#
        )
    };
    let body = format!(
        r#"{{"aliexpress_ds_freight_query_response":{{"result":{{"success":true,"code":200,"delivery_options":[{},{},{}]}}}}}}"#,
        way("A"),
        way("B"),
        way("C")
    );
    let ways = |body: &str| -> Vec<String> {
        let ways = done(store().deliveries(&kettle(), 1, TERMS, now()).unwrap(), leaked(body));
        ways.into_iter().map(|way| way.service).collect()
    };
    let whole = ways(&body);
    assert_eq!(whole, ["A", "B", "C"]);
    let list = "/aliexpress_ds_freight_query_response/result/delivery_options";
    for (place, body) in damaged(&body, list) {
        assert_beside(&whole, &ways(&body), place, &body);
    }
    for odd in ["7", r#"{"code":"A","shipping_fee_cent":"x","max_delivery_days":"9"}"#] {
        let body = format!(
            r#"{{"aliexpress_ds_freight_query_response":{{"result":{{"success":true,"code":200,"delivery_options":[{odd}]}}}}}}"#
        );
        let asked = store().deliveries(&kettle(), 1, TERMS, now()).unwrap();
        assert_eq!(
            ending(asked, leaked(&body)),
            "malformed",
            "not a place the store does not deliver to"
        );
    }
}

#[test]
fn an_odd_parcel_leaves_the_numbers_of_the_others() {
    const SHIPPED: &str = r#"{"aliexpress_trade_ds_order_get_response":{"rsp_code":200,"result":{"order_status":"WAIT_BUYER_ACCEPT_GOODS",
        "logistics_info_list":[{"logistics_no":"LP1","logistics_service":"S"},{"logistics_no":"LP2","logistics_service":"S"}]}}}"#;
    let way = r#"{"aliexpress_ds_order_tracking_get_response":{"result":{"ret":true,"data":{"tracking_detail_line_list":[
        {"mail_no":"M1","carrier_name":"USPS","detail_node_list":[{"tracking_name":"In transit"}]},
        {"mail_no":"M2","carrier_name":"USPS","detail_node_list":[{"tracking_name":"In transit"}]}]}}}}"#;
    let numbers = |order: &str, way: &str| -> Vec<String> {
        let asked = next(store().order_state("8190", now()).unwrap(), leaked(order));
        done(asked, leaked(way))
            .packages
            .into_iter()
            .map(|package| package.tracking)
            .collect()
    };
    let whole = numbers(SHIPPED, way);
    assert_eq!(whole, ["M1", "M2", "LP1", "LP2"]);
    let lines = "/aliexpress_ds_order_tracking_get_response/result/data/tracking_detail_line_list";
    for (place, body) in damaged(way, lines) {
        assert_beside(&whole, &numbers(SHIPPED, &body), place, &body);
    }
    let parcels = "/aliexpress_trade_ds_order_get_response/result/logistics_info_list";
    for (place, body) in damaged(SHIPPED, parcels) {
        assert_beside(&whole, &numbers(&body, way), place + 2, &body);
    }
}

#[test]
fn what_a_proof_is_made_of_is_read_whole_or_not_at_all() {
    let entry =
        |id: u32| format!(r#"{{"order_id":{id},"item_id":9,"item_count":1,"created_time":"2026-11-23 08:00:30"}}"#);
    let body = format!(
        r#"{{"aliexpress_ds_commissionorder_listbyindex_response":{{"rsp_code":200,"result":{{"orders":[{},{}]}}}}}}"#,
        entry(1),
        entry(2)
    );
    let lookup = Lookup {
        reference: "sup_1".into(),
        lines: vec![StoreOrderLine {
            variant: variant("7", "1|x"),
            quantity: 1,
            service: "S".into(),
        }],
        since: "2026-11-23T08:00:00Z".parse().unwrap(),
        until: "2026-11-23T08:01:00Z".parse().unwrap(),
    };
    let asked = || store().find_by_reference(&lookup, now()).unwrap();
    assert_eq!(done(asked(), leaked(&body)), Found::Nothing);
    for odd in ["7", r#"{"order_id":{}}"#, r#"{"item_id":[]}"#] {
        let body = body.replace(&entry(2), odd);
        assert_eq!(
            ending(asked(), leaked(&body)),
            "malformed",
            "{odd} may be the order that is looked for"
        );
    }
}
