//! Builds HTTP answers, with the headers that every answer has.

use std::fmt::Write as _;

use actix_web::http::StatusCode;

use super::refusal::{Refusal, UNAVAILABLE_AGAIN_S};
use crate::event::problem;
use crate::gateway::Reply;

/// An answer to one request.
#[derive(Debug)]
pub struct Answer {
    status: StatusCode,
    body: String,
    id: String,
    allows_post: bool,
    asks_for_bearer: bool,
    again_s: Option<u64>,
}

/// How an answer is written for the request that it answers.
#[derive(Clone, Copy, Debug, Default)]
pub struct Manner {
    /// The request came in HTTP/1.0.
    pub is_old: bool,
    /// The request's method was HEAD: the answer is announced and does not come.
    pub is_head_alone: bool,
    pub keeps_open: bool,
}

/// The gateway's reply.
pub fn reply(reply: Reply, id: String) -> Answer {
    let status = StatusCode::from_u16(reply.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let again_s = (status == StatusCode::SERVICE_UNAVAILABLE).then_some(UNAVAILABLE_AGAIN_S);
    Answer { status, body: reply.body, id, allows_post: false, asks_for_bearer: false, again_s }
}

/// A refusal.
pub fn refusal(refusal: Refusal, id: String) -> Answer {
    Answer {
        status: refusal.status(),
        body: problem(refusal.code(), &id),
        id,
        allows_post: refusal == Refusal::MethodNotAllowed,
        asks_for_bearer: refusal.status() == StatusCode::UNAUTHORIZED,
        again_s: refusal.again_s(),
    }
}

impl Answer {
    /// Its bytes; `date` as HTTP writes it.
    pub fn written(&self, manner: Manner, date: &str) -> Vec<u8> {
        let Manner { is_old, is_head_alone, keeps_open } = manner;
        let mut text = String::with_capacity(256 + self.body.len());
        let version = if is_old { "HTTP/1.0" } else { "HTTP/1.1" };
        let (status, reason) = (self.status.as_str(), self.status.canonical_reason().unwrap_or_default());
        let (length, id) = (self.body.len(), &self.id);
        // Writing into a text never fails.
        let _ = write!(
            text,
            "{version} {status} {reason}\r\ncontent-length: {length}\r\ncontent-type: application/json\r\n\
             x-request-id: {id}\r\ndate: {date}\r\n"
        );
        match (keeps_open, is_old) {
            (true, true) => text.push_str("connection: keep-alive\r\n"),
            (true, false) => {}
            (false, _) => text.push_str("connection: close\r\n"),
        }
        if self.allows_post {
            text.push_str("allow: POST\r\n");
        }
        if self.asks_for_bearer {
            text.push_str("www-authenticate: Bearer\r\n");
        }
        if let Some(seconds) = self.again_s {
            let _ = write!(text, "retry-after: {seconds}\r\n");
        }
        text.push_str("\r\n");
        if !is_head_alone {
            text.push_str(&self.body);
        }
        text.into_bytes()
    }
}
