//! The storefront as API Gateway sees it.

use serde_json::{Value, json};

use super::*;

const HOME: &str = include_str!("../../../events/storefront/home-page.json");

async fn play(event: &Value) -> Value {
    let edge = web::EdgeSettings {
        shop_origin: "https://shop.example".into(),
        image_sources: String::new(),
    };
    let deps = Deps::new(&Config { edge });
    runtime::answer_http(router(deps), &event.to_string()).await.unwrap()
}

async fn page(path: &str) -> Value {
    let mut event: Value = serde_json::from_str(HOME).unwrap();
    event["rawPath"] = json!(path);
    play(&event).await
}

#[tokio::test]
async fn every_link_of_every_page_leads_to_a_page_of_ours_or_to_a_capability() {
    let by_rules = help::BY_RULES.iter().map(|(path, ..)| *path);
    let elsewhere: Vec<_> = ["/search", "/cart", "/orders", "/me"]
        .into_iter()
        .chain(by_rules)
        .collect();
    let pages = help::TOPICS.iter().map(|topic| format!("/help/{}", topic.page));
    for path in pages.chain(["/".into(), "/help".into()]) {
        let answer = page(&path).await;
        assert_eq!(answer["statusCode"], 200, "{path}");
        for link in answer["body"].as_str().unwrap().split("href=\"").skip(1) {
            let link = link.split('"').next().unwrap();
            if !elsewhere.contains(&link) && !link.starts_with('#') {
                assert_eq!(page(link).await["statusCode"], 200, "{link} on {path}");
            }
        }
    }
}

#[tokio::test]
async fn a_static_file_may_be_kept_for_ever_because_its_name_changes_with_it() {
    for asset in web::all_assets() {
        let answer = page(asset.path).await;

        assert_eq!(
            answer["headers"]["cache-control"],
            "public, max-age=31536000, immutable"
        );
        assert_eq!(answer["headers"]["content-type"], asset.media_type);
        assert_eq!(answer["isBase64Encoded"], false);
    }
}

#[tokio::test]
async fn a_name_that_is_no_file_of_ours_is_not_found() {
    for path in [
        "/static/shop.css",
        "/static/..%2f..%2fetc%2fpasswd",
        "/static/",
        "/help/nothing",
        "/Help",
    ] {
        assert_eq!(page(path).await["statusCode"], 404, "{path}");
    }
}

fn samples() -> Vec<(String, Value, Value)> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../events/storefront");
    let read = |name: &str| serde_json::from_str(&std::fs::read_to_string(format!("{folder}/{name}.json")).unwrap());
    let names = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let expected = names.filter_map(|name| name.strip_suffix(".expect.json").map(str::to_owned));
    expected
        .map(|name| {
            (
                name.clone(),
                read(&name).unwrap(),
                read(&format!("{name}.expect")).unwrap(),
            )
        })
        .collect()
}

#[tokio::test]
async fn every_sample_gets_the_answer_it_expects() {
    for (name, event, expected) in samples() {
        let answer = play(&event).await;
        let body = answer["body"]
            .as_str()
            .unwrap()
            .replace(web::asset("shop.css"), "/static/<hash>-shop.css");

        assert_eq!(answer["statusCode"], expected["status"], "{name}");
        for (header, value) in expected["headers"].as_object().unwrap() {
            assert_eq!(&answer["headers"][header], value, "{header} of {name}");
        }
        for (list, is_there) in [("body_contains", true), ("body_lacks", false)] {
            for text in expected[list].as_array().into_iter().flatten() {
                assert_eq!(body.contains(text.as_str().unwrap()), is_there, "{text} of {name}");
            }
        }
        if !expected["json"].is_null() {
            assert_eq!(
                serde_json::from_str::<Value>(&body).unwrap(),
                expected["json"],
                "{name}"
            );
        }
    }
}
