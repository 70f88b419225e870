//! One handler per route: extract, call, answer.

use std::time::Duration;

use axum::{
    http::header,
    response::{IntoResponse, Response},
};
use domain::Failure;
use web::{Answer, JsonOnly, Path, Problem, Reply};

use crate::{
    help,
    views::{Health, HelpIndex, HelpPage, Home},
};

/// These pages change with a release, so readers may keep them for a short while.
const PAGE_AGE: Duration = Duration::from_secs(300);
/// The name of a static file changes with its content, so it may be kept for ever.
const FOR_EVER: &str = "public, max-age=31536000, immutable";
/// One name for all releases, so it is asked for again.
const A_DAY: &str = "public, max-age=86400";

pub(crate) async fn home() -> Answer<Home> {
    Ok(Reply::ok(Home::new()).cached_for(PAGE_AGE))
}

pub(crate) async fn help() -> Answer<HelpIndex> {
    Ok(Reply::ok(HelpIndex::of(help::TOPICS)).cached_for(PAGE_AGE))
}

pub(crate) async fn help_page(Path(page): Path<String>) -> Answer<HelpPage> {
    let topic = help::topic(&page).ok_or(Failure::NotFound("help page"))?;
    Ok(Reply::ok(HelpPage::of(topic)).cached_for(PAGE_AGE))
}

pub(crate) async fn static_file(Path(file): Path<String>) -> Result<Response, Problem> {
    let found = web::all_assets()
        .iter()
        .find(|asset| asset.path.strip_prefix("/static/") == Some(&file));
    let asset = found.ok_or(Failure::NotFound("file"))?;
    let headers = [
        (header::CONTENT_TYPE, asset.media_type),
        (header::CACHE_CONTROL, FOR_EVER),
    ];
    Ok((headers, asset.bytes).into_response())
}

pub(crate) async fn health() -> Answer<JsonOnly<Health>> {
    Ok(Reply::ok(JsonOnly(Health { status: "ok" })))
}

/// Only what is the same for everybody may be found by search engines.
pub(crate) async fn robots() -> &'static str {
    "User-agent: *\nDisallow: /cart\nDisallow: /checkout\nDisallow: /desk\nDisallow: /me\nDisallow: /orders\n\
     Disallow: /pay/\nDisallow: /payments\nDisallow: /quotes\nDisallow: /search\nDisallow: /warehouse\n"
}

/// Browsers, feed readers and makers of link previews ask for it here, whatever the page says.
pub(crate) async fn favicon() -> Response {
    let headers = [
        (header::CONTENT_TYPE, "image/vnd.microsoft.icon"),
        (header::CACHE_CONTROL, A_DAY),
    ];
    (headers, web::FAVICON).into_response()
}
