//! What a request asks for: JSON or a page, by its `Accept` header, and what an answer must know of it besides.

use axum::{
    extract::{MatchedPath, Request},
    http::{HeaderMap, Method, header},
};

const TRACE_LIMIT: usize = 64;

/// The part of a request that shapes its answer.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    /// A page rather than JSON.
    pub(crate) page: bool,
    pub(crate) method: Method,
    /// The route as it is declared, for the log; a concrete path may name a person.
    pub(crate) route: String,
    pub(crate) path: String,
    pub(crate) path_and_query: String,
    /// `X-Request-Id`, or empty.
    pub(crate) trace_id: String,
    /// Where the reader came from, if the browser says so.
    pub(crate) referer: Option<String>,
    pub(crate) if_none_match: Option<String>,
}

impl Asked {
    pub(crate) fn of(request: &Request) -> Self {
        let headers = request.headers();
        let path_and_query = request.uri().path_and_query().map_or("/", |whole| whole.as_str());
        Self {
            page: prefers_page(text(headers, &header::ACCEPT).unwrap_or_default()),
            method: request.method().clone(),
            route: request
                .extensions()
                .get::<MatchedPath>()
                .map_or("-", MatchedPath::as_str)
                .to_owned(),
            path: request.uri().path().to_owned(),
            path_and_query: path_and_query.to_owned(),
            trace_id: trace_id(headers),
            referer: text(headers, &header::REFERER).map(str::to_owned),
            if_none_match: text(headers, &header::IF_NONE_MATCH).map(str::to_owned),
        }
    }

    /// The page of this shop the reader came from.
    pub(crate) fn referer_path(&self) -> Option<&str> {
        let (_, rest) = self.referer.as_deref()?.split_once("://")?;
        rest.find('/').and_then(|slash| rest.get(slash..))
    }

    /// True for methods that change nothing.
    pub(crate) fn is_safe(&self) -> bool {
        is_safe(&self.method)
    }
}

/// True for methods that change nothing (RFC 9110, 9.2.1).
pub(crate) fn is_safe(method: &Method) -> bool {
    [Method::GET, Method::HEAD, Method::OPTIONS].contains(method)
}

pub(crate) fn text<'a>(headers: &'a HeaderMap, name: &header::HeaderName) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

fn trace_id(headers: &HeaderMap) -> String {
    let given = text(headers, &header::HeaderName::from_static("x-request-id")).unwrap_or_default();
    let plain = given.len() <= TRACE_LIMIT && given.chars().all(|c| c.is_ascii_alphanumeric() || "-_.:=".contains(c));
    if plain { given.to_owned() } else { String::new() }
}

/// A browser names `text/html`; a program that names nothing, or everything, gets JSON.
fn prefers_page(accept: &str) -> bool {
    let html = quality(accept, &["text/html", "application/xhtml+xml"]);
    let json = quality(accept, &["application/json", "application/problem+json"]);
    html > 0 && html >= json
}

/// The best weight, in thousandths, that one of these media types is given by name.
fn quality(accept: &str, wanted: &[&str]) -> u16 {
    let weight = |part: &str| {
        let mut pieces = part.split(';').map(str::trim);
        let name = pieces.next().unwrap_or_default().to_ascii_lowercase();
        if !wanted.contains(&name.as_str()) {
            return 0;
        }
        pieces
            .find_map(|piece| piece.strip_prefix("q="))
            .map_or(1_000, thousandths)
    };
    accept.split(',').map(weight).max().unwrap_or(0)
}

/// `0.9` is 900; RFC 9110 allows three decimals. What is not a weight counts as none.
fn thousandths(text: &str) -> u16 {
    let (whole, decimals) = text.split_once('.').unwrap_or((text, ""));
    let digits = decimals.len() <= 3 && decimals.bytes().all(|b| b.is_ascii_digit());
    match (whole, digits) {
        ("1", true) => 1_000,
        ("0", true) => format!("{decimals:0<3}").parse().unwrap_or(0),
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn browsers_get_pages_and_programs_get_json() {
        for (accept, page) in [
            (
                "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8",
                true,
            ),
            ("text/html", true),
            ("TEXT/HTML; q=0.5", true),
            ("text/html;q=0.9, application/json", false),
            ("text/html, application/json;q=0.9", true),
            ("application/problem+json", false),
            ("*/*", false),
            ("", false),
            ("text/html;q=0", false),
            ("text/html;q=lots", false),
            ("text/*", false),
        ] {
            assert_eq!(prefers_page(accept), page, "{accept:?}");
        }
    }

    #[test]
    fn a_request_id_that_could_break_a_log_line_is_not_taken_over() {
        for (given, kept) in [
            ("abc-1:2_3.4=", true),
            ("a b", false),
            ("<script>", false),
            (&"x".repeat(65), false),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert("x-request-id", given.parse().unwrap());
            assert_eq!(trace_id(&headers) == given, kept, "{given:?}");
        }
    }
}
