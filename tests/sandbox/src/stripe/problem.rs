//! Stripe's error object in its variants.

use serde_json::{Map, Value, json};

use crate::answer::Answer;
use crate::calls::Trouble;

/// Why Stripe says no.
pub(crate) struct Problem {
    status: u16,
    kind: &'static str,
    code: Option<String>,
    message: String,
    param: Option<String>,
}

impl Problem {
    pub(super) fn new(status: u16, kind: &'static str, message: impl Into<String>) -> Problem {
        Problem {
            status,
            kind,
            code: None,
            message: message.into(),
            param: None,
        }
    }

    /// A bad request; the usual one.
    pub(super) fn invalid(param: &str, message: impl Into<String>) -> Problem {
        let problem = Problem::new(400, "invalid_request_error", message);
        Problem {
            param: Some(param.to_owned()),
            ..problem
        }
    }

    pub(super) fn missing(param: &str) -> Problem {
        Problem::invalid(param, format!("Missing required param: {param}.")).code("parameter_missing")
    }

    pub(super) fn unknown(param: &str) -> Problem {
        Problem::invalid(param, format!("Received unknown parameter: {param}")).code("parameter_unknown")
    }

    /// A path that names nothing.
    pub(super) fn no_such(thing: &str, id: &str) -> Problem {
        let problem = Problem::invalid("id", format!("No such {thing}: '{id}'")).code("resource_missing");
        Problem { status: 404, ..problem }
    }

    pub(super) fn code(self, code: &str) -> Problem {
        Problem {
            code: Some(code.to_owned()),
            ..self
        }
    }

    pub(super) fn answer(self) -> Answer {
        let mut error = Map::new();
        error.insert("type".to_owned(), self.kind.into());
        error.insert("message".to_owned(), self.message.into());
        if let Some(code) = self.code {
            let page = format!("https://stripe.com/docs/error-codes/{}", code.replace('_', "-"));
            error.insert("doc_url".to_owned(), page.into());
            error.insert("code".to_owned(), code.into());
        }
        if let Some(param) = self.param {
            error.insert("param".to_owned(), param.into());
        }
        Answer::new(self.status, json!({ "error": error }))
    }
}

/// How Stripe words the faults somebody ordered.
pub(super) fn voice(_: &str, trouble: &Trouble<'_>) -> Answer {
    let sorry = "Sorry! There was an error while talking to Stripe.";
    match trouble {
        Trouble::InternalError => Problem::new(500, "api_error", sorry).answer(),
        Trouble::ErrorInsideSuccess => {
            let mut answer = Problem::new(500, "api_error", sorry).answer();
            answer.status = 200;
            answer
        }
        Trouble::Refused(fault) => {
            let status = fault.status.unwrap_or(400);
            let kind = match status {
                402 => "card_error",
                500.. => "api_error",
                _ => "invalid_request_error",
            };
            let message = fault.message.as_deref().unwrap_or("The request was refused.");
            let problem = Problem::new(status, kind, message);
            match &fault.code {
                Some(code) => problem.code(code).answer(),
                None => problem.answer(),
            }
        }
    }
}

/// An empty value of an optional text field.
pub(super) fn or_null(text: Option<&String>) -> Value {
    text.map_or(Value::Null, |text| Value::String(text.clone()))
}
