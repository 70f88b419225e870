//! The headers every answer carries so that a browser does no more with it than it must.

use axum::http::{HeaderMap, HeaderName, HeaderValue, header};

use crate::{edge::Edge, problem::Problem};

const FIXED: [(HeaderName, HeaderValue); 5] = [
    (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    (
        header::STRICT_TRANSPORT_SECURITY,
        HeaderValue::from_static("max-age=31536000; includeSubDomains"),
    ),
    (header::REFERRER_POLICY, HeaderValue::from_static("same-origin")),
    (
        HeaderName::from_static("permissions-policy"),
        HeaderValue::from_static("camera=(self), geolocation=(), microphone=(), payment=()"),
    ),
    (
        HeaderName::from_static("cross-origin-opener-policy"),
        HeaderValue::from_static("same-origin"),
    ),
];

/// Adds them; what an answer says itself about caching stays.
pub(crate) fn apply(edge: &Edge, headers: &mut HeaderMap) -> Result<(), Problem> {
    for (name, value) in FIXED {
        headers.insert(name, value);
    }
    headers.insert(header::CONTENT_SECURITY_POLICY, policy(edge)?);
    // Most answers are somebody's own, and a list of those would be the wrong list one day.
    headers
        .entry(header::CACHE_CONTROL)
        .or_insert(HeaderValue::from_static("no-store"));
    headers.append(header::VARY, HeaderValue::from_static("accept"));
    Ok(())
}

fn policy(edge: &Edge) -> Result<HeaderValue, Problem> {
    let (images, targets) = (&edge.image_sources, &edge.form_targets);
    let policy = format!(
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'{images}; connect-src 'self'; \
         form-action 'self'{targets}; base-uri 'none'; frame-ancestors 'none'"
    );
    HeaderValue::try_from(policy).map_err(|_| Problem::defect("the policy of this page is no header"))
}
