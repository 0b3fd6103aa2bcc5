//! Reads the bodies of forms: few at once, so that connections stay free, and together no more than there is memory for.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use actix_web::dev::Payload;
use actix_web::http::StatusCode;
use actix_web::http::header::{CONTENT_LENGTH, CONTENT_TYPE, RETRY_AFTER};
use actix_web::web::{Bytes, BytesMut};
use actix_web::{HttpMessage as _, HttpRequest, HttpResponse};
use futures_util::StreamExt as _;
use tokio::time::timeout;

use super::listener::CONNECTION_LIMIT;

/// What all forms together may take from their first byte until they are answered, in bytes.
pub const FORMS_LIMIT_BYTES: usize = 16 << 20;
/// A form is there as it came, and twice as its fields; while one of no known length is read, it takes as much.
const COST: usize = 3;
/// Forms that are read at once: with event streams, at most two thirds of the connections.
const READING_LIMIT: usize = CONNECTION_LIMIT / 6;
/// Of these, forms of visitors without a session.
const STRANGERS_LIMIT: usize = READING_LIMIT / 2;
const KIND: &str = "application/x-www-form-urlencoded";

/// Who sends a form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sender {
    /// Somebody with a session: a form may have rule files and a request to try.
    Visitor,
    /// Anybody: a name and a password.
    Stranger,
}

impl Sender {
    fn limit_bytes(self) -> usize {
        match self {
            Self::Visitor => 4 << 20,
            Self::Stranger => 8 << 10,
        }
    }

    /// How long a form may take to arrive.
    fn limit(self) -> Duration {
        match self {
            Self::Visitor => Duration::from_secs(10),
            Self::Stranger => Duration::from_secs(3),
        }
    }
}

/// Why a form is not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unread {
    Kind,
    Large,
    Slow,
    Broken,
    /// Too many are read at once, or they take too much together.
    Crowded,
}

impl Unread {
    fn told(self) -> (StatusCode, &'static str) {
        match self {
            Self::Kind => (
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "This is no form of the console, so that it was not taken. Use the buttons of its pages.\n",
            ),
            Self::Large => (
                StatusCode::PAYLOAD_TOO_LARGE,
                "This form is too large, so that it was not taken. Shorten what you typed, and send it again.\n",
            ),
            Self::Slow => (
                StatusCode::REQUEST_TIMEOUT,
                "This form took too long to arrive, so that it was not taken. Go back, and send it again.\n",
            ),
            Self::Broken => (StatusCode::BAD_REQUEST, "This form broke off on its way. Go back, and send it again.\n"),
            Self::Crowded => (
                StatusCode::SERVICE_UNAVAILABLE,
                "Too many forms arrive at once, so that this one was not taken. Go back, and send it again in some seconds.\n",
            ),
        }
    }

    pub(super) fn into_response(self) -> HttpResponse {
        let (status, told) = self.told();
        let mut answer = HttpResponse::build(status);
        if self == Self::Crowded {
            answer.insert_header((RETRY_AFTER, "5"));
        }
        answer.insert_header((CONTENT_TYPE, "text/plain; charset=utf-8")).body(told)
    }
}

/// The forms of one console.
#[derive(Debug, Default)]
pub(super) struct Forms {
    held_bytes: Arc<AtomicUsize>,
    reading: Arc<AtomicUsize>,
    of_strangers: Arc<AtomicUsize>,
}

/// A part of what there is of something, until it is dropped.
#[derive(Debug)]
struct Share {
    all: Arc<AtomicUsize>,
    own: usize,
    limit: usize,
}

impl Share {
    fn none(all: &Arc<AtomicUsize>, limit: usize) -> Self {
        Self { all: Arc::clone(all), own: 0, limit }
    }

    fn take(&mut self, more: usize) -> Result<(), Unread> {
        let taken = self.all.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |all| {
            all.checked_add(more).filter(|sum| *sum <= self.limit)
        });
        taken.map_err(|_| Unread::Crowded)?;
        self.own += more;
        Ok(())
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        self.all.fetch_sub(self.own, Ordering::Relaxed);
    }
}

/// A form that was read; its memory counts until this is dropped.
#[derive(Debug)]
pub(super) struct Form {
    pub(super) body: Bytes,
    _memory: Share,
}

impl Forms {
    /// The whole form, if it is one.
    ///
    /// # Errors
    /// Why it is not read.
    pub(super) async fn read(&self, request: &HttpRequest, payload: Payload, sender: Sender) -> Result<Form, Unread> {
        if !request.content_type().eq_ignore_ascii_case(KIND) {
            return Err(Unread::Kind);
        }
        let length = request.headers().get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse().ok());
        if length.is_some_and(|length: usize| length > sender.limit_bytes()) {
            return Err(Unread::Large);
        }
        let (mut of_strangers, mut place) =
            (Share::none(&self.of_strangers, STRANGERS_LIMIT), Share::none(&self.reading, READING_LIMIT));
        if sender == Sender::Stranger {
            of_strangers.take(1)?;
        }
        place.take(1)?;
        let mut memory = Share::none(&self.held_bytes, FORMS_LIMIT_BYTES);
        let whole = whole(payload, length, sender.limit_bytes(), &mut memory);
        let body = timeout(sender.limit(), whole).await.unwrap_or(Err(Unread::Slow))?;
        Ok(Form { body, _memory: memory })
    }
}

async fn whole(
    mut payload: Payload,
    length: Option<usize>,
    limit_bytes: usize,
    memory: &mut Share,
) -> Result<Bytes, Unread> {
    let mut body = BytesMut::with_capacity(length.unwrap_or_default());
    while let Some(chunk) = payload.next().await {
        let chunk = chunk.map_err(|_| Unread::Broken)?;
        if body.len() + chunk.len() > limit_bytes {
            return Err(Unread::Large);
        }
        memory.take(chunk.len().saturating_mul(COST))?;
        body.extend_from_slice(&chunk);
    }
    // Without a known length there may be twice the room that it needs.
    Ok(if length.is_some() { body.freeze() } else { Bytes::copy_from_slice(&body) })
}
