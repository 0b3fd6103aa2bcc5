//! The buffered bytes of a connection: what was received and is not read yet, and what is sent.

use std::fmt::Debug;
use std::future::{pending, poll_fn};
use std::io;
use std::mem::MaybeUninit;
use std::pin::Pin;
use std::task::{Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt as _, ReadBuf};

use super::framing::Left;
use super::head::Head;
use crate::server::request::Refusal;
use crate::server::settings::Settings;

/// Most bytes that are read at once.
const READ_BYTES: usize = 16 * 1024;
/// Most bytes of what comes next that are kept while a request is answered.
const KEPT_BYTES: usize = 1024;
/// How long a connection that ends in good manners may take to do so.
const GOODBYE_LIMIT: Duration = Duration::from_secs(1);

/// An encrypted connection, or one that is not.
pub trait Stream: AsyncRead + AsyncWrite + Unpin + Debug {}

impl<T: AsyncRead + AsyncWrite + Unpin + Debug> Stream for T {}

/// One connection. It holds no memory while nothing has come.
#[derive(Debug)]
pub struct Wire {
    stream: Box<dyn Stream>,
    came: Vec<u8>,
    /// How much of it was read.
    at: usize,
    /// How much of the head on its way was looked at.
    looked_at: usize,
    /// At how many bytes it is looked at again although its end has not come: each time as many more, so that whoever
    /// sends byte after byte has it looked at a few times and not for each of them.
    look_at: usize,
    /// The caller sends nothing more.
    is_ended: bool,
    /// And reads nothing either: the connection was reset.
    is_broken: bool,
}

impl Wire {
    pub fn new(stream: Box<dyn Stream>) -> Self {
        Self { stream, came: Vec::new(), at: 0, looked_at: 0, look_at: 0, is_ended: false, is_broken: false }
    }

    fn rest(&self) -> &[u8] {
        self.came.get(self.at..).unwrap_or_default()
    }

    /// What has come and was not read, in bytes.
    pub fn waiting_bytes(&self) -> usize {
        self.rest().len()
    }

    /// Memory that it holds, in bytes.
    pub fn held_bytes(&self) -> usize {
        self.came.capacity()
    }

    fn consume(&mut self, bytes: usize) {
        self.at += bytes;
        if self.at >= self.came.len() {
            (self.came, self.at) = (Vec::new(), 0);
        }
    }

    /// The next head, if it is whole.
    ///
    /// # Errors
    /// When what comes is no head, or too large a one.
    pub fn head(&mut self, settings: &Settings) -> Result<Option<Head>, Refusal> {
        let looked_at = self.looked_at;
        self.looked_at = self.rest().len();
        let rest = self.rest();
        let is_too_large = rest.len() > settings.head_limit_bytes;
        let is_looked_at = rest.len() >= self.look_at || is_too_large || has_empty_line(rest, looked_at);
        if rest.is_empty() || !is_looked_at {
            return Ok(None);
        }
        match Head::read(rest, settings)? {
            Some((head, length)) => {
                (self.looked_at, self.look_at) = (0, 0);
                self.consume(length);
                Ok(Some(head))
            }
            None => {
                self.look_at = self.rest().len() * 2;
                Ok(None)
            }
        }
    }

    /// Takes what has come of a body.
    ///
    /// # Errors
    /// When its framing is broken, or `into` has enough.
    pub fn take(&mut self, left: &mut Left, into: &mut dyn FnMut(&[u8]) -> Result<(), Refusal>) -> Result<(), Refusal> {
        let taken = left.take(self.rest(), into)?;
        self.consume(taken);
        Ok(())
    }

    /// Waits for more, `most` bytes of it at most; false once nothing more comes. Nothing is lost when it is given up.
    pub async fn fill(&mut self, most: usize) -> bool {
        poll_fn(|cx| {
            if self.is_ended {
                return Poll::Ready(false);
            }
            // Not in the connection's own memory: who only waits costs none.
            let mut space = [MaybeUninit::uninit(); READ_BYTES];
            let most = most.clamp(1, READ_BYTES);
            let mut read = ReadBuf::uninit(space.get_mut(..most).unwrap_or_default());
            let result = ready!(Pin::new(&mut *self.stream).poll_read(cx, &mut read));
            self.is_broken = result.is_err();
            self.is_ended = self.is_broken || read.filled().is_empty();
            if self.at > 0 {
                self.came.drain(..self.at);
                self.at = 0;
            }
            self.came.reserve_exact(read.filled().len());
            self.came.extend_from_slice(read.filled());
            Poll::Ready(!self.is_ended)
        })
        .await
    }

    /// Whether the connection was reset.
    pub fn is_broken(&self) -> bool {
        self.is_broken
    }

    /// Returns once the caller is gone, and never while it is there. What it sends meanwhile is kept.
    pub async fn gone(&mut self) {
        while !self.is_ended && self.waiting_bytes() < KEPT_BYTES {
            self.fill(KEPT_BYTES - self.waiting_bytes()).await;
        }
        // Whoever has said its last may still read.
        if !self.is_broken {
            pending::<()>().await;
        }
    }

    /// Sends all of it.
    ///
    /// # Errors
    /// When the caller is gone, or was cut because it does not read.
    pub async fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.stream.write_all(bytes).await?;
        self.stream.flush().await
    }

    /// Ends the connection. What the caller sends meanwhile is thrown away for a moment: a connection that is closed while
    /// something lies unread is reset, and the caller may lose the answer (RFC 9112, section 9.6).
    pub async fn close(mut self) {
        let goodbye = async {
            if self.stream.shutdown().await.is_ok() {
                while self.fill(READ_BYTES).await {
                    let all = self.rest().len();
                    self.consume(all);
                }
            }
        };
        let _ = tokio::time::timeout(GOODBYE_LIMIT, goodbye).await;
    }
}

/// Whether a line that ends behind this place is followed by an empty one.
fn has_empty_line(bytes: &[u8], from: usize) -> bool {
    let mut rest = bytes.get(from.saturating_sub(2)..).unwrap_or_default();
    while let Some(at) = rest.iter().position(|byte| *byte == b'\n') {
        rest = rest.get(at + 1..).unwrap_or_default();
        if rest.starts_with(b"\n") || rest.starts_with(b"\r\n") {
            return true;
        }
    }
    false
}
