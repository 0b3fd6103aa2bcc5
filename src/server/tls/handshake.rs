//! Performs the TLS handshake in limited time; the log says why one failed.

use std::io;
use std::sync::Arc;
use std::time::{Duration, Instant};

use actix_web::rt::net::TcpStream;
use rustls::{AlertDescription, Error, InvalidMessage};
use tokio::io::AsyncWriteExt as _;
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

use super::in_force::InForce;
use crate::event::problem;
use crate::server::connection::PeerCertificate;
use crate::server::request::{Alike, LogThrottle};

/// A connection after its handshake.
pub(in crate::server) type Encrypted = TlsStream<TcpStream>;

/// Encrypts a connection; none when that fails or takes longer than `limit`, and the connection is closed then.
pub(in crate::server) async fn shake(
    stream: TcpStream,
    in_force: Arc<InForce>,
    limit: Duration,
    known: &LogThrottle,
) -> Option<Encrypted> {
    let peer = stream.peer_addr().ok().map(|peer| peer.ip());
    let address = peer.map_or(String::new(), |peer| peer.to_string());
    let alike = Alike { address: peer, code: "NoTls", reason: "no TLS connection", probe: None };
    match timeout(limit, accept(stream, &in_force)).await {
        Ok(Ok(encrypted)) => Some(encrypted),
        Ok(Err(error)) => {
            match error.get_ref().and_then(|inner| inner.downcast_ref::<Error>()) {
                Some(error) if known.is_news(alike, Instant::now()) => {
                    tracing::info!(address, cause = told(error), "no TLS connection");
                }
                Some(error) => tracing::debug!(address, cause = told(error), "no TLS connection"),
                // Whoever looks whether the port is open goes away like this.
                None => tracing::debug!(address, cause = %error, "no TLS connection"),
            }
            None
        }
        Err(_) => {
            tracing::debug!(
                address,
                cause = "the handshake took longer than `limits.head_time_ms`",
                "no TLS connection"
            );
            None
        }
    }
}

async fn accept(mut stream: TcpStream, in_force: &InForce) -> io::Result<Encrypted> {
    let mut first = [0];
    stream.peek(&mut first).await?;
    // A request in plain HTTP begins with its method; a handshake never begins with a letter.
    if first[0].is_ascii_uppercase() {
        let body = problem("TlsExpected", "");
        let length = body.len();
        let answer = format!(
            "HTTP/1.1 400 Bad Request\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\
             connection: close\r\n\r\n{body}"
        );
        stream.write_all(answer.as_bytes()).await?;
        stream.shutdown().await?;
        return Err(io::Error::other(Error::InvalidMessage(InvalidMessage::InvalidContentType)));
    }
    TlsAcceptor::from(in_force.config()).accept(stream).await
}

/// In words an operator can act upon.
fn told(error: &Error) -> String {
    match error {
        Error::InvalidMessage(InvalidMessage::InvalidContentType) => {
            "the caller speaks no TLS: let it call `https://…`".to_owned()
        }
        Error::AlertReceived(
            AlertDescription::UnknownCA
            | AlertDescription::BadCertificate
            | AlertDescription::CertificateUnknown
            | AlertDescription::DecryptError,
        ) => "the caller does not trust this server's certificate: it must know its authority, and the name it calls must \
              stand in the certificate"
            .to_owned(),
        Error::AlertReceived(AlertDescription::CertificateExpired) => {
            "the caller turned away: to it this server's certificate has expired".to_owned()
        }
        Error::AlertReceived(AlertDescription::ProtocolVersion) | Error::PeerIncompatible(_) => {
            format!("the caller does not speak TLS as `tls.min_version` wants it: {error}")
        }
        Error::NoCertificatesPresented => "the caller shows no client certificate".to_owned(),
        Error::InvalidCertificate(why) => format!("the caller's certificate is not accepted: {why}"),
        other => other.to_string(),
    }
}

/// The certificate that the caller has shown.
pub(in crate::server) fn peer_certificate(encrypted: &Encrypted) -> Option<PeerCertificate> {
    PeerCertificate::read(encrypted.get_ref().1.peer_certificates()?.first()?)
}
