//! Refuses requests that another site makes in a visitor's name. Cookies are `SameSite=Lax` already; this is the second lock.

use axum::{
    extract::Request,
    http::{HeaderName, header},
};

use crate::{
    edge::Edge,
    negotiate::{is_safe, text},
    problem::Problem,
};

/// A browser names the origin of every request that changes something; what names none comes from a program, which no other site can make
/// a visitor run with their cookie.
pub(crate) fn check(edge: &Edge, request: &Request) -> Result<(), Problem> {
    if is_safe(request.method()) {
        return Ok(());
    }
    let own = match text(request.headers(), &header::ORIGIN) {
        Some(origin) => origin == &*edge.shop_origin,
        None if request.headers().contains_key(header::ORIGIN) => false,
        None => text(request.headers(), &HeaderName::from_static("sec-fetch-site"))
            .is_none_or(|site| ["same-origin", "none"].contains(&site)),
    };
    if own { Ok(()) } else { Err(Problem::cross_site()) }
}

#[cfg(test)]
mod tests {
    use axum::body::Body;

    use super::*;
    use crate::edge::EdgeSettings;

    fn is_let_in(method: &str, headers: &[(&str, &str)]) -> bool {
        let settings = EdgeSettings {
            shop_origin: "https://shop.example".into(),
            image_sources: String::new(),
        };
        let mut request = Request::builder().method(method);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        check(&Edge::new(&settings), &request.body(Body::empty()).unwrap()).is_ok()
    }

    #[test]
    fn a_change_is_only_taken_from_our_own_pages_or_from_programs() {
        for (method, headers, let_in) in [
            ("POST", vec![("origin", "https://shop.example")], true),
            (
                "POST",
                vec![("origin", "https://shop.example"), ("sec-fetch-site", "same-origin")],
                true,
            ),
            ("POST", vec![], true),
            ("POST", vec![("sec-fetch-site", "none")], true),
            ("POST", vec![("origin", "https://evil.example")], false),
            ("POST", vec![("origin", "https://shop.example.evil.example")], false),
            ("POST", vec![("origin", "http://shop.example")], false),
            ("POST", vec![("origin", "null")], false),
            ("POST", vec![("sec-fetch-site", "cross-site")], false),
            ("POST", vec![("sec-fetch-site", "same-site")], false),
            ("DELETE", vec![("origin", "https://evil.example")], false),
            ("PUT", vec![("origin", "https://evil.example")], false),
            (
                "GET",
                vec![("origin", "https://evil.example"), ("sec-fetch-site", "cross-site")],
                true,
            ),
        ] {
            assert_eq!(is_let_in(method, &headers), let_in, "{method} {headers:?}");
        }
    }
}
