//! Postmark's own field names.

use serde::{Deserialize, Serialize};

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Mail<'a> {
    pub(super) from: &'a str,
    pub(super) to: &'a str,
    pub(super) subject: &'a str,
    pub(super) text_body: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) html_body: Option<&'a str>,
    pub(super) message_stream: &'a str,
    pub(super) metadata: Metadata<'a>,
}

#[derive(Serialize)]
pub(super) struct Metadata<'a> {
    pub(super) reference: &'a str,
}

#[derive(Default, Deserialize)]
pub(super) struct Answer {
    #[serde(rename = "ErrorCode")]
    pub(super) error_code: Option<i64>,
    #[serde(rename = "Message")]
    pub(super) message: Option<String>,
    #[serde(rename = "MessageID")]
    pub(super) message_id: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct Found {
    #[serde(rename = "Messages")]
    pub(super) messages: Vec<FoundMessage>,
}

#[derive(Deserialize)]
pub(super) struct FoundMessage {
    #[serde(rename = "MessageID")]
    pub(super) message_id: String,
}
