//! Two publishers of exchange rates: the daily sheet of the European Central Bank below `/ecb`, and the open rates of ExchangeRate-API
//! below `/open-rates`. Rates stay where they are until the control API moves one. The bank has no currency of East or West Africa.

use std::sync::{Arc, PoisonError};

use axum::Router;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::World;
use crate::answer::Answer;
use crate::books::{Books, Record};
use crate::calls::{self, Call, Trouble};
use crate::clock;
use crate::faults::Provider;

const DAY_MS: i64 = 24 * 3600 * 1000;

/// For one dollar, as the market stood in the last week of November 2026.
const MARKET: [(&str, &str); 11] = [
    ("AED", "3.6725"),
    ("CNY", "7.1184"),
    ("EUR", "0.8621"),
    ("GBP", "0.7596"),
    ("GHS", "11.3820"),
    ("KES", "129.2413"),
    ("NGN", "1476.5000"),
    ("RWF", "1452.8800"),
    ("TZS", "2476.2000"),
    ("UGX", "3648.0000"),
    ("ZAR", "17.5890"),
];

/// What the bank publishes, beside the dollar.
const OF_THE_BANK: [&str; 3] = ["CNY", "GBP", "ZAR"];

/// A rate that somebody moved.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct MarketRate {
    currency: String,
    rate: String,
}

impl MarketRate {
    /// Nothing unless the rate is a plain decimal number.
    pub(crate) fn new(currency: &str, rate: &str) -> Option<MarketRate> {
        let is_number =
            rate.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.') && ten_thousandths(rate).is_some();
        is_number.then(|| MarketRate {
            currency: currency.to_owned(),
            rate: rate.to_owned(),
        })
    }
}

impl Record for MarketRate {
    const SHELF: &'static str = "rates";
    fn key(&self) -> String {
        self.currency.clone()
    }
}

pub(crate) fn router() -> Router<Arc<World>> {
    Router::new()
        .route("/ecb/stats/eurofxref/eurofxref-daily.xml", get(bank))
        .route("/open-rates/v6/latest/USD", get(open))
}

async fn open(State(world): State<Arc<World>>) -> Response {
    let call = Call {
        provider: Provider::Rates,
        operation: "latest",
        reference: String::new(),
    };
    calls::perform(&world, call, voice, |turn| {
        let midnight = turn.now.div_euclid(DAY_MS).saturating_mul(DAY_MS) / 1000;
        let rates = MARKET
            .iter()
            .map(|(currency, _)| (*currency, rate_of(turn.books, currency)));
        let written = rates.filter_map(|(currency, rate)| Some((currency.to_owned(), number(&rate)?)));
        Answer::new(
            200,
            json!({
                "result": "success",
                "provider": "https://www.exchangerate-api.com",
                "time_last_update_unix": midnight,
                "base_code": "USD",
                "rates": written.collect::<serde_json::Map<_, _>>(),
            }),
        )
    })
    .await
}

/// The sheet of the day before: today's appears in the afternoon only.
async fn bank(State(world): State<Arc<World>>) -> Response {
    let sheet = {
        let books = world.books.lock().unwrap_or_else(PoisonError::into_inner);
        let euro = ten_thousandths(&rate_of(&books, "EUR")).unwrap_or(1);
        let one = |name: &str| {
            let for_a_dollar = if name == "USD" {
                Some(10_000)
            } else {
                ten_thousandths(&rate_of(&books, name))
            };
            let for_a_euro = for_a_dollar.unwrap_or_default().saturating_mul(10_000) / euro;
            format!(
                "<Cube currency='{name}' rate='{}.{:04}'/>",
                for_a_euro / 10_000,
                for_a_euro % 10_000
            )
        };
        let names = ["USD"].into_iter().chain(OF_THE_BANK);
        names.map(one).collect::<Vec<_>>().join("\n")
    };
    let day = clock::write(world.clock.now().saturating_sub(DAY_MS), 0, "%Y-%m-%d");
    let xml = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<gesmes:Envelope xmlns:gesmes=\"http://www.gesmes.org/xml/2002-08-01\" \
         xmlns=\"http://www.ecb.int/vocabulary/2002-08-01/eurofxref\">\n<Cube>\n<Cube time='{day}'>\n{sheet}\n</Cube>\n</Cube>\n\
         </gesmes:Envelope>\n"
    );
    ([(header::CONTENT_TYPE, "text/xml")], xml).into_response()
}

fn rate_of(books: &Books, currency: &str) -> String {
    let moved = books.get::<MarketRate>(currency).map(|moved| moved.rate);
    let usual = || {
        MARKET
            .iter()
            .find(|(name, _)| *name == currency)
            .map(|(_, rate)| (*rate).to_owned())
    };
    moved.or_else(usual).unwrap_or_default()
}

/// A number of JSON as it is written.
fn number(text: &str) -> Option<Value> {
    serde_json::from_str(text).ok()
}

fn ten_thousandths(rate: &str) -> Option<i64> {
    let (whole, part) = rate.split_once('.').unwrap_or((rate, ""));
    let digits: String = part.chars().chain("0000".chars()).take(4).collect();
    whole
        .parse::<i64>()
        .ok()?
        .checked_mul(10_000)?
        .checked_add(digits.parse().ok()?)
        .filter(|rate| *rate > 0)
}

fn voice(_: &str, trouble: &Trouble<'_>) -> Answer {
    match trouble {
        Trouble::InternalError => Answer::new(500, json!({ "result": "error", "error-type": "internal-error" })),
        Trouble::Refused(fault) => {
            let code = fault.code.as_deref().unwrap_or("quota-reached");
            Answer::new(
                fault.status.unwrap_or(200),
                json!({ "result": "error", "error-type": code }),
            )
        }
        Trouble::ErrorInsideSuccess => Answer::new(200, json!({ "result": "error", "error-type": "quota-reached" })),
    }
}
