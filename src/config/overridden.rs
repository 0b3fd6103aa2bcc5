//! Finds settings of a file that have no effect, because something else sets them too, and reports them.

use std::fmt;

/// A setting that stands in a file and is overridden.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Overridden {
    /// What counts in its place, as a person finds it: `HOOKGATE_LISTEN of the environment`.
    pub by: String,
    /// The setting as the file names it: `listen`.
    pub setting: String,
    /// Where the file has it: `gateway.yaml:8`.
    pub at: String,
}

impl fmt::Display for Overridden {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { by, setting, at } = self;
        write!(f, "{by} overrides `{setting}` of {at}")
    }
}
