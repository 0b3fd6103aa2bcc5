//! The relay for directories: it begins TLS, from the start or by StartTLS, so that it sees plain bytes.

use std::io;
use std::os::unix::net::UnixStream as StdStream;
use std::sync::Arc;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpStream, UnixStream};

use super::copy::copy;
use super::excess::Excess;
use super::inspect::Inspector;
use super::inspect_ldap::Ldap;
use super::limits::within;
use super::server::Server;
use super::watch::{ANSWER_LIMIT_BYTES, Watch};

/// Asks for TLS: an extended request with its name, as message 1 (RFC 4511, section 4.14.1).
const START_TLS: &[u8] = b"\x30\x1d\x02\x01\x01\x77\x18\x80\x161.3.6.1.4.1.1466.20037";
/// Longest answer to it, in bytes.
const START_TLS_LIMIT_BYTES: usize = 4 << 10;

/// When TLS begins, where there is any.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Secured {
    FromTheStart,
    ByStartTls,
}

/// Why there is no connection.
#[derive(Debug)]
pub enum Unopened {
    Io(io::Error),
    /// The directory refuses StartTLS, with this result code (RFC 4511, A.1).
    Refused(u32),
}

impl From<io::Error> for Unopened {
    fn from(error: io::Error) -> Self {
        Unopened::Io(error)
    }
}

/// Connects to a directory; the library speaks to it over the stream, unencrypted.
///
/// # Errors
/// When the directory cannot be reached, or not over TLS where that is wanted.
pub async fn ldap(server: &Server, secured: Secured) -> Result<(StdStream, Arc<Watch>), Unopened> {
    let mut stream = server.connect().await?;
    if server.tls.is_some() && secured == Secured::ByStartTls {
        start_tls(&mut stream).await?;
    }
    let wire = server.secure(stream).await?;
    let (library, own) = StdStream::pair()?;
    own.set_nonblocking(true)?;
    let own = UnixStream::from_std(own)?;
    let watch = Arc::new(Watch::new(Some(ANSWER_LIMIT_BYTES)));
    tokio::spawn(copy(wire, Box::new(own), Inspector::Ldap(Ldap::new()), Arc::clone(&watch)));
    Ok((library, watch))
}

async fn start_tls(stream: &mut TcpStream) -> Result<(), Unopened> {
    stream.write_all(START_TLS).await?;
    match result(&message(stream).await?) {
        Some(0) => Ok(()),
        Some(code) => Err(Unopened::Refused(code)),
        None => Err(io::Error::from(Excess::Malformed { why: "no answer to StartTLS" }).into()),
    }
}

/// One message, and not a byte behind it: what follows belongs to TLS.
async fn message(stream: &mut TcpStream) -> io::Result<Vec<u8>> {
    let mut bytes = vec![0; 2];
    stream.read_exact(&mut bytes).await?;
    let short = bytes.last().copied().unwrap_or_default();
    let mut length = usize::from(short);
    if short > 0x80 {
        let mut octets = vec![0; usize::from(short & 0x7f).min(4)];
        stream.read_exact(&mut octets).await?;
        length = octets.iter().fold(0, |length, octet| length << 8 | usize::from(*octet));
        bytes.extend(octets);
    }
    let head = bytes.len();
    bytes.resize(head + within(length, START_TLS_LIMIT_BYTES)?, 0);
    stream.read_exact(bytes.get_mut(head..).unwrap_or_default()).await?;
    Ldap::new().look(&bytes)?;
    Ok(bytes)
}

/// The result code of an extended response to message 1.
fn result(message: &[u8]) -> Option<u32> {
    let (_, parts, _) = element(message)?;
    let (_, id, parts) = element(parts)?;
    let (operation, response, _) = element(parts)?;
    let (kind, code, _) = element(response)?;
    let is_one = id == [1] && operation == 0x78 && kind == 0x0a && code.len() <= 2;
    is_one.then(|| code.iter().fold(0, |all, octet| all << 8 | u32::from(*octet)))
}

/// The tag and content of the first element, and what follows it.
fn element(bytes: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (&tag, rest) = bytes.split_first()?;
    let (&short, rest) = rest.split_first()?;
    let (octets, rest) = rest.split_at_checked(if short > 0x80 { usize::from(short & 0x7f) } else { 0 })?;
    let long = octets.iter().fold(0_usize, |length, octet| length << 8 | usize::from(*octet));
    let (content, rest) = rest.split_at_checked(if short > 0x80 { long } else { usize::from(short) })?;
    Some((tag, content, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_answer_to_starttls_is_read_however_its_lengths_are_written() {
        assert_eq!(usize::from(START_TLS[1]) + 2, START_TLS.len());
        assert_eq!(result(&[0x30, 12, 2, 1, 1, 0x78, 7, 10, 1, 0, 4, 0, 4, 0]), Some(0));
        let long = [0x30, 0x84, 0, 0, 0, 16, 2, 1, 1, 0x78, 0x84, 0, 0, 0, 7, 10, 1, 52, 4, 0, 4, 0];
        assert_eq!(result(&long), Some(52));
        for end in 0..long.len() - 4 {
            assert_eq!(result(&long[..end]), None, "{end}");
        }
        for other in [
            // Another message, another operation, another kind of code.
            &[0x30, 12, 2, 1, 2, 0x78, 7, 10, 1, 0, 4, 0, 4, 0],
            &[0x30, 12, 2, 1, 1, 0x61, 7, 10, 1, 0, 4, 0, 4, 0],
            &[0x30, 12, 2, 1, 1, 0x78, 7, 4, 1, 0, 4, 0, 4, 0],
        ] {
            assert_eq!(result(other), None);
        }
    }
}
