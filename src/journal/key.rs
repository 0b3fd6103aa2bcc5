//! The key of tokens: HMAC-SHA256, of which 128 bits are kept. Given by a setting, or in a file beside the journal.

use std::fs::OpenOptions;
use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};

use aws_lc_rs::{hmac, rand};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use secrecy::{ExposeSecret as _, SecretString};

use super::settings::Settings;
use super::trouble::Trouble;
use crate::outside::read_small_file;

/// Largest file with a key, in bytes.
const FILE_LIMIT_BYTES: u64 = 4 << 10;
/// Length of a key in bytes.
const KEY_BYTES: usize = 32;
/// Bytes by which a key is told from another.
const ID_BYTES: usize = 6;

/// A key.
pub struct Key {
    id: String,
}

impl std::fmt::Debug for Key {
    /// Says which key it is, never what it is.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Key({})", self.id)
    }
}

impl Key {
    /// A key of 32 bytes in Base64.
    ///
    /// # Errors
    /// When the text is none.
    pub fn read(text: &SecretString) -> Result<Self, &'static str> {
        let bytes = STANDARD.decode(text.expose_secret().trim()).map_err(|_| "the key of the journal is no Base64")?;
        if bytes.len() != KEY_BYTES {
            return Err("the key of the journal is not 32 bytes long");
        }
        let key = hmac::Key::new(hmac::HMAC_SHA256, &bytes);
        let id = URL_SAFE_NO_PAD
            .encode(hmac::sign(&key, b"hookgate: which key").as_ref().get(..ID_BYTES).unwrap_or_default());
        Ok(Self { id })
    }

    /// The key that the settings name, as it is.
    ///
    /// # Errors
    /// When it is not there, or is none.
    pub fn existing(settings: &Settings) -> Result<Self, Trouble> {
        let help = "`journal.key` of gateway.yaml names the key; without it the key stands in a file beside the journal, \
                    its name with `.key` behind it. Tokens made with a lost key cannot be compared with anything";
        let text = match (&settings.key, file_of(settings)) {
            (Some(credential), _) => credential.resolve().map_err(|why| Trouble::new(why.0, help))?,
            (None, Some(file)) => {
                read_small_file(&file, FILE_LIMIT_BYTES).map(SecretString::from).map_err(|error| {
                    Trouble::new(format!("the key of the journal, `{}`, cannot be read: {error}", file.display()), help)
                })?
            }
            (None, None) => return Err(Trouble::new("`journal.file` is null: nothing is recorded", help)),
        };
        Self::read(&text).map_err(|why| Trouble::new(why, "make one with `openssl rand -base64 32`"))
    }

    /// The same; the file beside the journal is made where there is none.
    ///
    /// # Errors
    /// When it can neither be read nor made.
    pub fn made(settings: &Settings) -> Result<Self, Trouble> {
        if settings.key.is_none()
            && let Some(file) = file_of(settings)
        {
            make(&file).map_err(|error| Trouble::writing(&file, &error))?;
        }
        Self::existing(settings)
    }

    /// Which key it is: of no use for making tokens.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }
}

/// The key's file, where no setting names a key.
fn file_of(settings: &Settings) -> Option<PathBuf> {
    let mut name = settings.file.as_ref()?.as_os_str().to_owned();
    name.push(".key");
    Some(PathBuf::from(name))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_told_from_each_other() {
        let id = |byte: u8| Key::read(&STANDARD.encode([byte; KEY_BYTES]).into()).unwrap().id().to_owned();
        assert_eq!(id(1), id(1));
        assert_ne!(id(1), id(2));
    }

    #[test]
    fn a_key_is_made_once_for_this_user_alone_and_found_again() {
        let folder = tempfile::tempdir().unwrap();
        let settings = Settings { file: Some(folder.path().join("j.jsonl")), ..Settings::default() };
        assert!(Key::existing(&settings).unwrap_err().message.contains("j.jsonl.key"));
        let made = Key::made(&settings).unwrap();
        assert_eq!(made.id(), Key::made(&settings).unwrap().id());
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = std::fs::metadata(folder.path().join("j.jsonl.key")).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "nothing is left beside it");
    }
}
