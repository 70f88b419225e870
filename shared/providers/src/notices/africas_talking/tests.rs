//! Text messages as Africa's Talking wants them, and its answers.

use domain::contact::Contact;

use super::*;
use crate::exchange::Step;

fn exchange() -> Exchange<String> {
    let settings = [
        ("AFRICAS_TALKING_BASE_URL", "https://api.africastalking.com"),
        ("AFRICAS_TALKING_USERNAME", "bandari"),
        ("AFRICAS_TALKING_API_KEY", "s3cret"),
        ("TEXT_SENDER", "BANDARI"),
    ];
    let settings = settings.map(|(name, value)| (name.into(), value.into()));
    let letter = Letter {
        reference: "ntc_1".into(),
        to: Contact::new("+254712345678").unwrap(),
        subject: "Your code".into(),
        text: "Your code is 123456.".into(),
        html: None,
    };
    AfricasTalking::read(&mut Settings::new(settings))
        .send(&letter)
        .unwrap()
}

fn answered(status: u16, body: impl Into<bytes::Bytes>) -> Result<String, Error> {
    match exchange().receive(&Response::new(status, body))? {
        Step::Done(id) => Ok(id),
        Step::Next(_) => panic!("one call is all"),
    }
}

fn recipient(code: i64) -> String {
    format!(
        r#"{{"SMSMessageData":{{"Message":"","Recipients":[{{"statusCode":{code},"status":"x","messageId":"m"}}]}}}}"#
    )
}

#[test]
fn a_text_is_a_form_with_the_key_in_a_header() {
    assert_eq!(
        exchange().request().redacted(),
        "POST https://api.africastalking.com/version1/messaging\napikey: ***\naccept: application/json\n\n\
         username=bandari&to=%2B254712345678&message=Your+code+is+123456.&from=BANDARI"
    );
}

#[test]
fn a_sent_text_has_a_number() {
    assert_eq!(
        answered(201, include_str!("samples/sent.json")).unwrap(),
        "ATPid_SampleTxnId123"
    );
}

#[test]
fn the_number_of_the_recipient_counts_not_the_status_of_the_answer() {
    for code in [100, 101, 102] {
        assert_eq!(answered(201, recipient(code)).unwrap(), "m", "{code}");
    }
    for code in [403, 404, 406, 407, 409] {
        assert!(
            matches!(answered(201, recipient(code)), Err(Error::Refused { .. })),
            "{code}"
        );
    }
    for code in [401, 402, 405] {
        assert!(
            matches!(answered(201, recipient(code)), Err(Error::Unauthorized { .. })),
            "{code}"
        );
    }
    for code in [500, 501, 502, 999] {
        let error = answered(201, recipient(code));
        assert!(matches!(error, Err(Error::OutcomeUnknown { .. })), "{code}");
    }
}

#[test]
fn without_a_recipient_nothing_was_sent() {
    let body = r#"{"SMSMessageData":{"Message":"InvalidSenderId","Recipients":[]}}"#;

    assert!(matches!(answered(201, body), Err(Error::Refused { text, .. }) if text == "InvalidSenderId"));
}

#[test]
fn a_wrong_key_and_nonsense_are_told_apart() {
    assert!(matches!(
        answered(401, "The supplied authentication is invalid"),
        Err(Error::Unauthorized { .. })
    ));
    for (status, body) in [(200, "<html>"), (302, ""), (500, "")] {
        assert!(
            matches!(answered(status, body), Err(Error::OutcomeUnknown { .. })),
            "{status}"
        );
    }
}
