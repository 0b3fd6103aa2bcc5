//! Builds a TLS configuration from its files, and says when the certificate expires.

use std::sync::Arc;

use jiff::Timestamp;
use rustls::crypto::CryptoProvider;
use rustls::pki_types::pem::{self, PemObject as _};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::danger::ClientCertVerifier;
use rustls::server::{NoServerSessionStorage, WebPkiClientVerifier};
use rustls::sign::{CertifiedKey, SingleCertAndKey};
use rustls::{RootCertStore, ServerConfig, SupportedProtocolVersion, version};
use x509_parser::certificate::X509Certificate;
use x509_parser::prelude::FromDer as _;

use super::files::{Files, Text};
use super::settings::{ClientCertificates, TlsSettings, TlsVersion};
use super::trouble::NoTls;

/// The one protocol that is spoken behind TLS.
const ALPN: &[u8] = b"http/1.1";

const CERTIFICATE_HELP: &str = "name a PEM file that begins with `-----BEGIN CERTIFICATE-----`: the server's own first, \
                                then those that lead to its authority";
const KEY_HELP: &str =
    "name a PEM file with an RSA, ECDSA or Ed25519 key that is not encrypted: `-----BEGIN PRIVATE KEY-----`";

/// The versions of TLS that are spoken: an older one is never offered.
const NEW: &[&SupportedProtocolVersion] = &[&version::TLS13, &version::TLS12];
const NEWEST: &[&SupportedProtocolVersion] = &[&version::TLS13];

/// What is put into force.
pub(super) struct Material {
    pub(super) config: Arc<ServerConfig>,
    /// When the first certificate of the chain expires.
    pub(super) expires: Timestamp,
}

impl Material {
    /// Puts the files together; they must fit each other and be valid `now`.
    pub(super) fn build(files: &Files, settings: &TlsSettings, now: Timestamp) -> Result<Self, NoTls> {
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let chain = certificates(&files.certificate)?;
        let expires = validity(&files.certificate, &chain, now)?;
        let pair = pair(files, chain, &provider)?;
        let versions = match settings.min_version {
            TlsVersion::V1_2 => NEW,
            TlsVersion::V1_3 => NEWEST,
        };
        let builder = ServerConfig::builder_with_provider(Arc::clone(&provider)).with_protocol_versions(versions);
        let builder = builder.map_err(|error| NoTls { message: format!("TLS cannot be set up: {error}"), help: "" })?;
        let resolver = Arc::new(SingleCertAndKey::from(pair));
        let mut config = match verifier(files, settings.client_certificates, provider)? {
            None => builder.with_no_client_auth().with_cert_resolver(resolver),
            Some(verifier) => {
                let mut config = builder.with_client_cert_verifier(verifier).with_cert_resolver(resolver);
                // A session that is taken up again shows no certificate: it might have expired since.
                config.session_storage = Arc::new(NoServerSessionStorage {});
                config
            }
        };
        config.alpn_protocols = vec![ALPN.to_vec()];
        Ok(Self { config: Arc::new(config), expires })
    }
}

fn certificates(text: &Text) -> Result<Vec<CertificateDer<'static>>, NoTls> {
    let unusable = |why: &dyn std::fmt::Display| NoTls::of(&text.file, why, CERTIFICATE_HELP);
    let found: Result<Vec<_>, pem::Error> = CertificateDer::pem_slice_iter(&text.bytes).collect();
    let found = found.map_err(|error| unusable(&format_args!("is not a whole PEM file: {error}")))?;
    if found.is_empty() { Err(unusable(&"holds no certificate")) } else { Ok(found) }
}

/// When the first of them expires.
fn validity(text: &Text, chain: &[CertificateDer<'_>], now: Timestamp) -> Result<Timestamp, NoTls> {
    let mut first = Timestamp::MAX;
    for certificate in chain {
        let unreadable = || NoTls::of(&text.file, "holds a certificate that cannot be read", CERTIFICATE_HELP);
        let (_, read) = X509Certificate::from_der(certificate).map_err(|_| unreadable())?;
        let moment = |time: x509_parser::time::ASN1Time| Timestamp::from_second(time.timestamp());
        let since = moment(read.validity().not_before).map_err(|_| unreadable())?;
        let until = moment(read.validity().not_after).map_err(|_| unreadable())?;
        if now < since {
            let help = "wait, or set this machine's clock if it is wrong";
            return Err(NoTls::of(&text.file, format_args!("is not valid before {since}"), help));
        }
        if until < now {
            let help = "have the certificate renewed, or set this machine's clock if it is wrong";
            return Err(NoTls::of(&text.file, format_args!("expired on {until}"), help));
        }
        first = first.min(until);
    }
    Ok(first)
}

fn pair(files: &Files, chain: Vec<CertificateDer<'static>>, provider: &CryptoProvider) -> Result<CertifiedKey, NoTls> {
    let Text { file, bytes } = &files.key;
    // Keys that are encrypted say so in their first or second line, in either form of PEM.
    if bytes.windows(b"ENCRYPTED".len()).any(|window| window == b"ENCRYPTED") {
        let help = "decrypt it for hookgate's user alone: `umask 077; openssl pkey -in key.pem -out plain.pem`";
        return Err(NoTls::of(file, "holds an encrypted key", help));
    }
    let key = PrivateKeyDer::from_pem_slice(bytes).map_err(|error| match error {
        pem::Error::NoItemsFound => NoTls::of(file, "holds no private key", KEY_HELP),
        // The error may quote a line of the file.
        _ => NoTls::of(file, "is not a whole PEM file", KEY_HELP),
    })?;
    let key = provider.key_provider.load_private_key(key);
    let key = key.map_err(|_| NoTls::of(file, "holds a key of a kind that is not known", KEY_HELP))?;
    let pair = CertifiedKey::new(chain, key);
    pair.keys_match().map_err(|_| {
        let why = format_args!("is not the key of the first certificate of `{}`", files.certificate.file.display());
        NoTls::of(file, why, "take both files from the same renewal; the server's own certificate stands first")
    })?;
    Ok(pair)
}

fn verifier(
    files: &Files,
    wanted: ClientCertificates,
    provider: Arc<CryptoProvider>,
) -> Result<Option<Arc<dyn ClientCertVerifier>>, NoTls> {
    let (Some(text), true) = (&files.client_ca, wanted != ClientCertificates::None) else { return Ok(None) };
    let unusable = |error: &dyn std::fmt::Display| {
        NoTls::of(&text.file, format_args!("cannot be used as authorities: {error}"), CERTIFICATE_HELP)
    };
    let mut roots = RootCertStore::empty();
    for certificate in certificates(text)? {
        roots.add(certificate).map_err(|error| unusable(&error))?;
    }
    let builder = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider);
    let builder = if wanted == ClientCertificates::Optional { builder.allow_unauthenticated() } else { builder };
    builder.build().map(Some).map_err(|error| unusable(&error))
}
