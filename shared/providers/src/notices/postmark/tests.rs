//! Mail as Postmark wants it, and its answers.

use domain::contact::Contact;

use super::*;
use crate::exchange::{Effect, Step};

fn postmark() -> Postmark {
    let settings = [
        ("POSTMARK_BASE_URL", "https://api.postmarkapp.com"),
        ("POSTMARK_SERVER_TOKEN", "s3cret"),
        ("MAIL_SENDER", "Bandari <news@bandari.example>"),
    ];
    Postmark::read(&mut Settings::new(
        settings.map(|(name, value)| (name.into(), value.into())),
    ))
}

fn exchange() -> Exchange<String> {
    let letter = Letter {
        reference: "ntc_1".into(),
        to: Contact::new("asha@example.com").unwrap(),
        subject: "Your code".into(),
        text: "Your code is 123456.".into(),
        html: None,
    };
    postmark().send(&letter).unwrap()
}

fn answered(status: u16, body: &'static str) -> Result<String, Error> {
    match exchange().receive(&Response::new(status, body))? {
        Step::Done(id) => Ok(id),
        Step::Next(_) => panic!("one call is all"),
    }
}

#[test]
fn a_mail_names_sender_reader_and_our_reference_and_hides_the_token() {
    let exchange = exchange();

    assert_eq!(
        *exchange.effect(),
        Effect::Moves {
            reference: "ntc_1".into()
        }
    );
    let shown = exchange.request().redacted();
    assert!(shown.starts_with("POST https://api.postmarkapp.com/email\n"), "{shown}");
    assert!(shown.contains("x-postmark-server-token: ***") && !shown.contains("s3cret"));
    let body: serde_json::Value = serde_json::from_slice(&exchange.request().body.bytes()).unwrap();
    assert_eq!(
        body,
        serde_json::json!({
            "From": "Bandari <news@bandari.example>", "To": "asha@example.com", "Subject": "Your code",
            "TextBody": "Your code is 123456.", "MessageStream": "outbound", "Metadata": { "reference": "ntc_1" },
        })
    );
}

#[test]
fn a_sent_mail_has_a_number() {
    assert_eq!(
        answered(200, include_str!("samples/sent.json")).unwrap(),
        "0a129aee-e1cd-480d-b08d-4f48548ff48d"
    );
}

#[test]
fn an_address_that_takes_no_mail_is_a_definite_no() {
    let refused = answered(422, include_str!("samples/inactive.json"));

    assert!(matches!(refused, Err(Error::Refused { code, .. }) if code == "406"));
}

#[test]
fn our_own_mistakes_are_told_from_those_of_a_reader() {
    for (status, body) in [
        (401, "no json"),
        (422, r#"{"ErrorCode":10,"Message":"Bad or missing API token."}"#),
        (
            422,
            r#"{"ErrorCode":400,"Message":"The 'From' address is not a Sender Signature."}"#,
        ),
    ] {
        assert!(
            matches!(answered(status, body), Err(Error::Unauthorized { .. })),
            "{body}"
        );
    }
}

#[test]
fn nonsense_may_have_been_sent() {
    for (status, body) in [(200, "<html>"), (200, r#"{"ErrorCode":0}"#), (302, "{}"), (500, "")] {
        assert!(
            matches!(answered(status, body), Err(Error::OutcomeUnknown { .. })),
            "{status} {body}"
        );
    }
}

#[test]
fn a_letter_is_found_in_the_books_by_our_reference_or_surely_not_there() {
    let look = || postmark().find("ord_1-7-mail").unwrap().unwrap();
    let found = |body: &'static str| match look().receive(&Response::new(200, body)).unwrap() {
        Step::Done(number) => number,
        Step::Next(_) => panic!("one call is all"),
    };

    let shown = look().request().redacted();
    assert!(
        shown.contains("/messages/outbound?count=1&offset=0&metadata_reference=ord_1-7-mail"),
        "{shown}"
    );
    assert!(!shown.contains("s3cret"));
    let there = found(r#"{"TotalCount":1,"Messages":[{"MessageID":"m-1","Status":"Sent"}]}"#);
    assert_eq!(there.as_deref(), Some("m-1"));
    assert_eq!(found(r#"{"TotalCount":0,"Messages":[]}"#), None);
}
