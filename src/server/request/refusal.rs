//! The reasons for which the server itself refuses a request, each with the status and code a caller sees.

use actix_web::http::StatusCode;

use crate::event::BadBody;
use crate::server::auth::Reason;

/// Why a request is turned away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    UnknownHook,
    MethodNotAllowed,
    EncodingNotSupported,
    /// It cannot be read, or could be read in two ways.
    HeadBroken,
    HeadTooLarge,
    HeadTooSlow,
    BodyTooLarge,
    BodyTooSlow,
    /// Its framing is broken, or the caller went away in the middle.
    BodyBroken,
    Body(BadBody),
    /// The caller may not come in.
    Caller(Reason),
    /// The caller calls more often than it may; after so many seconds it may again.
    TooManyRequests(u64),
    Overloaded(Shortage),
    Panicked,
}

/// What there is not enough of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shortage {
    /// Requests at once, in all.
    Requests,
    /// Requests at once of this hook.
    Hook,
    /// Memory for heads.
    Heads,
    /// Memory for bodies.
    Bodies,
    /// Processor time: it would wait too long for its turn.
    Scheduler,
}

/// After how long who was turned away for want of something may come again, in seconds: what there was not enough of is
/// there again as soon as others are answered.
const OVERLOADED_AGAIN_S: u64 = 1;
/// The same where something outside is not there, in seconds.
pub const UNAVAILABLE_AGAIN_S: u64 = 5;

impl Refusal {
    pub fn status(self) -> StatusCode {
        match self {
            Refusal::UnknownHook => StatusCode::NOT_FOUND,
            Refusal::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Refusal::EncodingNotSupported => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Refusal::HeadTooLarge => StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
            Refusal::BodyTooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Refusal::HeadTooSlow | Refusal::BodyTooSlow => StatusCode::REQUEST_TIMEOUT,
            Refusal::HeadBroken | Refusal::BodyBroken | Refusal::Body(_) => StatusCode::BAD_REQUEST,
            Refusal::TooManyRequests(_) => StatusCode::TOO_MANY_REQUESTS,
            Refusal::Overloaded(_) => StatusCode::SERVICE_UNAVAILABLE,
            Refusal::Panicked => StatusCode::INTERNAL_SERVER_ERROR,
            Refusal::Caller(reason) => turned_away(reason).0,
        }
    }

    /// What the caller can look up.
    pub fn code(self) -> &'static str {
        match self {
            Refusal::UnknownHook => "UnknownHook",
            Refusal::MethodNotAllowed => "MethodNotAllowed",
            Refusal::EncodingNotSupported => "EncodingNotSupported",
            Refusal::HeadBroken => "HeadUnreadable",
            Refusal::HeadTooLarge => "HeadTooLarge",
            Refusal::HeadTooSlow => "HeadTooSlow",
            Refusal::BodyTooLarge => "BodyTooLarge",
            Refusal::BodyTooSlow => "BodyTooSlow",
            Refusal::BodyBroken => "BodyUnreadable",
            Refusal::Body(bad) => bad.code(),
            Refusal::TooManyRequests(_) => "TooManyRequests",
            Refusal::Overloaded(_) => "Overloaded",
            Refusal::Panicked => "InternalError",
            Refusal::Caller(reason) => turned_away(reason).1,
        }
    }

    /// Every reason that is counted by itself.
    pub const REASONS: [&'static str; 22] = [
        "UnknownHook",
        "MethodNotAllowed",
        "EncodingNotSupported",
        "HeadUnreadable",
        "HeadTooLarge",
        "HeadTooSlow",
        "BodyTooLarge",
        "BodyTooSlow",
        "BodyUnreadable",
        "RequestMissing",
        "UserMissing",
        "AuthorizationRepeated",
        "Unauthorized",
        "Forbidden",
        "KeysUnavailable",
        "TooManyRequests",
        "Overloaded.requests",
        "Overloaded.hook",
        "Overloaded.heads",
        "Overloaded.bodies",
        "Overloaded.turns",
        "InternalError",
    ];

    /// What this is counted as: the code, and what there was not enough of.
    pub fn reason(self) -> &'static str {
        match self {
            Refusal::Overloaded(Shortage::Requests) => "Overloaded.requests",
            Refusal::Overloaded(Shortage::Hook) => "Overloaded.hook",
            Refusal::Overloaded(Shortage::Heads) => "Overloaded.heads",
            Refusal::Overloaded(Shortage::Bodies) => "Overloaded.bodies",
            Refusal::Overloaded(Shortage::Scheduler) => "Overloaded.turns",
            other => other.code(),
        }
    }

    /// The finest name there is of it: why a caller may not come in, else what it is counted as.
    pub fn finest(self) -> &'static str {
        match self {
            Refusal::Caller(reason) => reason.name(),
            other => other.reason(),
        }
    }

    /// After how many seconds the caller may come again, where waiting helps.
    pub fn again_s(self) -> Option<u64> {
        match self {
            Refusal::TooManyRequests(seconds) => Some(seconds),
            Refusal::Overloaded(_) => Some(OVERLOADED_AGAIN_S),
            Refusal::Caller(Reason::TokenKeysUnavailable) => Some(UNAVAILABLE_AGAIN_S),
            _ => None,
        }
    }

    /// Whether many of these come at once by their nature, so that a line for each would be a flood of its own.
    pub fn comes_in_floods(self) -> bool {
        matches!(self, Refusal::Overloaded(_) | Refusal::TooManyRequests(_))
    }
}

/// One code for all reasons of a status: who has no right to come in need not learn what was wrong.
fn turned_away(reason: Reason) -> (StatusCode, &'static str) {
    match reason {
        Reason::AuthorizationRepeated => (StatusCode::BAD_REQUEST, "AuthorizationRepeated"),
        Reason::TokenKeysUnavailable => (StatusCode::SERVICE_UNAVAILABLE, "KeysUnavailable"),
        reason if reason.is_forbidden() => (StatusCode::FORBIDDEN, "Forbidden"),
        _ => (StatusCode::UNAUTHORIZED, "Unauthorized"),
    }
}

impl std::fmt::Display for Refusal {
    /// The cause, for the log; never quotes the body.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Refusal::UnknownHook => "no hook has this path",
            Refusal::MethodNotAllowed => "hooks are called with POST",
            Refusal::EncodingNotSupported => "the body is compressed",
            Refusal::HeadBroken => "the head is none of HTTP/1.1, or could be read in two ways",
            Refusal::HeadTooSlow => "the head took longer than `limits.head_time_ms`",
            Refusal::HeadTooLarge => "the head is larger than `limits.head_bytes` or has more than `limits.headers`",
            Refusal::BodyTooLarge => "the body is larger than `limits.body_bytes`",
            Refusal::BodyTooSlow => "the body took longer than `limits.body_time_ms`",
            Refusal::BodyBroken => "the body ended early or its chunks are malformed",
            Refusal::Body(bad) => return bad.fmt(f),
            Refusal::TooManyRequests(_) => "the caller calls more often than `limits.per_caller`",
            Refusal::Overloaded(Shortage::Requests) => "more than `limits.requests_at_once` are being answered",
            Refusal::Overloaded(Shortage::Hook) => "more of this hook than its `requests_at_once` are being answered",
            Refusal::Overloaded(Shortage::Heads) => "heads on their way take more than `limits.heads_bytes`",
            Refusal::Overloaded(Shortage::Bodies) => "bodies take more than `limits.bodies_bytes`",
            Refusal::Overloaded(Shortage::Scheduler) => "it would wait longer than `limits.wait_ms` for its turn",
            Refusal::Panicked => "answering the request panicked",
            Refusal::Caller(reason) => reason.name(),
        })
    }
}
