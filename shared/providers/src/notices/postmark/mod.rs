//! Postmark: mail to one person at a time. Needs a server with a confirmed sender or domain.
//!
//! After postmarkapp.com/developer/api, email-api and overview, read 2026-11-26. Quirks: a refusal is a 422 whose body carries Postmark's
//! own number; 406 there means that the address bounced or complained before, and no further mail to it is taken. There is no idempotency
//! key; sent messages are found by their metadata for 45 days (messages-api, read 2026-12-01).

mod wire;

#[cfg(test)]
mod tests;

use domain::{Secret, Settings, news::Channel, product::ProviderCode};
use http::{HeaderName, header};

use super::{Letter, Messenger};
use crate::{
    error::Error,
    exchange::Exchange,
    request::{BASE_URL_FORM, BaseUrl, Body, Request},
    response::Response,
};

const CALL: &str = "postmark email";
const LOOK: &str = "postmark messages";
/// The stream of mail that one person has caused; bulk mail would go by another.
const STREAM: &str = "outbound";

/// Postmark as a messenger.
#[derive(Clone)]
pub struct Postmark {
    base_url: BaseUrl,
    token: Secret,
    sender: String,
}

impl Postmark {
    pub(super) fn read(settings: &mut Settings) -> Self {
        Self {
            base_url: settings.parsed("POSTMARK_BASE_URL", BASE_URL_FORM),
            token: settings.secret("POSTMARK_SERVER_TOKEN"),
            sender: settings.text("MAIL_SENDER"),
        }
    }
}

impl Messenger for Postmark {
    fn code(&self) -> ProviderCode {
        "postmark"
            .parse()
            .unwrap_or_else(|_| unreachable!("a constant code is a code"))
    }

    fn channel(&self) -> Channel {
        Channel::Mail
    }

    fn send(&self, letter: &Letter) -> Result<Exchange<String>, Error> {
        let mail = wire::Mail {
            from: &self.sender,
            to: letter.to.as_str(),
            subject: &letter.subject,
            text_body: &letter.text,
            html_body: letter.html.as_deref(),
            message_stream: STREAM,
            metadata: wire::Metadata {
                reference: &letter.reference,
            },
        };
        let request = Request::post(self.base_url.join("/email"), Body::json(CALL, &mail)?)
            .secret_header(CALL, HeaderName::from_static("x-postmark-server-token"), &self.token)?
            .header(CALL, header::ACCEPT, "application/json")?;
        Ok(Exchange::moves(CALL, letter.reference.as_str(), request, parse))
    }

    fn find(&self, reference: &str) -> Option<Result<Exchange<Option<String>>, Error>> {
        Some(self.look(reference))
    }
}

impl Postmark {
    /// The newest message with our reference in its metadata.
    fn look(&self, reference: &str) -> Result<Exchange<Option<String>>, Error> {
        let mut url = self.base_url.join("/messages/outbound");
        url.query_pairs_mut()
            .append_pair("count", "1")
            .append_pair("offset", "0")
            .append_pair("metadata_reference", reference);
        let request = Request::get(url)
            .secret_header(LOOK, HeaderName::from_static("x-postmark-server-token"), &self.token)?
            .header(LOOK, header::ACCEPT, "application/json")?;
        Ok(Exchange::reads(LOOK, request, found))
    }
}

fn found(response: &Response) -> Result<Option<String>, Error> {
    if matches!(response.status, 401 | 403) {
        let code = response.status.to_string();
        return Err(Error::Unauthorized { call: LOOK, code });
    }
    if response.status != 200 {
        return Err(Error::malformed(LOOK, format!("HTTP status {}", response.status)));
    }
    let wire::Found { messages } = response.json(LOOK)?;
    Ok(messages.into_iter().next().map(|message| message.message_id))
}

fn parse(response: &Response) -> Result<String, Error> {
    let answer: wire::Answer = match response.json(CALL) {
        Ok(answer) => answer,
        Err(_) if response.status == 401 => wire::Answer::default(),
        Err(unreadable) => return Err(unreadable),
    };
    let code = answer.error_code.unwrap_or(0).to_string();
    match (response.status, answer.message_id) {
        (200, Some(id)) if code == "0" => Ok(id),
        // 10: no or a wrong token. 400 and 401 there: the sender is not confirmed. All of them are ours to mend.
        (401, _) => Err(Error::Unauthorized { call: CALL, code }),
        (422, _) if matches!(code.as_str(), "10" | "400" | "401") => Err(Error::Unauthorized { call: CALL, code }),
        (422, _) => Err(Error::Refused {
            call: CALL,
            code,
            text: answer.message.unwrap_or_default(),
        }),
        (status, _) => Err(Error::malformed(CALL, format!("HTTP status {status}"))),
    }
}
