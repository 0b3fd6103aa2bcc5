//! The body of an answer on its way: the connection counts as idle while nobody reads it.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Instant;

use actix_web::body::{BodySize, BoxBody, MessageBody};
use actix_web::web::Bytes;

use crate::server::connection::Connection;

/// A body, and the connection that it goes to. As long as it waits for something to send, as an event stream does, the
/// connection is busy; from each part on until the next is asked for, it is idle, and cut where that takes too long.
pub(super) struct Sending {
    body: BoxBody,
    connection: Option<Arc<Connection>>,
}

impl Sending {
    pub(super) fn new(body: BoxBody, connection: Option<Arc<Connection>>) -> Self {
        Self { body, connection }
    }

    fn rest(&self) {
        self.connection.iter().for_each(|connection| connection.end(Instant::now()));
    }
}

impl MessageBody for Sending {
    type Error = <BoxBody as MessageBody>::Error;

    fn size(&self) -> BodySize {
        self.body.size()
    }

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, Self::Error>>> {
        self.connection.iter().for_each(|connection| connection.begin());
        let part = Pin::new(&mut self.body).poll_next(cx);
        if part.is_ready() {
            self.rest();
        }
        part
    }
}

impl Drop for Sending {
    fn drop(&mut self) {
        self.rest();
    }
}
