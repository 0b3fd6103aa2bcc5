//! Reads a request's body: never more than the limit, never longer than the limit.

use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use actix_web::dev::Payload;
use actix_web::error::PayloadError;
use actix_web::web::Bytes;
use futures_util::Stream;

use super::refusal::Refusal;

/// Room that is made for a body before any of it has come: more must be earned by sending.
const ROOM_LIMIT_BYTES: usize = 64 * 1024;

/// A body on its way in.
pub(super) struct Incoming {
    payload: Payload,
    pauses: u8,
}

type Chunk = Option<Result<Bytes, PayloadError>>;

impl Incoming {
    pub(super) fn new(payload: Payload) -> Self {
        Self { payload, pauses: 0 }
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
        let mut body = Vec::with_capacity(declared.min(ROOM_LIMIT_BYTES));
        while let Some(chunk) = self.chunk_at_hand().await {
            match chunk {
                None => return Ok(body),
                Some(chunk) => append(&mut body, chunk, declared, limit_bytes)?,
            }
        }
        let rest = async {
            while let Some(chunk) = poll_fn(|cx| self.poll(cx)).await {
                append(&mut body, chunk, declared, limit_bytes)?;
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
}

fn append(
    body: &mut Vec<u8>,
    chunk: Result<Bytes, PayloadError>,
    declared: usize,
    limit_bytes: usize,
) -> Result<(), Refusal> {
    let chunk = chunk.map_err(|_| Refusal::BodyBroken)?;
    if body.len() + chunk.len() > limit_bytes {
        return Err(Refusal::BodyTooLarge);
    }
    if body.len() + chunk.len() > body.capacity() {
        // Grows by doubling, but not beyond what was declared: the last copy is the body and no more.
        let doubled = (body.capacity() * 2).max(body.len() + chunk.len());
        let room = if declared == 0 { doubled } else { doubled.min(declared) };
        body.reserve_exact(room.saturating_sub(body.len()));
    }
    body.extend_from_slice(&chunk);
    Ok(())
}
