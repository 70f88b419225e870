//! Africa's Talking: text messages to phones in Kenya and beyond. Needs an account with a registered sender name.
//!
//! After docs of "SMS / Sending" at africastalking.com, read 2026-11-26. Quirks: the answer is a success even when nothing was sent; what
//! counts is the number of each recipient. Our reference cannot be given along.

mod wire;

#[cfg(test)]
mod tests;

use domain::{Secret, Settings, news::Channel, product::ProviderCode};
use http::{HeaderName, header};

use super::{Letter, Messenger};
use crate::{
    error::Error,
    exchange::Exchange,
    request::{BASE_URL_FORM, BaseUrl, Body, Field, Request},
    response::Response,
};

const CALL: &str = "africas-talking messaging";

/// Africa's Talking as a messenger.
#[derive(Clone)]
pub struct AfricasTalking {
    base_url: BaseUrl,
    username: String,
    api_key: Secret,
    sender: String,
}

impl AfricasTalking {
    pub(super) fn read(settings: &mut Settings) -> Self {
        Self {
            base_url: settings.parsed("AFRICAS_TALKING_BASE_URL", BASE_URL_FORM),
            username: settings.text("AFRICAS_TALKING_USERNAME"),
            api_key: settings.secret("AFRICAS_TALKING_API_KEY"),
            sender: settings.text("TEXT_SENDER"),
        }
    }
}

impl Messenger for AfricasTalking {
    fn code(&self) -> ProviderCode {
        "africas-talking"
            .parse()
            .unwrap_or_else(|_| unreachable!("a constant code is a code"))
    }

    fn channel(&self) -> Channel {
        Channel::Text
    }

    fn send(&self, letter: &Letter) -> Result<Exchange<String>, Error> {
        let plain = |text: &str| Field::Plain(text.to_owned());
        let form = Body::Form(vec![
            ("username".into(), plain(&self.username)),
            ("to".into(), plain(letter.to.as_str())),
            ("message".into(), plain(&letter.text)),
            ("from".into(), plain(&self.sender)),
        ]);
        let request = Request::post(self.base_url.join("/version1/messaging"), form)
            .secret_header(CALL, HeaderName::from_static("apikey"), &self.api_key)?
            .header(CALL, header::ACCEPT, "application/json")?;
        Ok(Exchange::moves(CALL, letter.reference.as_str(), request, parse))
    }

    fn find(&self, _: &str) -> Option<Result<Exchange<Option<String>>, Error>> {
        None
    }
}

fn parse(response: &Response) -> Result<String, Error> {
    if matches!(response.status, 401 | 403) {
        let code = response.status.to_string();
        return Err(Error::Unauthorized { call: CALL, code });
    }
    if !matches!(response.status, 200 | 201) {
        return Err(Error::malformed(CALL, format!("HTTP status {}", response.status)));
    }
    let wire::Answer { data } = response.json(CALL)?;
    let Some(recipient) = data.recipients.into_iter().next() else {
        // Without any recipient the sentence says why, as in `InvalidSenderId`; nothing was sent.
        return Err(Error::Refused {
            call: CALL,
            code: "no_recipient".into(),
            text: data.message,
        });
    };
    let code = recipient.status_code.to_string();
    match verdict(recipient.status_code) {
        Verdict::Taken => Ok(recipient.message_id),
        Verdict::Reader => Err(Error::Refused {
            call: CALL,
            code,
            text: recipient.status,
        }),
        Verdict::Ours => Err(Error::Unauthorized { call: CALL, code }),
        Verdict::Passing => Err(Error::Unavailable {
            call: CALL,
            source: format!("status {code} {}", recipient.status).into(),
        }),
    }
}

/// Whose turn it is.
enum Verdict {
    Taken,
    Reader,
    Ours,
    Passing,
}

/// The numbers of a recipient's status, as the documentation lists them.
fn verdict(code: i64) -> Verdict {
    match code {
        100..=102 => Verdict::Taken,
        // 402 the sender name, 405 the balance, 401 a hold on our account.
        401 | 402 | 405 => Verdict::Ours,
        // 403 and 404 the number, 406 a black list, 407 no way to it, 409 do not disturb.
        403 | 404 | 406 | 407 | 409 => Verdict::Reader,
        // 500 to 502 errors on the way; an unknown number is looked at as one of these.
        _ => Verdict::Passing,
    }
}
