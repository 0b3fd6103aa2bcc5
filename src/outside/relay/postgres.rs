//! The relay for PostgreSQL: it begins TLS, so that it sees plain bytes.

use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::copy::copy;
use super::excess::Excess;
use super::inspect::Inspector;
use super::inspect_postgres::Postgres;
use super::loopback::Loopback;
use super::server::{Server, without_tls};
use super::watch::{ANSWER_LIMIT_BYTES, Watch};

/// The port that the library must be given beside the folder of a socket: it is a part of the socket's name.
pub const POSTGRES_PORT: u16 = 5432;
/// Asks for TLS (its manual, "SSL Session Encryption").
const SSL_REQUEST: [u8; 8] = [0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f];

/// Connects to a server, and opens a socket in this folder over which the library speaks to it, unencrypted. `is_bounded`
/// says whether all of an answer has a limit, or each message alone.
///
/// # Errors
/// When the server cannot be reached, or not over TLS where that is wanted.
pub async fn postgres(server: &Server, is_bounded: bool) -> io::Result<(PathBuf, Arc<Watch>)> {
    let mut stream = server.connect().await?;
    if server.tls.is_some() {
        ask_for_tls(&mut stream).await?;
    }
    let wire = server.secure(stream).await?;
    let watch = Arc::new(Watch::new(is_bounded.then_some(ANSWER_LIMIT_BYTES)));
    let (meeting, folder) = Loopback::open(&format!("/.s.PGSQL.{POSTGRES_PORT}"))?;
    let seen = Arc::clone(&watch);
    tokio::spawn(async move {
        if let Ok(library) = meeting.come().await {
            copy(wire, Box::new(library), Inspector::Postgres(Postgres::default()), seen).await;
        }
    });
    Ok((folder, watch))
}

async fn ask_for_tls(stream: &mut TcpStream) -> io::Result<()> {
    stream.write_all(&SSL_REQUEST).await?;
    // Nothing behind this byte is read before the handshake: what stands there is a part of it or breaks it.
    match stream.read_u8().await? {
        b'S' => Ok(()),
        b'N' => Err(without_tls()),
        _ => Err(Excess::Malformed { why: "it answers the question for TLS as no PostgreSQL does" }.into()),
    }
}
