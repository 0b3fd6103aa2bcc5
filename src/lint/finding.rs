//! A finding of the analysis, with what its example must show and the events to try.

use crate::diagnostic::{Diagnostic, Example};
use crate::event::Path;

/// A finding and its examples, none of them proven yet.
#[derive(Debug)]
pub struct Finding {
    pub diagnostic: Diagnostic,
    /// What an example shows; `None` where there is nothing to be shown.
    pub claim: Option<Claim>,
    /// Events that should show it, the plainest first.
    pub calls: Vec<Call>,
    /// Whether it holds without an example.
    pub is_certain: bool,
}

/// What becomes of an event that shows a finding. Rules are named by their places in the set, rows counted from 0.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Claim {
    /// Both rows of the rule's table hold, and the rule fails.
    BothRows { rule: usize, first: usize, second: usize },
    /// Of the rule's table an earlier row holds, and this one is not looked at.
    RowLoses { rule: usize, row: usize },
    /// The rule's `when` holds, and no row of its table does.
    NoRow { rule: usize },
    /// One of these rules ends the event, and this one is not reached.
    NotReached { rule: usize, by: Vec<usize> },
    /// Both rules hold, and the second undoes what the first does to the field; or yields to it, where it only gives a default.
    BothChange { first: usize, second: usize, path: Path, yields: bool },
    /// The rule holds.
    Holds { rule: usize },
}

/// An event that may show a finding.
#[derive(Clone, Debug)]
pub struct Call {
    /// The hook's place in the table.
    pub hook: usize,
    /// The application id of the path.
    pub app: Option<String>,
    /// The same for people and programs, the body included.
    pub example: Example,
}

impl Finding {
    /// A finding that needs no example.
    #[must_use]
    pub fn certain(diagnostic: Diagnostic) -> Self {
        Self { diagnostic: diagnostic.warning(), claim: None, calls: Vec::new(), is_certain: true }
    }

    /// The same with what an example shows.
    #[must_use]
    pub fn shown_by(self, claim: Claim, calls: Vec<Call>) -> Self {
        Self { claim: Some(claim), calls, ..self }
    }

    /// The same, to be told only with an example that shows it.
    #[must_use]
    pub fn if_shown(self) -> Self {
        Self { is_certain: false, ..self }
    }
}
