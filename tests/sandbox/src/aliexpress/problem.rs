//! Errors in the two forms of the open platform: an envelope below `/sync`, flat below `/rest`. Always status 200.

use serde_json::{Value, json};

use crate::answer::Answer;
use crate::calls::Trouble;

/// Why a call is not carried out; `kind` is ISV for the caller's fault and ISP for the platform's.
pub(super) struct Problem {
    pub(super) code: String,
    pub(super) message: String,
    kind: &'static str,
}

impl Problem {
    pub(super) fn new(code: &str, message: impl Into<String>) -> Problem {
        Problem {
            code: code.to_owned(),
            message: message.into(),
            kind: "ISV",
        }
    }

    pub(super) fn missing(name: &str) -> Problem {
        let message =
            format!("The input parameter {name} that is mandatory for processing this request is not supplied");
        Problem::new("MissingParameter", message)
    }

    pub(super) fn invalid(name: &str) -> Problem {
        Problem::new(
            "InvalidParameter",
            format!("The specified value of the parameter {name} is not valid"),
        )
    }

    /// The form of business calls.
    pub(super) fn enveloped(self, request: &str) -> Answer {
        let body = json!({ "error_response": {
            "type": self.kind,
            "code": self.code,
            "msg": self.message,
            "sub_code": self.code,
            "sub_msg": self.message,
            "request_id": request,
        }});
        Answer::new(200, body)
    }

    /// The form of system calls.
    pub(super) fn flat(self, request: &str) -> Answer {
        let body = json!({ "type": self.kind, "code": self.code, "message": self.message, "request_id": request });
        Answer::new(200, body)
    }
}

/// How the platform words the faults somebody ordered.
pub(super) fn voice(operation: &str, trouble: &Trouble<'_>) -> Answer {
    let request = "2101sandboxfault";
    match trouble {
        Trouble::InternalError => Answer::new(500, json!({ "message": "Internal Server Error" })),
        Trouble::ErrorInsideSuccess => {
            let mut problem = Problem::new("ServiceUnavailable", "The service is unavailable for now");
            problem.kind = "ISP";
            problem.enveloped(request)
        }
        Trouble::Refused(fault) if operation == "order.create" => {
            let code = fault.code.as_deref().unwrap_or("INVENTORY_HOLD_ERROR");
            let message = fault.message.as_deref().unwrap_or("The product is out of stock");
            let result = json!({ "is_success": false, "error_code": code, "error_msg": message });
            Answer::new(
                200,
                respond("aliexpress.ds.order.create", json!({ "result": result }), request),
            )
        }
        Trouble::Refused(fault) => {
            let code = fault.code.as_deref().unwrap_or("ApiCallLimit");
            let ban = "The request is limited by the platform. This ban will last for 1 seconds";
            let problem = Problem::new(code, fault.message.as_deref().unwrap_or(ban));
            let mut answer = problem.enveloped(request);
            answer.status = fault.status.unwrap_or(200);
            answer
        }
    }
}

/// Wraps a good answer in the envelope of its method.
pub(super) fn respond(method: &str, mut content: Value, request: &str) -> Value {
    if let Some(fields) = content.as_object_mut() {
        fields.insert("request_id".to_owned(), request.into());
    }
    json!({ format!("{}_response", method.replace('.', "_")): content })
}
