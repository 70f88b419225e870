//! Access tokens: the session of the settings never ends; consent and refresh give pairs that do.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::Parameters;
use super::problem::Problem;
use crate::books::Record;
use crate::calls::Turn;

const ACCESS_SECONDS: i64 = 2_592_000;
const REFRESH_SECONDS: i64 = 5_184_000;

/// The code a consent page would hand out, and the refresh token that goes with the session of the settings.
const FIRST_CODE: &str = "sandbox-code";
const FIRST_REFRESH: &str = "sandbox-refresh";

#[derive(Serialize, Deserialize)]
struct Token {
    access: String,
    refresh: String,
    access_until: i64,
    refresh_until: i64,
    refreshed: bool,
}

impl Record for Token {
    const SHELF: &'static str = "aliexpress-tokens";
    fn key(&self) -> String {
        self.access.clone()
    }
}

pub(super) fn check(turn: &Turn<'_>, session: Option<&String>) -> Result<(), Problem> {
    let session = session
        .filter(|text| !text.is_empty())
        .ok_or_else(|| Problem::missing("session"))?;
    let known = *session == turn.settings.aliexpress.session
        || turn
            .books
            .get::<Token>(session)
            .is_some_and(|token| turn.now < token.access_until);
    if known {
        return Ok(());
    }
    Err(Problem::new(
        "IllegalAccessToken",
        "The specified access token is invalid or expired",
    ))
}

pub(super) fn create(turn: &mut Turn<'_>, parameters: &Parameters) -> Result<Value, Problem> {
    match parameters.get("code").map(String::as_str) {
        None | Some("") => Err(Problem::missing("code")),
        Some(FIRST_CODE) => Ok(give(turn)),
        Some(_) => Err(Problem::new(
            "InvalidCode",
            "The authorization code is invalid or was used before",
        )),
    }
}

/// Every refresh gives a new pair; the old refresh token is used up.
pub(super) fn refresh(turn: &mut Turn<'_>, parameters: &Parameters) -> Result<Value, Problem> {
    let text = parameters
        .get("refresh_token")
        .ok_or_else(|| Problem::missing("refresh_token"))?;
    let known = turn
        .books
        .all::<Token>()
        .into_iter()
        .find(|token| token.refresh == *text);
    let good = |token: &Token| !token.refreshed && turn.now < token.refresh_until;
    match known {
        Some(mut token) if good(&token) => {
            token.refreshed = true;
            turn.books.put(&token);
        }
        None if text == FIRST_REFRESH => {}
        _ => {
            return Err(Problem::new(
                "IllegalRefreshToken",
                "The specified refresh token is invalid or expired",
            ));
        }
    }
    Ok(give(turn))
}

fn give(turn: &mut Turn<'_>) -> Value {
    let until = |seconds: i64| turn.now.saturating_add(seconds.saturating_mul(1000));
    let (access_until, refresh_until) = (until(ACCESS_SECONDS), until(REFRESH_SECONDS));
    let access = format!("50000{}", turn.books.invent("aliexpress/access", 40));
    let refresh = format!("50001{}", turn.books.invent("aliexpress/refresh", 40));
    let token = Token {
        access,
        refresh,
        access_until,
        refresh_until,
        refreshed: false,
    };
    turn.books.put(&token);
    json!({
        "access_token": token.access,
        "refresh_token": token.refresh,
        "expires_in": ACCESS_SECONDS,
        "expire_time": token.access_until,
        "refresh_expires_in": REFRESH_SECONDS,
        "refresh_token_valid_time": token.refresh_until,
        "user_id": "2900004001",
        "seller_id": "2900004001",
        "account_id": "2900004001",
        "havana_id": "170000004001",
        "user_nick": "us2900004001",
        "account": "buyer@shop.example",
        "account_platform": "buyerApp",
        "sp": "ae",
        "locale": "en_US",
        "code": "0",
    })
}
