//! The client certificate of a connection: its subject, names and fingerprint.

use sha2::{Digest as _, Sha256};
use x509_parser::certificate::X509Certificate;
use x509_parser::extensions::GeneralName;
use x509_parser::prelude::FromDer as _;

/// A client certificate that an authority of `tls.client_ca` vouches for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PeerCertificate {
    /// The common name.
    pub subject: String,
    /// DNS names, e-mail addresses and URIs of the certificate.
    pub names: Vec<String>,
    /// SHA-256 of it, in lower-case hexadecimal.
    pub fingerprint: String,
}

impl PeerCertificate {
    /// Reads a certificate in DER.
    pub fn read(der: &[u8]) -> Option<Self> {
        let (_, certificate) = X509Certificate::from_der(der).ok()?;
        let subject = certificate.subject().iter_common_name().next().and_then(|name| name.as_str().ok());
        let names = certificate.subject_alternative_name().ok().flatten();
        let names = names.map(|names| names.value.general_names.iter().filter_map(written).collect());
        Some(Self {
            subject: subject.unwrap_or_default().to_owned(),
            names: names.unwrap_or_default(),
            fingerprint: format!("{:x}", Sha256::digest(der)),
        })
    }
}

fn written(name: &GeneralName<'_>) -> Option<String> {
    match name {
        GeneralName::DNSName(name) | GeneralName::RFC822Name(name) | GeneralName::URI(name) => Some((*name).to_owned()),
        _ => None,
    }
}
