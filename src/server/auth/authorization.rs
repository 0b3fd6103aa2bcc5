//! Reads the bearer of a call: one header, one scheme, one space, one token (RFC 6750); anything ambiguous is refused.

use actix_web::http::header::{AUTHORIZATION, HeaderMap};

use super::reason::Reason;
use super::verdict::Refused;

/// Largest bearer that is looked at, in bytes. The platform's has some 250.
const BEARER_LIMIT_BYTES: usize = 8 * 1024;

/// The bearer of a call.
pub(super) fn bearer(headers: &HeaderMap) -> Result<&str, Refused> {
    let mut all = headers.get_all(AUTHORIZATION);
    let refused = |reason, why: &str| Err(Refused::new(reason, why));
    let Some(header) = all.next() else {
        return refused(Reason::AuthorizationMissing, "the call has no header `Authorization`");
    };
    if all.next().is_some() {
        return refused(Reason::AuthorizationRepeated, "the call has the header `Authorization` more than once");
    }
    if header.len() > "Bearer ".len() + BEARER_LIMIT_BYTES {
        return refused(Reason::TokenTooLong, "the header `Authorization` is longer than 8 KiB");
    }
    let malformed = "the header `Authorization` is not `Bearer`, one space and a token";
    // The name of a scheme is read in any case (RFC 9110, section 11.1).
    match header.to_str().ok().and_then(|text| text.split_once(' ')) {
        Some((scheme, token)) if scheme.eq_ignore_ascii_case("bearer") && is_token(token) => Ok(token),
        _ => refused(Reason::AuthorizationMalformed, malformed),
    }
}

/// Visible ASCII without a comma: several headers are joined by commas, and lists are split at them.
pub(super) fn is_token(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic() && byte != b',')
}
