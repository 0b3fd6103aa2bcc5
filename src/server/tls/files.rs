//! Reads the files of TLS at one moment, and says whether they changed.

use std::path::{Path, PathBuf};

use secrecy::zeroize::Zeroizing;
use sha2::{Digest as _, Sha256};

use super::settings::TlsSettings;
use super::trouble::NoTls;
use crate::outside::read_pem;

/// Largest file that is read, in bytes.
pub(super) const CERTIFICATE_LIMIT_BYTES: u64 = 4 << 20;

/// One file and what stands in it.
pub(super) struct Text {
    pub(super) file: PathBuf,
    pub(super) bytes: Zeroizing<Vec<u8>>,
}

/// All files, read one after the other: whether they fit each other is seen where they are put together.
pub(super) struct Files {
    pub(super) certificate: Text,
    pub(super) key: Text,
    pub(super) client_ca: Option<Text>,
}

/// What stands for the contents of all files.
pub(super) type Fingerprint = [u8; 32];

impl Files {
    /// The files that the settings name; none where nothing is to be encrypted.
    pub(super) fn read(settings: &TlsSettings) -> Option<Result<Self, NoTls>> {
        let (certificate, key) = (settings.certificate.as_deref()?, settings.key.as_deref()?);
        let all = || {
            Ok(Self {
                certificate: read(certificate)?,
                key: read(key)?,
                client_ca: settings.client_ca.as_deref().map(read).transpose()?,
            })
        };
        Some(all())
    }

    /// Equal for equal contents alone.
    pub(super) fn fingerprint(&self) -> Fingerprint {
        let mut whole = Sha256::new();
        for text in [&self.certificate, &self.key].into_iter().chain(&self.client_ca) {
            whole.update(Sha256::digest(&*text.bytes));
        }
        whole.finalize().into()
    }
}

fn read(file: &Path) -> Result<Text, NoTls> {
    let help =
        "name a PEM file that hookgate's user may read; `hookgate cert --self-signed --output tls` makes one for a try";
    let bytes = read_pem(file, CERTIFICATE_LIMIT_BYTES)
        .map_err(|error| NoTls::of(file, format_args!("cannot be read: {error}"), help))?;
    Ok(Text { file: file.to_owned(), bytes })
}
