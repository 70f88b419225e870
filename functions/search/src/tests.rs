//! The search as API Gateway sees it, with a store that answers, fails, or keeps silent.

use std::{net::TcpListener, time::Duration};

use domain::Timestamp;
use providers::{Response, exchange::Loss};
use serde_json::{Value, json};

use super::*;

const SAMPLE: &str = include_str!("../../../events/search/start-page.json");
const HITS: &str = include_str!("../../../shared/providers/src/suppliers/aliexpress/samples/search.ok.json");

fn deps(store: &str) -> Deps {
    let settings = [
        ("ALIEXPRESS_BASE_URL", store),
        ("ALIEXPRESS_APP_KEY", "500000"),
        ("ALIEXPRESS_APP_SECRET", "secret"),
        ("ALIEXPRESS_SESSION_TOKEN", "token"),
        ("WAREHOUSE_COUNTRY", "US"),
        ("SHOP_ORIGIN", "https://shop.example"),
        ("IMAGE_SOURCES", "https://ae01.example"),
    ];
    let named = settings.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let config = Config::read(domain::Settings::new(named)).unwrap();
    Deps {
        clock: Clock::fixed(Timestamp::from_seconds(1_800_000_000)),
        ..Deps::new(config).unwrap()
    }
}

fn answered_with(answer: fn() -> Result<Response, Loss>) -> Deps {
    Deps {
        http: Http::scripted(move |_| answer()),
        ..deps("https://store.example")
    }
}

async fn play(deps: Deps, event: &Value) -> Value {
    runtime::answer_http(router(deps), &event.to_string()).await.unwrap()
}

async fn get(deps: Deps, accept: &str, query: &str) -> Value {
    let mut event: Value = serde_json::from_str(SAMPLE).unwrap();
    event["rawQueryString"] = json!(query);
    event["headers"]["accept"] = json!(accept);
    play(deps, &event).await
}

fn body(answer: &Value) -> Value {
    serde_json::from_str(answer["body"].as_str().unwrap()).unwrap()
}

#[tokio::test]
async fn programs_get_the_products_and_the_next_page() {
    let answer = get(
        answered_with(|| Ok(Response::new(200, HITS))),
        "application/json",
        "q=kettle+%26+tea&sort=cheapest",
    )
    .await;

    assert_eq!(answer["statusCode"], 200);
    assert_eq!(answer["headers"]["cache-control"], "public, max-age=60");
    let body = body(&answer);
    assert_eq!(body["next"], "/search?q=kettle+%26+tea&sort=cheapest&page=2");
    assert_eq!(body["warnings"], json!([]));
    assert_eq!(
        body["items"][1],
        json!({
            "store": "aliexpress",
            "product": "1005007210045501",
            "title": "Stovetop Kettle 2.5 L & Whistle",
            "image": "https://ae01.example/kf/kettle.jpg",
            "price": { "amount": 1674, "currency": "USD" },
            "rating": "4.8",
            "href": "/products/aliexpress/1005007210045501",
            "as_of": "2027-01-15T08:00:00.000Z",
        })
    );
}

#[tokio::test]
async fn people_get_cards_and_keep_their_words() {
    let answer = get(
        answered_with(|| Ok(Response::new(200, HITS))),
        "text/html",
        "q=%22kettle%22&page=2",
    )
    .await;

    let page = answer["body"].as_str().unwrap();
    for text in [
        "value=\"&#34;kettle&#34;\"",
        "Stovetop Kettle 2.5 L &#38; Whistle",
        "<small>from</small> USD 16.74",
        "★ 4.8 · aliexpress",
        "href=\"/search?q=%22kettle%22\" rel=\"prev\"",
        "href=\"/search?q=%22kettle%22&#38;page=3\" rel=\"next\"",
    ] {
        assert!(page.contains(text), "{text}");
    }
}

#[tokio::test]
async fn a_store_that_fails_is_a_warning_and_is_asked_again_next_time() {
    let answer = get(
        answered_with(|| Ok(Response::new(502, "oh"))),
        "application/json",
        "q=kettle",
    )
    .await;

    assert_eq!(answer["statusCode"], 200);
    assert_eq!(answer["headers"]["cache-control"], "no-store");
    assert_eq!(body(&answer)["warnings"][0]["store"], "aliexpress");
}

#[tokio::test]
async fn a_store_that_keeps_silent_holds_nobody_up() {
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let deps = deps(&format!("http://{}", silent.local_addr().unwrap()));

    let answer = tokio::time::timeout(Duration::from_secs(3), get(deps, "application/json", "q=kettle"))
        .await
        .unwrap();

    let sentence = &body(&answer)["warnings"][0]["sentence"];
    assert_eq!(
        sentence,
        "aliexpress did not answer in time, so its products are missing here."
    );
}

#[tokio::test]
async fn every_sample_gets_the_answer_it_expects() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../events/search");
    let read =
        |path: &std::path::Path| -> Value { serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap() };
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.to_str().unwrap().ends_with(".expect.json") {
            continue;
        }
        let expected = read(&path.with_extension("expect.json"));

        let answer = play(answered_with(|| panic!("no store is asked")), &read(&path)).await;

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
