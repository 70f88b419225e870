//! The product page as API Gateway sees it, with a store that sells one kettle.

use domain::Timestamp;
use providers::{Response, exchange::Loss};
use serde_json::{Value, json};
use store::{Db, Memory};

use super::*;

const SAMPLE: &str = include_str!("../../../events/product/unknown-store.json");
const KETTLE: &str = include_str!("../../../shared/providers/src/suppliers/aliexpress/samples/detail.ok.json");
const UNKNOWN: &str = include_str!("../../../shared/providers/src/suppliers/aliexpress/samples/detail.unknown.json");

fn deps(answer: impl Fn() -> Result<Response, Loss> + Send + Sync + 'static) -> Deps {
    let settings = [
        ("ALIEXPRESS_BASE_URL", "https://store.example"),
        ("ALIEXPRESS_APP_KEY", "500000"),
        ("ALIEXPRESS_APP_SECRET", "secret"),
        ("ALIEXPRESS_SESSION_TOKEN", "token"),
        ("WAREHOUSE_COUNTRY", "US"),
        ("RULES_TABLE", "rules"),
        ("AWS_REGION", "us-east-1"),
        ("AWS_ACCESS_KEY_ID", "none"),
        ("AWS_SECRET_ACCESS_KEY", "none"),
        ("SHOP_ORIGIN", "https://shop.example"),
        ("IMAGE_SOURCES", "https://ae01.example"),
    ];
    let named = settings.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let config = Config::read(domain::Settings::new(named)).unwrap();
    let country = |text: &str| text.parse().unwrap();
    Deps {
        rules: RuleBooks::new(Db::Memory(Memory::default())),
        suppliers: config.suppliers,
        terms: Terms {
            ship_to: country(&config.warehouse_country),
            currency: Currency::USD,
        },
        edge: web::Edge::new(&config.edge),
        clock: Clock::fixed(Timestamp::from_seconds(1_800_000_000)),
        ids: Ids::seeded(1),
        http: Http::scripted(move |_| answer()),
    }
}

fn selling(detail: &str) -> Deps {
    let detail = detail.to_owned();
    deps(move || Ok(Response::new(200, detail.clone())))
}

async fn play(deps: Deps, event: &Value) -> Value {
    runtime::answer_http(router(deps), &event.to_string()).await.unwrap()
}

async fn get(deps: Deps, accept: &str) -> Value {
    get_for(deps, accept, "").await
}

/// The page for somebody in this country, or for anybody.
async fn get_for(deps: Deps, accept: &str, country: &str) -> Value {
    let mut event: Value = serde_json::from_str(SAMPLE).unwrap();
    event["rawPath"] = json!("/products/aliexpress/1005007210045501");
    event["headers"]["accept"] = json!(accept);
    if !country.is_empty() {
        event["rawQueryString"] = json!(format!("ship_to={country}"));
        event["queryStringParameters"] = json!({ "ship_to": country });
    }
    play(deps, &event).await
}

fn body(answer: &Value) -> Value {
    serde_json::from_str(answer["body"].as_str().unwrap()).unwrap()
}

/// The kettle with another list of variants.
fn kettle_with(change: impl Fn(&mut Vec<Value>)) -> String {
    let mut detail: Value = serde_json::from_str(KETTLE).unwrap();
    let skus =
        &mut detail["aliexpress_ds_product_get_response"]["result"]["ae_item_sku_info_dtos"]["ae_item_sku_info_d_t_o"];
    change(skus.as_array_mut().unwrap());
    detail.to_string()
}

#[tokio::test]
async fn programs_get_every_variant_with_price_stock_and_picture() {
    let answer = get(selling(KETTLE), "application/json").await;

    assert_eq!(answer["statusCode"], 200);
    let body = body(&answer);
    assert_eq!(body["title"], "Stovetop Kettle with Whistle");
    assert_eq!(body["package"]["weight_grams"], 1_140);
    assert_eq!(
        body["variants"][0],
        json!({
            "key": "12000039870010012|14:193#Coal;200007763:201336106",
            "label": "Coal, United States",
            "values": [{ "name": "Color", "value": "Coal" }, { "name": "Ships From", "value": "United States" }],
            "price": { "amount": 1674, "currency": "USD" },
            "stock": 14,
            "image": "https://ae01.example/kf/coal.jpg",
            "is_available": true,
        })
    );
    assert_eq!(body["variants"][1]["is_available"], false);
}

#[tokio::test]
async fn people_choose_among_what_is_left_and_the_form_carries_a_key() {
    let answer = get(selling(KETTLE), "text/html").await;

    assert_eq!(answer["headers"]["cache-control"], "no-store");
    let page = answer["body"].as_str().unwrap();
    for text in [
        "<form action=\"/cart/lines\" method=\"post\">",
        "name=\"idempotency_key\" value=\"",
        "value=\"12000039870010012|14:193#Coal;200007763:201336106\" required>",
        "value=\"12000039870010013|14:10\" required disabled>",
        "name=\"product\" value=\"1005007210045501\"",
        "<span class=\"amount\">USD 16.74</span>",
        "14 in stock",
        "1.140 kg, 24 × 22 × 19 cm",
        "<p>Boils 2.5 L &#38; sings.</p>",
        "15 January 2027",
    ] {
        assert!(page.contains(text), "{text}");
    }
    assert!(!page.contains("track()"));
}

#[tokio::test]
async fn the_form_fits_the_number_of_variants() {
    let many = |skus: &mut Vec<Value>| *skus = vec![skus[0].clone(); 21];
    for (detail, there, lacking) in [
        (
            kettle_with(|skus| skus.truncate(1)),
            "type=\"hidden\" name=\"variant\"",
            "type=\"radio\"",
        ),
        (kettle_with(many), "<select id=\"variant\"", "type=\"radio\""),
        (
            kettle_with(|skus| drop(skus.remove(0))),
            "Sold out at the store.",
            "<form action=\"/cart/lines\"",
        ),
        (
            kettle_with(Vec::clear),
            "does not sell this to our warehouse",
            "<form action=\"/cart/lines\"",
        ),
    ] {
        let answer = get(selling(&detail), "text/html").await;

        let page = answer["body"].as_str().unwrap();
        assert!(page.contains(there), "{there}");
        assert!(!page.contains(lacking), "{lacking} with {there}");
    }
}

#[tokio::test]
async fn a_product_the_store_does_not_know_is_not_found() {
    assert_eq!(get(selling(UNKNOWN), "application/json").await["statusCode"], 404);
}

#[tokio::test]
async fn trouble_at_the_store_is_never_told_as_not_found() {
    let refused = r#"{"error_response":{"code":"IllegalAccessToken","msg":"no","request_id":"1"}}"#;
    for answer in [
        || Err(Loss::NoAnswer("silence".into())),
        || Ok(Response::new(200, "half a pa")),
        || Ok(Response::new(502, "")),
    ] {
        assert_eq!(get(deps(answer), "application/json").await["statusCode"], 503);
    }
    for accept in ["application/json", "text/html"] {
        let answer = get(selling(refused), accept).await;
        assert_eq!(answer["statusCode"], 503, "{accept}");
        assert_eq!(answer["headers"]["retry-after"], "300");
    }
}

#[tokio::test]
async fn every_sample_gets_the_answer_it_expects() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../events/product");
    let read =
        |path: &std::path::Path| -> Value { serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap() };
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        // The page of a real product needs a store: the player of the end-to-end tests has one.
        let name = path.file_name().unwrap().to_str().unwrap();
        if name.ends_with(".expect.json") || name == "page.json" {
            continue;
        }
        let expected = read(&path.with_extension("expect.json"));

        let answer = play(deps(|| panic!("no store is asked")), &read(&path)).await;

        assert_eq!(answer["statusCode"], expected["status"], "{path:?}");
        for text in expected["body_contains"].as_array().into_iter().flatten() {
            assert!(
                answer["body"].as_str().unwrap().contains(text.as_str().unwrap()),
                "{text} of {path:?}"
            );
        }
        if !expected["json"].is_null() {
            assert_eq!(body(&answer), expected["json"], "{path:?}");
        }
    }
}

/// The kettle under another name.
fn called(title: &str) -> String {
    KETTLE.replace("Stovetop Kettle with Whistle", title)
}

#[tokio::test]
async fn who_says_where_it_shall_go_is_told_what_each_carrier_does_and_by_which_rule() {
    for (title, country, is_open, ruling) in [
        ("Foldable drone with camera", "KE", false, "permit"),
        ("Foldable drone with camera", "DE", true, "ok"),
        ("Stovetop Kettle with Whistle", "KE", true, "ok"),
    ] {
        let deps = selling(&called(title));

        let json = body(&get_for(deps.clone(), "application/json", country).await);
        let page = get_for(deps, "text/html", country).await;

        let to = &json["shipping"]["to"];
        assert_eq!(
            (&to["country"], &to["is_open"]),
            (&json!(country), &json!(is_open)),
            "{title}"
        );
        assert_eq!(to["carriers"][0]["carrier"], "dhl");
        assert_eq!(
            to["carriers"][0]["ruling"] == "forbid",
            ruling == "forbid",
            "{title} {country}"
        );
        let page = page["body"].as_str().unwrap();
        let verdict = if is_open { "It may go to" } else { "It cannot go to" };
        assert!(page.contains(verdict), "{title} {country}: {page}");
        if let Some(first) = to["carriers"][0]["verdicts"].get(0) {
            let source = first["source"].as_str().unwrap();
            assert!(source.len() > 5 && page.contains("<summary>Source</summary>"), "{page}");
        }
    }
    let nowhere = body(&get_for(selling(KETTLE), "application/json", "AQ").await);
    assert_eq!(nowhere["shipping"]["to"], Value::Null);
}

#[tokio::test]
async fn what_may_not_fly_cannot_be_put_into_the_cart() {
    let power_bank = called("Power bank 10000 mAh");

    let page = get(selling(&power_bank), "text/html").await;
    let json = body(&get(selling(&power_bank), "application/json").await);

    let page = page["body"].as_str().unwrap();
    assert!(
        page.contains("a battery without its device, such as a power bank, may not fly with us"),
        "{page}"
    );
    assert!(!page.contains("<form action=\"/cart/lines\""));
    assert_eq!(json["shipping"]["nowhere"]["row"], "any.accepts.battery-alone");
}

#[tokio::test]
async fn what_some_countries_keep_out_says_which_and_can_be_bought() {
    let drone = called("Foldable drone with camera");

    let page = get(selling(&drone), "text/html").await;
    let json = body(&get(selling(&drone), "application/json").await);

    let page = page["body"].as_str().unwrap();
    assert!(page.contains("<strong>Kenya</strong>: drones"), "{page}");
    assert!(page.contains("<form action=\"/cart/lines\""));
    let barred: Vec<_> = json["shipping"]["not_to"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["country"].clone())
        .collect();
    assert!(
        barred.contains(&json!("KE")) && !barred.contains(&json!("DE")),
        "{barred:?}"
    );
}
