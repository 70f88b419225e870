//! Messengers that speak Postmark and Africa's Talking: they keep what arrived, by channel and by the order and version that its link names.

use std::collections::BTreeMap;

use providers::{Request, Response};
use serde_json::{Value, json};

use super::{field, form, json as answer};

/// The messengers' books.
#[derive(Default)]
pub(crate) struct Messages {
    /// How often the news of one commit arrived, by channel.
    pub(crate) arrived: BTreeMap<(&'static str, String), u32>,
    /// Numbers of mail by our reference.
    mail: BTreeMap<String, String>,
}

impl Messages {
    pub(crate) fn mail(&mut self, request: &Request) -> Response {
        if request.url.path() == "/messages/outbound" {
            return self.find(request);
        }
        let asked: Value = serde_json::from_slice(&request.body.bytes()).unwrap_or_default();
        let text = |path: &str| asked.pointer(path).and_then(Value::as_str).unwrap_or_default();
        self.arrives("mail", text("/TextBody"));
        let number = format!("mail-{}", self.mail.len());
        self.mail.insert(text("/Metadata/reference").to_owned(), number.clone());
        answer(200, &json!({ "ErrorCode": 0, "MessageID": number }))
    }

    fn find(&self, request: &Request) -> Response {
        let wanted = request.url.query_pairs().find(|(name, _)| name == "metadata_reference");
        let found = wanted.and_then(|(_, reference)| self.mail.get(reference.as_ref()));
        let found: Vec<Value> = found.map(|number| json!({ "MessageID": number })).into_iter().collect();
        answer(200, &json!({ "TotalCount": found.len(), "Messages": found }))
    }

    pub(crate) fn text(&mut self, request: &Request) -> Response {
        let form = form(request);
        self.arrives("text", field(&form, "message"));
        let to = field(&form, "to");
        let recipient = json!({ "statusCode": 101, "number": to, "status": "Success", "messageId": "ATPid_1" });
        answer(
            201,
            &json!({ "SMSMessageData": { "Message": "Sent to 1/1", "Recipients": [recipient] } }),
        )
    }

    fn arrives(&mut self, channel: &'static str, text: &str) {
        let Some((_, link)) = text.split_once("/o/") else {
            return;
        };
        let news: Vec<&str> = link.splitn(3, '.').take(2).collect();
        let count = self.arrived.entry((channel, news.join("."))).or_default();
        *count = count.saturating_add(1);
    }
}
