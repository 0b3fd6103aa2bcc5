//! The style sheet, the modules of the browser and the icon, which are parts of the program.

use std::sync::LazyLock;

use actix_web::HttpResponse;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use sha2::{Digest as _, Sha256};

/// Modules that each page loads.
pub(super) const MODULES: [&str; 2] = ["live.js", "panel.js"];

const CSS: &str = "text/css; charset=utf-8";
const JAVASCRIPT: &str = "text/javascript; charset=utf-8";

/// Name, kind and content of each.
const ASSETS: [(&str, &str, &str); 5] = [
    ("console.css", CSS, include_str!("assets/console.css")),
    ("live.js", JAVASCRIPT, include_str!("assets/live.js")),
    ("panel.js", JAVASCRIPT, include_str!("assets/panel.js")),
    ("playground.js", JAVASCRIPT, include_str!("assets/playground.js")),
    ("icon.svg", "image/svg+xml", include_str!("assets/icon.svg")),
];

/// Changes with the assets, so that a browser keeps them for as long as they are the same.
static VERSION: LazyLock<String> = LazyLock::new(|| {
    let mut hash = Sha256::new();
    ASSETS.iter().for_each(|(.., text)| hash.update(text));
    let start = hash.finalize().iter().take(8).fold(0, |start: u64, byte| start << 8 | u64::from(*byte));
    format!("{start:016x}")
});

/// Where a page finds an asset.
pub(super) fn url(name: &str) -> String {
    format!("/console/assets/{name}?v={}", *VERSION)
}

/// The asset of a path; none where the path is no asset's.
pub(super) fn answer(path: &str) -> Option<HttpResponse> {
    let name = path.strip_prefix("/console/assets/")?;
    Some(match ASSETS.iter().find(|(known, ..)| *known == name) {
        Some((_, kind, text)) => HttpResponse::Ok()
            .insert_header((CONTENT_TYPE, *kind))
            .insert_header((CACHE_CONTROL, "public, max-age=31536000, immutable"))
            .body(*text),
        None => HttpResponse::NotFound().finish(),
    })
}
