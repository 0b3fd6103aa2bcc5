//! An answer of the admin listener as JSON.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_TYPE, WWW_AUTHENTICATE};
use serde_json::Value;

use crate::diagnostic::escaped_page;

/// An answer as JSON, with an end of line for those who read it at a terminal.
pub(super) fn json_answer(status: StatusCode, value: &Value) -> HttpResponse {
    let mut answer = HttpResponse::build(status);
    answer.insert_header((CONTENT_TYPE, "application/json")).insert_header((CACHE_CONTROL, "no-store"));
    if status == StatusCode::UNAUTHORIZED {
        answer.insert_header((WWW_AUTHENTICATE, "Bearer"));
    }
    answer.body(escaped_page(&format!("{value}\n")).into_owned())
}
