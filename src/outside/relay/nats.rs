//! The relay for NATS: it begins TLS, and listens on a port of this machine, since the library connects to an address.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Map, Value};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpSocket, TcpStream, lookup_host};
use tokio::time::timeout;

use super::copy::copy;
use super::excess::Excess;
use super::inspect::Inspector;
use super::inspect_nats::{LINE_LIMIT_BYTES, Nats as Lines};
use super::server::{Server, Wire, encrypt};
use super::watch::{ANSWER_LIMIT_BYTES, Watch};

/// How long the library may take to come, in milliseconds. It comes at once.
const COMING_LIMIT_MS: u64 = 5_000;
/// What a server's first line begins with.
const INFO: &[u8] = b"INFO ";
/// What it says that holds between the server and the relay alone: of TLS, and which other servers there are. What stands
/// there before TLS may come from anybody, so that no other server is gone to.
const NOT_HANDED_ON: [&str; 5] = ["tls_required", "tls_available", "tls_verify", "connect_urls", "ws_connect_urls"];

/// The way to a server, for the library.
#[derive(Debug)]
pub struct Nats {
    /// Where it connects to, once and without encryption.
    pub address: SocketAddr,
    /// From where: nobody else is let in.
    pub from: SocketAddr,
    pub watch: Arc<Watch>,
}

/// Connects to a server, to the first of its addresses that answers, each in `limit`. `is_encrypted` says whether TLS is
/// wanted; where the server wants it, it is used as well.
///
/// # Errors
/// When no server can be reached, or not over TLS where that is wanted.
pub async fn nats(server: &Server, is_encrypted: bool, limit: Duration) -> io::Result<Nats> {
    let mut last = io::Error::new(io::ErrorKind::NotFound, "the name has no address");
    for address in lookup_host((server.host.as_str(), server.port)).await? {
        match timeout(limit, greet(server, address, is_encrypted)).await {
            Ok(Ok((wire, info))) => return meet(wire, info).await,
            Ok(Err(error)) => last = error,
            Err(_) => last = io::Error::new(io::ErrorKind::TimedOut, "timed out"),
        }
    }
    Err(last)
}

/// A connection to one address, and what the library is told as the server's first line.
async fn greet(server: &Server, address: SocketAddr, is_encrypted: bool) -> io::Result<(Box<dyn Wire>, Vec<u8>)> {
    let mut stream = TcpStream::connect(address).await?;
    stream.set_nodelay(true)?;
    let mut info = read_info(&mut stream).await?;
    let wants_tls = is_encrypted || info.get("tls_required").is_some_and(|value| *value == Value::Bool(true));
    let wire: Box<dyn Wire> = match (&server.tls, wants_tls) {
        (Some(config), true) => Box::new(encrypt(Arc::clone(config), &server.host, stream).await?),
        (None, true) => return Err(io::Error::other("the server wants TLS, and none is set up")),
        (_, false) => Box::new(stream),
    };
    for name in NOT_HANDED_ON {
        info.shift_remove(name);
    }
    let line = [INFO, Value::Object(info).to_string().as_bytes(), b"\r\n"].concat();
    Ok((wire, line))
}

/// The first line, and not a byte behind it: what follows may belong to TLS.
async fn read_info(stream: &mut TcpStream) -> io::Result<Map<String, Value>> {
    let mut line = Vec::new();
    while !line.ends_with(b"\r\n") {
        let peeked = read_on(stream, &mut line).await?;
        if peeked == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        if line.len() > LINE_LIMIT_BYTES {
            return Err(Excess::Malformed { why: "a line of NATS has an end" }.into());
        }
    }
    let info = line.strip_prefix(INFO).and_then(|json| serde_json::from_slice(json).ok());
    info.ok_or_else(|| Excess::Malformed { why: "a server of NATS greets with `INFO`" }.into())
}

/// Reads up to the end of the line, if it is there.
async fn read_on(stream: &mut TcpStream, line: &mut Vec<u8>) -> io::Result<usize> {
    let mut buffer = [0; 1024];
    let seen = stream.peek(&mut buffer).await?;
    let end = buffer.iter().take(seen).position(|byte| *byte == b'\n').map_or(seen, |at| at + 1);
    let part = buffer.get_mut(..end).unwrap_or_default();
    stream.read_exact(part).await?;
    line.extend_from_slice(part);
    Ok(end)
}

/// Opens a port for the library's connection.
async fn meet(wire: Box<dyn Wire>, info: Vec<u8>) -> io::Result<Nats> {
    let any = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    let listener = TcpListener::bind(any).await?;
    let address = listener.local_addr()?;
    // A port that is free; the library takes it in a moment.
    let free = TcpSocket::new_v4()?;
    free.bind(any)?;
    let from = free.local_addr()?;
    drop(free);
    let watch = Arc::new(Watch::new(Some(ANSWER_LIMIT_BYTES)));
    let seen = Arc::clone(&watch);
    tokio::spawn(async move {
        let Ok(Ok(mut library)) = timeout(Duration::from_millis(COMING_LIMIT_MS), come(listener, from)).await else {
            return;
        };
        if library.write_all(&info).await.is_ok() {
            copy(wire, Box::new(library), Inspector::Nats(Lines::default()), seen).await;
        }
    });
    Ok(Nats { address, from, watch })
}

async fn come(listener: TcpListener, from: SocketAddr) -> io::Result<TcpStream> {
    loop {
        let (stream, peer) = listener.accept().await?;
        if peer == from {
            stream.set_nodelay(true)?;
            return Ok(stream);
        }
    }
}
