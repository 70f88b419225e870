//! Ticks over scripted sources: what is believed, what is left out, and what a price is made of afterwards.

use std::sync::{Arc, Mutex};

use domain::{
    Currency, Timestamp,
    landed_cost::{RateSheet, WhyRefused},
};
use providers::{Loss, Response, rates::sources};
use store::{Db, Memory};

use super::*;

const ECB: &str = include_str!("../../../shared/providers/src/rates/ecb/samples/daily.ok.xml");
const OPEN: &str = include_str!("../../../shared/providers/src/rates/open_rates/samples/latest.ok.json");

struct Stage {
    deps: Deps,
    says: Arc<Mutex<(Option<String>, Option<String>)>>,
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

impl Stage {
    fn new() -> Self {
        let says = Arc::new(Mutex::new((Some(ECB.to_owned()), Some(OPEN.to_owned()))));
        let said = Arc::clone(&says);
        let http = Http::scripted(move |request| {
            let (ecb, open) = said.lock().unwrap().clone();
            let answer = if request.url.path().ends_with(".xml") {
                ecb
            } else {
                open
            };
            answer
                .map(|body| Response::new(200, body))
                .ok_or_else(|| Loss::NoAnswer("silence".into()))
        });
        let address = |text: &str| text.parse().unwrap();
        Self {
            deps: Deps {
                rules: RuleBooks::new(Db::Memory(Memory::default())),
                sources: sources(address("https://bank.example"), address("https://rates.example")),
                http,
                clock: Clock::fixed(at("2026-11-26T03:00:00Z")),
            },
            says,
        }
    }

    fn say(&self, ecb: Option<&str>, open: Option<&str>) {
        *self.says.lock().unwrap() = (ecb.map(str::to_owned), open.map(str::to_owned));
    }

    async fn sheet(&self) -> RateSheet {
        self.deps.rules.newest().await.unwrap().rates.unwrap()
    }
}

fn rate(sheet: &RateSheet, to: &str) -> Option<String> {
    let rate = sheet.rate(Currency::USD, to.parse().unwrap());
    rate.map(|rate| format!("{} of {}", rate.rate, rate.day))
}

fn why(sheet: &RateSheet, to: &str) -> Option<WhyRefused> {
    let to: Currency = to.parse().unwrap();
    sheet.refused.iter().find(|rate| rate.to == to).map(|rate| rate.why)
}

#[tokio::test]
async fn the_bank_is_asked_first_and_what_it_lacks_comes_from_the_next() {
    let stage = Stage::new();

    handle(&stage.deps).await.unwrap();

    let sheet = stage.sheet().await;
    // 0.8816 / 1.16 and 1 / 1.16, both for one dollar, from the bank's sheet of the day before.
    assert_eq!(rate(&sheet, "GBP").as_deref(), Some("0.76000000 of 2026-11-25"));
    assert_eq!(rate(&sheet, "EUR").as_deref(), Some("0.86206897 of 2026-11-25"));
    assert_eq!(rate(&sheet, "KES").as_deref(), Some("129.241305 of 2026-11-26"));
    assert_eq!(why(&sheet, "NGN"), Some(WhyRefused::Missing));
    let rules = stage.deps.rules.current(at("2026-11-26T03:05:00Z")).await.unwrap();
    let printed = format!("{:?}", rules.printed(at("2026-11-26T03:05:00Z").date()));
    assert!(
        printed.contains("1 USD = 129.241305 KES. The mid rate of the day plus 2 %"),
        "{printed}"
    );
    assert!(printed.contains("fx.shop.usd-kes.2026-11-26"));
}

#[tokio::test]
async fn a_rate_that_jumps_is_left_out_and_the_one_before_stays() {
    let stage = Stage::new();
    handle(&stage.deps).await.unwrap();
    let tomorrow = OPEN
        .replace("129.241305", "150.5")
        .replace("1795651351", "1795737751")
        .replace("3648", "3650");
    stage.deps.clock.advance(std::time::Duration::from_secs(24 * 3600));
    stage.say(None, Some(&tomorrow));

    handle(&stage.deps).await.unwrap();

    let sheet = stage.sheet().await;
    assert_eq!(why(&sheet, "KES"), Some(WhyRefused::Jump));
    assert_eq!(rate(&sheet, "KES").as_deref(), Some("129.241305 of 2026-11-26"));
    assert_eq!(rate(&sheet, "UGX").as_deref(), Some("3650 of 2026-11-27"));
    assert_eq!(
        rate(&sheet, "GBP").as_deref(),
        Some("0.76000000 of 2026-11-25"),
        "a silent bank takes nothing back"
    );
}

#[tokio::test]
async fn a_sheet_of_long_ago_is_not_believed() {
    let stage = Stage::new();
    stage.say(
        Some(&ECB.replace("2026-11-25", "2026-11-20")),
        Some(&OPEN.replace("1795651351", "1763942551")),
    );

    handle(&stage.deps).await.unwrap();

    let sheet = stage.sheet().await;
    assert_eq!(
        (why(&sheet, "GBP"), why(&sheet, "KES")),
        (Some(WhyRefused::Old), Some(WhyRefused::Old))
    );
    assert!(sheet.rates.is_empty());
}

#[tokio::test]
async fn what_was_taken_for_a_day_stays_for_that_day() {
    let stage = Stage::new();
    handle(&stage.deps).await.unwrap();
    let first = stage.sheet().await;
    stage.deps.clock.advance(std::time::Duration::from_secs(3 * 3600));
    stage.say(Some(ECB), Some(&OPEN.replace("129.241305", "129.9")));

    handle(&stage.deps).await.unwrap();

    assert_eq!(stage.sheet().await, first, "quotes name the row of the day");
}

#[tokio::test]
async fn without_any_source_nothing_is_written_and_the_tick_failed() {
    let stage = Stage::new();
    stage.say(None, None);

    assert!(matches!(handle(&stage.deps).await, Err(Failure::Unavailable { .. })));
    assert!(stage.deps.rules.newest().await.unwrap().rates.is_none());
}
