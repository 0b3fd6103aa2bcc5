//! Reads the head of a request, request line and headers, once it is complete.
//!
//! A head that two readers could read as two messages is refused (RFC 9112, sections 3.2 and 6.3). `Upgrade` and what
//! belongs to it is ignored, as a server may that speaks no other protocol (RFC 9110, section 7.8): the call
//! continues as HTTP/1.1.

use std::mem::MaybeUninit;

use actix_web::http::header::{
    CONNECTION, CONTENT_LENGTH, EXPECT, HOST, HeaderMap, HeaderName, HeaderValue, TRANSFER_ENCODING,
};
use actix_web::http::{Method, Uri};
use actix_web::web::Bytes;
use httparse::Status;

use super::framing::Left;
use crate::server::request::Refusal;
use crate::server::settings::Settings;

/// Most headers that are read at all; `limits.headers` is never more.
const HEADERS_MOST: usize = 96;

/// The head of one request.
#[derive(Debug)]
pub struct Head {
    pub method: Method,
    pub uri: Uri,
    /// HTTP/1.0, and not 1.1.
    pub is_old: bool,
    pub headers: HeaderMap,
    pub declared: Declared,
    /// Whether the caller waits to be told that its body is wanted (`Expect: 100-continue`).
    pub awaits_continue: bool,
    /// Whether the caller wants to use the connection again.
    pub keeps_open: bool,
}

/// What a head says of the length of its body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Declared {
    Bytes(u64),
    /// It comes in chunks, and ends with an empty one.
    Chunked,
}

impl Head {
    /// The head at the beginning of `bytes`, with its length in bytes; none while more of it must come.
    ///
    /// # Errors
    /// When it is none, or larger than the settings say. The connection is of no use then.
    pub fn read(bytes: &[u8], settings: &Settings) -> Result<Option<(Self, usize)>, Refusal> {
        let mut space = [const { MaybeUninit::uninit() }; HEADERS_MOST];
        let mut parsed = httparse::Request::new(&mut []);
        let length = match parsed.parse_with_uninit_headers(bytes, &mut space) {
            Ok(Status::Complete(length)) => length,
            Ok(Status::Partial) if bytes.len() <= settings.head_limit_bytes => return Ok(None),
            Ok(Status::Partial) | Err(httparse::Error::TooManyHeaders) => return Err(Refusal::HeadTooLarge),
            Err(_) => return Err(Refusal::HeadBroken),
        };
        if length > settings.head_limit_bytes || parsed.headers.len() > settings.header_limit {
            return Err(Refusal::HeadTooLarge);
        }
        let head = Self::of(&parsed, bytes, length).ok_or(Refusal::HeadBroken)?;
        Ok(Some((head, length)))
    }

    fn of(parsed: &httparse::Request<'_, '_>, bytes: &[u8], length: usize) -> Option<Self> {
        let is_old = parsed.version? == 0;
        let method = Method::from_bytes(parsed.method?.as_bytes()).ok()?;
        let uri = Uri::try_from(parsed.path?).ok()?;
        let headers = headers(parsed.headers, bytes, length)?;
        let is_host_told = headers.contains_key(HOST) || is_old;
        let declared = declared(&headers, is_old)?;
        // HTTP/1.0 has no chunks, and a body without a length would end with the connection.
        let is_cut_short = is_old && method == Method::POST && !headers.contains_key(CONTENT_LENGTH);
        if !is_host_told || headers.get_all(HOST).nth(1).is_some() || is_cut_short {
            return None;
        }
        let asks = |header: HeaderName, word: &str| lists(&headers, &header, word);
        let keeps_open = !asks(CONNECTION, "close") && (!is_old || asks(CONNECTION, "keep-alive"));
        Some(Self {
            // What follows a CONNECT would be another protocol.
            keeps_open: keeps_open && method != Method::CONNECT,
            awaits_continue: !is_old && asks(EXPECT, "100-continue"),
            method,
            uri,
            is_old,
            declared,
            headers,
        })
    }

    /// Its body, of which nothing was read yet.
    pub fn body(&self) -> Left {
        match self.declared {
            Declared::Bytes(bytes) => Left::length(bytes),
            Declared::Chunked => Left::chunks(),
        }
    }
}

/// The headers, which share one copy of the head.
fn headers(parsed: &[httparse::Header<'_>], bytes: &[u8], length: usize) -> Option<HeaderMap> {
    let whole = Bytes::copy_from_slice(bytes.get(..length)?);
    let mut headers = HeaderMap::with_capacity(parsed.len());
    for header in parsed {
        let from = (header.value.as_ptr() as usize).checked_sub(bytes.as_ptr() as usize)?;
        let to = from + header.value.len();
        // An empty value may stand anywhere.
        let value = if header.value.is_empty() { Bytes::new() } else { whole.slice(from..to) };
        let name = HeaderName::from_bytes(header.name.as_bytes()).ok()?;
        headers.append(name, HeaderValue::from_maybe_shared(value).ok()?);
    }
    Some(headers)
}

/// None where both lengths, or none that is known, are said.
fn declared(headers: &HeaderMap, is_old: bool) -> Option<Declared> {
    let (mut lengths, mut encodings) = (headers.get_all(CONTENT_LENGTH), headers.get_all(TRANSFER_ENCODING));
    match (lengths.next(), encodings.next()) {
        (None, None) => Some(Declared::Bytes(0)),
        (Some(length), None) if lengths.next().is_none() => {
            let digits = length.as_bytes().trim_ascii();
            let is_number = !digits.is_empty() && digits.iter().all(u8::is_ascii_digit);
            let number = std::str::from_utf8(digits).ok().filter(|_| is_number)?.parse().ok()?;
            Some(Declared::Bytes(number))
        }
        (None, Some(encoding)) if encodings.next().is_none() && !is_old => {
            encoding.as_bytes().trim_ascii().eq_ignore_ascii_case(b"chunked").then_some(Declared::Chunked)
        }
        _ => None,
    }
}

/// Whether a header that is a list has this word, in whichever of its lines (RFC 9110, section 5.6.1).
fn lists(headers: &HeaderMap, header: &HeaderName, word: &str) -> bool {
    let mut words = headers.get_all(header).flat_map(|line| line.as_bytes().split(|byte| *byte == b','));
    words.any(|listed| listed.trim_ascii().eq_ignore_ascii_case(word.as_bytes()))
}
