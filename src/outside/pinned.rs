//! TLS to a gateway of this machine, which is known by its certificate's file rather than by a name or an authority.

use std::io::{Error, Result};
use std::net::TcpStream;
use std::path::Path;
use std::sync::Arc;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::verify_server_name;
use rustls::crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::{
    CertificateError, ClientConfig, ClientConnection, DigitallySignedStruct, Error as TlsError, SignatureScheme,
    StreamOwned,
};

use super::small_file::{PEM_LIMIT_BYTES, read_pem};

/// An encrypted connection.
pub type Pinned = StreamOwned<ClientConnection, TcpStream>;

/// Encrypts a connection to whoever has the key of the first certificate of a PEM file. Names and authorities do not matter: the
/// file is that of the gateway itself, and the certificate may be for a name by which others call it.
///
/// # Errors
/// When the file cannot be read or holds no certificate. A server with another certificate is told apart when it is
/// spoken to.
pub fn pinned(stream: TcpStream, certificate: &Path) -> Result<Pinned> {
    let config = pinned_config(certificate, false)?;
    let name = ServerName::from(stream.peer_addr()?.ip());
    let session = ClientConnection::new(Arc::new(config), name).map_err(Error::other)?;
    Ok(StreamOwned::new(session, stream))
}

/// What a client needs for it. With `checks_name` the certificate must also be for the name that is called.
///
/// # Errors
/// When the file cannot be read or holds no certificate.
pub(super) fn pinned_config(certificate: &Path, checks_name: bool) -> Result<ClientConfig> {
    let unusable = |why: String| Error::other(format!("`{}` {why}", certificate.display()));
    let pem = read_pem(certificate, PEM_LIMIT_BYTES).map_err(|error| unusable(format!("cannot be read: {error}")))?;
    let only = CertificateDer::from_pem_slice(&pem).map_err(|_| unusable("holds no certificate".to_owned()))?;
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let verifier = Arc::new(Only { certificate: only, checks_name, provider: Arc::clone(&provider) });
    let config = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    let config = config.map_err(Error::other)?.dangerous().with_custom_certificate_verifier(verifier);
    Ok(config.with_no_client_auth())
}

/// Believes one certificate.
#[derive(Debug)]
struct Only {
    certificate: CertificateDer<'static>,
    /// Only for a name that it is for.
    checks_name: bool,
    provider: Arc<CryptoProvider>,
}

type Valid = std::result::Result<HandshakeSignatureValid, TlsError>;

impl ServerCertVerifier for Only {
    fn verify_server_cert(
        &self,
        shown: &CertificateDer<'_>,
        _others: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        _ocsp: &[u8],
        _now: UnixTime,
    ) -> std::result::Result<ServerCertVerified, TlsError> {
        if shown.as_ref() != self.certificate.as_ref() {
            return Err(TlsError::InvalidCertificate(CertificateError::ApplicationVerificationFailure));
        }
        if self.checks_name {
            verify_server_name(&ParsedCertificate::try_from(shown)?, name)?;
        }
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(&self, message: &[u8], of: &CertificateDer<'_>, signed: &DigitallySignedStruct) -> Valid {
        verify_tls12_signature(message, of, signed, &self.provider.signature_verification_algorithms)
    }

    fn verify_tls13_signature(&self, message: &[u8], of: &CertificateDer<'_>, signed: &DigitallySignedStruct) -> Valid {
        verify_tls13_signature(message, of, signed, &self.provider.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}
