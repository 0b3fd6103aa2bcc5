//! The relay for MySQL and MariaDB, with TLS on both sides.
//!
//! The library gives a password only to a server that it speaks TLS with. So the relay speaks TLS with the server,
//! and with the library by a certificate that this process has made for itself.

use std::io;
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use rcgen::{CertificateParams, KeyPair};
use rustls::ServerConfig;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpStream, UnixStream};
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;

use super::copy::copy;
use super::inspect::Inspector;
use super::inspect_mysql::MySql;
use super::limits::within_login;
use super::loopback::Loopback;
use super::server::{Server, Wire, encrypt};
use super::watch::{ANSWER_LIMIT_BYTES, Watch};

/// The name in the certificate that the library sees.
const OWN_NAME: &str = "hookgate.invalid";
/// Bytes of the packet by which the library asks for TLS, its head included.
const SSL_REQUEST_BYTES: usize = 36;
/// How long it may take to agree on TLS, in milliseconds.
const TLS_LIMIT_MS: u64 = 10_000;

/// The way to a server, for the library.
#[derive(Debug)]
pub struct Way {
    /// The socket over which it speaks.
    pub socket: PathBuf,
    /// The name that the certificate there is for, and the certificate as PEM; none where nothing is encrypted.
    pub certificate: Option<(&'static str, &'static str)>,
    pub watch: Arc<Watch>,
}

/// Connects to a server, and opens a socket over which the library speaks to it, encrypted if the server is.
///
/// # Errors
/// When the server cannot be reached. That there is no TLS, `Way::watch` tells.
pub async fn mysql(server: &Server) -> io::Result<Way> {
    let stream = server.connect().await?;
    let own = match server.tls {
        Some(_) => Some(own()?),
        None => None,
    };
    let watch = Arc::new(Watch::new(Some(ANSWER_LIMIT_BYTES)));
    let (meeting, socket) = Loopback::open("")?;
    let (seen, server) = (Arc::clone(&watch), server.clone());
    tokio::spawn(async move {
        let Ok(library) = meeting.come().await else { return };
        let mut inspector = MySql::default();
        match begin(&server, own, stream, library, &mut inspector).await {
            Ok((server, library)) => copy(server, library, Inspector::MySql(inspector), seen).await,
            Err(why) => seen.close(why),
        }
    });
    Ok(Way { socket, certificate: own.map(|own| (OWN_NAME, own.pem.as_str())), watch })
}

/// The greeting and the request for TLS go through as they are, then both sides are encrypted.
async fn begin(
    server: &Server,
    own: Option<&Own>,
    mut stream: TcpStream,
    mut library: UnixStream,
    inspector: &mut MySql,
) -> io::Result<(Box<dyn Wire>, Box<dyn Wire>)> {
    let (Some(config), Some(own)) = (&server.tls, own) else { return Ok((Box::new(stream), Box::new(library))) };
    let mut early = [0];
    let greeting = tokio::select! {
        greeting = greeting(&mut stream, inspector) => greeting?,
        // The library says nothing before: it is gone.
        _ = library.read(&mut early) => return Err(io::ErrorKind::BrokenPipe.into()),
    };
    library.write_all(&greeting).await?;
    let mut request = [0; SSL_REQUEST_BYTES];
    // A library that ends here has seen that the server has no TLS, and says so itself.
    library.read_exact(&mut request).await?;
    stream.write_all(&request).await?;
    let agree = async {
        let stream = encrypt(Arc::clone(config), &server.host, stream).await?;
        let library = TlsAcceptor::from(Arc::clone(&own.config)).accept(library).await?;
        Ok((Box::new(stream) as Box<dyn Wire>, Box::new(library) as Box<dyn Wire>))
    };
    let limit = Duration::from_millis(TLS_LIMIT_MS);
    timeout(limit, agree).await.unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()))
}

/// The first packet of a server, and not a byte behind it.
async fn greeting(stream: &mut TcpStream, inspector: &mut MySql) -> io::Result<Vec<u8>> {
    let mut packet = vec![0; 4];
    stream.read_exact(&mut packet).await?;
    let length = match *packet.as_slice() {
        [low, middle, high, _] => usize::try_from(u32::from_le_bytes([low, middle, high, 0])).unwrap_or(usize::MAX),
        _ => 0,
    };
    packet.resize(4 + within_login(length, false)?, 0);
    stream.read_exact(packet.get_mut(4..).unwrap_or_default()).await?;
    inspector.look(&packet)?;
    Ok(packet)
}

/// What this process shows the library.
struct Own {
    config: Arc<ServerConfig>,
    pem: String,
}

/// Made once; the key never leaves the process.
fn own() -> io::Result<&'static Own> {
    static OWN: OnceLock<Own> = OnceLock::new();
    match OWN.get() {
        Some(own) => Ok(own),
        None => {
            let made = made().map_err(io::Error::other)?;
            Ok(OWN.get_or_init(|| made))
        }
    }
}

fn made() -> Result<Own, Box<dyn std::error::Error + Send + Sync>> {
    let key = KeyPair::generate()?;
    let certificate = CertificateParams::new(vec![OWN_NAME.to_owned()])?.self_signed(&key)?;
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions()?;
    let private = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let config = config.with_no_client_auth().with_single_cert(vec![certificate.der().clone()], private)?;
    Ok(Own { config: Arc::new(config), pem: certificate.pem() })
}
