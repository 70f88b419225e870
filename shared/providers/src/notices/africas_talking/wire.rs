//! Africa's Talking's own field names.

use serde::Deserialize;

#[derive(Deserialize)]
pub(super) struct Answer {
    #[serde(rename = "SMSMessageData")]
    pub(super) data: Data,
}

#[derive(Deserialize)]
pub(super) struct Data {
    #[serde(rename = "Message", default)]
    pub(super) message: String,
    #[serde(rename = "Recipients", default)]
    pub(super) recipients: Vec<Recipient>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Recipient {
    pub(super) status_code: i64,
    #[serde(default)]
    pub(super) status: String,
    #[serde(default)]
    pub(super) message_id: String,
}
