//! Reads a request's body: never more than the limit, never longer than the limit.

use std::future::poll_fn;
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use actix_web::dev::Payload;
use actix_web::error::PayloadError;
use actix_web::web::Bytes;
use futures_util::Stream;

use super::refusal::{Refusal, Shortage};

/// The memory of all bodies at once.
#[derive(Debug)]
pub(super) struct Memory {
    limit_bytes: usize,
    taken_bytes: AtomicUsize,
}

impl Memory {
    pub(super) fn new(limit_bytes: usize) -> Self {
        Self { limit_bytes, taken_bytes: AtomicUsize::new(0) }
    }
}

/// What one body has of it; given back when it is dropped.
struct Share<'a> {
    memory: &'a Memory,
    bytes: usize,
}

impl Share<'_> {
    fn grow(&mut self, bytes: usize) -> Result<(), Refusal> {
        self.bytes += bytes;
        let taken = self.memory.taken_bytes.fetch_add(bytes, Ordering::Relaxed) + bytes;
        if taken > self.memory.limit_bytes { Err(Refusal::Overloaded(Shortage::Bodies)) } else { Ok(()) }
    }
}

impl Drop for Share<'_> {
    fn drop(&mut self) {
        self.memory.taken_bytes.fetch_sub(self.bytes, Ordering::Relaxed);
    }
}

/// A body on its way in.
pub(super) struct Incoming<'a> {
    payload: Payload,
    share: Share<'a>,
    pauses: u8,
}

type Chunk = Option<Result<Bytes, PayloadError>>;

impl<'a> Incoming<'a> {
    /// The memory it takes is free again when this is dropped.
    pub(super) fn new(payload: Payload, memory: &'a Memory) -> Self {
        Self { payload, share: Share { memory, bytes: 0 }, pauses: 0 }
    }

    /// The whole body. `declared` is its length as the head says, if it does.
    ///
    /// A timer is set only when the body did not come together with the head.
    pub(super) async fn read(
        &mut self,
        declared: Option<u64>,
        limit_bytes: usize,
        time_limit: Duration,
    ) -> Result<Vec<u8>, Refusal> {
        let declared = usize::try_from(declared.unwrap_or(0)).unwrap_or(usize::MAX);
        if declared > limit_bytes {
            return Err(Refusal::BodyTooLarge);
        }
        let mut body = Vec::new();
        while let Some(chunk) = self.chunk_at_hand().await {
            match chunk {
                None => return Ok(body),
                Some(chunk) => self.append(&mut body, chunk, declared, limit_bytes)?,
            }
        }
        let rest = async {
            while let Some(chunk) = poll_fn(|cx| self.poll(cx)).await {
                self.append(&mut body, chunk, declared, limit_bytes)?;
            }
            Ok(())
        };
        match tokio::time::timeout(time_limit, rest).await {
            Ok(read) => read.map(|()| body),
            Err(_) => Err(Refusal::BodyTooSlow),
        }
    }

    /// Throws away what has already come of the body. If that is all of it, the connection can be used again.
    pub(super) async fn skip(&mut self) {
        self.pauses = 0;
        while let Some(Some(Ok(_))) = self.chunk_at_hand().await {}
    }

    /// The next chunk if it is there already, else none.
    async fn chunk_at_hand(&mut self) -> Option<Chunk> {
        poll_fn(|cx| self.poll_at_hand(cx)).await
    }

    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Chunk> {
        Pin::new(&mut self.payload).poll_next(cx)
    }

    /// The HTTP library asks for an answer before it hands over the body, even one it has already received.
    /// So the first pause means nothing; only at the second one the body is really not there.
    fn poll_at_hand(&mut self, cx: &mut Context<'_>) -> Poll<Option<Chunk>> {
        match self.poll(cx) {
            Poll::Ready(chunk) => Poll::Ready(Some(chunk)),
            Poll::Pending if self.pauses > 0 => Poll::Ready(None),
            Poll::Pending => {
                self.pauses += 1;
                cx.waker().wake_by_ref();
                Poll::Pending
            }
        }
    }

    fn append(
        &mut self,
        body: &mut Vec<u8>,
        chunk: Result<Bytes, PayloadError>,
        declared: usize,
        limit_bytes: usize,
    ) -> Result<(), Refusal> {
        let chunk = chunk.map_err(|_| Refusal::BodyBroken)?;
        let length = body.len() + chunk.len();
        if length > limit_bytes {
            return Err(Refusal::BodyTooLarge);
        }
        if length > body.capacity() {
            // Twice what has come, so that room is earned by sending; not beyond what was declared, so that the last
            // copy is the body and no more.
            let room = if declared == 0 { length * 2 } else { (length * 2).min(declared) };
            self.share.grow(room - body.capacity())?;
            body.reserve_exact(room - body.len());
        }
        body.extend_from_slice(&chunk);
        Ok(())
    }
}
