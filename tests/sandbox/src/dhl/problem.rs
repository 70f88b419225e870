//! The carrier's problem object. Its `status` is text; internal errors carry `code` in its place.

use serde_json::{Value, json};

use crate::answer::Answer;
use crate::calls::Trouble;
use crate::json::Fields;

/// Why the carrier says no.
pub(super) struct Problem {
    status: u16,
    title: &'static str,
    message: &'static str,
    details: Vec<String>,
}

impl Problem {
    /// A business rule; the text starts with its number where there is one.
    pub(super) fn refused(details: Vec<String>) -> Problem {
        Problem {
            status: 400,
            title: "Bad request",
            message: "Bad request",
            details,
        }
    }

    pub(super) fn one(detail: impl Into<String>) -> Problem {
        Problem::refused(vec![detail.into()])
    }

    pub(super) fn missing(names: &str) -> Problem {
        let detail = format!("Missing mandatory parameters: {names}");
        Problem {
            title: "Missing parameters",
            ..Problem::one(detail)
        }
    }

    pub(super) fn shape(details: Vec<String>) -> Problem {
        Problem {
            status: 422,
            title: "Validation error",
            message: "Unprocessable Entity",
            details,
        }
    }

    pub(super) fn not_found(detail: impl Into<String>) -> Problem {
        let details = vec![detail.into()];
        Problem {
            status: 404,
            title: "Not data found",
            message: "Not data found",
            details,
        }
    }

    pub(super) fn unauthorized() -> Problem {
        let details = vec!["Invalid Credentials".to_owned()];
        Problem {
            status: 401,
            title: "Unauthorized",
            message: "Unauthorized",
            details,
        }
    }

    pub(super) fn answer(self, path: &str) -> Answer {
        let mut body = json!({
            "instance": format!("/expressapi{path}"),
            "title": self.title,
            "message": self.message,
            "status": self.status.to_string(),
        });
        match self.details.as_slice() {
            [detail] => body.set("detail", detail.as_str()),
            details => {
                body.set("detail", "Multiple problems found, see Additional Details");
                body.set("additionalDetails", details.to_vec());
            }
        }
        Answer::new(self.status, body)
    }
}

/// How the carrier words the faults somebody ordered.
pub(super) fn voice(operation: &str, trouble: &Trouble<'_>) -> Answer {
    let instance = format!("/expressapi/{operation}");
    match trouble {
        Trouble::InternalError => Answer::new(500, internal_error(&instance)),
        Trouble::ErrorInsideSuccess => Answer::new(200, internal_error(&instance)),
        Trouble::Refused(fault) => {
            let code = fault.code.as_deref().unwrap_or("7008");
            let message = fault
                .message
                .as_deref()
                .unwrap_or("The service is not available for this lane");
            let mut answer = Problem::one(format!("{code}: {message}")).answer(&format!("/{operation}"));
            if let Some(status) = fault.status {
                answer.status = status;
                answer.body.set("status", status.to_string());
            }
            answer
        }
    }
}

fn internal_error(instance: &str) -> Value {
    json!({
        "instance": instance,
        "detail": "999: Process failure occurred. Process ID associated for that transaction (7215548810)",
        "title": "Internal Server Error",
        "message": "Internal Server Error",
        "code": "500",
    })
}
