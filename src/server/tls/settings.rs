//! The settings of TLS.

use std::path::PathBuf;

/// Settings of TLS; gateway.yaml explains each.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TlsSettings {
    /// A PEM file: the server's certificate, then those that lead to its authority. Without it nothing is encrypted.
    pub certificate: Option<PathBuf>,
    /// A PEM file with its key.
    pub key: Option<PathBuf>,
    /// A PEM file with the authorities that vouch for callers.
    pub client_ca: Option<PathBuf>,
    /// Whether callers show certificates.
    pub client_certificates: ClientCertificates,
    /// The oldest version that is spoken.
    pub min_version: TlsVersion,
    /// How many days before the certificate expires the log begins to warn.
    pub warn_days: u64,
    /// Time between two looks at the files, in milliseconds.
    pub poll_ms: u64,
}

/// Whether callers show certificates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClientCertificates {
    /// They are not asked for.
    None,
    /// Asked for; one that is shown must be valid.
    Optional,
    /// Nobody comes in without.
    Required,
}

impl ClientCertificates {
    /// Each by its word.
    pub const ALL: [(&'static str, Self); 3] =
        [("none", Self::None), ("optional", Self::Optional), ("required", Self::Required)];
}

/// A version of TLS. Older ones than these are never spoken (RFC 8996).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TlsVersion {
    V1_2,
    V1_3,
}

impl TlsVersion {
    /// Each by its number.
    pub const ALL: [(&'static str, Self); 2] = [("1.2", Self::V1_2), ("1.3", Self::V1_3)];
}

impl Default for TlsSettings {
    fn default() -> Self {
        Self {
            certificate: None,
            key: None,
            client_ca: None,
            client_certificates: ClientCertificates::None,
            min_version: TlsVersion::V1_2,
            warn_days: 30,
            poll_ms: 5_000,
        }
    }
}
