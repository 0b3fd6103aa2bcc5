//! Reads a request's body within its limits of size and time.

use std::time::Duration;

use futures_util::FutureExt as _;

use super::refusal::{Refusal, Shortage};
use crate::server::admission::{Full, Share, weight};
use crate::server::connection::{Declared, Head, Left, Wire};

const CONTINUE: &[u8] = b"HTTP/1.1 100 Continue\r\n\r\n";
/// Most bytes that are read at once.
const READ_BYTES: usize = 16 * 1024;
/// Most of a body that nobody wants which is read so that its connection can be used again, in bytes.
const SKIPPED_BYTES: usize = 256 * 1024;

/// A body on its way in.
#[derive(Debug)]
pub struct Incoming<'a, 'm> {
    wire: &'a mut Wire,
    left: Left,
    declared: Declared,
    awaits_continue: bool,
    share: &'a mut Share<'m>,
    member_limit: usize,
}

impl<'a, 'm> Incoming<'a, 'm> {
    /// What it costs is taken from the share, which is free again once the answer is sent.
    pub fn new(wire: &'a mut Wire, head: &Head, share: &'a mut Share<'m>, member_limit: usize) -> Self {
        let Head { declared, awaits_continue, .. } = *head;
        Self { wire, left: head.body(), declared, awaits_continue, share, member_limit }
    }

    /// The whole body. A caller that waits to be told that it is wanted is told so only here: what the head decides was
    /// answered before.
    ///
    /// A timer is set only when the body did not come together with the head.
    pub async fn read(&mut self, limit_bytes: usize, time_limit: Duration) -> Result<Vec<u8>, Refusal> {
        let declared = match self.declared {
            Declared::Bytes(bytes) => usize::try_from(bytes).unwrap_or(usize::MAX),
            Declared::Chunked => 0,
        };
        if declared > limit_bytes {
            return Err(Refusal::BodyTooLarge);
        }
        self.share.announce(declared);
        let mut body = Vec::new();
        self.take(&mut body, declared, limit_bytes)?;
        if self.left.is_over() {
            return self.weighed(body);
        }
        let rest = async {
            if std::mem::take(&mut self.awaits_continue) {
                self.wire.send(CONTINUE).await.map_err(|_| Refusal::BodyBroken)?;
            }
            while !self.left.is_over() {
                if !self.wire.fill(READ_BYTES).await {
                    return Err(Refusal::BodyBroken);
                }
                self.take(&mut body, declared, limit_bytes)?;
            }
            Ok(())
        };
        match tokio::time::timeout(time_limit, rest).await {
            Ok(read) => read.and_then(|()| self.weighed(body)),
            Err(_) => Err(Refusal::BodyTooSlow),
        }
    }

    /// The body, once there is room for what reading it costs.
    fn weighed(&mut self, body: Vec<u8>) -> Result<Vec<u8>, Refusal> {
        match self.share.grow(weight::of(&body, self.member_limit)) {
            Ok(()) => Ok(body),
            Err(Full) => Err(Refusal::Overloaded(Shortage::Bodies)),
        }
    }

    /// Throws away what has already come of the body. Whether that is all of it, so that the connection can be used again.
    pub fn skip(&mut self) -> bool {
        let mut skipped = 0;
        // Whoever waits to be told may send its body or not, and nobody knows which.
        while !self.awaits_continue && skipped < SKIPPED_BYTES {
            let taken = self.wire.take(&mut self.left, &mut |data| {
                skipped += data.len();
                Ok(())
            });
            if taken.is_err() || self.left.is_over() || self.wire.fill(READ_BYTES).now_or_never() != Some(true) {
                break;
            }
        }
        self.left.is_over()
    }

    /// Whether the connection was reset, so that nobody is there any more.
    pub fn is_cut_off(&self) -> bool {
        self.wire.is_broken()
    }

    /// Returns once the caller is gone.
    pub async fn gone(&mut self) {
        self.wire.gone().await;
    }

    fn take(&mut self, body: &mut Vec<u8>, declared: usize, limit_bytes: usize) -> Result<(), Refusal> {
        let Self { wire, left, share, .. } = self;
        wire.take(left, &mut |data| append(share, body, data, declared, limit_bytes))
    }
}

fn append(
    share: &mut Share<'_>,
    body: &mut Vec<u8>,
    data: &[u8],
    declared: usize,
    limit_bytes: usize,
) -> Result<(), Refusal> {
    let length = body.len() + data.len();
    if length > limit_bytes {
        return Err(Refusal::BodyTooLarge);
    }
    if length > body.capacity() {
        // Twice what has come, so that room is earned by sending; not beyond what was declared, so that the last
        // copy is the body and no more.
        let room = if declared == 0 { length * 2 } else { (length * 2).min(declared) };
        share.grow(room - body.capacity()).map_err(|Full| Refusal::Overloaded(Shortage::Bodies))?;
        body.reserve_exact(room - body.len());
    }
    body.extend_from_slice(data);
    Ok(())
}
