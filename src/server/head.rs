//! The head of a request, measured: request line and headers.

use actix_web::HttpRequest;

use super::refusal::Refusal;
use super::settings::Settings;

/// What stands around a header's name and value: `: ` and the end of the line.
const AROUND_HEADER_BYTES: usize = 4;
/// What stands around method and target, with the version and the end of the head: ` `, ` HTTP/1.1\r\n`, `\r\n`.
const AROUND_LINE_BYTES: usize = 14;

/// Refuses a head that is larger than the settings say.
pub(super) fn measure(request: &HttpRequest, settings: &Settings) -> Result<(), Refusal> {
    let headers = request.headers();
    if headers.len() > settings.header_limit {
        return Err(Refusal::HeadTooLarge);
    }
    let uri = request.uri();
    let target = uri.path_and_query().map_or(0, |target| target.as_str().len())
        + uri.authority().map_or(0, |authority| authority.as_str().len());
    let lines: usize =
        headers.iter().map(|(name, value)| name.as_str().len() + value.len() + AROUND_HEADER_BYTES).sum();
    let bytes = request.method().as_str().len() + target + AROUND_LINE_BYTES + lines;
    if bytes > settings.head_limit_bytes { Err(Refusal::HeadTooLarge) } else { Ok(()) }
}
