//! Where a running gateway is asked, as it wrote it to a file, since its settings may have changed meanwhile.

use std::fs;
use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};

use crate::config::{self, Settings};

/// What the file's name begins with.
const NAME: &str = "hookgate-admin-";
/// So many bytes of a hash tell settings files apart.
const FILE_BYTES: usize = 6;

/// The file in the state folder that says where; it goes when the gateway ends.
#[derive(Debug)]
pub struct Running(PathBuf);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
    }
}

impl Running {
    /// Writes it down, for the gateway of this settings file; none where there is no state folder.
    ///
    /// # Errors
    /// When the folder cannot be written.
    pub fn write(settings: &Settings, config: Option<&Path>, address: SocketAddr) -> io::Result<Option<Self>> {
        let Some(file) = file(settings, config) else { return Ok(None) };
        let new = file.with_extension(format!("{}.new", std::process::id()));
        let written = fs::write(&new, text(settings, address)).and_then(|()| fs::rename(&new, &file));
        if written.is_err() {
            let _ = fs::remove_file(&new);
        }
        written.map(|()| Some(Self(file)))
    }
}

/// The address, and behind TLS the file of the certificate by which it is known.
fn text(settings: &Settings, address: SocketAddr) -> String {
    let certificate = settings.server.admin.tls.certificate.as_ref();
    let certificate = certificate.and_then(|file| std::path::absolute(file).ok());
    let certificate = certificate.map(|file| format!("{}\n", file.display())).unwrap_or_default();
    format!("{address}\n{certificate}")
}

/// What the gateway of this settings file has written down last, if anything: its admin address, and behind TLS the file of
/// its certificate.
pub fn place(settings: &Settings, config: Option<&Path>) -> Option<(SocketAddr, Option<PathBuf>)> {
    let text = fs::read_to_string(file(settings, config)?).ok()?;
    let mut lines = text.lines();
    Some((lines.next()?.trim().parse().ok()?, lines.next().map(PathBuf::from)))
}

fn file(settings: &Settings, config: Option<&Path>) -> Option<PathBuf> {
    let hash = format!("{:x}", Sha256::digest(config::file_of(config).as_os_str().as_encoded_bytes()));
    Some(settings.state_folder()?.join(format!("{NAME}{hash:.0$}", 2 * FILE_BYTES)))
}
