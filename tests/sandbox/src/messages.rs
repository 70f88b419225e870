//! Postmark and Africa's Talking: they take mail and text messages and deliver them to one page, `/messages`, which stands for every
//! mailbox and every phone. A reader finds the codes and links there.

use std::sync::{Arc, PoisonError};

use askama::Template;
use axum::Router;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::{get, post};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::World;
use crate::answer::Answer;
use crate::books::{Books, Record};
use crate::calls::{self, Call, Trouble, Turn};
use crate::clock;
use crate::faults::Provider;
use crate::json::Fields;

/// Older messages are forgotten by the reader, not by the books.
const SHOWN: usize = 100;

/// A message that arrived.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Message {
    pub(crate) id: String,
    /// Milliseconds since 1970.
    pub(crate) at: i64,
    pub(crate) to: String,
    pub(crate) subject: String,
    pub(crate) text: String,
    /// What its sender calls it.
    #[serde(default)]
    reference: String,
    number: u64,
}

impl Record for Message {
    const SHELF: &'static str = "messages";
    fn key(&self) -> String {
        self.id.clone()
    }
}

pub(crate) fn router() -> Router<Arc<World>> {
    Router::new()
        .route("/postmark/email", post(mail))
        .route("/postmark/messages/outbound", get(find_mail))
        .route("/africas-talking/version1/messaging", post(text))
        .route("/messages", get(show))
}

/// All messages, the newest first.
pub(crate) fn newest(books: &Books) -> Vec<Message> {
    let mut all = books.all::<Message>();
    all.sort_by_key(|message| std::cmp::Reverse(message.number));
    all
}

/// A message as it was handed in.
struct HandedIn<'a> {
    prefix: &'a str,
    to: &'a str,
    subject: &'a str,
    text: &'a str,
    reference: &'a str,
}

fn deliver(turn: &mut Turn<'_>, handed: &HandedIn<'_>) -> String {
    let HandedIn {
        prefix,
        to,
        subject,
        text,
        reference,
    } = handed;
    let number = turn.books.next_number("messages");
    let id = format!("{prefix}{number:08}");
    turn.books.put(&Message {
        id: id.clone(),
        at: turn.now,
        to: (*to).to_owned(),
        subject: (*subject).to_owned(),
        text: (*text).to_owned(),
        reference: (*reference).to_owned(),
        number,
    });
    id
}

async fn mail(State(world): State<Arc<World>>, headers: HeaderMap, body: String) -> Response {
    let wish: Value = serde_json::from_str(&body).unwrap_or_default();
    let call = Call {
        provider: Provider::Postmark,
        operation: "email",
        reference: wish
            .at("Metadata")
            .at("reference")
            .as_str()
            .unwrap_or_default()
            .to_owned(),
    };
    let token = told(&headers, "x-postmark-server-token");
    let act = move |turn: &mut Turn<'_>| {
        if token != turn.settings.messages.postmark_token {
            return mail_problem(401, 10, "Bad or missing API token.");
        }
        let field = |name: &str| wish.at(name).as_str().unwrap_or_default().to_owned();
        let (to, from) = (field("To"), field("From"));
        if !from.contains('@') {
            return mail_problem(
                422,
                400,
                "The 'From' address is not a Sender Signature on your account.",
            );
        }
        if !to.contains('@') || field("TextBody").is_empty() {
            return mail_problem(422, 300, "Invalid email request.");
        }
        let id = deliver(
            turn,
            &HandedIn {
                prefix: "mail-",
                to: &to,
                subject: &field("Subject"),
                text: &field("TextBody"),
                reference: wish.at("Metadata").at("reference").as_str().unwrap_or_default(),
            },
        );
        Answer::new(
            200,
            json!({ "To": to, "SubmittedAt": clock::write(turn.now, 0, "%Y-%m-%dT%H:%M:%SZ"), "MessageID": id, "ErrorCode": 0, "Message": "OK" }),
        )
    };
    calls::perform(&world, call, mail_trouble, act).await
}

#[derive(Deserialize)]
struct Wanted {
    count: Option<usize>,
    #[serde(default)]
    metadata_reference: String,
}

/// Postmark's search of sent mail, by the metadata it was sent with.
async fn find_mail(State(world): State<Arc<World>>, Query(wanted): Query<Wanted>, headers: HeaderMap) -> Response {
    let call = Call {
        provider: Provider::Postmark,
        operation: "messages",
        reference: wanted.metadata_reference.clone(),
    };
    let token = told(&headers, "x-postmark-server-token");
    let act = move |turn: &mut Turn<'_>| {
        if token != turn.settings.messages.postmark_token {
            return mail_problem(401, 10, "Bad or missing API token.");
        }
        let Some(count) = wanted.count.filter(|count| (1..=500).contains(count)) else {
            return mail_problem(422, 600, "The 'count' must be between 1 and 500.");
        };
        let mut found = newest(turn.books);
        found.retain(|message| !message.reference.is_empty() && message.reference == wanted.metadata_reference);
        let total = found.len();
        let shown = found.into_iter().take(count).map(|message| {
            json!({ "MessageID": message.id, "Subject": message.subject, "Status": "Sent", "Metadata": { "reference": message.reference } })
        });
        Answer::new(
            200,
            json!({ "TotalCount": total, "Messages": shown.collect::<Vec<_>>() }),
        )
    };
    calls::perform(&world, call, mail_trouble, act).await
}

fn mail_problem(status: u16, code: i64, message: &str) -> Answer {
    Answer::new(status, json!({ "ErrorCode": code, "Message": message }))
}

fn mail_trouble(_: &str, trouble: &Trouble<'_>) -> Answer {
    match trouble {
        Trouble::InternalError => mail_problem(500, 0, "Internal Server Error"),
        Trouble::Refused(_) => mail_problem(
            422,
            406,
            "You tried to send to a recipient that has been marked as inactive.",
        ),
        Trouble::ErrorInsideSuccess => mail_problem(200, 406, "Not sent."),
    }
}

async fn text(State(world): State<Arc<World>>, headers: HeaderMap, body: String) -> Response {
    let form: Vec<(String, String)> = form_urlencoded(&body);
    let call = Call {
        provider: Provider::AfricasTalking,
        operation: "messaging",
        reference: String::new(),
    };
    let key = told(&headers, "apikey");
    let act = move |turn: &mut Turn<'_>| {
        let field = |name: &str| {
            let found = form.iter().find(|(known, _)| known == name);
            found.map(|(_, value)| value.clone()).unwrap_or_default()
        };
        let account = &turn.settings.messages;
        if key != account.texts_key || field("username") != account.texts_user {
            return Answer::new(401, json!("The supplied authentication is invalid"));
        }
        let (to, message) = (field("to"), field("message"));
        let digits = to.strip_prefix('+').unwrap_or_default();
        if digits.len() < 8 || !digits.bytes().all(|b| b.is_ascii_digit()) || message.is_empty() {
            return text_status(&to, 403, "InvalidPhoneNumber", "None");
        }
        let id = deliver(
            turn,
            &HandedIn {
                prefix: "ATPid_",
                to: &to,
                subject: "",
                text: &message,
                reference: "",
            },
        );
        text_status(&to, 101, "Success", &id)
    };
    calls::perform(&world, call, text_trouble, act).await
}

fn text_status(to: &str, code: i64, status: &str, id: &str) -> Answer {
    let recipient =
        json!({ "statusCode": code, "number": to, "status": status, "cost": "KES 0.8000", "messageId": id });
    let sent = i64::from(code == 101);
    let message = format!("Sent to {sent}/1 Total Cost: KES 0.8000");
    Answer::new(
        201,
        json!({ "SMSMessageData": { "Message": message, "Recipients": [recipient] } }),
    )
}

fn text_trouble(_: &str, trouble: &Trouble<'_>) -> Answer {
    match trouble {
        Trouble::InternalError => Answer::new(500, json!("Internal Server Error")),
        Trouble::Refused(_) => text_status("", 406, "UserInBlacklist", "None"),
        Trouble::ErrorInsideSuccess => text_status("", 502, "RejectedByGateway", "None"),
    }
}

fn told(headers: &HeaderMap, name: &str) -> String {
    let value = headers.get(name).and_then(|value| value.to_str().ok());
    value.unwrap_or_default().to_owned()
}

fn form_urlencoded(body: &str) -> Vec<(String, String)> {
    url::form_urlencoded::parse(body.as_bytes()).into_owned().collect()
}

#[derive(Deserialize)]
struct Whose {
    to: Option<String>,
}

#[derive(Template)]
#[template(path = "messages.html")]
struct MessagesPage {
    messages: Vec<(String, String, String, Vec<Part>)>,
    to: String,
}

/// A word of a text, which may be a link.
struct Part {
    text: String,
    is_link: bool,
}

async fn show(State(world): State<Arc<World>>, Query(Whose { to }): Query<Whose>, headers: HeaderMap) -> Response {
    let books = world.books.lock().unwrap_or_else(PoisonError::into_inner);
    let mut messages = newest(&books);
    drop(books);
    if let Some(to) = &to {
        messages.retain(|message| message.to == *to);
    }
    messages.truncate(SHOWN);
    if !told(&headers, header::ACCEPT.as_str()).contains("text/html") {
        return axum::Json(json!({ "messages": messages })).into_response();
    }
    let line = |message: Message| {
        let at = clock::write(message.at, 0, "%Y-%m-%d %H:%M:%S UTC");
        (message.to, at, message.subject, parts(&message.text))
    };
    let page = MessagesPage {
        messages: messages.into_iter().map(line).collect(),
        to: to.unwrap_or_default(),
    };
    match page.render() {
        Ok(text) => Html(text).into_response(),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

fn parts(text: &str) -> Vec<Part> {
    let words = text.split_inclusive(char::is_whitespace);
    let part = |word: &str| Part {
        text: word.to_owned(),
        is_link: word.starts_with("http://") || word.starts_with("https://"),
    };
    words.map(part).collect()
}
