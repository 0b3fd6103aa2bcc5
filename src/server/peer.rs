//! Who a caller says it is by its client certificate.

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct PeerCertificate {
    /// The common name.
    pub(super) subject: String,
    /// DNS names, e-mail addresses and URIs of the certificate.
    pub(super) names: Vec<String>,
    /// SHA-256 of it, in lower-case hexadecimal.
    pub(super) fingerprint: String,
}
