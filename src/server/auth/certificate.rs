//! Whether a caller's certificate is one of those that are let in. That it is genuine the TLS of the connection has seen.

use super::reason::Reason;
use super::settings::CertificateNames;
use super::verdict::{Found, Refused};
use crate::server::peer::PeerCertificate;

pub(super) fn judge(settings: &CertificateNames, certificate: Option<&PeerCertificate>) -> Found {
    let Some(certificate) = certificate else {
        return Err(Refused::new(Reason::CertificateMissing, "the caller shows no certificate"));
    };
    let is_named = |name: &String| {
        let mut all = std::iter::once(&certificate.subject).chain(&certificate.names);
        all.any(|known| known.eq_ignore_ascii_case(name))
    };
    if settings.fingerprints.contains(&certificate.fingerprint) || settings.names.iter().any(is_named) {
        return Ok("the caller's certificate is listed".to_owned());
    }
    let why = format!(
        "the certificate of `{}` with the fingerprint {} is not in `auth.certificate`",
        certificate.subject, certificate.fingerprint
    );
    Err(Refused::new(Reason::CertificateForeign, why))
}
