//! Renews an HTTP client when its files change: address, authorities, client certificate with its key.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use secrecy::{ExposeSecret as _, SecretString};
use sha2::{Digest as _, Sha256};

use super::address_guard::AddressGuard;
use super::client::{Client, NoClient, Tls};
use super::credential::Credential;
use super::small_file::{PEM_LIMIT_BYTES, read_small_bytes};

/// How long a client is used before its files are looked at again.
const LOOK_AGAIN: Duration = Duration::from_secs(5);

/// Makes a client for an address.
type Open = fn(&str, &AddressGuard, &Tls) -> Result<Client, NoClient>;

/// Such a client.
pub struct RenewedClient {
    address: Credential,
    guard: AddressGuard,
    tls: Tls,
    open: Open,
    now: Mutex<Now>,
}

/// The client of the files as they were.
struct Now {
    client: Client,
    address: SecretString,
    /// Of the files; none where there are none.
    fingerprint: Option<[u8; 32]>,
    looked_at: Instant,
    /// Whether it was told that the changed ones cannot be used.
    is_told: bool,
}

impl RenewedClient {
    /// A client that keeps connections for the next call, as [`Client::open`].
    ///
    /// # Errors
    /// When a file cannot be read, or as [`Client::open`].
    pub fn open(address: &Credential, guard: &AddressGuard, tls: &Tls) -> Result<Self, NoClient> {
        Self::by(Client::open, address, guard, tls)
    }

    /// The same, making a connection of its own for each call.
    ///
    /// # Errors
    /// As [`RenewedClient::open`].
    pub fn open_unkept(address: &Credential, guard: &AddressGuard, tls: &Tls) -> Result<Self, NoClient> {
        Self::by(Client::open_unkept, address, guard, tls)
    }

    fn by(open: Open, address: &Credential, guard: &AddressGuard, tls: &Tls) -> Result<Self, NoClient> {
        let now = now(open, address, guard, tls)?;
        let (address, guard, tls) = (address.clone(), guard.clone(), tls.clone());
        Ok(Self { address, guard, tls, open, now: Mutex::new(now) })
    }

    /// The client of the files as they are. Where changed ones cannot be used it is the one from before, and the log says so.
    #[must_use]
    pub fn client(&self) -> Client {
        let mut kept = self.now.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.looked_at.elapsed() >= LOOK_AGAIN && (self.address.is_in_file() || kept.fingerprint.is_some()) {
            self.look(&mut kept);
            kept.looked_at = Instant::now();
        }
        kept.client.clone()
    }

    fn look(&self, kept: &mut Now) {
        let seen = self.address.resolve().map_err(|why| NoClient::new(why.0));
        let seen = seen.and_then(|address| Ok((address, fingerprint(&self.tls)?)));
        let is_same = |(address, fingerprint): &(SecretString, Option<[u8; 32]>)| {
            address.expose_secret() == kept.address.expose_secret() && *fingerprint == kept.fingerprint
        };
        if seen.as_ref().is_ok_and(is_same) {
            kept.is_told = false;
            return;
        }
        let host = kept.client.address().host_str().unwrap_or_default().to_owned();
        match seen.and_then(|_| now(self.open, &self.address, &self.guard, &self.tls)) {
            Ok(now) => {
                tracing::info!(host, "the changed address or certificates of a connection are used from now on");
                *kept = now;
            }
            Err(why) => {
                if !std::mem::replace(&mut kept.is_told, true) {
                    let cause = why.message;
                    tracing::warn!(
                        host,
                        cause,
                        "the changed files of a connection cannot be used: those from before are"
                    );
                }
            }
        }
    }
}

impl fmt::Debug for RenewedClient {
    /// The host alone: the rest of an address may be secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kept = self.now.lock().unwrap_or_else(PoisonError::into_inner);
        write!(f, "RenewedClient({:?})", kept.client)
    }
}

/// A client of the files as they are. Their fingerprint is taken first: what changes in between is seen at the next look.
fn now(open: Open, address: &Credential, guard: &AddressGuard, tls: &Tls) -> Result<Now, NoClient> {
    let fingerprint = fingerprint(tls);
    let address = address.resolve().map_err(|why| NoClient::new(why.0))?;
    // Says better what is wrong with a file.
    let client = open(address.expose_secret(), guard, tls)?;
    let fingerprint = fingerprint?;
    Ok(Now { client, address, fingerprint, looked_at: Instant::now(), is_told: false })
}

/// What stands for the contents of the files.
fn fingerprint(tls: &Tls) -> Result<Option<[u8; 32]>, NoClient> {
    let files: Vec<&Path> =
        [&tls.ca, &tls.certificate, &tls.certificate_key].into_iter().flatten().map(PathBuf::as_path).collect();
    let mut whole = Sha256::new();
    for file in &files {
        let bytes = read_small_bytes(file, PEM_LIMIT_BYTES)
            .map_err(|error| NoClient::new(format!("`{}` cannot be read: {error}", file.display())))?;
        whole.update(Sha256::digest(&*bytes));
    }
    Ok((!files.is_empty()).then(|| whole.finalize().into()))
}
