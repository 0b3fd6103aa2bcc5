//! A server: its address, and the certificates it may show.

use std::io;
use std::sync::Arc;

use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

/// Where a server is, and how it is spoken to.
#[derive(Clone, Debug)]
pub struct Server {
    /// A name or an address; with TLS the certificate must be for it.
    pub host: String,
    pub port: u16,
    /// Whom to believe; none for a connection without encryption.
    pub tls: Option<Arc<ClientConfig>>,
}

/// Bytes in both directions.
pub(super) trait Wire: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> Wire for T {}

impl Server {
    /// A connection, not encrypted yet.
    #[cfg(any(feature = "postgres", feature = "mysql", feature = "ldap"))]
    pub(super) async fn connect(&self) -> io::Result<TcpStream> {
        let stream = TcpStream::connect((self.host.as_str(), self.port)).await?;
        stream.set_nodelay(true)?;
        Ok(stream)
    }

    /// Encrypts a connection if it is to be.
    #[cfg(any(feature = "postgres", feature = "ldap"))]
    pub(super) async fn secure(&self, stream: TcpStream) -> io::Result<Box<dyn Wire>> {
        match &self.tls {
            None => Ok(Box::new(stream)),
            Some(config) => Ok(Box::new(encrypt(Arc::clone(config), &self.host, stream).await?)),
        }
    }
}

/// TLS with a server whose certificate is for this host.
pub(super) async fn encrypt(config: Arc<ClientConfig>, host: &str, stream: TcpStream) -> io::Result<impl Wire + use<>> {
    let name =
        ServerName::try_from(host.to_owned()).map_err(|error| io::Error::new(io::ErrorKind::InvalidInput, error))?;
    TlsConnector::from(config).connect(name, stream).await
}

/// A server that has no TLS.
#[cfg(feature = "postgres")]
pub(super) fn without_tls() -> io::Error {
    io::Error::new(io::ErrorKind::Unsupported, "server does not support TLS")
}
