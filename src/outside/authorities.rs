//! The trusted certificate authorities: those of the system, and those of a PEM file.

use std::path::Path;
use std::sync::{Arc, OnceLock};

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::{ClientConfig, RootCertStore};

use super::client::NoClient;
use super::small_file::{PEM_LIMIT_BYTES, read_pem};

/// TLS as a client: versions 1.2 and 1.3, and a certificate that one of the authorities vouches for.
///
/// # Errors
/// A file that cannot be read or holds no certificate; a system that has no authorities where no file is named.
pub fn client_config(ca: Option<&Path>) -> Result<Arc<ClientConfig>, NoClient> {
    let mut roots = of_system().clone();
    if let Some(file) = ca {
        add(&mut roots, file)?;
    }
    if roots.is_empty() {
        let help = "install the package of certificate authorities (`ca-certificates`), or name a PEM file under `ca`";
        return Err(NoClient::new("this machine knows no certificate authority").help(help));
    }
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    let config = config.map_err(|error| NoClient::new(format!("TLS cannot be set up: {error}")))?;
    Ok(Arc::new(config.with_root_certificates(roots).with_no_client_auth()))
}

/// The authorities of the system, read once: they are many.
fn of_system() -> &'static RootCertStore {
    static SYSTEM: OnceLock<RootCertStore> = OnceLock::new();
    SYSTEM.get_or_init(|| {
        let mut roots = RootCertStore::empty();
        // What the system has that cannot be read is not trusted; that is no reason not to start.
        roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        roots
    })
}

fn add(roots: &mut RootCertStore, file: &Path) -> Result<(), NoClient> {
    let unusable = |why: &dyn std::fmt::Display| {
        let message = format!("`{}` cannot be read as certificates: {why}", file.display());
        NoClient::new(message).help("`ca` names a PEM file with `-----BEGIN CERTIFICATE-----`")
    };
    let mut count = 0;
    let pem = read_pem(file, PEM_LIMIT_BYTES).map_err(|error| unusable(&error))?;
    for certificate in CertificateDer::pem_slice_iter(&pem) {
        let certificate = certificate.map_err(|error| unusable(&error))?;
        roots.add(certificate).map_err(|error| unusable(&error))?;
        count += 1;
    }
    if count == 0 { Err(unusable(&"it holds none")) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_without_certificates_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("ca.pem");
        for text in [
            "",
            "no certificate\n",
            "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
            "-----BEGIN CERTIFICATE-----\n",
        ] {
            std::fs::write(&file, text).unwrap();
            let trouble = client_config(Some(&file)).unwrap_err();
            assert!(trouble.message.contains("ca.pem") && trouble.help.is_some(), "{text:?}: {trouble:?}");
        }
        assert!(client_config(Some(&folder.path().join("missing.pem"))).is_err());
    }
}
