//! The types between reloader and loader: a change to load, and what was loaded.

use super::failure::Failure;
use super::origin::Origin;
use crate::diagnostic::Report;
use crate::rule::Sources;

/// Brings rules into force.
pub type Load = Box<dyn FnMut(Change) -> Result<Loaded, Report> + Send>;

/// What was found in the folder, or was in force once, to be brought into force.
#[derive(Debug)]
pub struct Change {
    pub sources: Sources,
    /// Tables whose rows are taken although there are far fewer than before, as an administrator has asked.
    pub accept: Vec<String>,
    /// What the folder has, where these are other rules, as an administrator has asked.
    pub instead_of: Option<String>,
}

/// What was brought into force.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Loaded {
    /// How many warnings it has.
    pub warnings: usize,
    /// Whether a restart will find it in force.
    pub survives: bool,
}

impl Default for Loaded {
    fn default() -> Self {
        Self { warnings: 0, survives: true }
    }
}

/// What a gateway starts with.
#[derive(Debug)]
pub struct Started {
    pub origin: Origin,
    /// What was seen of the folder: its hash, or what is wrong with it.
    pub seen: String,
    /// The files of the rules in force.
    pub sources: Sources,
    /// Why the folder's rules are not in force, where they have a mistake.
    pub failure: Option<Failure>,
    /// What the folder had when these rules were rolled back to; they stay in force where it has that again.
    pub held_against: Option<String>,
}
