//! TLS of the gateway, met by clients: versions, client certificates, certificates that are replaced, slow callers.

mod callers;
mod renewal;
mod slow;
mod start;
mod versions;

use std::path::Path;

use hookgate::server::{ClientCertificates, Settings, TlsSettings};

use crate::support::authority::{Authority, Issued};
use crate::support::client::request;
use crate::support::server::settings;

/// A gateway's settings with this pair, written into the folder.
pub fn encrypted(folder: &Path, pair: &Issued) -> Settings {
    let (certificate, key) = pair.write(folder);
    let tls = TlsSettings { certificate: Some(certificate), key: Some(key), poll_ms: 20, ..TlsSettings::default() };
    Settings { tls, ..settings() }
}

/// The same with callers asked for certificates of this authority.
fn asking(folder: &Path, pair: &Issued, authority: &Authority, wanted: ClientCertificates) -> Settings {
    let ca = folder.join("client_ca.pem");
    std::fs::write(&ca, authority.pem()).unwrap();
    let mut settings = encrypted(folder, pair);
    settings.tls.client_ca = Some(ca);
    settings.tls.client_certificates = wanted;
    settings
}

/// A call of the hook `test`.
fn probe() -> Vec<u8> {
    request("POST", "/test", "", b"{}")
}
