//! The errors of TLS files, each with what to do instead.

use std::fmt;
use std::path::Path;

/// Why the files of TLS cannot be used. Never quotes a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoTls {
    pub message: String,
    pub help: &'static str,
}

impl NoTls {
    /// What is wrong with this file.
    pub(super) fn of(file: &Path, why: impl fmt::Display, help: &'static str) -> Self {
        Self { message: format!("`{}` {why}", file.display()), help }
    }
}

impl fmt::Display for NoTls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for NoTls {}
