//! The master keys, which wrap the keys of files; given by a setting, or in a file beside the journal.

use std::fs::OpenOptions;
use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};

use aws_lc_rs::aead::{AES_256_GCM, Aad, NONCE_LEN, Nonce, RandomizedNonceKey};
use aws_lc_rs::rand;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use secrecy::zeroize::Zeroizing;
use secrecy::{ExposeSecret as _, SecretString};

use super::seal::{DIGEST_KEY_BYTES, KEY_BYTES, KeyBytes, KeyName, derived, digest_bytes};
use crate::journal::beside::beside;
use crate::journal::trouble::Trouble;
use crate::outside::{Credential, read_small_file};

/// Largest file with a key, in bytes.
const FILE_LIMIT_BYTES: u64 = 4 << 10;
/// Letters of a master key's name.
const NAME_LETTERS: usize = 8;

/// The master keys: the first wraps, all unwrap.
pub struct Masters {
    first: Master,
    others: Vec<Master>,
    /// What the log makes digests of people with.
    people: [u8; DIGEST_KEY_BYTES],
}

struct Master {
    name: String,
    key: RandomizedNonceKey,
}

/// A file's key as it is stored: by which master key it is wrapped, and the wrapped bytes in Base64.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wrapped {
    pub by: String,
    pub bytes: String,
}

impl std::fmt::Debug for Masters {
    /// Says which keys they are, never what they are.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Masters({})", self.name())
    }
}

/// A name of the key, that tells nothing of it, and the key.
fn read(text: &SecretString) -> Result<(Master, [u8; DIGEST_KEY_BYTES]), &'static str> {
    let bytes = STANDARD.decode(text.expose_secret().trim()).map(Zeroizing::new);
    let bytes = bytes.map_err(|_| "the key of the journal is not Base64")?;
    let bytes: KeyBytes = match bytes.as_slice().try_into() {
        Ok(bytes) => Zeroizing::new(bytes),
        Err(_) => return Err("the key of the journal is not 32 bytes long"),
    };
    let unusable = "the key of the journal cannot be used";
    let (name, wraps) = (derived(&bytes, "hookgate journal: which key"), derived(&bytes, "hookgate journal: keys"));
    let (Some(name), Some(wraps), Some(people)) = (name, wraps, digest_bytes(&bytes)) else { return Err(unusable) };
    let key = RandomizedNonceKey::new(&AES_256_GCM, wraps.as_slice()).map_err(|_| unusable)?;
    let name = URL_SAFE_NO_PAD.encode(name.as_slice()).chars().take(NAME_LETTERS).collect();
    Ok((Master { name, key }, people))
}

impl Masters {
    /// The keys that a setting names for this journal, as they are. A file with a key that stands beside the journal unwraps
    /// too: records of the time before a setting named another key are read with it.
    ///
    /// # Errors
    /// When one is not there, or is none.
    pub fn existing(keys: &[Credential], journal: &Path) -> Result<Self, Trouble> {
        let help = "`journal.key` of gateway.yaml names the key; without it the key stands in a file beside the journal, \
                    its name with `.key` behind it. Without the key that sealed them records cannot be read";
        let file = beside(journal, ".key");
        let read_beside = || {
            read_small_file(&file, FILE_LIMIT_BYTES).map(SecretString::from).map_err(|error| {
                Trouble::new(format!("the key of the journal, `{}`, cannot be read: {error}", file.display()), help)
            })
        };
        let mut texts = Vec::new();
        for credential in keys {
            texts.push(credential.resolve().map_err(|why| Trouble::new(why.0, help))?);
        }
        match texts.is_empty() {
            true => texts.push(read_beside()?),
            false => texts.extend(read_beside().ok().filter(|_| file.exists())),
        }
        let make = "make one with `openssl rand -base64 32`";
        let mut masters = Vec::with_capacity(texts.len());
        for text in &texts {
            masters.push(read(text).map_err(|why| Trouble::new(why, make))?);
        }
        let mut masters = masters.into_iter();
        let (first, people) = masters.next().ok_or_else(|| Trouble::new("the journal has no key", make))?;
        Ok(Self { first, others: masters.map(|(master, _)| master).collect(), people })
    }

    /// The same; the file beside the journal is made where there is none and no setting names a key.
    ///
    /// # Errors
    /// When it can neither be read nor made.
    pub fn made(keys: &[Credential], journal: &Path) -> Result<Self, Trouble> {
        if keys.is_empty() {
            let file = beside(journal, ".key");
            make(&file).map_err(|error| Trouble::writing(&file, &error))?;
        }
        Self::existing(keys, journal)
    }

    /// The name of the key that wraps.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.first.name
    }

    /// What the log makes digests of people with: the same as long as the first key is, and of no use for opening anything.
    #[must_use]
    pub fn people(&self) -> [u8; DIGEST_KEY_BYTES] {
        self.people
    }

    /// Wraps a file's key; `None` where the machine gives no random bytes.
    #[must_use]
    pub fn wrap(&self, name: KeyName, key: &[u8; KEY_BYTES]) -> Option<Wrapped> {
        let mut bytes = key.to_vec();
        let nonce = self.first.key.seal_in_place_append_tag(bound_to(name), &mut bytes).ok()?;
        let bytes = STANDARD.encode([nonce.as_ref().as_slice(), &bytes].concat());
        Some(Wrapped { by: self.first.name.clone(), bytes })
    }

    /// Unwraps a file's key; `None` where none of the master keys does.
    #[must_use]
    pub fn unwrap(&self, name: KeyName, wrapped: &Wrapped) -> Option<KeyBytes> {
        let bytes = STANDARD.decode(&wrapped.bytes).ok()?;
        let (nonce, sealed) = bytes.split_at_checked(NONCE_LEN)?;
        let all = std::iter::once(&self.first).chain(&self.others);
        all.filter(|master| master.name == wrapped.by).find_map(|master| {
            let mut sealed = Zeroizing::new(sealed.to_vec());
            let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
            let key = master.key.open_in_place(nonce, bound_to(name), sealed.as_mut_slice()).ok()?;
            <[u8; KEY_BYTES]>::try_from(&*key).ok().map(Zeroizing::new)
        })
    }
}

/// A wrapped key under the name of another is no key.
fn bound_to(name: KeyName) -> Aad<[u8; 8]> {
    Aad::from(name.0)
}

/// Takes the file from everybody but this user: whoever has the key and the journal can try values out. Where that is not
/// possible the log says so, and the key is used all the same.
fn tighten(file: &Path) {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let others = |found: std::fs::Metadata| found.permissions().mode() & 0o777 & !0o600;
        if std::fs::metadata(file).map_or(0, others) == 0 {
            return;
        }
        let file_name = file.display().to_string();
        match std::fs::set_permissions(file, std::fs::Permissions::from_mode(0o600)) {
            Ok(()) => tracing::warn!(
                file = file_name,
                "the key of the journal could be read by others, and is 0600 from now on: where others may have read it, write another"
            ),
            Err(error) => tracing::warn!(
                file = file_name,
                error = error.to_string(),
                "the key of the journal can be read by others: give the file the mode 0600"
            ),
        }
    }
}

/// Makes the file, readable for this user alone, unless there is one. It appears whole or not at all: another process may
/// look for it at the same moment.
fn make(file: &Path) -> std::io::Result<()> {
    if file.exists() {
        tighten(file);
        return Ok(());
    }
    let mut bytes = [0; KEY_BYTES];
    rand::fill(&mut bytes).map_err(|_| std::io::Error::other("the machine gives no random bytes"))?;
    let mut name = file.as_os_str().to_owned();
    name.push(format!(".new-{}", std::process::id()));
    let new = PathBuf::from(name);
    let _ = std::fs::remove_file(&new);
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut open = options.open(&new)?;
    let written = writeln!(open, "{}", STANDARD.encode(bytes)).and_then(|()| open.sync_all());
    let linked = written.and_then(|()| std::fs::hard_link(&new, file));
    std::fs::remove_file(&new)?;
    match linked {
        // Somebody was faster; theirs counts.
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(()),
        linked => linked,
    }
}
