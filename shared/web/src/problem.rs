//! The one place that turns a failure into a status and a problem document (RFC 9457) or an error page.

use std::{sync::Arc, time::Duration};

use axum::{
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use domain::{Failure, FieldError, Refusal};

use crate::{answer::Pending, draft::Draft, view::View};

const IN_A_MOMENT: Duration = Duration::from_secs(3);
const TRY_AGAIN: Duration = Duration::from_secs(60);

/// A failure on its way out: what the caller may know of it. The cause went to the log.
#[derive(Clone)]
pub struct Problem {
    pub(crate) status: StatusCode,
    pub(crate) code: &'static str,
    pub(crate) title: &'static str,
    pub(crate) detail: String,
    pub(crate) errors: Vec<FieldError>,
    /// Where the way goes on: names and addresses.
    pub(crate) links: Vec<(&'static str, String)>,
    pub(crate) retryable: bool,
    pub(crate) retry_after: Option<Duration>,
    /// A reader is led to this page instead, to show who they are.
    pub(crate) sign_in: Option<Door>,
    pub(crate) page: Option<Arc<dyn View>>,
}

/// A page on which somebody shows who they are.
#[derive(Clone, Copy)]
pub(crate) enum Door {
    Login,
    SecondFactor,
}

impl Door {
    pub(crate) const fn path(self) -> &'static str {
        match self {
            Self::Login => "/login",
            Self::SecondFactor => "/staff/second-factor",
        }
    }
}

impl Problem {
    fn new(status: StatusCode, code: &'static str, title: &'static str, detail: impl Into<String>) -> Self {
        Self {
            status,
            code,
            title,
            detail: detail.into(),
            errors: Vec::new(),
            links: Vec::new(),
            retryable: false,
            retry_after: None,
            sign_in: None,
            page: None,
        }
    }

    /// The same problem, shown on this page: mostly the form again, with what was typed and what is wrong.
    #[must_use]
    pub fn with_page(mut self, view: impl View) -> Self {
        self.page = Some(Arc::new(view));
        self
    }

    /// The stable word for programs.
    #[must_use]
    pub fn code(&self) -> &'static str {
        self.code
    }

    /// The sentence for people.
    #[must_use]
    pub fn sentence(&self) -> &str {
        &self.detail
    }

    /// The wrong fields, if it is about fields.
    #[must_use]
    pub fn errors(&self) -> &[FieldError] {
        &self.errors
    }

    /// What was typed, together with what is wrong with it.
    #[must_use]
    pub fn on(&self, draft: Draft) -> Draft {
        draft.with_problem(self)
    }

    /// Several wrong fields.
    pub(crate) fn of_fields(errors: Vec<FieldError>) -> Self {
        invalid(errors)
    }

    pub(crate) fn malformed(detail: impl Into<String>) -> Self {
        Self::new(
            StatusCode::BAD_REQUEST,
            "malformed",
            "The request cannot be read",
            detail,
        )
    }

    pub(crate) fn key_missing() -> Self {
        let detail =
            "Send an Idempotency-Key header of 1 to 100 visible characters, the same one when you repeat the request.";
        Self::new(
            StatusCode::BAD_REQUEST,
            "idempotency_key_missing",
            "An idempotency key is needed",
            detail,
        )
    }

    pub(crate) fn version_missing() -> Self {
        let detail =
            "Send the If-Match header with the ETag of what you saw, so that nobody's change is overwritten unseen.";
        Self::new(
            StatusCode::PRECONDITION_REQUIRED,
            "version_missing",
            "The version is needed",
            detail,
        )
    }

    pub(crate) fn too_large() -> Self {
        let detail = "The content of the request is too large.";
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, "too_large", "Too large", detail)
    }

    pub(crate) fn media_type() -> Self {
        let detail = "Send application/json or application/x-www-form-urlencoded.";
        Self::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "media_type",
            "Content of this type is not taken",
            detail,
        )
    }

    pub(crate) fn method() -> Self {
        let detail = "This address does not take this kind of request.";
        Self::new(
            StatusCode::METHOD_NOT_ALLOWED,
            "method_not_allowed",
            "Not possible here",
            detail,
        )
    }

    pub(crate) fn cross_site() -> Self {
        tracing::warn!("A request came from another site's page and was not taken");
        let detail =
            "This request did not come from a page of the shop. Please open the page again and repeat it there.";
        Self::new(StatusCode::FORBIDDEN, "cross_site", "Not taken", detail)
    }

    /// The password was right; the rest of the proof is missing.
    pub(crate) fn second_factor() -> Self {
        let detail = "Show your second factor first: the code of your telephone.";
        Self {
            sign_in: Some(Door::SecondFactor),
            ..Self::new(
                StatusCode::UNAUTHORIZED,
                "second_factor_needed",
                "One step is missing",
                detail,
            )
        }
    }

    pub(crate) fn defect(what: &str) -> Self {
        Failure::internal(what).into()
    }

    fn retryable(mut self, after: Option<Duration>) -> Self {
        self.retryable = true;
        self.retry_after = after;
        self
    }

    /// The headers that belong to it beside its document.
    pub(crate) fn headers(&self) -> HeaderMap {
        let mut headers = HeaderMap::new();
        if let Some(wait) = self.retry_after {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(wait.as_secs().max(1)));
        }
        if self.status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        headers
    }

    /// The problem document.
    pub(crate) fn document(&self, instance: &str, trace_id: &str) -> serde_json::Value {
        let error = |error: &FieldError| serde_json::json!({ "pointer": error.pointer, "code": error.code, "message": error.message });
        let mut document = serde_json::json!({
            "type": format!("/help/problems#{}", self.code),
            "title": self.title,
            "status": self.status.as_u16(),
            "detail": self.detail,
            "instance": instance,
            "code": self.code,
            "errors": self.errors.iter().map(error).collect::<Vec<_>>(),
            "trace_id": trace_id,
            "retryable": self.retryable,
        });
        if !self.links.is_empty()
            && let Some(document) = document.as_object_mut()
        {
            let links = self
                .links
                .iter()
                .map(|(name, href)| ((*name).to_owned(), href.clone().into()));
            document.insert("links".into(), serde_json::Value::Object(links.collect()));
        }
        document
    }
}

impl From<Failure> for Problem {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Invalid(errors) => invalid(errors),
            Failure::NotFound(what) => Self::new(
                StatusCode::NOT_FOUND,
                "not_found",
                "Not found",
                format!("We cannot find this {what}."),
            ),
            Failure::Unauthenticated => Self {
                sign_in: Some(Door::Login),
                ..Self::new(
                    StatusCode::UNAUTHORIZED,
                    "unauthenticated",
                    "Please log in",
                    "You need to log in for this.",
                )
            },
            Failure::Forbidden => Self::new(
                StatusCode::FORBIDDEN,
                "forbidden",
                "Not allowed",
                "You are not allowed to do this.",
            ),
            Failure::Refused(refusal) => refused(&refusal),
            Failure::Conflict => {
                let detail = "This was changed at the same moment by somebody else. Please look at it again.";
                Self::new(StatusCode::CONFLICT, "conflict", "Changed meanwhile", detail).retryable(None)
            }
            Failure::Unavailable { retry_after, cause } => {
                tracing::warn!(cause = cause.chain(), "A part we depend on does not answer");
                let detail =
                    "A part of the shop does not answer at the moment. Nothing was lost; please try again shortly.";
                Self::new(
                    StatusCode::SERVICE_UNAVAILABLE,
                    "unavailable",
                    "Please try again",
                    detail,
                )
                .retryable(Some(retry_after))
            }
            Failure::OutcomeUnknown { reference, cause } => {
                tracing::error!(
                    reference,
                    cause = cause.chain(),
                    "The outcome of {reference} is unknown"
                );
                let detail = "We do not know yet whether this went through and are finding out. Please do not repeat it; look again in a few minutes.";
                Self::new(
                    StatusCode::GATEWAY_TIMEOUT,
                    "outcome_unknown",
                    "We are finding out",
                    detail,
                )
            }
            Failure::Internal(cause) => {
                tracing::error!(cause = cause.chain(), "The request failed");
                let detail = "Something went wrong on our side. We have been told about it.";
                Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", "Our mistake", detail)
            }
        }
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        refused(&refusal)
    }
}

fn invalid(errors: Vec<FieldError>) -> Problem {
    let detail = match errors.as_slice() {
        [only] => only.message.clone(),
        _ => "Some fields need another look.".into(),
    };
    let problem = Problem::new(
        StatusCode::UNPROCESSABLE_ENTITY,
        "invalid",
        "Please check what you entered",
        detail,
    );
    Problem { errors, ..problem }
}

fn refused(refusal: &Refusal) -> Problem {
    let status = match refusal {
        Refusal::AlreadyApplied
        | Refusal::NotAllowed { .. }
        | Refusal::OrdersOpen
        | Refusal::CartEmpty
        | Refusal::CartChanged
        | Refusal::NotAvailable
        | Refusal::NotPayable
        | Refusal::QuoteUsed { .. }
        | Refusal::TooManyLinks
        | Refusal::PageNotOpened
        | Refusal::StillRunning
        | Refusal::TooManyUnits
        | Refusal::AccountExists
        | Refusal::WaitsForRest { .. }
        | Refusal::TooLateToCancel => StatusCode::CONFLICT,
        Refusal::VersionStale => StatusCode::PRECONDITION_FAILED,
        Refusal::QuoteExpired | Refusal::NotValidAnyMore => StatusCode::GONE,
        Refusal::NotShippable(_)
        | Refusal::CountryNotServed
        | Refusal::MethodNotOffered
        | Refusal::AmountNotTaken(_)
        | Refusal::EmailNotTaken
        | Refusal::PaymentRefused
        | Refusal::KeyReused => StatusCode::UNPROCESSABLE_ENTITY,
        Refusal::UnknownCode => StatusCode::NOT_FOUND,
        Refusal::WrongCredentials | Refusal::WrongCode => StatusCode::UNAUTHORIZED,
        Refusal::OwnAccount | Refusal::NeedsAnother => StatusCode::FORBIDDEN,
        Refusal::TooManyTries | Refusal::TooManyPages => StatusCode::TOO_MANY_REQUESTS,
    };
    let problem = Problem::new(status, refusal.code(), "Not possible", refusal.sentence());
    let problem = Problem {
        links: links(refusal),
        ..problem
    };
    if matches!(refusal, Refusal::TooManyTries | Refusal::TooManyPages) {
        problem.retryable(Some(TRY_AGAIN))
    } else if *refusal == Refusal::StillRunning {
        problem.retryable(Some(IN_A_MOMENT))
    } else {
        problem
    }
}

/// Where the way goes on after a refusal.
fn links(refusal: &Refusal) -> Vec<(&'static str, String)> {
    match refusal {
        Refusal::QuoteUsed { order } => vec![("order", format!("/orders/{order}")), ("fresh_quote", "/quotes".into())],
        Refusal::QuoteExpired => vec![("fresh_quote", "/quotes".into())],
        _ => Vec::new(),
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = self.status.into_response();
        response.extensions_mut().insert(Pending::Problem(Box::new(self)));
        response
    }
}
