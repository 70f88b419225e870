//! The gateway all business calls go through: signs requests, opens the envelope of answers, and sorts its errors.

use std::time::Duration;

use domain::Timestamp;
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::Value;

use super::{settings::Settings, signing::sign, wire};
use crate::{
    error::Error,
    plain_text::plain_note,
    request::{Body, Field, Request},
    response::Response,
};

/// One of the gateway's methods.
#[derive(Clone, Copy)]
pub(super) struct Method {
    /// Our name of the call, for logs and errors.
    pub(super) call: &'static str,
    /// The gateway's name of it.
    pub(super) name: &'static str,
}

/// A signed call with these business parameters.
pub(super) fn request(
    settings: &Settings,
    method: Method,
    business: Vec<(&'static str, String)>,
    now: Timestamp,
) -> Request {
    let mut fields: Vec<(&'static str, Field)> = vec![
        ("method", Field::Plain(method.name.to_owned())),
        ("app_key", Field::Plain(settings.app_key.clone())),
        ("session", Field::Hidden(settings.session_token.clone())),
        ("timestamp", Field::Plain(now.as_millis().to_string())),
        ("sign_method", Field::Plain("sha256".to_owned())),
        ("format", Field::Plain("json".to_owned())),
    ];
    fields.extend(business.into_iter().map(|(name, value)| (name, Field::Plain(value))));
    let signature = sign(
        &settings.app_secret,
        "",
        fields.iter().map(|(name, field)| (*name, field.expose())),
    );
    // A signature is good for ten minutes, so it is as secret as a key.
    fields.push(("sign", Field::Hidden(domain::Secret::new(signature))));
    let form = Body::Form(fields.into_iter().map(|(name, field)| (name.into(), field)).collect());
    Request::post(settings.base_url.join("/sync"), form)
}

/// What stands inside the envelope of a method's answer.
///
/// # Errors
/// As the gateway's own error says, or [`Error::Malformed`].
pub(super) fn open<T: DeserializeOwned>(method: Method, response: &Response) -> Result<T, Error> {
    let mut answer: Value = response.json(method.call)?;
    let envelope = format!("{}_response", method.name.replace('.', "_"));
    if let Some(content) = answer.get_mut(&envelope) {
        return serde_json::from_value(content.take()).map_err(|error| Error::Malformed {
            call: method.call,
            source: Box::new(error),
        });
    }
    // Below /sync errors have an envelope, from the layer in front of it they come bare.
    let problem = match answer.get_mut("error_response") {
        Some(enveloped) => enveloped.take(),
        None => answer,
    };
    // An array would be read as the fields in their order.
    let problem: Problem = Some(problem)
        .filter(Value::is_object)
        .and_then(|told| serde_json::from_value(told).ok())
        .unwrap_or_default();
    if problem.code.is_none() {
        return Err(Error::malformed(
            method.call,
            "neither the envelope of the method nor an error",
        ));
    }
    Err(problem.error(method.call))
}

/// The gateway's own errors.
#[derive(Default, Deserialize)]
struct Problem {
    #[serde(default, deserialize_with = "wire::text")]
    code: Option<String>,
    #[serde(default, deserialize_with = "wire::text")]
    sub_code: Option<String>,
    #[serde(default, deserialize_with = "wire::text", alias = "message")]
    msg: Option<String>,
    #[serde(default, deserialize_with = "wire::text")]
    sub_msg: Option<String>,
    /// `ISV` when the fault is the caller's, `ISP` when it is the platform's.
    #[serde(default, rename = "type", deserialize_with = "wire::text")]
    side: Option<String>,
}

/// Codes that mean our keys, our consent, our clock or our permissions: nothing was done and a person must look.
/// The numbers are those of the former platform, which clients still see.
const KEYS: &[&str] = &[
    "IncompleteSignature",
    "IllegalAccessToken",
    "InsufficientPermission",
    "InvalidAppKey",
    "IllegalTimestamp",
    "AppWhiteIpLimit",
    "15",
    "25",
    "27",
];

/// Codes that mean we call too often.
const TOO_OFTEN: &[&str] = &["ApiCallLimit", "AppCallLimit", "FlowControlLimited", "7"];

/// Codes that mean the request itself is wrong: it was not carried out.
const WRONG_REQUEST: &[&str] = &["MissingParameter", "InvalidParameter", "InvalidApiPath", "11006"];

impl Problem {
    /// Sorted by code and by words, because both have been seen to vary. What is not surely harmless stays open.
    fn error(self, call: &'static str) -> Error {
        let code = self.code.unwrap_or_default();
        let sub_code = self.sub_code.unwrap_or_default();
        let text = self.sub_msg.or(self.msg).unwrap_or_default();
        let is_one_of = |known: &[&str]| known.contains(&code.as_str()) || known.contains(&sub_code.as_str());
        let words = format!("{code} {sub_code} {text}").to_ascii_lowercase();
        if is_one_of(TOO_OFTEN) || words.contains("flow-control") || words.contains("call limit") {
            return Error::Throttled {
                call,
                retry_after: ban(&text).unwrap_or(USUAL_BAN),
            };
        }
        if is_one_of(KEYS)
            || words.contains("access-token")
            || words.contains("permission")
            || words.contains("session")
        {
            return Error::Unauthorized { call, code };
        }
        let is_ours = self.side.as_deref() == Some("ISV") || sub_code.starts_with("isv.");
        if is_one_of(WRONG_REQUEST) || is_ours {
            return Error::Refused { call, code, text };
        }
        Error::Unavailable {
            call,
            source: format!("the platform reports {code} {sub_code}").into(),
        }
    }
}

/// The wait when the platform names none; bursts are forgiven within a second.
const USUAL_BAN: Duration = Duration::from_secs(2);

/// The wait of "This ban will last for 3 seconds".
fn ban(text: &str) -> Option<Duration> {
    let (before, _) = text.split_once(" second")?;
    before.rsplit(' ').next()?.parse().ok().map(Duration::from_secs)
}

/// Success is told as 0, 00 or 200, as text or as a number.
pub(super) fn is_success(code: Option<&str>) -> bool {
    matches!(code, Some("0" | "00" | "200"))
}

/// The error of an answer whose own code tells no success: the platform's trouble for 5xx, otherwise a definite no.
pub(super) fn refused(call: &'static str, code: Option<String>, text: Option<String>) -> Error {
    let Some(code) = code else {
        return Error::malformed(call, "an answer without its code");
    };
    if code.len() == 3 && code.starts_with('5') {
        return Error::Unavailable {
            call,
            source: format!("the platform reports {code}").into(),
        };
    }
    Error::Refused {
        call,
        code,
        text: plain_note(&text.unwrap_or_default()),
    }
}
