//! Search, product and freight: what happens before anything is bought.

use domain::{Grams, Millimetres, Money};

use super::{NONSENSE, TERMS, done, ending, fields, kettle, now, store, variant};
use crate::{
    exchange::{Effect, Exchange},
    suppliers::{HitPage, SearchOrder, SearchQuery, Supplier},
};

fn query(words: &str) -> SearchQuery {
    SearchQuery {
        words: words.into(),
        page: 2,
        order: SearchOrder::CheapestFirst,
    }
}

fn search() -> Exchange<HitPage> {
    store().search(&query("steel kettle"), TERMS, now()).unwrap()
}

fn usd(cents: i64) -> Money {
    Money::new(cents, domain::Currency::USD)
}

#[test]
fn a_search_asks_for_our_country_and_our_money() {
    let exchange = search();

    assert_eq!(exchange.effect(), &Effect::Reads);
    let fields: Vec<(String, String)> = fields(exchange.request()).into_iter().collect();
    let fields: Vec<(&str, &str)> = fields
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    assert_eq!(
        fields,
        [
            ("countryCode", "US"),
            ("currency", "USD"),
            ("keyWord", "steel kettle"),
            ("local", "en_US"),
            ("method", "aliexpress.ds.text.search"),
            ("pageIndex", "2"),
            ("pageSize", "20"),
            ("sortBy", "min_price,asc"),
        ]
    );
}

#[test]
fn a_search_without_words_is_not_asked() {
    assert_eq!(
        store().search(&query("  "), TERMS, now()).err().unwrap().word(),
        "invalid"
    );
}

#[test]
fn hits_have_the_price_in_the_asked_money() {
    let page = done(search(), include_str!("../samples/search.ok.json"));

    assert_eq!(page.total, Some(412));
    let [kettle, mug] = page.hits.as_slice() else {
        panic!("two hits")
    };
    assert_eq!(kettle.product.product, "1005007210045501");
    assert_eq!(kettle.title, "Stovetop Kettle 2.5 L & Whistle");
    assert_eq!(kettle.image.as_deref(), Some("https://ae01.example/kf/kettle.jpg"));
    assert_eq!(
        (kettle.price, kettle.rating_tenths, kettle.as_of),
        (Some(usd(1674)), Some(48), now())
    );
    assert_eq!(
        (mug.price, mug.rating_tenths, mug.image.as_deref()),
        (Some(usd(350)), None, None)
    );
}

#[test]
fn a_single_hit_may_come_without_its_list() {
    let page = done(search(), include_str!("../samples/search.simple.json"));

    assert_eq!(page.hits.len(), 1);
    assert_eq!(page.hits[0].price, Some(usd(1674)));
}

#[test]
fn a_search_ends_refused_or_malformed_when_the_answer_says_so() {
    let refused = r#"{"aliexpress_ds_text_search_response":{"code":"402","msg":"no"}}"#;
    let broken = r#"{"aliexpress_ds_text_search_response":{"code":"500","msg":"no"}}"#;

    assert_eq!(ending(search(), refused), "refused");
    assert_eq!(ending(search(), broken), "unavailable");
    for nonsense in NONSENSE {
        assert_eq!(ending(search(), nonsense), "malformed", "{nonsense}");
    }
}

#[test]
fn a_product_is_asked_for_without_personal_discounts() {
    let exchange = store().detail("1005007210045501", TERMS, now()).unwrap();

    let fields = fields(exchange.request());
    assert_eq!(fields["method"], "aliexpress.ds.product.get");
    assert_eq!(fields["product_id"], "1005007210045501");
    assert_eq!(fields["ship_to_country"], "US");
    assert_eq!(fields["target_currency"], "USD");
    assert_eq!(fields["remove_personal_benefit"], "true");
    assert_eq!(
        store().detail("../orders", TERMS, now()).err().unwrap().word(),
        "invalid"
    );
}

fn detail(body: &'static str) -> domain::product::Product {
    done(store().detail("1005007210045501", TERMS, now()).unwrap(), body).unwrap()
}

#[test]
fn a_product_has_text_without_markup_and_variants_with_both_ids() {
    let product = detail(include_str!("../samples/detail.ok.json"));

    assert_eq!(product.title, "Stovetop Kettle with Whistle");
    assert_eq!(product.description, "Boils 2.5 L & sings.\nSteel\nCool handle");
    assert_eq!(
        product.images,
        [
            "https://ae01.example/kf/kettle.jpg",
            "https://ae01.example/kf/kettle2.jpg"
        ]
    );
    assert_eq!(product.seller.as_deref(), Some("Hearth and Home Store"));
    assert_eq!(product.category.as_deref(), Some("100004814"));
    let [coal, red] = product.variants.as_slice() else {
        panic!("two variants")
    };
    assert_eq!(coal.key, kettle().variant);
    assert_eq!(
        coal.values,
        [
            ("Color".into(), "Coal".into()),
            ("Ships From".into(), "United States".into())
        ]
    );
    assert_eq!((coal.price, coal.stock), (usd(1674), Some(14)));
    assert_eq!(coal.image.as_deref(), Some("https://ae01.example/kf/coal.jpg"));
    assert_eq!(
        (red.key.as_str(), red.price, red.stock),
        ("12000039870010013|14:10", usd(2100), Some(0))
    );
    assert_eq!(red.label(), "RED");
}

#[test]
fn a_packed_piece_is_measured_in_grams_and_millimetres() {
    let package = detail(include_str!("../samples/detail.ok.json")).package.unwrap();

    assert_eq!(package.weight, Grams(1140));
    let size = package.size.unwrap();
    assert_eq!(
        (size.length, size.width, size.height),
        (Millimetres(240), Millimetres(215), Millimetres(190))
    );
    assert_eq!(detail(include_str!("../samples/detail.single.json")).package, None);
}

#[test]
fn the_only_variant_of_a_product_has_no_attributes() {
    let product = detail(include_str!("../samples/detail.single.json"));

    assert_eq!(product.variants[0].key, "12000039870020001|");
    assert_eq!(product.variants[0].label(), "");
}

#[test]
fn what_cannot_be_sent_to_us_or_is_off_sale_has_no_variants() {
    let off_sale = r#"{"aliexpress_ds_product_get_response":{"rsp_code":200,"result":{
        "ae_item_base_info_dto":{"subject":"Old kettle","product_status_type":"offline"},
        "ae_item_sku_info_dtos":[{"sku_id":"1","sku_attr":"","offer_sale_price":"1.00","currency_code":"USD"}]}}}"#;

    assert!(
        detail(include_str!("../samples/detail.no-ship.json"))
            .variants
            .is_empty()
    );
    assert!(detail(off_sale).variants.is_empty());
}

#[test]
fn an_unknown_product_is_absent_but_an_outage_is_not() {
    let ask = || store().detail("1005007210045501", TERMS, now()).unwrap();
    let unpriced = r#"{"aliexpress_ds_product_get_response":{"rsp_code":200,"result":{
        "ae_item_base_info_dto":{"subject":"Kettle"},"ae_item_sku_info_dtos":[{"sku_id":"1","currency_code":"USD"}]}}}"#;

    assert_eq!(done(ask(), include_str!("../samples/detail.unknown.json")), None);
    for (body, word) in [
        (
            r#"{"aliexpress_ds_product_get_response":{"rsp_code":500,"rsp_msg":"busy"}}"#,
            "unavailable",
        ),
        (
            r#"{"aliexpress_ds_product_get_response":{"rsp_code":603,"rsp_msg":"closed to you"}}"#,
            "refused",
        ),
        (unpriced, "malformed"),
    ] {
        assert_eq!(ending(ask(), body), word, "{body}");
    }
    for nonsense in NONSENSE {
        assert_eq!(ending(ask(), nonsense), "malformed", "{nonsense}");
    }
}

fn deliveries() -> Exchange<Vec<domain::product::StoreDelivery>> {
    store().deliveries(&kettle(), 2, TERMS, now()).unwrap()
}

#[test]
fn freight_is_asked_for_the_number_of_the_variant() {
    let fields = fields(deliveries().request());

    assert_eq!(fields["method"], "aliexpress.ds.freight.query");
    let question: serde_json::Value = serde_json::from_str(&fields["queryDeliveryReq"]).unwrap();
    assert_eq!(
        question,
        serde_json::json!({
            "productId": "1005007210045501", "selectedSkuId": "12000039870010012", "quantity": "2",
            "shipToCountry": "US", "currency": "USD", "locale": "en_US", "language": "en_US",
        })
    );
    for key in ["", "14:193", "14:193|12000039870010012"] {
        let wrong = store().deliveries(&variant("1005007210045501", key), 1, TERMS, now());
        assert_eq!(wrong.err().unwrap().word(), "invalid", "{key}");
    }
}

#[test]
fn ways_to_us_come_cheapest_first_and_only_when_they_promise_something() {
    let ways = done(deliveries(), include_str!("../samples/freight.ok.json"));

    let told: Vec<_> = ways
        .iter()
        .map(|way| (way.service.as_str(), way.price.amount(), way.days, way.is_tracked))
        .collect();
    assert_eq!(
        told,
        [
            ("CAINIAO_ECONOMY", 0, (60, 60), false),
            ("CAINIAO_FULFILLMENT_STD", 245, (6, 11), true),
            ("CAINIAO_PREMIUM", 920, (4, 7), true),
        ]
    );
}

#[test]
fn no_way_to_us_is_an_empty_list_and_trouble_is_not() {
    assert!(done(deliveries(), include_str!("../samples/freight.empty.json")).is_empty());
    for (body, word) in [
        (
            r#"{"aliexpress_ds_freight_query_response":{"result":{"success":false,"code":501,"msg":"SYSTEM_BUSY"}}}"#,
            "unavailable",
        ),
        (
            r#"{"aliexpress_ds_freight_query_response":{"result":{"success":false,"code":402,"msg":"BAD"}}}"#,
            "refused",
        ),
    ] {
        assert_eq!(ending(deliveries(), body), word, "{body}");
    }
    for nonsense in NONSENSE {
        assert_eq!(ending(deliveries(), nonsense), "malformed", "{nonsense}");
    }
}
