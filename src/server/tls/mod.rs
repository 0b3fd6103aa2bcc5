//! TLS of the server: certificate, client certificates, and their renewal from files.

mod expiry;
mod files;
mod handshake;
mod in_force;
mod material;
mod names;
mod renewal;
mod settings;
mod trouble;

pub(super) use handshake::{Encrypted, peer_certificate, shake};
pub(super) use in_force::InForce;
pub use names::names_instead_of;
pub(super) use renewal::Renewal;
pub use settings::{ClientCertificates, TlsSettings, TlsVersion};
pub use trouble::NoTls;
