//! Answers on the wire, with the headers that every one of them has.

use actix_web::http::StatusCode;
use actix_web::http::header::{ALLOW, CONTENT_TYPE, HeaderName, HeaderValue, RETRY_AFTER, WWW_AUTHENTICATE};
use actix_web::{HttpResponse, HttpResponseBuilder};

use super::refusal::{Refusal, UNAVAILABLE_AGAIN_S};
use crate::event::problem;
use crate::gateway::Reply;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const JSON: HeaderValue = HeaderValue::from_static("application/json");

/// The gateway's reply.
pub(super) fn reply(reply: Reply, id: HeaderValue) -> HttpResponse {
    let status = StatusCode::from_u16(reply.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut builder = builder(status, id);
    if status == StatusCode::SERVICE_UNAVAILABLE {
        builder.insert_header((RETRY_AFTER, UNAVAILABLE_AGAIN_S));
    }
    builder.body(reply.body)
}

/// A refusal. When the body was not read, the HTTP library closes the connection after it, or throws away
/// the rest of a chunked body until the reaper ends that: what was refused is never taken for a next message.
pub(super) fn refusal(refusal: Refusal, id: HeaderValue) -> HttpResponse {
    let body = problem(refusal.code(), id.to_str().unwrap_or_default());
    let mut builder = builder(refusal.status(), id);
    if refusal == Refusal::MethodNotAllowed {
        builder.insert_header((ALLOW, HeaderValue::from_static("POST")));
    }
    if refusal.status() == StatusCode::UNAUTHORIZED {
        builder.insert_header((WWW_AUTHENTICATE, HeaderValue::from_static("Bearer")));
    }
    if let Some(seconds) = refusal.again_s() {
        builder.insert_header((RETRY_AFTER, seconds));
    }
    builder.body(body)
}

fn builder(status: StatusCode, id: HeaderValue) -> HttpResponseBuilder {
    let mut builder = HttpResponse::build(status);
    builder.insert_header((CONTENT_TYPE, JSON)).insert_header((REQUEST_ID, id));
    builder
}
