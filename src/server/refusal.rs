//! Every reason for which the door itself turns a request away: the status and the code a caller sees.

use actix_web::http::StatusCode;

use crate::event::BadBody;

/// Why a request is turned away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    UnknownHook,
    MethodNotAllowed,
    EncodingNotSupported,
    UpgradeNotSupported,
    BodyTooLarge,
    BodyTooSlow,
    /// Its framing is broken, or the caller went away in the middle.
    BodyBroken,
    Body(BadBody),
    Overloaded,
    Panicked,
}

impl Refusal {
    pub(super) fn status(self) -> StatusCode {
        match self {
            Refusal::UnknownHook => StatusCode::NOT_FOUND,
            Refusal::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Refusal::EncodingNotSupported => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Refusal::BodyTooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Refusal::BodyTooSlow => StatusCode::REQUEST_TIMEOUT,
            Refusal::UpgradeNotSupported | Refusal::BodyBroken | Refusal::Body(_) => StatusCode::BAD_REQUEST,
            Refusal::Overloaded => StatusCode::SERVICE_UNAVAILABLE,
            Refusal::Panicked => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// What the caller can look up.
    pub(super) fn code(self) -> &'static str {
        match self {
            Refusal::UnknownHook => "UnknownHook",
            Refusal::MethodNotAllowed => "MethodNotAllowed",
            Refusal::EncodingNotSupported => "EncodingNotSupported",
            Refusal::UpgradeNotSupported => "UpgradeNotSupported",
            Refusal::BodyTooLarge => "BodyTooLarge",
            Refusal::BodyTooSlow => "BodyTooSlow",
            Refusal::BodyBroken => "BodyUnreadable",
            Refusal::Body(bad) => bad.code(),
            Refusal::Overloaded => "Overloaded",
            Refusal::Panicked => "InternalError",
        }
    }
}

impl std::fmt::Display for Refusal {
    /// The cause, for the log; never quotes the body.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Refusal::UnknownHook => "no hook has this path",
            Refusal::MethodNotAllowed => "hooks are called with POST",
            Refusal::EncodingNotSupported => "the body is compressed",
            Refusal::UpgradeNotSupported => "the caller wants another protocol",
            Refusal::BodyTooLarge => "the body is larger than `body_limit_bytes`",
            Refusal::BodyTooSlow => "the body took longer than `body_time_limit_ms`",
            Refusal::BodyBroken => "the body ended early or its chunks are malformed",
            Refusal::Body(bad) => return bad.fmt(f),
            Refusal::Overloaded => "more than `request_limit` requests are in flight",
            Refusal::Panicked => "answering the request panicked",
        })
    }
}
