//! The price rules as API Gateway sees them.

use domain::{
    RequestKey, Timestamp,
    audit::Hand,
    landed_cost::{Edition, Editor, RowEdits},
    order::Actor,
};
use serde_json::{Value, json};
use store::{Db, Memory};

use super::*;

const SAMPLE: &str = include_str!("../../../events/price-rules/fees-page.json");

fn now() -> Timestamp {
    "2026-11-26T09:00:00Z".parse().unwrap()
}

fn deps(rules: RuleBooks) -> Deps {
    let edge = web::EdgeSettings {
        shop_origin: "https://shop.example".into(),
        image_sources: String::new(),
    };
    Deps {
        rules,
        warehouse: Country::US,
        clock: Clock::fixed(now()),
        edge: web::Edge::new(&edge),
    }
}

fn shipped() -> Deps {
    deps(RuleBooks::new(Db::Memory(Memory::default())))
}

async fn play(deps: Deps, event: &Value) -> Value {
    runtime::answer_http(router(deps), &event.to_string()).await.unwrap()
}

async fn page(deps: Deps, path: &str, accept: &str) -> Value {
    let mut event: Value = serde_json::from_str(SAMPLE).unwrap();
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    (event["rawPath"], event["rawQueryString"]) = (json!(path), json!(query));
    event["headers"]["accept"] = json!(accept);
    play(deps, &event).await
}

async fn json_of(deps: Deps, path: &str) -> Value {
    let answer = page(deps, path, "application/json").await;
    assert_eq!(answer["statusCode"], 200, "{path}");
    serde_json::from_str(answer["body"].as_str().unwrap()).unwrap()
}

#[tokio::test]
async fn every_country_we_deliver_to_has_a_page_with_its_own_rows() {
    let countries = json_of(shipped(), "/help/countries").await;
    let countries = countries["countries"].as_array().unwrap();

    assert_eq!(countries.len(), 12);
    for country in countries {
        let code = country["country"].as_str().unwrap();
        let shown = json_of(shipped(), &format!("/help/countries/{code}")).await;
        let rows = shown["sections"].to_string();
        let prefix = format!("\"row\":\"{}.", code.to_lowercase());
        for table in ["vat", "value-base.air", "duty.any"] {
            assert!(rows.contains(&format!("{prefix}{table}\"")), "{code} {table}");
        }
    }
}

#[tokio::test]
async fn what_is_not_confirmed_is_shown_as_that() {
    let page = page(shipped(), "/help/countries/KE", "text/html").await;

    let body = page["body"].as_str().unwrap();
    assert!(
        body.contains("Not settled: the store&#39;s delivery, freight;") || body.contains("Not settled: "),
        "{body}"
    );
    assert!(body.contains("not confirmed"));
}

#[tokio::test]
async fn a_rule_that_the_staff_changed_is_the_one_that_is_shown() {
    let rules = RuleBooks::new(Db::Memory(Memory::default()));
    let edits = RowEdits::read(
        r#"{"table": "quote_life", "id": "shop.quote-life", "minutes": 90, "valid_from": "2026-01-01",
            "source": "The shop's own decision", "checked_on": "2026-11-26", "confidence": "shop"}"#,
    );
    let editor = Editor {
        by: "stf_01JDB7M3N8Q4R5S6T7V8W9X0YZ".parse().unwrap(),
        at: now(),
        reason: "a test".into(),
    };
    let (edition, _) = Edition::next(None, &edits.unwrap(), editor).unwrap();
    let key = RequestKey {
        scope: "stf POST /desk/rule-editions".into(),
        key: "k".into(),
        request_hash: "1".into(),
    };
    let hand = Hand {
        actor: Actor::Staff(edition.made_by.clone()),
        source: "192.0.2.7".into(),
    };
    let deed = hand.did("1".into(), now(), "rules.published", "1");
    rules.publish(&edition, &key, &deed).await.unwrap();

    let shown = json_of(deps(rules), "/help/fees").await;

    assert!(shown.to_string().contains("A quote holds for 90 minutes."));
    assert!(shown["rules_version"].as_str().unwrap().ends_with("+1"));
}

#[tokio::test]
async fn goods_that_one_country_forbids_are_shown_there_only() {
    let limits = |country: &'static str| async move {
        let path = format!("/help/restricted-items?country={country}");
        json_of(shipped(), &path).await.to_string()
    };

    assert!(limits("KE").await.contains("\"row\":\"ke.plastic-bags\""));
    assert!(!limits("GB").await.contains("\"row\":\"ke.plastic-bags\""));
    assert!(limits("GB").await.contains("\"row\":\"any.accepts.aerosol\""));
}

#[tokio::test]
async fn every_sample_gets_the_answer_it_expects() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../events/price-rules");
    let read =
        |path: &std::path::Path| -> Value { serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap() };
    let mut played = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.to_str().unwrap().ends_with(".expect.json") {
            continue;
        }
        let expected = read(&path.with_extension("expect.json"));

        let answer = play(shipped(), &read(&path)).await;

        played += 1;
        assert_eq!(answer["statusCode"], expected["status"], "{path:?}");
        let body = answer["body"].as_str().unwrap();
        for (header, value) in expected["headers"].as_object().unwrap() {
            assert_eq!(&answer["headers"][header], value, "{header} of {path:?}");
        }
        for (list, is_there) in [("body_contains", true), ("body_lacks", false)] {
            for text in expected[list].as_array().into_iter().flatten() {
                assert_eq!(
                    body.contains(text.as_str().unwrap()),
                    is_there,
                    "{text} of {path:?}: {body}"
                );
            }
        }
    }
    assert!(played >= 9);
}
