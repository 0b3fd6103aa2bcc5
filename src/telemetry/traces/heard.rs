//! Wraps the collector's client, to learn why a call failed and how many spans the collector rejected.
//!
//! The exporter says only that a call failed, and nothing of rejected spans.

use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};

use opentelemetry_http::{Bytes, HttpClient, HttpError, Request, Response};

use crate::outside::told_of_any;

/// What came of a call that the exporter does not tell.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Unsaid {
    /// There was no answer; why.
    Silence(String),
    /// The collector took all spans but so many.
    Rejected(usize),
}

/// What came of the last call, told once.
#[derive(Clone, Debug, Default)]
pub(super) struct Cause(Arc<Mutex<Option<Unsaid>>>);

impl Cause {
    pub(super) fn take(&self) -> Option<Unsaid> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    fn note(&self, unsaid: Option<Unsaid>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = unsaid;
    }
}

/// A client that notes what came of a call.
#[derive(Debug)]
pub(super) struct Heard<C> {
    client: C,
    cause: Cause,
}

impl<C: HttpClient> Heard<C> {
    pub(super) fn new(client: C, cause: Cause) -> Self {
        Self { client, cause }
    }
}

impl<C: HttpClient> HttpClient for Heard<C> {
    fn send_bytes<'life0, 'async_trait>(
        &'life0 self,
        request: Request<Bytes>,
    ) -> Pin<Box<dyn Future<Output = Result<Response<Bytes>, HttpError>> + Send + 'async_trait>>
    where
        'life0: 'async_trait,
        Self: 'async_trait,
    {
        Box::pin(async move {
            let outcome = self.client.send_bytes(request).await;
            self.cause.note(match &outcome {
                Err(error) => Some(Unsaid::Silence(told_of_any(error.as_ref()))),
                Ok(response) => rejected(response.body()).map(Unsaid::Rejected),
            });
            outcome
        })
    }
}

/// How many spans an answer rejects, if any: the first field of `partial_success`, the first of the answer
/// (`ExportTraceServiceResponse` of OTLP, as protocol buffers).
fn rejected(answer: &[u8]) -> Option<usize> {
    const PARTIAL_SUCCESS: u8 = 1 << 3 | 2;
    const REJECTED_SPANS: u8 = 1 << 3;
    let (_, partial) = number(answer.strip_prefix(&[PARTIAL_SUCCESS])?)?;
    let (spans, _) = number(partial.strip_prefix(&[REJECTED_SPANS])?)?;
    usize::try_from(spans).ok().filter(|spans| *spans > 0)
}

/// A number of variable length, and what follows it.
fn number(bytes: &[u8]) -> Option<(u64, &[u8])> {
    let length = bytes.iter().take(9).position(|byte| byte & 0x80 == 0)? + 1;
    let (digits, rest) = bytes.split_at_checked(length)?;
    Some((digits.iter().rev().fold(0, |number, byte| number << 7 | u64::from(byte & 0x7f)), rest))
}

#[cfg(test)]
mod tests {
    use super::rejected;

    #[test]
    fn spans_that_are_rejected_are_read_of_an_answer() {
        for (answer, spans) in [
            (&b""[..], None),
            (&[0x0a, 2, 8, 5], Some(5)),
            (&[0x0a, 10, 8, 0xac, 0x02, 0x12, 5, b'l', b'i', b'm', b'i', b't'], Some(300)),
            // A warning alone: every span was taken.
            (&[0x0a, 4, 0x12, 2, b'h', b'i'], None),
            (&[0x0a, 2, 8, 0], None),
            (&[0x0a], None),
            (&[0x0a, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff], None),
            (b"<html>", None),
        ] {
            assert_eq!(rejected(answer), spans, "{answer:x?}");
        }
    }
}
