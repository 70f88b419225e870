//! What went wrong with a call to AWS in words that may be logged: which kind of error it was, and never what the service or the client
//! says of it. Both repeat the request when they find fault with it, and with it names, addresses and secrets.

use aws_smithy_runtime_api::client::{orchestrator::HttpResponse, result::SdkError};
use aws_smithy_types::error::metadata::ProvideErrorMetadata;

/// Codes of AWS are words like `ValidationException`; nothing longer is one.
const LONGEST_CODE: usize = 60;

/// The kind of an error.
pub(crate) fn kind<E: ProvideErrorMetadata>(error: &SdkError<E, HttpResponse>) -> String {
    match error {
        SdkError::ConstructionFailure(_) => "the request could not be built".to_owned(),
        SdkError::TimeoutError(_) => "no answer in time".to_owned(),
        SdkError::DispatchFailure(failure) if failure.is_timeout() => "no connection in time".to_owned(),
        SdkError::DispatchFailure(_) => "the connection broke".to_owned(),
        SdkError::ResponseError(answer) => format!("an unreadable answer, status {}", answer.raw().status()),
        SdkError::ServiceError(answer) => {
            format!("{}, status {}", code(answer.err().code()), answer.raw().status())
        }
        _ => "a failure of a new kind".to_owned(),
    }
}

/// The word that AWS has for it.
pub(crate) fn code(code: Option<&str>) -> String {
    let code: String = code.unwrap_or_default().chars().take(LONGEST_CODE).collect();
    if code.is_empty()
        || !code
            .chars()
            .all(|letter| letter.is_ascii_alphanumeric() || "._#".contains(letter))
    {
        return "no code".to_owned();
    }
    code
}
