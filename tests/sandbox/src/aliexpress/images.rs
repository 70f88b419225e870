//! Pictures of the products: small drawings made on the fly, one hue per colour, one shape per category.

use axum::extract::Path;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::catalogue::{self, Product};

/// Colour words of the catalogue and how they look.
const COLOURS: [(&str, &str); 13] = [
    ("BLACK", "#2b2d33"),
    ("WHITE", "#f4f1ea"),
    ("BLUE", "#3b6ea8"),
    ("RED", "#b8433f"),
    ("GREEN", "#4f7a57"),
    ("GREY", "#8b9099"),
    ("NAVY", "#26395e"),
    ("BEIGE", "#d8c7a9"),
    ("PINK", "#d490a4"),
    ("BROWN", "#7d5a43"),
    ("SILVER", "#b9bec6"),
    ("KHAKI", "#a59a6a"),
    ("YELLOW", "#d9b23f"),
];

/// `/images/{product}/{n}.svg`, where n is a number or the label of a colour.
pub(super) async fn picture(Path((product, picture)): Path<(u64, String)>) -> Response {
    let name = picture.strip_suffix(".svg").unwrap_or(&picture);
    let Some(product) = catalogue::product(product) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let headers = [
        (header::CONTENT_TYPE, "image/svg+xml"),
        (header::CACHE_CONTROL, "public, max-age=86400"),
        (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
    ];
    (headers, draw(product, name)).into_response()
}

fn draw(product: &Product, name: &str) -> String {
    let properties = product.skus.iter().flat_map(|sku| &sku.properties);
    let labelled = properties.clone().find(|property| property.label == name);
    let colour = labelled.or_else(|| properties.clone().find(|property| property.name == "Color"));
    let look = colour.and_then(|property| COLOURS.iter().find(|(word, _)| *word == property.value));
    let fill = look.map_or("#6d8a96", |(_, fill)| fill);
    let (back, turn) = match name {
        "2" => ("#e9eef0", 8),
        "3" => ("#f3ece4", -8),
        _ => ("#eef0ea", 0),
    };
    let shape = shape(&product.picture);
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 400 400\" role=\"img\">\
         <rect width=\"400\" height=\"400\" fill=\"{back}\"/><ellipse cx=\"200\" cy=\"330\" rx=\"120\" ry=\"14\" \
         fill=\"#000\" opacity=\".08\"/><g transform=\"rotate({turn} 200 200)\" fill=\"{fill}\" stroke=\"#1d2226\" \
         stroke-width=\"6\" stroke-linejoin=\"round\" stroke-linecap=\"round\">{shape}</g></svg>"
    )
}

fn shape(category: &str) -> &'static str {
    match category {
        "audio" => {
            r##"<path d="M90 240v-30a110 110 0 0 1 220 0v30" fill="none"/><rect x="70" y="225" width="56" height="95" rx="22"/><rect x="274" y="225" width="56" height="95" rx="22"/>"##
        }
        "phone" => {
            r##"<rect x="130" y="70" width="140" height="250" rx="24"/><circle cx="200" cy="292" r="9" fill="#fff"/>"##
        }
        "computer" => r##"<rect x="90" y="100" width="220" height="150" rx="12"/><path d="M60 300h280l-24-40H84z"/>"##,
        "shoes" => {
            r##"<path d="M70 250c40-10 60-60 80-90l60 50c30 30 90 30 120 50 12 10 10 40 0 50H80c-16 0-16-50-10-60z"/><path d="M72 292h262" fill="none"/>"##
        }
        "men" | "women" => r##"<path d="M150 90l50 24 50-24 80 56-36 56-26-18v140H132V184l-26 18-36-56z"/>"##,
        "kitchen" => {
            r##"<rect x="150" y="110" width="100" height="210" rx="22"/><rect x="168" y="74" width="64" height="40" rx="8"/>"##
        }
        "beauty" => {
            r##"<rect x="150" y="170" width="100" height="150" rx="16"/><path d="M180 170v-40h40v40M190 130V80h20v50"/>"##
        }
        "toys" => {
            r##"<rect x="90" y="210" width="100" height="100" rx="8"/><rect x="210" y="210" width="100" height="100" rx="8"/><rect x="150" y="100" width="100" height="100" rx="8"/>"##
        }
        "bags" => {
            r##"<rect x="110" y="130" width="180" height="190" rx="28"/><path d="M160 130v-24a40 40 0 0 1 80 0v24" fill="none"/><rect x="140" y="220" width="120" height="70" rx="12"/>"##
        }
        "tools" | "car" => {
            r##"<path d="M90 130h170l40 34-40 34h-60l16 120h-66l-16-120H90z"/><path d="M300 164h44" fill="none"/>"##
        }
        "watch" => {
            r##"<rect x="168" y="60" width="64" height="280" rx="18"/><circle cx="200" cy="200" r="78"/><path d="M200 152v48l34 20" fill="none" stroke="#fff"/>"##
        }
        "sport" => {
            r##"<circle cx="200" cy="205" r="110"/><path d="M110 150q90 60 180 0M110 262q90-60 180 0" fill="none"/>"##
        }
        _ => {
            r##"<path d="M80 200L200 100l120 100v120H80z"/><rect x="172" y="240" width="56" height="80" fill="#fff"/>"##
        }
    }
}
