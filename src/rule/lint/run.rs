//! The whole analysis of a rule set.

use super::finding::Finding;
use super::survey::Survey;
use super::write::Writes;
use super::{dead_row, gap, leak, never, order, overlap, shadow, unused};
use crate::rule::set::RuleSet;

/// What the analysis came to.
#[derive(Debug)]
pub struct Lint {
    /// Warnings, each to be told only as far as it is certain or shown by an example.
    pub findings: Vec<Finding>,
    /// Whether everything was looked at; of rules beyond what may be spent nothing is claimed.
    pub is_complete: bool,
}

/// Analyses a rule set without running it. Takes seconds at most: beyond a bound of work nothing more is claimed.
#[must_use]
pub fn lint(set: &RuleSet) -> Lint {
    let writes = Writes::of(&set.rules);
    let mut survey = Survey::new(set, &writes);
    for look in
        [overlap::look, dead_row::look, gap::look, shadow::look, never::look, order::look, unused::look, leak::look]
    {
        look(&mut survey);
    }
    Lint { is_complete: survey.budget.left > 0, findings: survey.found }
}
