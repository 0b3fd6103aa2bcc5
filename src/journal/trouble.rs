//! The errors of the journal, each with what to do.

use std::path::Path;

/// In words: never a value of an event, never the key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trouble {
    pub message: String,
    pub help: String,
    /// Another process writes the journal: it will not pass while that one runs.
    pub is_taken: bool,
}

impl Trouble {
    pub(super) fn new(message: impl Into<String>, help: impl Into<String>) -> Self {
        Self { message: message.into(), help: help.into(), is_taken: false }
    }

    /// Another process writes it.
    pub(super) fn taken(file: &Path) -> Self {
        let message = format!("the journal `{}` is in use by another `hookgate serve`", file.display());
        let help = "stop that one first, or give this one a `journal.file` of its own; `null` records nothing";
        Self { is_taken: true, ..Self::new(message, help) }
    }

    /// The disk is left to the outbox, which is on the same one.
    pub(super) fn yielding(file: &Path, free_bytes: u64) -> Self {
        let message = format!(
            "the disk of the journal `{}` has {} MiB left, and the outbox is on it too",
            file.display(),
            free_bytes >> 20
        );
        let help = "make room on the disk, or put the journal on another one: deliveries come before records. How much is \
                    left free is `journal.spare_bytes`, and `journal.total_bytes` bounds what records take";
        Self::new(message, help)
    }

    /// A file of keys that cannot be read.
    pub(super) fn reading_keys(file: &Path, error: &std::io::Error) -> Self {
        let message = format!("the keys of the journal, `{}`, cannot be read: {error}", file.display());
        Self::new(message, "let hookgate's user read the file, or take it back from the backup")
    }

    /// A file that cannot be written.
    pub(super) fn writing(file: &Path, error: &std::io::Error) -> Self {
        let message = format!("the journal `{}` cannot be written: {error}", file.display());
        match (error.kind(), file.parent()) {
            (std::io::ErrorKind::NotFound, Some(folder)) if !folder.as_os_str().is_empty() => {
                let folder = folder.display();
                Self::new(message, format!("make the folder `{folder}`, or let `journal.file` name another"))
            }
            _ => Self::new(message, "make room on the disk, and let hookgate's user write the folder"),
        }
    }
}
