//! An HTTP client over TLS that says what it wants and shows what it got.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;

use rustls::crypto::aws_lc_rs::default_provider;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned, SupportedProtocolVersion, version};

use super::authority::Issued;
use super::client::{Answer, PATIENCE, parse};

/// Both versions that are still spoken.
pub const VERSIONS: [&SupportedProtocolVersion; 2] = [&version::TLS12, &version::TLS13];

/// How a client speaks TLS.
#[derive(Clone)]
pub struct Manner(ClientConfig);

impl Manner {
    /// Believes this authority, speaks these versions, and shows a certificate if it has one.
    pub fn new(ca: &str, versions: &[&'static SupportedProtocolVersion], shown: Option<&Issued>) -> Self {
        let mut roots = RootCertStore::empty();
        roots.add(CertificateDer::from_pem_slice(ca.as_bytes()).unwrap()).unwrap();
        let builder = ClientConfig::builder_with_provider(Arc::new(default_provider()));
        let builder = builder.with_protocol_versions(versions).unwrap().with_root_certificates(roots);
        Self(match shown {
            None => builder.with_no_client_auth(),
            Some(Issued { certificate, key }) => {
                let chain = vec![CertificateDer::from_pem_slice(certificate.as_bytes()).unwrap()];
                builder.with_client_auth_cert(chain, PrivateKeyDer::from_pem_slice(key.as_bytes()).unwrap()).unwrap()
            }
        })
    }

    pub fn offering(mut self, alpn: &[&str]) -> Self {
        self.0.alpn_protocols = alpn.iter().map(|name| name.as_bytes().to_vec()).collect();
        self
    }
}

/// One connection.
pub struct Secure(StreamOwned<ClientConnection, TcpStream>);

impl Secure {
    /// Connects and shakes hands; with TLS 1.3 a server that turns away says so only when it is asked something.
    pub fn connect(address: SocketAddr, manner: &Manner) -> Result<Self, String> {
        let mut stream = TcpStream::connect_timeout(&address, PATIENCE).unwrap();
        stream.set_nodelay(true).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        let name = ServerName::from(address.ip());
        let mut session = ClientConnection::new(Arc::new(manner.0.clone()), name).unwrap();
        while session.is_handshaking() {
            session.complete_io(&mut stream).map_err(|error| error.to_string())?;
        }
        Ok(Self(StreamOwned::new(session, stream)))
    }

    /// Sends a request and reads its answer.
    pub fn ask(&mut self, request: &[u8]) -> Result<Answer, String> {
        self.send(request)?;
        let mut read = Vec::new();
        let mut buffer = [0; 4096];
        loop {
            if let Some((answer, _)) = parse(&read) {
                return Ok(answer);
            }
            match self.0.read(&mut buffer).map_err(|error| error.to_string())? {
                0 => return Err("closed".to_owned()),
                length => read.extend_from_slice(&buffer[..length]),
            }
        }
    }

    pub fn send(&mut self, bytes: &[u8]) -> Result<(), String> {
        self.0.write_all(bytes).and_then(|()| self.0.flush()).map_err(|error| error.to_string())
    }

    pub fn version(&self) -> rustls::ProtocolVersion {
        self.0.conn.protocol_version().unwrap()
    }

    /// Whether a session of before was taken up again.
    pub fn handshake(&self) -> rustls::HandshakeKind {
        self.0.conn.handshake_kind().unwrap()
    }

    pub fn alpn(&self) -> Option<&[u8]> {
        self.0.conn.alpn_protocol()
    }

    /// The server's own certificate.
    pub fn certificate(&self) -> Vec<u8> {
        self.0.conn.peer_certificates().unwrap()[0].to_vec()
    }
}

/// The bytes of the first certificate in a PEM text.
pub fn der(pem: &str) -> Vec<u8> {
    CertificateDer::from_pem_slice(pem.as_bytes()).unwrap().to_vec()
}
