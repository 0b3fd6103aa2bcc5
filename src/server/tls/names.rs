//! Which names the server's certificate is for.

use std::path::Path;

use rustls::client::verify_server_name;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::server::ParsedCertificate;
use x509_parser::certificate::X509Certificate;
use x509_parser::extensions::GeneralName;
use x509_parser::prelude::FromDer as _;

use super::files::CERTIFICATE_LIMIT_BYTES;
use crate::outside::read_pem;

/// The names that the certificate of a PEM file is for, where a host that callers name is none of them; `None` where it is,
/// and where the file or the host cannot be read.
#[must_use]
pub fn names_instead_of(host: &str, certificate: &Path) -> Option<Vec<String>> {
    let bytes = read_pem(certificate, CERTIFICATE_LIMIT_BYTES).ok()?;
    let first = CertificateDer::pem_slice_iter(&bytes).next()?.ok()?;
    let host = ServerName::try_from(host.trim_matches(['[', ']'])).ok()?;
    let parsed = ParsedCertificate::try_from(&first).ok()?;
    match verify_server_name(&parsed, &host) {
        Ok(()) => None,
        Err(_) => names(&first),
    }
}

fn names(certificate: &CertificateDer<'_>) -> Option<Vec<String>> {
    let (_, read) = X509Certificate::from_der(certificate).ok()?;
    let alternatives = read.subject_alternative_name().ok().flatten();
    let names = alternatives.iter().flat_map(|found| &found.value.general_names);
    let shown = names.filter_map(|name| match name {
        GeneralName::DNSName(name) => Some((*name).to_owned()),
        GeneralName::IPAddress(bytes) => address(bytes),
        _ => None,
    });
    Some(shown.collect())
}

fn address(bytes: &[u8]) -> Option<String> {
    let four: Option<[u8; 4]> = bytes.try_into().ok();
    let sixteen: Option<[u8; 16]> = bytes.try_into().ok();
    let address = four.map(std::net::IpAddr::from).or_else(|| sixteen.map(std::net::IpAddr::from));
    address.map(|address| address.to_string())
}
