//! Copies bytes between library and server: to the server as they are, from the server after inspection.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, ReadHalf, WriteHalf, split};
use tokio::time::timeout;

use super::inspect::Inspector;
use super::server::Wire;
use super::watch::Watch;

/// How much is read at once, in bytes: so much of each connection lies here beside what the library holds.
const CHUNK_BYTES: usize = 16 << 10;
/// How long a server may take for its part of closing a connection, in milliseconds.
const GOODBYE_LIMIT_MS: u64 = 1_000;

/// Copies until one side ends or the server sends too much; `watch` learns why.
pub(super) async fn copy(server: Box<dyn Wire>, library: Box<dyn Wire>, inspector: Inspector, watch: Arc<Watch>) {
    let (from_server, mut to_server) = split(server);
    let (from_library, to_library) = split(library);
    let ended = tokio::select! {
        ended = down(from_server, to_library, inspector, &watch) => ended,
        ended = up(from_library, &mut to_server, &watch) => ended,
    };
    if let Err(why) = ended {
        watch.close(why);
    }
    let _ = timeout(Duration::from_millis(GOODBYE_LIMIT_MS), to_server.shutdown()).await;
}

async fn down(
    mut from: ReadHalf<Box<dyn Wire>>,
    mut to: WriteHalf<Box<dyn Wire>>,
    mut inspector: Inspector,
    watch: &Watch,
) -> io::Result<()> {
    let mut buffer = vec![0; CHUNK_BYTES];
    loop {
        let count = from.read(&mut buffer).await?;
        let bytes = buffer.get(..count).unwrap_or_default();
        if bytes.is_empty() {
            return Ok(());
        }
        // The library closes its side only once it has read why: it is told before anything is closed.
        if let Err(excess) = inspector.look(bytes).and_then(|memory| watch.hold(memory)) {
            watch.close(excess.into());
            return Ok(());
        }
        to.write_all(bytes).await?;
        to.flush().await?;
    }
}

async fn up(mut from: ReadHalf<Box<dyn Wire>>, to: &mut WriteHalf<Box<dyn Wire>>, watch: &Watch) -> io::Result<()> {
    let mut buffer = vec![0; CHUNK_BYTES];
    loop {
        // That the library is gone is no trouble of the server's.
        let count = from.read(&mut buffer).await.unwrap_or(0);
        let bytes = buffer.get(..count).unwrap_or_default();
        if bytes.is_empty() {
            return Ok(());
        }
        // Whoever asks again has read the answer.
        watch.answered();
        to.write_all(bytes).await?;
        to.flush().await?;
    }
}
