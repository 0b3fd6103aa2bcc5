//! The collector's client, listened to: what the exporter says of a call that failed is that it failed.

use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};

use opentelemetry_http::{Bytes, HttpClient, HttpError, Request, Response};

use crate::outside::told_of_any;

/// Why the last call got no answer; none where it got one.
#[derive(Clone, Debug, Default)]
pub(super) struct Cause(Arc<Mutex<Option<String>>>);

impl Cause {
    pub(super) fn take(&self) -> Option<String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    fn note(&self, cause: Option<String>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = cause;
    }
}

/// A client that notes why a call got no answer.
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
            self.cause.note(outcome.as_ref().err().map(|error| told_of_any(error.as_ref())));
            outcome
        })
    }
}
