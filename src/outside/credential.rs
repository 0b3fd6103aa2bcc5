//! Credentials of connections: written as `${env:NAME}` or `${file:PATH}`, read when they are needed, never shown.
//!
//! A file is read again when it has changed, so that a password can be changed without a restart. One that cannot be
//! read any more, or is empty, may be in the middle of a change: the earlier secret is used, and the log says so.

use std::fmt;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use secrecy::{ExposeSecret as _, SecretString};

use super::small_file::{MARK, read_small_file};

/// Largest file with a credential, in bytes.
const FILE_LIMIT_BYTES: u64 = 64 << 10;
/// How long a secret is used before its files are looked at again.
const LOOK_AGAIN: Duration = Duration::from_secs(1);
/// How long a changed file must have stayed as it is: it may be half written.
const QUIET: Duration = Duration::from_millis(200);

/// A text of gateway.yaml that may name where a secret stands.
#[derive(Clone)]
pub struct Credential {
    parts: Vec<Part>,
    /// What stood there last, for all copies of this one.
    kept: Arc<Mutex<Kept>>,
}

/// A secret that was read.
#[derive(Default)]
struct Kept {
    secret: Option<SecretString>,
    looked_at: Option<Instant>,
    /// Whether it was told that its files cannot be read.
    is_told: bool,
}

#[derive(Clone, PartialEq, Eq)]
enum Part {
    Text(String),
    Variable(String),
    File(String),
}

/// Why a text cannot be read as a credential.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoCredential(pub String);

impl NoCredential {
    /// What to do where one is not there.
    pub const HELP: &str = "set the variable, or write the file, for the process that runs hookgate";
}

impl PartialEq for Credential {
    fn eq(&self, other: &Self) -> bool {
        self.parts == other.parts
    }
}

impl Eq for Credential {}

impl Credential {
    /// Reads `${env:NAME}`, `${file:PATH}`, and any text around them.
    ///
    /// # Errors
    /// When a `${` has no `}`, or something else stands in it.
    pub fn read(text: &str) -> Result<Self, NoCredential> {
        let mut parts = Vec::new();
        // A block (`|`) of gateway.yaml ends with a line break too.
        let mut rest = text.trim_end_matches(['\r', '\n']);
        while let Some((before, after)) = rest.split_once("${") {
            let (inside, behind) = after.split_once('}').ok_or_else(|| NoCredential("a `${` has no `}`".to_owned()))?;
            parts.push(Part::Text(before.to_owned()));
            parts.push(match inside.split_once(':') {
                Some(("env", name)) if !name.is_empty() => Part::Variable(name.to_owned()),
                Some(("file", path)) if !path.is_empty() => Part::File(path.to_owned()),
                _ => return Err(NoCredential("`${…}` here is `${env:NAME}` or `${file:PATH}`".to_owned())),
            });
            rest = behind;
        }
        parts.push(Part::Text(rest.to_owned()));
        Ok(Self { parts, kept: Arc::default() })
    }

    /// Whether all of it stands in gateway.yaml.
    #[must_use]
    pub fn is_written_out(&self) -> bool {
        self.parts.iter().all(|part| matches!(part, Part::Text(_)))
    }

    /// Where it stands, as gateway.yaml has it: `${env:NAME}`. What is written out is left out.
    #[must_use]
    pub fn place(&self) -> String {
        let part = |part: &Part| match part {
            Part::Text(text) if text.is_empty() => String::new(),
            Part::Text(_) => "…".to_owned(),
            Part::Variable(name) => format!("${{env:{name}}}"),
            Part::File(path) => format!("${{file:{path}}}"),
        };
        self.parts.iter().map(part).collect()
    }

    /// The same in words: `the value of NAME`.
    #[must_use]
    pub fn in_words(&self) -> String {
        let mut named = self.parts.iter().filter(|part| !matches!(part, Part::Text(text) if text.is_empty()));
        match (named.next(), named.next()) {
            (Some(Part::Variable(name)), None) => format!("the value of {name}"),
            (Some(Part::File(path)), None) => format!("what stands in the file {path}"),
            _ => format!("what `{}` comes to", self.place()),
        }
    }

    /// Whether a part of it stands in a file, and may change.
    #[must_use]
    pub fn is_in_file(&self) -> bool {
        self.files().next().is_some()
    }

    fn files(&self) -> impl Iterator<Item = &str> {
        self.parts.iter().filter_map(|part| match part {
            Part::File(path) => Some(path.as_str()),
            Part::Text(_) | Part::Variable(_) => None,
        })
    }

    /// The secret as it is now. Line breaks at the end of a file or a variable do not belong to it, nor does a byte order mark.
    /// A file that cannot be read any more, or is empty now, changes nothing: the secret from before is given, and the log
    /// says so.
    ///
    /// # Errors
    /// When a variable is not set or a file cannot be read, and never could: which, never what else is in it.
    pub fn resolve(&self) -> Result<SecretString, NoCredential> {
        if !self.is_in_file() {
            return self.read_now();
        }
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let is_fresh = kept.looked_at.is_some_and(|at| at.elapsed() < LOOK_AGAIN);
        let before = match &kept.secret {
            Some(secret) if is_fresh => return Ok(secret.clone()),
            Some(secret) => secret.clone(),
            None => {
                let secret = self.read_now()?;
                (kept.secret, kept.looked_at) = (Some(secret.clone()), Some(Instant::now()));
                return Ok(secret);
            }
        };
        match self.changed() {
            // The next call looks again.
            Ok(None) => return Ok(before),
            Ok(Some(now)) => {
                if std::mem::take(&mut kept.is_told) {
                    tracing::info!(credential = %self.place(), "a secret can be read again");
                }
                if now.expose_secret() != before.expose_secret() {
                    tracing::info!(credential = %self.place(), "a secret has changed, and is used from now on");
                    kept.secret = Some(now);
                }
            }
            Err(NoCredential(cause)) => {
                if !std::mem::replace(&mut kept.is_told, true) {
                    tracing::warn!(credential = %self.place(), cause, "a secret cannot be read any more: the one from before is used");
                }
            }
        }
        kept.looked_at = Some(Instant::now());
        Ok(kept.secret.clone().unwrap_or(before))
    }

    /// The secret of files that were read before; `None` while one of them may be half written.
    fn changed(&self) -> Result<Option<SecretString>, NoCredential> {
        for file in self.files() {
            if alone(&read_file(file)?).is_empty() {
                return Err(NoCredential(format!("the file `{file}` is empty")));
            }
        }
        let now = self.read_now()?;
        let is_quiet = |file: &str| {
            let changed = std::fs::metadata(file).and_then(|metadata| metadata.modified());
            changed.ok().and_then(|changed| changed.elapsed().ok()).is_none_or(|age| age >= QUIET)
        };
        Ok(self.files().all(is_quiet).then_some(now))
    }

    fn read_now(&self) -> Result<SecretString, NoCredential> {
        let mut secret = String::new();
        for part in &self.parts {
            match part {
                Part::Text(text) => secret.push_str(text),
                Part::Variable(name) => match std::env::var(name) {
                    Ok(value) => secret.push_str(alone(&value)),
                    Err(_) => return Err(NoCredential(format!("the environment variable `{name}` is not set"))),
                },
                Part::File(path) => secret.push_str(alone(&read_file(path)?)),
            }
        }
        Ok(secret.into())
    }
}

/// A secret as somebody stored it: editors and `echo` end the line behind it. Spaces may be a part of it.
fn alone(text: &str) -> &str {
    text.trim_start_matches(MARK).trim_end_matches(['\r', '\n'])
}

fn read_file(path: &str) -> Result<String, NoCredential> {
    let fail = |error| NoCredential(format!("the file `{path}` cannot be read: {error}"));
    read_small_file(Path::new(path), FILE_LIMIT_BYTES).map_err(fail)
}

impl fmt::Debug for Credential {
    /// Says where the secret comes from; what was written out may be one.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Credential({})", self.place())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    impl Credential {
        /// Has the next call look at the files.
        pub(crate) fn look_again(&self) {
            self.kept.lock().unwrap().looked_at = None;
        }
    }

    /// Has the file be as if it had been written long ago, and the next call look at it.
    fn settle(credential: &Credential, file: &Path) {
        let long_ago = std::time::SystemTime::UNIX_EPOCH;
        std::fs::OpenOptions::new().append(true).open(file).unwrap().set_modified(long_ago).unwrap();
        credential.look_again();
    }

    #[test]
    fn a_changed_file_is_read_again_and_a_broken_one_changes_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("password");
        let written = Credential::read(&format!("hr-${{file:{}}}", file.display())).unwrap();
        assert!(written.resolve().is_err(), "nothing was read yet");
        std::fs::write(&file, "one\n").unwrap();
        let copy = written.clone();
        let now = || copy.resolve().unwrap().expose_secret().to_owned();
        assert_eq!(now(), "hr-one");
        std::fs::write(&file, "two").unwrap();
        assert_eq!(now(), "hr-one", "looked at a moment ago");
        written.look_again();
        assert_eq!(now(), "hr-one", "it may be half written");
        settle(&written, &file);
        assert_eq!(now(), "hr-two");
        for broken in ["", "\n", "\u{feff}\r\n"] {
            std::fs::write(&file, broken).unwrap();
            settle(&written, &file);
            assert_eq!(now(), "hr-two", "{broken:?}");
        }
        std::fs::write(&file, b"\xff\xfe").unwrap();
        settle(&written, &file);
        assert_eq!(now(), "hr-two", "no text");
        std::fs::remove_file(&file).unwrap();
        written.look_again();
        assert_eq!(now(), "hr-two", "gone");
        std::fs::write(&file, "three").unwrap();
        settle(&written, &file);
        assert_eq!(now(), "hr-three");
    }

    #[test]
    fn a_file_that_is_too_large_is_no_credential_and_not_cut() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("password");
        let written = Credential::read(&format!("${{file:{}}}", file.display())).unwrap();
        std::fs::write(&file, "x".repeat(65_536)).unwrap();
        assert_eq!(written.resolve().unwrap().expose_secret().len(), 65_536);
        std::fs::write(&file, "x".repeat(65_537)).unwrap();
        let fresh = Credential::read(&format!("${{file:{}}}", file.display())).unwrap();
        let told = fresh.resolve().unwrap_err().0;
        assert_eq!(told, format!("the file `{}` cannot be read: it has more than 65536 bytes", file.display()));
    }

    #[test]
    fn a_credential_is_read_from_where_it_says_and_never_shown() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("password");
        let written = Credential::read(&format!("hr-${{file:{}}}!", file.display())).unwrap();
        for stored in ["s3cret", "s3cret\n", "s3cret\r\n", "s3cret\n\r\n\n", "\u{feff}s3cret\n"] {
            std::fs::write(&file, stored).unwrap();
            settle(&written, &file);
            assert_eq!(written.resolve().unwrap().expose_secret(), "hr-s3cret!", "{stored:?}");
            assert_eq!(alone(stored), "s3cret", "of a variable");
        }
        for kept in [" a b ", "\n a", "a\tb ", "a\u{feff}"] {
            std::fs::write(&file, kept).unwrap();
            settle(&written, &file);
            assert_eq!(written.resolve().unwrap().expose_secret(), format!("hr-{kept}!"), "a part of the secret");
        }
        std::fs::write(&file, "s3cret").unwrap();
        assert!(!format!("{written:?}").contains("hr-"), "{written:?}");
        let missing = Credential::read("${env:HOOKGATE_TEST_NO_SUCH_VARIABLE}").unwrap().resolve();
        assert!(missing.unwrap_err().0.contains("HOOKGATE_TEST_NO_SUCH_VARIABLE"));
        assert_eq!(Credential::read("${env:A}\n"), Credential::read("${env:A}"));
        for wrong in ["${", "${env:}", "${vault:x}", "${x}"] {
            assert!(Credential::read(wrong).is_err(), "{wrong}");
        }
    }
}
