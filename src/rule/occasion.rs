//! Why rules are compiled (a start, or a change), which decides whether a probably misspelt field is a mistake.

use std::sync::Arc;

use crate::diagnostic::File;

/// Why rules are compiled.
#[derive(Clone, Copy, Debug)]
pub enum Occasion<'o> {
    /// They are checked, or are to come into force in place of others: a field one letter off a known one is a mistake, but
    /// in these files, which are in force with it already. A table that changes must not wait for a rule that did not.
    Change { in_force: &'o [Arc<File>] },
    /// A gateway starts with what is there, or somebody looks at what one runs with: such a field is a warning, so that a
    /// new version that knows more fields still starts.
    Start,
}

impl Occasion<'_> {
    /// A change of rules of which nothing is in force yet.
    pub const CHANGE: Occasion<'static> = Occasion::Change { in_force: &[] };

    /// Whether a misspelt field of this file is only a warning.
    #[must_use]
    pub fn tolerates(&self, file: &File) -> bool {
        match self {
            Occasion::Change { in_force } => in_force.iter().any(|known| **known == *file),
            Occasion::Start => true,
        }
    }
}
