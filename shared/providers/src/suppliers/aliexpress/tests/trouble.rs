//! The gateway's own errors, the same for every call.

use std::time::Duration;

use super::{TERMS, ending, now, store, told};
use crate::{error::Error, exchange::Exchange, suppliers::Supplier};

fn ask() -> Exchange<Option<domain::product::Product>> {
    store().detail("1005007210045501", TERMS, now()).unwrap()
}

const CASES: &[(&str, &str)] = &[
    (
        r#"{"error_response":{"type":"ISV","code":"IncompleteSignature","msg":"bad sign"}}"#,
        "unauthorized",
    ),
    (
        r#"{"type":"ISV","code":"IncompleteSignature","message":"bad sign"}"#,
        "unauthorized",
    ),
    (
        r#"{"error_response":{"code":25,"msg":"Invalid signature"}}"#,
        "unauthorized",
    ),
    (
        r#"{"error_response":{"type":"ISV","code":"IllegalAccessToken","msg":"x"}}"#,
        "unauthorized",
    ),
    (
        r#"{"error_response":{"code":"27","sub_code":"isv.invalid-access-token"}}"#,
        "unauthorized",
    ),
    (
        r#"{"error_response":{"code":"Other","msg":"the session has expired"}}"#,
        "unauthorized",
    ),
    (
        r#"{"error_response":{"type":"ISV","code":"InsufficientPermission"}}"#,
        "unauthorized",
    ),
    (
        r#"{"error_response":{"code":"15","sub_code":"isv.permission-api-package-limit"}}"#,
        "unauthorized",
    ),
    (
        r#"{"error_response":{"type":"ISV","code":"IllegalTimestamp"}}"#,
        "unauthorized",
    ),
    (
        r#"{"error_response":{"type":"ISV","code":"AppWhiteIpLimit"}}"#,
        "unauthorized",
    ),
    (
        r#"{"error_response":{"type":"ISP","code":"ApiCallLimit"}}"#,
        "throttled",
    ),
    (
        r#"{"error_response":{"code":7,"sub_code":"isp.top-flow-control-limited"}}"#,
        "throttled",
    ),
    (
        r#"{"error_response":{"type":"ISV","code":"MissingParameter"}}"#,
        "refused",
    ),
    (r#"{"error_response":{"code":"11006"}}"#, "refused"),
    (
        r#"{"error_response":{"type":"ISP","code":"ServiceUnavailable"}}"#,
        "unavailable",
    ),
    (r#"{"error_response":{"code":"NeverSeenBefore"}}"#, "unavailable"),
    (r#"{"error_response":{"msg":"no code"}}"#, "malformed"),
];

#[test]
fn the_errors_of_the_gateway_are_sorted_by_what_has_to_be_done() {
    for (body, word) in CASES {
        assert_eq!(ending(ask(), body), *word, "{body}");
    }
}

#[test]
fn the_wait_named_by_the_platform_is_kept() {
    let named = r#"{"error_response":{"code":"ApiCallLimit","msg":"This ban will last for 17 seconds"}}"#;
    let unnamed = r#"{"error_response":{"code":"ApiCallLimit","msg":"too many"}}"#;

    for (body, seconds) in [(named, 17), (unnamed, 2)] {
        let Err(Error::Throttled { retry_after, .. }) = told(ask(), body) else {
            panic!("throttled")
        };
        assert_eq!(retry_after, Duration::from_secs(seconds));
    }
}
