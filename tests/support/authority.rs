//! A certificate authority of a test's own.

use std::fs;
use std::path::{Path, PathBuf};

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, ExtendedKeyUsagePurpose, IsCa, KeyPair, SanType,
    date_time_ymd,
};

/// What a certificate is for, and until which year.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum For {
    Server,
    Client,
    /// A client whose certificate has expired.
    LateClient,
    /// A server whose certificate has expired, and one whose is not valid yet.
    LateServer,
    EarlyServer,
}

/// An authority.
pub struct Authority(CertifiedIssuer<'static, KeyPair>);

/// A certificate with its key, as PEM.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Issued {
    pub certificate: String,
    pub key: String,
}

impl Authority {
    pub fn new(name: &str) -> Self {
        let mut params = CertificateParams::default();
        params.distinguished_name.push(DnType::CommonName, name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        Self(CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap())
    }

    pub fn pem(&self) -> String {
        self.0.pem()
    }

    /// A certificate for 127.0.0.1, or for a client of this name.
    pub fn issue(&self, name: &str, wanted: For) -> Issued {
        let is_client = matches!(wanted, For::Client | For::LateClient);
        let names = if is_client { vec![format!("{name}.example")] } else { vec!["127.0.0.1".to_owned()] };
        let mut params = CertificateParams::new(names).unwrap();
        if is_client {
            params.subject_alt_names.push(SanType::URI(format!("urn:{name}").try_into().unwrap()));
        }
        params.distinguished_name.push(DnType::CommonName, name);
        let usage = if is_client { ExtendedKeyUsagePurpose::ClientAuth } else { ExtendedKeyUsagePurpose::ServerAuth };
        params.extended_key_usages = vec![usage];
        let (from, until) = match wanted {
            For::LateClient | For::LateServer => (2019, 2020),
            For::EarlyServer => (2190, 2199),
            _ => (2020, 2199),
        };
        (params.not_before, params.not_after) = (date_time_ymd(from, 1, 1), date_time_ymd(until, 1, 1));
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, &self.0).unwrap();
        Issued { certificate: certificate.pem(), key: key.serialize_pem() }
    }
}

impl Issued {
    /// Writes `tls.crt` and `tls.key` into a folder.
    pub fn write(&self, folder: &Path) -> (PathBuf, PathBuf) {
        let (certificate, key) = (folder.join("tls.crt"), folder.join("tls.key"));
        fs::write(&certificate, &self.certificate).unwrap();
        fs::write(&key, &self.key).unwrap();
        (certificate, key)
    }
}
