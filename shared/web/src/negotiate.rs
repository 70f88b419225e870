//! What a request asks for: JSON or a page, by its `Accept` header and by who sends it, and what an answer must know of it besides.

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
            page: prefers_page(request.method(), headers),
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

/// Whoever names JSON and not a page gets JSON, and the other way round; of two that are named, the one with more weight, a page when
/// they are alike. Who names neither and takes everything, such as a crawler that makes the preview of a link, gets the page, except
/// where what it sends shows that it is a program of the API.
fn prefers_page(method: &Method, headers: &HeaderMap) -> bool {
    // RFC 9110, 12.5.1: who says nothing takes everything; several lines are one list.
    let lines: Vec<&str> = headers
        .get_all(header::ACCEPT)
        .iter()
        .filter_map(|line| line.to_str().ok())
        .collect();
    let accept = Some(lines.join(","))
        .filter(|list| !list.trim().is_empty())
        .unwrap_or_else(|| "*/*".into());
    let html = quality(&accept, &["text/html", "application/xhtml+xml"]);
    let json = quality(&accept, &["application/json", "application/problem+json"]);
    match (html, json) {
        (Some(html), json) => html > 0 && html >= json.unwrap_or(0),
        (None, Some(json)) if json > 0 => false,
        (None, _) => {
            let anything = quality(&accept, &["text/*"]).or_else(|| quality(&accept, &["*/*"]));
            anything.is_some_and(|weight| weight > 0) && !is_of_the_api(method, headers)
        }
    }
}

/// True for what no link and no form of a page sends: a token in a header, JSON as content, a change without a form.
fn is_of_the_api(method: &Method, headers: &HeaderMap) -> bool {
    let content = text(headers, &header::CONTENT_TYPE)
        .unwrap_or_default()
        .to_ascii_lowercase();
    let is_form = ["application/x-www-form-urlencoded", "multipart/form-data"]
        .iter()
        .any(|form| content.starts_with(form));
    headers.contains_key(header::AUTHORIZATION)
        || content.starts_with("application/json")
        || (!is_safe(method) && !is_form)
}

/// The best weight, in thousandths, that one of these media types is given by name; nothing when none of them is named.
fn quality(accept: &str, wanted: &[&str]) -> Option<u16> {
    let weight = |part: &str| {
        let mut pieces = part.split(';').map(str::trim);
        let name = pieces.next().unwrap_or_default().to_ascii_lowercase();
        let named = wanted.contains(&name.as_str());
        named.then(|| {
            pieces
                .find_map(|piece| piece.strip_prefix("q=").or_else(|| piece.strip_prefix("Q=")))
                .map_or(1_000, thousandths)
        })
    };
    accept.split(',').filter_map(weight).max()
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

    fn page(method: &Method, headers: &[(&str, &str)]) -> bool {
        let mut all = HeaderMap::new();
        for (name, value) in headers {
            let name: header::HeaderName = name.parse().unwrap();
            all.append(name, value.parse().unwrap());
        }
        prefers_page(method, &all)
    }

    #[test]
    fn browsers_crawlers_and_who_takes_everything_get_pages_and_who_names_json_gets_it() {
        for (accept, expected) in [
            // Firefox, Chromium, Safari.
            (
                "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8",
                true,
            ),
            (
                "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;q=0.8,\
                 application/signed-exchange;v=b3;q=0.7",
                true,
            ),
            ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", true),
            // curl, wget, facebookexternalhit, Slackbot, LinkedInBot, fetch without headers.
            ("*/*", true),
            // WhatsApp, Twitterbot, Telegram and Discord say one of these or nothing.
            ("", true),
            ("text/html", true),
            ("text/*", true),
            ("text/html, application/xhtml+xml, */*", true),
            ("text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2", true),
            // axios, jQuery, HTTPie, fetch of the shop's own script.
            ("application/json, text/plain, */*", false),
            ("application/json, text/javascript, */*; q=0.01", false),
            ("application/json, */*;q=0.5", false),
            ("application/json", false),
            ("application/problem+json", false),
            // What is said exactly counts.
            ("TEXT/HTML; q=0.5", true),
            ("text/html;q=0.9, application/json", false),
            ("text/html, application/json;q=0.9", true),
            ("text/html, application/json", true),
            ("text/html;q=0", false),
            ("text/html;q=0, */*", false),
            ("text/html;q=lots", false),
            ("application/json;q=0, */*", true),
            ("*/*;q=0", false),
            ("image/avif,image/webp,image/png", false),
        ] {
            assert_eq!(page(&Method::GET, &[("accept", accept)]), expected, "{accept:?}");
        }
        assert!(page(&Method::GET, &[]), "no header at all");
        let two = [
            ("accept", "text/plain"),
            ("accept", "application/json"),
            ("accept", "*/*"),
        ];
        assert!(!page(&Method::GET, &two), "several lines");
    }

    #[test]
    fn who_takes_everything_and_uses_the_api_gets_json() {
        let form = ("content-type", "application/x-www-form-urlencoded");
        let json = ("content-type", "application/json; charset=utf-8");
        let token = ("authorization", "Bearer abc");
        for (method, header, expected) in [
            (Method::HEAD, None, true),
            (Method::GET, Some(token), false),
            (Method::GET, Some(json), false),
            (Method::POST, Some(form), true),
            (Method::POST, Some(json), false),
            (Method::POST, None, false),
            (Method::DELETE, None, false),
            (Method::PUT, Some(json), false),
        ] {
            let headers: Vec<_> = [("accept", "*/*")].into_iter().chain(header).collect();
            assert_eq!(page(&method, &headers), expected, "{method} {header:?}");
        }
        // A browser that names a page gets one, whatever else it sends.
        assert!(page(&Method::POST, &[("accept", "text/html,*/*;q=0.8"), token]));
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
