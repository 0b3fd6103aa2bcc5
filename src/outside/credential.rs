//! Credentials of connections: written as `${env:NAME}` or `${file:PATH}`, read when a connection is opened, never shown.

use std::fmt;
use std::path::Path;

use secrecy::SecretString;

use super::small_file::{MARK, read_small_file};

/// Largest file with a credential, in bytes.
const FILE_LIMIT_BYTES: u64 = 64 << 10;

/// A text of gateway.yaml that may name where a secret stands.
#[derive(Clone, PartialEq, Eq)]
pub struct Credential {
    parts: Vec<Part>,
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
        Ok(Self { parts })
    }

    /// Whether all of it stands in gateway.yaml.
    #[must_use]
    pub fn is_written_out(&self) -> bool {
        self.parts.iter().all(|part| matches!(part, Part::Text(_)))
    }

    /// The secret as it is now. Line breaks at the end of a file or a variable do not belong to it, nor does a byte order mark.
    ///
    /// # Errors
    /// When a variable is not set or a file cannot be read: which, never what else is in it.
    pub fn resolve(&self) -> Result<SecretString, NoCredential> {
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
        f.write_str("Credential(")?;
        for part in &self.parts {
            match part {
                Part::Text(text) if text.is_empty() => {}
                Part::Text(_) => f.write_str("…")?,
                Part::Variable(name) => write!(f, "${{env:{name}}}")?,
                Part::File(path) => write!(f, "${{file:{path}}}")?,
            }
        }
        f.write_str(")")
    }
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret as _;

    use super::*;

    #[test]
    fn a_file_that_is_too_large_is_no_credential_and_not_cut() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("password");
        let written = Credential::read(&format!("${{file:{}}}", file.display())).unwrap();
        std::fs::write(&file, "x".repeat(65_536)).unwrap();
        assert_eq!(written.resolve().unwrap().expose_secret().len(), 65_536);
        std::fs::write(&file, "x".repeat(65_537)).unwrap();
        let told = written.resolve().unwrap_err().0;
        assert_eq!(told, format!("the file `{}` cannot be read: it has more than 65536 bytes", file.display()));
    }

    #[test]
    fn a_credential_is_read_from_where_it_says_and_never_shown() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("password");
        let written = Credential::read(&format!("hr-${{file:{}}}!", file.display())).unwrap();
        for stored in ["s3cret", "s3cret\n", "s3cret\r\n", "s3cret\n\r\n\n", "\u{feff}s3cret\n"] {
            std::fs::write(&file, stored).unwrap();
            assert_eq!(written.resolve().unwrap().expose_secret(), "hr-s3cret!", "{stored:?}");
            assert_eq!(alone(stored), "s3cret", "of a variable");
        }
        for kept in [" a b ", "\n a", "a\tb ", "a\u{feff}"] {
            std::fs::write(&file, kept).unwrap();
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
